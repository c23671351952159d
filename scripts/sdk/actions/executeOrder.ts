import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { type ContractError, decodeRevert } from "../errors.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { type ProofSources, proofFor } from "./proofFor.ts";
import { readOrder } from "./readOrder.ts";

export type ExecuteOrderParameters = ChangeParameters & ProofSources & { orderId: bigint };

export type ExecuteOrderReturnType = SendReturnType & {
  /** Undefined: a dry run. */
  outcome: OrderOutcome | undefined;
};

/** What an execution did; prices and sizes WAD. */
export type OrderOutcome =
  | { kind: "executed"; sizeDelta: bigint; firstPrice: bigint; publishedAt: bigint; fee: bigint }
  | { kind: "triggered"; price: bigint; fee: bigint; deadline: bigint }
  | { kind: "cancelled"; refund: bigint; reason: ContractError | undefined };

/**
 * Takes an order's next step: meets its trigger, or trades. Anybody may, and earns the fee of the step. An order that the
 * clearinghouse refuses is cancelled by this, so look at the outcome.
 *
 * @example
 * const { outcome } = await executeOrder(breakwater, { signer, orderId: 1n });
 */
export async function executeOrder(
  breakwater: Breakwater,
  { orderId, pyth, firstRound, ...how }: ExecuteOrderParameters,
): Promise<ExecuteOrderReturnType> {
  const order = await readOrder(breakwater, { orderId });
  if (order === undefined) throw new InputError(`order ${orderId} waits no more: it was executed or cancelled`);
  const { market, earliest, kind } = order;
  // A trigger is met by the present price, which needs no proof.
  const found =
    kind === "market" ? await proofFor(breakwater, { market, earliest, pyth, firstRound }) : { proof: "0x", fee: 0n };
  if ("missing" in found) throw new InputError(found.missing);
  const transaction = breakwater.orders.execute.populateTransaction(orderId, found.proof);
  const sent = await send({ ...how, transaction, value: found.fee });
  return { ...sent, outcome: outcomeOf(breakwater, sent) };
}

function outcomeOf({ orders }: Breakwater, { receipt }: SendReturnType): OrderOutcome | undefined {
  for (const log of receipt?.logs ?? []) {
    const event = orders.interface.parseLog(log);
    if (event?.name === "OrderExecuted") {
      const { sizeDelta, firstPrice, publishedAt, fee } = event.args;
      return { kind: "executed", sizeDelta, firstPrice, publishedAt, fee };
    }
    if (event?.name === "OrderTriggered") {
      const { price, fee, deadline } = event.args;
      return { kind: "triggered", price, fee, deadline };
    }
    if (event?.name === "OrderCancelled") {
      return { kind: "cancelled", refund: event.args.refund, reason: decodeRevert(event.args.reason) };
    }
  }
  return undefined;
}
