import type { State } from "../state/state.ts";
import { isWaiting } from "./backoff.ts";
import { TYPICAL_GAS, whyNotWorth } from "./economics.ts";
import type { Action, ActionKind, Due, Observation, Plan, PlanConfig, SeenOrder, Skipped } from "./types.ts";

/** Orders of a batch, as `Orders.MAX_BATCH`. */
export const MAX_BATCH = 16;

/** What comes first where there is not room for all: what protects the pool, then what others wait for. */
const ORDER: ActionKind[] = [
  "liquidate",
  "deleverage",
  "pushPrices",
  "mark",
  "executeOrders",
  "payDebts",
  "settleLpEpoch",
  "recordLpEpoch",
  "settleInsuranceEpoch",
  "recordInsuranceEpoch",
  "settleDeadMarket",
  "reportSilence",
  "replay",
];

/**
 * What to do about what was seen. Pure, and the same for the same input: no clock, no network, no chance.
 *
 * Liquidations come first, the largest deficit first. An account is in one action at most, what is on its way is not
 * planned again, and a target that failed is left alone for a while.
 */
export function plan(state: Pick<State, "targets" | "outbox">, observation: Observation, config: PlanConfig): Plan {
  const skipped: Skipped[] = [];
  const onItsWay = keysOnTheirWay(state, observation.block);
  const skip = (key: string, why: string): false => {
    skipped.push({ key, why });
    return false;
  };
  const isFree = (key: string): boolean => {
    if (onItsWay.has(key)) return skip(key, "on its way");
    if (isWaiting(state, key, observation.nowMs)) return skip(key, `left alone: ${state.targets[key]!.reason}`);
    return true;
  };
  const isWorth = (key: string, kind: ActionKind, rewardUsd: bigint, value = 0n): boolean => {
    const why = whyNotWorth({ rewardUsd, gas: TYPICAL_GAS[kind], value, observation, config });
    return why === undefined || skip(key, why);
  };

  const liquidations = liquidatable(observation)
    .filter(({ key, rewardUsd }) => isFree(key) && isWorth(key, "liquidate", rewardUsd))
    .map(({ account, key, rewardUsd }) => action("liquidate", { key, accounts: [account], rewardUsd }));
  // A new record takes the place of one that was not settled, whose requests would wait for another half an hour.
  const settling = new Set(observation.due.map(({ kind }) => kind));
  const dues = observation.due
    .filter((due) => !isReplaced(due.kind, settling) || skip(keyOf(due), "what was recorded is settled first"))
    .filter((due) => isFree(keyOf(due)) && isWorth(keyOf(due), due.kind, due.rewardUsd, due.value))
    .map((due) =>
      action(due.kind, {
        key: keyOf(due),
        rewardUsd: due.rewardUsd,
        ...(due.market !== undefined && { market: due.market }),
        updates: due.updates ?? [],
        value: due.value ?? 0n,
      }),
    );
  // Whoever is to be liquidated, also one whose liquidation waits, must not have its orders filled before.
  const taken = new Set(observation.healths.filter((health) => health.isLiquidatable).map(({ account }) => account));
  const orders = [...observation.orders]
    .sort((a, b) => compare(a.id, b.id))
    .filter(({ id, account, feeUsd, value }) => {
      const key = `order:${id}`;
      if (taken.has(account)) return skip(key, "its account comes first");
      if (!isFree(key) || !isWorth(key, "executeOrders", feeUsd, value)) return false;
      taken.add(account);
      return true;
    });

  const all = [...liquidations, ...dues, ...batches(orders)].sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind),
  );
  const room = Math.max(0, config.maxPending - state.outbox.filter(({ mined }) => mined === undefined).length);
  for (const { key } of all.slice(room)) skip(key, "too many transactions on their way");
  return { actions: all.slice(0, room), skipped };
}

/** Pending, or mined later than what was looked at. */
function keysOnTheirWay(state: Pick<State, "outbox">, block: number): Set<string> {
  const open = state.outbox.filter(({ mined }) => mined === undefined || mined.block > block);
  return new Set(open.flatMap(({ key, keys }) => [key, ...keys]));
}

function liquidatable({ healths, rewards }: Observation) {
  const unique = new Map(healths.filter((health) => health.isLiquidatable).map((health) => [health.account, health]));
  return [...unique.values()]
    .map(({ account, equity, maintenance }) => ({
      account,
      key: `liquidate:${account}`,
      missing: maintenance - equity,
      rewardUsd: rewards.get(account) ?? 0n,
    }))
    .sort((a, b) => compare(b.missing, a.missing) || compare(a.account, b.account));
}

function isReplaced(kind: ActionKind, due: Set<ActionKind>): boolean {
  if (kind === "recordLpEpoch") return due.has("settleLpEpoch");
  return kind === "recordInsuranceEpoch" && due.has("settleInsuranceEpoch");
}

function batches(orders: SeenOrder[]): Action[] {
  const pages = Array.from({ length: Math.ceil(orders.length / MAX_BATCH) }, (_, i) =>
    orders.slice(i * MAX_BATCH, (i + 1) * MAX_BATCH),
  );
  return pages.map(batchOf);
}

/** One transaction for several orders: each is paid for by itself, and brings what its own proof costs. */
export function batchOf(orders: SeenOrder[]): Action {
  return action("executeOrders", {
    key: `orders:${orders.map(({ id }) => id).join(",")}`,
    keys: orders.map(({ id }) => `order:${id}`),
    accounts: orders.map(({ account }) => account),
    orders,
    value: orders.reduce((total, { value }) => total + value, 0n),
    rewardUsd: orders.reduce((total, { feeUsd }) => total + feeUsd, 0n),
    gas: BigInt(orders.length) * TYPICAL_GAS.executeOrders,
  });
}

function keyOf({ kind, market }: Due): string {
  return market === undefined ? kind : `${kind}:${market}`;
}

/** Fills in what an action of this kind does not need. */
export function action(kind: ActionKind, given: Partial<Action> & { key: string }): Action {
  return {
    kind,
    keys: [given.key],
    accounts: [],
    orders: [],
    updates: [],
    value: 0n,
    rewardUsd: 0n,
    gas: TYPICAL_GAS[kind],
    ...given,
  };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
