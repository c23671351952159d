import type { Breakwater } from "../../sdk/contracts.ts";
import type { Head, Rpc } from "../chain/rpc.ts";
import type { Keeper } from "../keeper.ts";
import type { Action, Observation } from "../plan/types.ts";
import type { Sent } from "../state/state.ts";
import { freeNonces, gaps } from "./nonces.ts";
import { currentFees, dispatch, filler, readNonces } from "./outbox.ts";
import { prepareAll } from "./prepare.ts";

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

  const all = await prepareAll({ keeper, rpc, system, observation }, actions);
  // A batch that was split is more than what was planned.
  const prepared = all.slice(0, Math.max(0, keeper.config.maxPending - open.length));
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
