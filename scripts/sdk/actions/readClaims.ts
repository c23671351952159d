import type { Breakwater } from "../contracts.ts";

export type ReadClaimsParameters = {
  account: bigint;
  /** As holder of shares and as keeper. */
  holder: string;
};

/** USD WAD; `claimable` can be paid now, `outstanding` is not repaid yet. */
export type ReadClaimsReturnType = {
  trader: { claimable: bigint; outstanding: bigint };
  senior: { claimable: bigint; outstanding: bigint };
  junior: { claimable: bigint; outstanding: bigint };
  /** Of the pool to the account: realised profit that cash could not pay. */
  debts: { collectable: bigint; outstanding: bigint };
  fees: { clearinghouse: bigint; orders: bigint };
  /** Outstanding of everybody. */
  total: { traders: bigint; senior: bigint; junior: bigint };
};

/**
 * What somebody is owed back: as a trader, as an LP, as a keeper.
 *
 * @example
 * const { trader } = await readClaims(breakwater, { account: toAccountId(address), holder: address });
 */
export async function readClaims(
  { clearinghouse, senior, junior, orders, pool }: Breakwater,
  { account, holder }: ReadClaimsParameters,
): Promise<ReadClaimsReturnType> {
  const [[claimable, outstanding], ofSenior, ofJunior, [collectable, owed], keeping, executing, [traders], lps] =
    await Promise.all([
      clearinghouse.claimsOf(account),
      senior.claimsOf(holder),
      junior.claimsOf(holder),
      clearinghouse.debtsTo(account),
      clearinghouse.feesOf(holder),
      orders.feesOf(holder),
      clearinghouse.traderClaims(),
      pool.claims(),
    ]);
  return {
    trader: { claimable, outstanding },
    senior: { claimable: ofSenior.claimable, outstanding: ofSenior.outstanding },
    junior: { claimable: ofJunior.claimable, outstanding: ofJunior.outstanding },
    debts: { collectable, outstanding: owed },
    fees: { clearinghouse: keeping, orders: executing },
    total: { traders, senior: lps.senior, junior: lps.junior },
  };
}
