import type { Breakwater } from "../contracts.ts";
import { toOrderRequest } from "../order.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import type { SignedOrder } from "./signOrder.ts";
import { submittedOrder } from "./submitOrder.ts";

export type SubmitSignedOrderParameters = ChangeParameters & {
  /** Who ordered has to have approved the vault for the fee. */
  order: SignedOrder;
};

export type SubmitSignedOrderReturnType = SendReturnType & {
  /** Undefined: a dry run. */
  orderId: bigint | undefined;
};

/**
 * Places an order that somebody has signed. Anybody may: who signed pays the fee, who submits pays gas.
 *
 * @example
 * const { orderId } = await submitSignedOrder(breakwater, { signer: anybody, order: signed });
 */
export async function submitSignedOrder(
  breakwater: Breakwater,
  { order, ...how }: SubmitSignedOrderParameters,
): Promise<SubmitSignedOrderReturnType> {
  const { request, nonce, signatureDeadline, signer, signature } = order;
  const transaction = breakwater.orders.submitSigned.populateTransaction(
    toOrderRequest(request),
    nonce,
    signatureDeadline,
    signer,
    signature,
  );
  const sent = await send({ ...how, transaction });
  return { ...sent, orderId: submittedOrder(breakwater, sent) };
}
