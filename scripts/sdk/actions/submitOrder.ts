import type { Breakwater } from "../contracts.ts";
import { type OrderRequest, stepsOf, toOrderRequest } from "../order.ts";
import type { SendReturnType } from "../send.ts";
import { type PayingParameters, type SendPayingReturnType, sendPaying } from "../sendPaying.ts";

export type SubmitOrderParameters = PayingParameters & { request: OrderRequest };

export type SubmitOrderReturnType = SendPayingReturnType & {
  /** Undefined: a dry run. */
  orderId: bigint | undefined;
};

/**
 * Places an order. The signer pays the fee of who executes it, one step of it or, with a trigger, two.
 *
 * @example
 * const stop: OrderRequest = { account, market: 0, kind: "at-or-below", sizeDelta: -size, acceptablePrice: 0n,
 *   triggerPrice: parseWad("2800", "price"), deadline: 4_000_000_000n, isReduceOnly: true };
 * const { orderId } = await submitOrder(breakwater, { signer, request: stop });
 */
export async function submitOrder(
  breakwater: Breakwater,
  { request, ...how }: SubmitOrderParameters,
): Promise<SubmitOrderReturnType> {
  const { orders } = breakwater;
  const amountUsd = (await orders.keeperFee()) * stepsOf(request.kind);
  const transaction = () => orders.submit.populateTransaction(toOrderRequest(request));
  const sent = await sendPaying(breakwater, { ...how, amountUsd, transaction });
  return { ...sent, orderId: submittedOrder(breakwater, sent) };
}

/** Id in the events of a submission. */
export function submittedOrder({ orders }: Breakwater, { receipt }: SendReturnType): bigint | undefined {
  for (const log of receipt?.logs ?? []) {
    const event = orders.interface.parseLog(log);
    if (event?.name === "OrderSubmitted") return event.args.orderId;
  }
  return undefined;
}
