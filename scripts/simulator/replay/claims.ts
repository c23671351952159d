import type { ChainBook } from "./chainBook.ts";
import type { Stage } from "./exchange.ts";

/** What one class of claimants lost to socialised losses and got back so far. USD WAD. */
export type ClaimTotals = { lost: bigint; repaid: bigint; outstanding: bigint; paid: bigint };

/** Recovery claims at the end of a run, after everybody has claimed what was there; by class, in the order of repayment. */
export type Claims = Record<"traders" | TrancheName, ClaimTotals>;

export const TRANCHES = ["senior", "junior"] as const;
export type TrancheName = (typeof TRANCHES)[number];

/** Who holds the shares of a tranche: nobody else ever buys any in a run. */
export const holdersOf = ({ cast }: Stage, name: TrancheName) =>
  name === "senior" ? [cast.senior1, cast.senior2] : [cast.junior1, cast.junior2];

/** What the LPs of a tranche can claim now, USD WAD. */
export async function claimableBy(stage: Stage, name: TrancheName): Promise<bigint> {
  const tranche = stage.world.system[name];
  const claims = await Promise.all(holdersOf(stage, name).map((holder) => tranche.claimsOf(holder)));
  return claims.reduce((total, { claimable }) => total + claimable, 0n);
}

/** What accounts say of themselves once their positions have replayed everything. USD WAD. */
export type Claimants = {
  /** By trader. */
  claimable: bigint[];
  /** Sums over traders. */
  outstanding: bigint;
  /** Repaid debts of the pool that wait in the same ledger. */
  debts: bigint;
};

export async function readClaimants(book: ChainBook): Promise<Claimants> {
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
