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

/**
 * What is wrong with the claims, if anything: `Ledger.Recovery` holds what can be claimed, nothing leaves but what was
 * repaid, and all claims together are what was taken, less roundings.
 *
 * `taken`: haircuts and write-offs. `recovery`: the ledger before anybody claims. `left`: tokens that left the vault.
 * `unit`: the smallest token amount; its fractions are not paid.
 */
export function auditClaims(
  claims: Claims,
  claimants: Claimants,
  seen: { taken: bigint; recovery: bigint; left: bigint; unit: bigint },
): string[] {
  const { lost, repaid, outstanding, paid } = claims.traders;
  const claimable = claimants.claimable.reduce((total, value) => total + value, 0n);
  // Rounded down at every step and by account; what is lost that way stays in the ledger.
  const dust = BigInt(claimants.claimable.length + 1) * (seen.unit + 10n ** 9n);
  const problems: string[] = [];
  const equal = (what: string, has: bigint, expected: bigint, tolerance: bigint) => {
    if (has <= expected && has >= expected - tolerance) return;
    problems.push(`${what}: ${has} wei, not ${expected}${tolerance > 0n ? " less dust" : ""}`);
  };
  equal("lost to haircuts and write-offs, as claims", lost, seen.taken, 0n);
  equal("claims paid, by tokens that left", seen.left, paid, 0n);
  equal("claims paid to traders of what was repaid", paid, repaid, dust);
  equal("claims repaid and outstanding of what was lost", repaid + outstanding, lost, dust);
  equal("claims outstanding, trader by trader", claimants.outstanding, outstanding, dust);
  equal(
    "claims and debts that can be collected from the recovery ledger",
    claimable + claimants.debts,
    seen.recovery,
    dust,
  );
  return problems;
}
