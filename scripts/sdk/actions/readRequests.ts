import type { Breakwater } from "../contracts.ts";
import type { ShareVault } from "../shares.ts";
import { fromNative } from "../units.ts";

export type ReadRequestsParameters = { vault: ShareVault; holder: string };

/** USD WAD, shares with 24 decimals. */
export type ReadRequestsReturnType = {
  shares: bigint;
  /** Of `shares` at the present value. */
  value: bigint;
  /** Dollars waiting to become shares; the part of this epoch can be taken back. */
  depositPending: bigint;
  depositCancellable: bigint;
  /** Dollars that have become shares, to be claimed. */
  depositClaimable: bigint;
  /** Shares waiting to be redeemed. */
  redeemPending: bigint;
  redeemCancellable: bigint;
  /** Dollars of redeemed shares, to be claimed. */
  redeemClaimable: bigint;
};

/**
 * What somebody holds, has asked for, and can claim.
 *
 * @example
 * const { depositClaimable } = await readRequests(breakwater, { vault: "junior", holder: address });
 */
export async function readRequests(
  breakwater: Breakwater,
  { vault, holder }: ReadRequestsParameters,
): Promise<ReadRequestsReturnType> {
  const { scale } = breakwater;
  const contract = breakwater[vault];
  const next = (await contract.currentEpoch()) + 1n;
  const [shares, pending, cancellable, filled, locked, unlockable, paid] = await Promise.all([
    contract.balanceOf(holder),
    contract.pendingDepositRequest(0, holder),
    contract.pendingDepositRequest(next, holder),
    contract.maxDeposit(holder),
    contract.pendingRedeemRequest(0, holder),
    contract.pendingRedeemRequest(next, holder),
    contract.maxWithdraw(holder),
  ]);
  return {
    shares,
    value: fromNative(await contract.convertToAssets(shares), scale),
    depositPending: fromNative(pending, scale),
    depositCancellable: fromNative(cancellable, scale),
    depositClaimable: fromNative(filled, scale),
    redeemPending: locked,
    redeemCancellable: unlockable,
    redeemClaimable: fromNative(paid, scale),
  };
}
