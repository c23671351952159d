import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type ResetPoolParameters = ChangeParameters;

export type ResetPoolReturnType = SendReturnType;

/**
 * Writes the senior principal down to what is there, once it has been under water for a day. Anybody may.
 *
 * @example
 * await resetPool(breakwater, { signer });
 */
export async function resetPool({ pool }: Breakwater, how: ResetPoolParameters): Promise<ResetPoolReturnType> {
  return send({ ...how, transaction: pool.reset.populateTransaction() });
}
