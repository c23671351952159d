import type { Breakwater } from "../../sdk/contracts.ts";
import { ContractError } from "../../sdk/errors.ts";
import { describeError } from "../../shared/secrets.ts";
import { isPassing } from "../chain/errors.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { Keeper } from "../keeper.ts";
import { whyNotWorth } from "../plan/economics.ts";
import { batchOf, action as completed } from "../plan/plan.ts";
import type { Action, Observation } from "../plan/types.ts";
import { packOrders } from "./packOrders.ts";
import { reportFailure } from "./settleOutbox.ts";
import { type Simulated, simulate } from "./simulate.ts";
import { type Call, toTransaction } from "./toTransaction.ts";

/** Ready to be signed. */
export type Prepared = { action: Action; call: Call; gasLimit: bigint };

export type PrepareParameters = { keeper: Keeper; rpc: Rpc; system: Breakwater; observation: Observation };

/**
 * Simulates what was planned; what goes through and pays comes back, within `--max-gas` a transaction.
 *
 * Each by itself: a call that takes the node longer than it answers is a target that fails, not a node that does. Unless all
 * do: then it is the node.
 */
export async function prepareAll(parameters: PrepareParameters, actions: Action[]): Promise<Prepared[]> {
  const settled = await Promise.allSettled(
    actions.map((action) =>
      action.kind === "executeOrders" ? prepareOrders(parameters, action) : prepare(parameters, action),
    ),
  );
  const errors = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const unknown = errors.find((error) => !isPassing(error));
  if (unknown !== undefined) throw unknown;
  if (errors.length > 1 && errors.length === actions.length) throw errors[0];
  return settled.flatMap((one, i) => {
    if (one.status === "fulfilled") return one.value;
    const { kind, keys } = actions[i]!;
    for (const key of keys) reportFailure(parameters.keeper, kind, key, `not simulated: ${describeError(one.reason)}`);
    return [];
  });
}

async function prepare(parameters: PrepareParameters, action: Action): Promise<Prepared[]> {
  const { keeper, rpc, system, observation } = parameters;
  const { config, log } = keeper;
  const call = await toTransaction(system, action);
  const simulated = await simulate(rpc, keeper.sender!.address, call);
  const replay = "verdict" in simulated && replayInstead(action, simulated.error);
  if (replay) return prepare(parameters, replay);
  const gas = gasOf(keeper, action, simulated);
  if (gas === undefined) return [];
  const why = whyNotWorth({
    rewardUsd: action.rewardUsd,
    gas,
    value: action.value,
    observation,
    config: { ...config, isAltruistic: config.altruistic },
  });
  if (why !== undefined) {
    log.debug({ target: action.key, why }, "not worth it");
    return [];
  }
  // State moves before it is mined: other liquidations change impact and marks.
  const roomy = (gas * 130n) / 100n;
  return [{ action, call, gasLimit: roomy < config.maxGas ? roomy : config.maxGas }];
}

/** Each order alone first: one that is refused is left out, so the batch pays for none that is skipped. */
async function prepareOrders({ keeper, rpc, system }: PrepareParameters, action: Action): Promise<Prepared[]> {
  const seen = await Promise.all(
    action.orders.map(async (order) => {
      const single = batchOf([order]);
      const call = await toTransaction(system, single);
      return { order, gas: gasOf(keeper, single, await simulate(rpc, keeper.sender!.address, call)) };
    }),
  );
  const passed = seen.flatMap(({ order, gas }) => (gas === undefined ? [] : [{ order, gas }]));
  return Promise.all(
    packOrders(passed, keeper.config.maxGas).map(async ({ orders, gasLimit }) => {
      const batch = batchOf(orders);
      return { action: batch, call: await toTransaction(system, batch), gasLimit };
    }),
  );
}

/** What a call that goes through takes; undefined: it does not, or not within `--max-gas`, and that is said. */
function gasOf(keeper: Keeper, { kind, keys }: Action, simulated: Simulated): bigint | undefined {
  const { maxGas } = keeper.config;
  if ("verdict" in simulated) refuse(keeper, kind, keys[0]!, simulated.verdict);
  else if (simulated.gas <= maxGas) return simulated.gas;
  else reportFailure(keeper, kind, keys[0]!, `needs ${simulated.gas} gas, above --max-gas ${maxGas}`);
  return undefined;
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
