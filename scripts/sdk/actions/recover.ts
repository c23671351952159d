import type { Breakwater } from "../contracts.ts";
import { type PayingParameters, type SendPayingReturnType, sendPaying } from "../sendPaying.ts";
import { toNative } from "../units.ts";

export type RecoverParameters = PayingParameters & {
  /** USD WAD, rounded down to units of the token; at most what is outstanding is taken. */
  amountUsd: bigint;
};

export type RecoverReturnType = SendPayingReturnType;

/**
 * Repays recovery claims with the signer's dollars: those of traders first, then senior, then junior. A gift.
 *
 * @example
 * await recover(breakwater, { signer, amountUsd: parseWad("10000", "amount") });
 */
export async function recover(
  breakwater: Breakwater,
  { amountUsd, ...how }: RecoverParameters,
): Promise<RecoverReturnType> {
  const amount = toNative(amountUsd, breakwater.scale);
  const transaction = () => breakwater.clearinghouse.recover.populateTransaction(amount);
  return sendPaying(breakwater, { ...how, amountUsd, transaction });
}
