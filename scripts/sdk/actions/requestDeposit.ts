import type { Breakwater } from "../contracts.ts";
import { type PayingParameters, type SendPayingReturnType, sendPaying } from "../sendPaying.ts";
import type { ShareVault } from "../shares.ts";
import { toNative } from "../units.ts";

export type RequestDepositParameters = PayingParameters & {
  into: ShareVault;
  /** USD WAD, rounded down to units of the token. */
  amountUsd: bigint;
};

export type RequestDepositReturnType = SendPayingReturnType;

/**
 * Pays the signer's dollars into the queue of a tranche or of the insurance fund. Shares come when the next epoch has been
 * settled: `claimShares`.
 *
 * @example
 * await requestDeposit(breakwater, { signer, into: "junior", amountUsd: parseWad("100000", "amount") });
 */
export async function requestDeposit(
  breakwater: Breakwater,
  { into, amountUsd, ...how }: RequestDepositParameters,
): Promise<RequestDepositReturnType> {
  const owner = await how.signer.getAddress();
  const amount = toNative(amountUsd, breakwater.scale);
  const transaction = () => breakwater[into].requestDeposit.populateTransaction(amount, owner, owner);
  return sendPaying(breakwater, { ...how, amountUsd, transaction });
}
