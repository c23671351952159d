import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type PayDebtsParameters = ChangeParameters;

export type PayDebtsReturnType = SendReturnType;

/**
 * Repays what the pool owes traders from its cash. Operations do so by themselves; this is for cash from elsewhere.
 *
 * @example
 * await payDebts(breakwater, { signer });
 */
export async function payDebts({ clearinghouse }: Breakwater, how: PayDebtsParameters): Promise<PayDebtsReturnType> {
  return send({ ...how, transaction: clearinghouse.payDebts.populateTransaction() });
}
