import type { AdlWave } from "./adl.ts";
import type { Stage } from "./exchange.ts";
import type { Conservation, Groups } from "./value.ts";

/** What must hold at the end of every run. Each line is something that must never happen. */
export function audit(seen: {
  after: Groups;
  conservation: Conservation;
  idle: { before: bigint[]; after: bigint[] };
}): string[] {
  const { after, conservation, idle } = seen;
  const problems: string[] = [];
  if (conservation.difference !== 0n) {
    problems.push(`tokens held and ledgers differ by ${conservation.difference} wei`);
  }
  const owned = Object.values(after).reduce((total, value) => total + value, 0n);
  if (owned !== conservation.held) problems.push(`groups own ${owned} wei of ${conservation.held} held`);
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
