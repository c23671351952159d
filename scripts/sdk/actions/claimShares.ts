import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import type { ShareVault } from "../shares.ts";

export type ClaimSharesParameters = ChangeParameters & { from: ShareVault };

export type ClaimSharesReturnType = SendReturnType & {
  /** Of the deposit they came from, native units of the token. */
  assets: bigint;
};

/**
 * Takes the shares that settled epochs have made of the signer's deposits: all of them.
 *
 * @example
 * await claimShares(breakwater, { signer, from: "junior" });
 */
export async function claimShares(
  breakwater: Breakwater,
  { from, ...how }: ClaimSharesParameters,
): Promise<ClaimSharesReturnType> {
  const vault = breakwater[from];
  const owner = await how.signer.getAddress();
  const assets = await vault.maxDeposit(owner);
  if (assets === 0n) throw new InputError(`${from}: no shares wait to be claimed; the epoch has to be settled first`);
  const transaction = vault["deposit(uint256,address,address)"].populateTransaction(assets, owner, owner);
  return { assets, ...(await send({ ...how, transaction })) };
}
