import type { Breakwater } from "../../sdk/contracts.ts";
import { ContractError } from "../../sdk/errors.ts";
import { describeError, isPassing } from "../chain/errors.ts";
import type { Head, Rpc } from "../chain/rpc.ts";
import type { Keeper } from "../keeper.ts";
import { whyNotWorth } from "../plan/economics.ts";
import { action as completed } from "../plan/plan.ts";
import type { Action, Observation } from "../plan/types.ts";
import type { Sent } from "../state/state.ts";
import { freeNonces, gaps } from "./nonces.ts";
import { currentFees, dispatch, filler, readNonces } from "./outbox.ts";
import { reportFailure } from "./settleOutbox.ts";
import { simulate } from "./simulate.ts";
import { type Call, toTransaction } from "./toTransaction.ts";

/** What a batch has to have left for each of its orders to be tried, as `Orders.executeBatch`. */
const ORDER_GAS = 4_300_000n;

type Prepared = { action: Action; call: Call; gasLimit: bigint };

export type ExecuteParameters = { rpc: Rpc; head: Head; system: Breakwater; observation: Observation };

/** Simulates what was planned and sends what goes through. Returns how many transactions were sent. */
export async function execute(
  keeper: Keeper,
  actions: Action[],
  { rpc, head, system, observation }: ExecuteParameters,
): Promise<number> {
  const { sender, state } = keeper;
  if (sender === undefined) return 0;
  const open = state.outbox.filter(({ mined }) => mined === undefined);
  if (actions.length === 0 && open.length === 0) return 0;
  const { fees } = await currentFees(keeper, rpc, head.baseFee);
  if (fees === undefined) return 0;

  const prepared = await prepareAll(keeper, actions, (action) => prepare(keeper, rpc, system, action, observation));
  const nonces = await readNonces(rpc, sender.address);
  const own = open.map(({ nonce }) => nonce);
  const free = freeNonces({ ...nonces, own });
  const sent = prepared.map(
    ({ action, call, gasLimit }): Sent => ({
      nonce: free.next().value as number,
      key: action.key,
      keys: action.keys,
      kind: action.kind,
      to: call.to,
      data: call.data,
      value: call.value.toString(),
      gasLimit: gasLimit.toString(),
      maxFee: fees.maxFee.toString(),
      priorityFee: fees.priorityFee.toString(),
      sentAt: Date.now(),
      hashes: [],
    }),
  );
  for (const nonce of gaps({ ...nonces, own: [...own, ...sent.map((entry) => entry.nonce)] })) {
    keeper.metrics.resent.inc({ why: "gap" });
    keeper.log.warn({ nonce }, "a nonce below ours is used by nobody: filled");
    sent.push(filler(sender.address, nonce, fees));
  }
  for (const { action } of prepared) keeper.metrics.expected.inc(Number(action.rewardUsd / 10n ** 12n) / 1e6);
  await dispatch(keeper, rpc, sent);
  return sent.length;
}

/**
 * Each by itself: a call that takes the node longer than it answers is a target that fails, not a node that does. Unless all
 * do: then it is the node.
 */
async function prepareAll(
  keeper: Keeper,
  actions: Action[],
  prepareOne: (action: Action) => Promise<Prepared | undefined>,
): Promise<Prepared[]> {
  const settled = await Promise.allSettled(actions.map(prepareOne));
  const errors = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const unknown = errors.find((error) => !isPassing(error));
  if (unknown !== undefined) throw unknown;
  if (errors.length > 1 && errors.length === actions.length) throw errors[0];
  return settled.flatMap((one, i) => {
    if (one.status === "fulfilled") return one.value === undefined ? [] : [one.value];
    const { kind, keys } = actions[i]!;
    for (const key of keys) reportFailure(keeper, kind, key, `not simulated: ${describeError(one.reason)}`);
    return [];
  });
}

