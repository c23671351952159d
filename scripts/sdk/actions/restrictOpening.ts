import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type RestrictOpeningParameters = ChangeParameters & {
  market: number;
  /** Of the caps; 0 stops openings. */
  shareBps: bigint;
  /** Seconds from now; 0 ends a restriction. */
  duration: bigint;
};

export type RestrictOpeningReturnType = SendReturnType;

/**
 * Leaves openings only a share of the caps of a market for a time. The guardian may; nothing but openings notices.
 *
 * @example
 * await restrictOpening(breakwater, { signer, market: 0, shareBps: 5_000n, duration: 3_600n });
 */
export async function restrictOpening(
  { clearinghouse }: Breakwater,
  { market, shareBps, duration, ...how }: RestrictOpeningParameters,
): Promise<RestrictOpeningReturnType> {
  return send({ ...how, transaction: clearinghouse.restrictOpening.populateTransaction(market, shareBps, duration) });
}
