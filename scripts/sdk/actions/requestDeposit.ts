import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import type { ShareVault } from "../shares.ts";
import { toNative } from "../units.ts";
import { approve } from "./approve.ts";

export type RequestDepositParameters = ChangeParameters & {
  into: ShareVault;
  /** USD WAD, rounded down to units of the token. */
  amountUsd: bigint;
};

export type RequestDepositReturnType = SendReturnType & {
  /** Of the vault, if it was needed. */
  approval: SendReturnType | undefined;
};

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
  const approval = await approve(breakwater, { amountUsd, ...how });
  const amount = toNative(amountUsd, breakwater.scale);
  const transaction = breakwater[into].requestDeposit.populateTransaction(amount, owner, owner);
  return { approval, ...(await send({ ...how, transaction, isUnsentBefore: approval !== undefined })) };
}