/** Undefined: it would not go through, or not be worth it. */
async function prepare(
  keeper: Keeper,
  rpc: Rpc,
  system: Breakwater,
  action: Action,
  observation: Observation,
): Promise<Prepared | undefined> {
  if (action.kind === "executeOrders") return prepareOrders(keeper, rpc, system, action);
  const { config, log } = keeper;
  const call = await toTransaction(system, action);
  const simulated = await simulate(rpc, keeper.sender!.address, call);
  if ("verdict" in simulated) {
    const replay = replayInstead(action, simulated.error);
    if (replay !== undefined) return prepare(keeper, rpc, system, replay, observation);
    refuse(keeper, action.kind, action.key, simulated.verdict);
    return undefined;
  }
  if (simulated.gas > config.maxGas) {
    reportFailure(keeper, action.kind, action.key, `needs ${simulated.gas} gas, above --max-gas`);
    return undefined;
  }
  const why = whyNotWorth({
    rewardUsd: action.rewardUsd,
    gas: simulated.gas,
    value: action.value,
    observation,
    config: { ...config, isAltruistic: config.altruistic },
  });
  if (why !== undefined) {
    log.debug({ target: action.key, why }, "not worth it");
    return undefined;
  }
  // State moves before it is mined: other liquidations change impact and marks.
  return { action, call, gasLimit: (simulated.gas * 130n) / 100n };
}

/** Each order alone first: one that is refused is left out, so the batch pays for none that is skipped. */
async function prepareOrders(
  keeper: Keeper,
  rpc: Rpc,
  system: Breakwater,
  action: Action,
): Promise<Prepared | undefined> {
  const value = action.value / BigInt(action.orders.length);
  const seen = await Promise.all(
    action.orders.map(async (order, i) => {
      const single = completed("executeOrders", { key: action.keys[i]!, orders: [order], value });
      const call = await toTransaction(system, single);
      return { i, order, simulated: await simulate(rpc, keeper.sender!.address, call) };
    }),
  );
  const passed = seen.flatMap(({ i, order, simulated }) => {
    if ("gas" in simulated) return [{ i, order, gas: simulated.gas }];
    refuse(keeper, action.kind, action.keys[i]!, simulated.verdict);
    return [];
  });
  if (passed.length === 0) return undefined;
  const batch: Action = {
    ...action,
    key: `orders:${passed.map(({ order }) => order.id).join(",")}`,
    keys: passed.map(({ i }) => action.keys[i]!),
    accounts: passed.map(({ i }) => action.accounts[i]!),
    orders: passed.map(({ order }) => order),
    value: value * BigInt(passed.length),
  };
  // A batch that runs short skips instead of failing, so the node's estimate of it would be far too low.
  const used = passed.reduce((total, { gas }) => total + gas, 0n);
  const typical = BigInt(passed.length) * 600_000n;
  const gasLimit = passed.length === 1 ? (used * 130n) / 100n : (used < typical ? used : typical) + ORDER_GAS;
  return { action: batch, call: await toTransaction(system, batch), gasLimit };
}

function refuse(
  keeper: Keeper,
  kind: string,
  key: string,
  verdict: { kind: "race" | "wait" | "failure"; reason: string },
): void {
  keeper.metrics.refused.inc({ kind, why: verdict.kind });
  if (verdict.kind === "failure") reportFailure(keeper, kind, key, verdict.reason);
  else
    keeper.log.debug(
      { kind, target: key, reason: verdict.reason },
      verdict.kind === "race" ? "done already" : "not yet",
    );
}

/** An account that missed too many deleveraging events takes them in first. */
function replayInstead(action: Action, error: unknown): Action | undefined {
  if (!(error instanceof ContractError) || error.error !== "Clearinghouse_TooManyEvents") return undefined;
  if (action.kind === "replay") return undefined;
  return completed("replay", {
    key: action.key,
    accounts: [BigInt(error.args.account as bigint)],
    market: Number(error.args.market),
    rewardUsd: action.rewardUsd,
  });
}
