import type { AdlWave } from "./adl.ts";
import type { Claimants, Claims, ClaimTotals } from "./claims.ts";
import type { Stage } from "./exchange.ts";
import type { Conservation, Groups } from "./value.ts";

/** What is left of sums of positions by rounding, here against sums by market and by bucket: a cent in all. */
const CENT = 10n ** 16n;

/** What must hold at the end of every run. Each line is something that must never happen. */
export function audit(seen: {
  after: Groups;
  /** The traders' value again, account by account and position by position. */
  oneByOne: bigint;
  conservation: Conservation;
  idle: { before: bigint[]; after: bigint[] };
}): string[] {
  const { after, oneByOne, conservation, idle } = seen;
  const problems: string[] = [];
  if (conservation.difference !== 0n) {
    problems.push(`tokens held and ledgers differ by ${conservation.difference} wei`);
  }
  const owned = Object.values(after).reduce((total, value) => total + value, 0n);
  if (owned !== conservation.held) problems.push(`groups own ${owned} wei of ${conservation.held} held`);
  if (after.traders < oneByOne - CENT || after.traders > oneByOne + CENT) {
    problems.push(`traders own ${after.traders} wei by the market's sums, ${oneByOne} one by one`);
  }
  for (const [i, margin] of idle.before.entries()) {
    if (idle.after[i] !== margin) problems.push(`idle account ${i}: ${margin} became ${idle.after[i]}`);
  }
  return problems;
}

/** P4: the same share of everybody's profit, and nothing of who has none. */
export function auditWave({ step, losersCharged, smallestShare, largestShare }: AdlWave): string[] {
  const problems: string[] = [];
  if (losersCharged > 0) problems.push(`step ${step}: ${losersCharged} traders without profit were charged`);
  if (smallestShare !== largestShare) {
    problems.push(`step ${step}: charged from ${smallestShare} to ${largestShare} of a profit (WAD)`);
  }
  return problems;
}

/**
 * After a block that left a residual: no bucket may still be wholly in profit at the block's price. Inside the block the
 * price is one and liquidations bring no profit into a bucket, so what is true of its end was true of each incident.
 */
export async function auditResidual({ world, market }: Stage, step: number): Promise<string[]> {
  const { clearinghouse } = world.system;
  const price = (await clearinghouse.market(market)).lastPrice;
  const problems: string[] = [];
  for (const isLong of [true, false]) {
    for (const bucket of await clearinghouse.buckets(market, isLong, price)) {
      if (!bucket.isReached || bucket.profit === 0n) continue;
      problems.push(`step ${step}: residual, while bucket ${bucket.tick} has ${bucket.profit} wei of profit`);
    }
  }
  return problems;
}

/**
 * What is wrong with the traders' claims, if anything: `Ledger.Recovery` holds what can be claimed, nothing leaves but what was
 * repaid, and all claims together are what was taken, less roundings.
 *
 * `taken`: haircuts and write-offs. `recovery`: the ledger before anybody claims, less what is LPs'. `left`: tokens that left the vault.
 * `unit`: the smallest token amount; its fractions are not paid. `isEverybody`: all positions have been replayed; otherwise
 * only what would be too much is found.
 */
export function auditClaims(
  claims: Pick<Claims, "traders">,
  claimants: Claimants,
  seen: { taken: bigint; recovery: bigint; left: bigint; unit: bigint; isEverybody: boolean },
): string[] {
  const { lost, repaid, outstanding, paid } = claims.traders;
  const claimable = claimants.claimable.reduce((total, value) => total + value, 0n);
  // Rounded down at every step and by account; what is lost that way stays in the ledger.
  const perAccount = seen.unit + 10n ** 9n;
  const dust = seen.isEverybody ? BigInt(claimants.claimable.length + 1) * perAccount : lost;
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

/** The same of a tranche: nobody else gets what LPs are repaid, and they are owed no more than they lost. */
export function auditLpClaims(name: string, { lost, repaid, outstanding, paid }: ClaimTotals, unit: bigint): string[] {
  const problems: string[] = [];
  // A fraction of a token unit a holder stays, and what is too little to be owed is forgiven.
  const dust = 2n * (unit + 10n ** 9n);
  if (paid > repaid || paid + dust < repaid) {
    problems.push(`claims paid to ${name}: ${paid} wei, not the ${repaid} repaid less dust`);
  }
  if (repaid + outstanding > lost) problems.push(`claims of ${name}: ${repaid} + ${outstanding} wei of ${lost} lost`);
  return problems;
}
