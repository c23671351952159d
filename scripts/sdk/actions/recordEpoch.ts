import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type RecordEpochParameters = ChangeParameters & {
  /** The pool settles both tranches. */
  of: "pool" | "insurance";
};

export type RecordEpochReturnType = SendReturnType;

/**
 * Puts on record what the pool, or the fund, is worth at the end of an epoch. Anybody may, once it is over.
 *
 * @example
 * await recordEpoch(breakwater, { signer, of: "pool" });
 */
export async function recordEpoch(
  breakwater: Breakwater,
  { of, ...how }: RecordEpochParameters,
): Promise<RecordEpochReturnType> {
  return send({ ...how, transaction: breakwater[of].recordEpoch.populateTransaction() });
}
