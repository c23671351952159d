import { abs, WAD } from "../model/math.ts";
import type { Wave } from "./day.ts";
import { type Held, openSides, type Sides } from "./sides.ts";

/** One wave through the contracts, beside what happened. USD and fractions: WAD. */
export type WaveResult = {
  wave: string;
  needed: bigint;
  ours: bigint;
  production: bigint;
  capacity: bigint;
  haircut: bigint;
  positions: number;
  buckets: number;
  gas: number;
  /** Least and largest part of its profit that a position lost when it replayed the event. */
  smallestShare: bigint;
  largestShare: bigint;
  /** How far `ours` may be from `needed`, PROTOCOL §8. */
  tolerance: bigint;
};

export type DayResult = {
  waves: WaveResult[];
  needed: bigint;
  ours: bigint;
  production: bigint;
  /** What the venue took less what was needed. */
  overshoot: bigint;
  /** Broken promises, one line each. */
  problems: string[];
};

/** Value of a base unit at the event: size times it is never rounded. */
export const PRICE = 100n * WAD;

/** A step of entries is wider than a bucket (1.57%), and there are as many as a side has buckets. */
const STEP = { numerator: 102n, denominator: 100n };
const RUNGS = 96;
/** Who shares a bucket entered at another price: 0.01% further. */
const SHIFT = 10_000n;

export async function replayDay(waves: readonly Wave[], onWave?: (share: number) => void): Promise<DayResult> {
  const sides = await openSides();
  try {
    const results: WaveResult[] = [];
    const problems: string[] = [];
    for (const [i, wave] of waves.entries()) {
      onWave?.(i / waves.length);
      results.push(await replayWave(sides, wave, problems));
    }
    const sum = (key: "needed" | "ours" | "production") => results.reduce((all, one) => all + one[key], 0n);
    const [needed, production] = [sum("needed"), sum("production")];
    return { waves: results, needed, ours: sum("ours"), production, overshoot: production - needed, problems };
  } finally {
    await sides.close();
  }
}

/**
 * One short position per group of winners: that day they were short. Entries climb away from the price, bucket by
 * bucket; with more groups than a side has buckets they start over, a little higher, and share. The day's file says what
 * the groups had, not where they entered; what a haircut takes does not depend on it.
 */
export function positionsOf(groups: readonly bigint[]): Held[] {
  return groups.map((profit, i) => {
    let entry = PRICE;
    for (let rung = 0; rung <= i % RUNGS; rung++) entry = (entry * STEP.numerator) / STEP.denominator;
    entry = (entry * (SHIFT + BigInt(Math.floor(i / RUNGS)))) / SHIFT;
    const size = (profit * WAD) / (entry - PRICE);
    // The cost follows from the profit, so that nothing of it is lost in the size's rounding.
    return { isLong: false, size, cost: (size * PRICE) / WAD + profit };
  });
}

async function replayWave(sides: Sides, wave: Wave, problems: string[]): Promise<WaveResult> {
  const { needed, capacity, groups, production } = wave;
  const done = await sides.deleverage(positionsOf(groups), PRICE, needed);
  const tolerance = capacity / WAD + 1n + BigInt(done.buckets);
  const problem = (what: string) => problems.push(`wave ${wave.wave}: ${what}`);
  if (done.profit !== capacity) problem(`buckets hold a profit of ${done.profit}, the winners' is ${capacity}`);
  if (abs(done.collected - needed) > tolerance) problem(`took ${done.collected}, needed ${needed} +- ${tolerance}`);
  if (done.collected < needed) problem(`took ${done.collected}, less than ${needed}`);
  const claims = done.lost.reduce((all, one) => all + one, 0n);
  if (claims > done.collected) problem(`promises ${claims} back and took ${done.collected}`);
  // Everybody loses the same fraction, rounded up to the wei.
  for (const [i, profit] of groups.entries()) {
    const cut = (profit * done.haircut + WAD - 1n) / WAD;
    if (done.cuts[i] !== cut) problem(`position ${i} lost ${done.cuts[i]} of ${profit}, not ${cut}`);
  }
  const shares = groups.map((profit, i) => (done.cuts[i]! * WAD) / profit).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    wave: wave.wave,
    needed,
    ours: done.collected,
    production,
    capacity,
    haircut: done.haircut,
    positions: done.positions,
    buckets: done.buckets,
    gas: done.gas,
    smallestShare: shares[0]!,
    largestShare: shares.at(-1)!,
    tolerance,
  };
}
