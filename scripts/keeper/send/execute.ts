import type { Breakwater } from "../../sdk/contracts.ts";
import type { Head, Rpc } from "../chain/rpc.ts";
import type { Keeper } from "../keeper.ts";
import type { Action, Observation } from "../plan/types.ts";
import type { Sent } from "../state/state.ts";
import { affordable, mostOf } from "./funds.ts";
import { freeNonces, gaps } from "./nonces.ts";
import { currentFees, dispatch, filler, readNonces } from "./outbox.ts";
import { prepareAll } from "./prepare.ts";

export type ExecuteParameters = {
  rpc: Rpc;
  head: Head;
  system: Breakwater;
  observation: Observation;
  /** Of the account that signs, wei. */
  balance: bigint;
};

export type ExecuteReturnType = {
  /** Transactions. */
  sent: number;
  /** Something was left out because the account cannot pay for it. */
  isShort: boolean;
};

const NOTHING: ExecuteReturnType = { sent: 0, isShort: false };

/** Simulates what was planned and sends what goes through. */
export async function execute(
  keeper: Keeper,
  actions: Action[],
  { rpc, head, system, observation, balance }: ExecuteParameters,
): Promise<ExecuteReturnType> {
  const { sender, state } = keeper;
  if (sender === undefined) return NOTHING;
  const open = state.outbox.filter(({ mined }) => mined === undefined);
  if (actions.length === 0 && open.length === 0) return NOTHING;
  const { fees } = await currentFees(keeper, rpc, head.baseFee);
  if (fees === undefined) return NOTHING;

  const left = open.reduce((wei, entry) => wei - mostOf(entry), balance);
  // A node does not even simulate what carries more than there is.
  const payable = actions.filter(({ value }) => value === 0n || value <= left);
  const passed = await prepareAll({ keeper, rpc, system, observation }, payable);
  const paid = affordable(passed, left, ({ call, gasLimit }) => call.value + gasLimit * fees.maxFee);
  // A batch that was split is more than what was planned.
  const prepared = paid.slice(0, Math.max(0, keeper.config.maxPending - open.length));
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
  return { sent: sent.length, isShort: payable.length < actions.length || paid.length < passed.length };
}
