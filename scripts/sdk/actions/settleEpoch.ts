import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type SettleEpochParameters = ChangeParameters & {
  /** The pool settles both tranches. */
  of: "pool" | "insurance";
};

export type SettleEpochReturnType = SendReturnType;

/**
 * Settles the requests up to the recorded epoch, half an hour after the record at the earliest. Anybody may.
 *
 * @example
 * await settleEpoch(breakwater, { signer, of: "pool" });
 */
export async function settleEpoch(
  breakwater: Breakwater,
  { of, ...how }: SettleEpochParameters,
): Promise<SettleEpochReturnType> {
  return send({ ...how, transaction: breakwater[of].settleEpoch.populateTransaction() });
}
