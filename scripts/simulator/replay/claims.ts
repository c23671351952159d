import type { TraderBook } from "./book.ts";

/** What one class of claimants lost to socialised losses and got back so far. USD WAD. */
export type ClaimTotals = { lost: bigint; repaid: bigint; outstanding: bigint; paid: bigint };

/** Recovery claims at the end of a run, after everybody has claimed what was there; by class, in the order of repayment. */
export type Claims = { traders: ClaimTotals };

/** What accounts say of themselves once their positions have replayed everything. USD WAD. */
export type Claimants = {
  /** By trader. */
  claimable: bigint[];
  /** Sums over traders. */
  outstanding: bigint;
  /** Repaid debts of the pool that wait in the same ledger. */
  debts: bigint;
};

export async function readClaimants(book: TraderBook): Promise<Claimants> {
  const ids = book.seats.map((seat) => [seat.id]);
  const claims = (await book.read("claimsOf", ids)) as unknown as [bigint, bigint][];
  const debts = (await book.read("debtsTo", ids)) as unknown as [bigint, bigint][];
  const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n);
  return {
    claimable: claims.map(([claimable]) => claimable),
    outstanding: sum(claims.map(([, outstanding]) => outstanding)),
    debts: sum(debts.map(([collectable]) => collectable)),
  };
}
