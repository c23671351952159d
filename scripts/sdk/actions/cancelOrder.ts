import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type CancelOrderParameters = ChangeParameters & {
  orderId: bigint;
};

export type CancelOrderReturnType = SendReturnType;

/**
 * Takes an order back. Owner or operator, a market order only until its first price could exist; once expired, anybody.
 *
 * @example
 * await cancelOrder(breakwater, { signer, orderId: 1n });
 */
export async function cancelOrder(
  { orders }: Breakwater,
  { orderId, ...how }: CancelOrderParameters,
): Promise<CancelOrderReturnType> {
  return send({ ...how, transaction: orders.cancel.populateTransaction(orderId) });
}
