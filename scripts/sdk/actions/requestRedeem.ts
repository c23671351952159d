import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { exactShares, type ShareVault } from "../shares.ts";

export type RequestRedeemParameters = ChangeParameters & {
  from: ShareVault;
  /** 24 decimals. They stay at risk until the epoch is settled. */
  shares: bigint;
};

export type RequestRedeemReturnType = SendReturnType;

/**
 * Locks the signer's shares to be redeemed with the next epoch. Dollars come when it has been settled: `claimAssets`.
 *
 * @example
 * await requestRedeem(breakwater, { signer, from: "junior", shares: await breakwater.junior.balanceOf(address) });
 */
export async function requestRedeem(
  breakwater: Breakwater,
  { from, shares, ...how }: RequestRedeemParameters,
): Promise<RequestRedeemReturnType> {
  const owner = await how.signer.getAddress();
  const has = await breakwater[from].balanceOf(owner);
  if (has < shares) {
    throw new InputError(`${from}: ${owner} holds ${exactShares(has)} shares, not ${exactShares(shares)}`);
  }
  return send({ ...how, transaction: breakwater[from].requestRedeem.populateTransaction(shares, owner, owner) });
}
