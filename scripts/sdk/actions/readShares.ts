import type { Breakwater } from "../contracts.ts";
import { SHARE, type ShareVault } from "../shares.ts";

export type ReadSharesParameters = {
  vault: ShareVault;
  /** Net asset value, USD WAD. */
  nav: bigint;
};

export type SharesState = {
  nav: bigint;
  /** 24 decimals. */
  supply: bigint;
  /** USD WAD of a whole share. */
  price: bigint;
  /** Running now, and when it ends, unix seconds. */
  epoch: bigint;
  epochEndsAt: bigint;
};

export type ReadSharesReturnType = SharesState;

/** Shares of a tranche or of the fund at a net asset value. */
export async function readShares(
  breakwater: Breakwater,
  { vault, nav }: ReadSharesParameters,
): Promise<ReadSharesReturnType> {
  const shares = breakwater[vault];
  const [supply, epoch, genesis, length] = await Promise.all([
    shares.totalSupply(),
    shares.currentEpoch(),
    shares.GENESIS(),
    shares.EPOCH_LENGTH(),
  ]);
  const price = supply === 0n ? 0n : (nav * SHARE) / supply;
  return { nav, supply, price, epoch, epochEndsAt: genesis + (epoch + 1n) * length };
}
