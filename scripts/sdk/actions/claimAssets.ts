import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import type { ShareVault } from "../shares.ts";

export type ClaimAssetsParameters = ChangeParameters & { from: ShareVault };

export type ClaimAssetsReturnType = SendReturnType & {
  /** Burned for the dollars, 24 decimals. */
  shares: bigint;
};

/**
 * Takes the dollars that settled epochs have paid for the signer's redemptions: all of them.
 *
 * @example
 * await claimAssets(breakwater, { signer, from: "junior" });
 */
export async function claimAssets(
  breakwater: Breakwater,
  { from, ...how }: ClaimAssetsParameters,
): Promise<ClaimAssetsReturnType> {
  const vault = breakwater[from];
  const owner = await how.signer.getAddress();
  const shares = await vault.maxRedeem(owner);
  if (shares === 0n) throw new InputError(`${from}: no dollars wait to be claimed; the epoch has to be settled first`);
  return { shares, ...(await send({ ...how, transaction: vault.redeem.populateTransaction(shares, owner, owner) })) };
}
