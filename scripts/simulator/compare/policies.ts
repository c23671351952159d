import { WAD } from "../model/math.ts";
import { type BookPosition, seededBook, winnersProfit } from "./book.ts";
import { bucketedHaircut } from "./bucketedHaircut.ts";
import { type Measure, measure } from "./measure.ts";
import { perUnitIndex } from "./perUnitIndex.ts";
import type { Policy, Shock } from "./policy.ts";
import { queue } from "./queue.ts";

export const POLICIES = { queue, "per-unit index": perUnitIndex, ours: bucketedHaircut } satisfies Record<
  string,
  Policy
>;
export type PolicyName = keyof typeof POLICIES;
export const POLICY_NAMES = Object.keys(POLICIES) as PolicyName[];

export const POSITIONS = 400;
/** A dip, a crash, and a squeeze that lets the longs win. The book's entries lie around 100. */
export const PRICES = [90n * WAD, 70n * WAD, 120n * WAD];
/** Part of the winners' profit that is needed, percent. */
export const NEEDS = [1n, 5n, 20n, 60n];

/** A book ten times as long, to see which costs follow. */
const LONGER = 10;

export type PolicyRow = Measure & { price: bigint; needPercent: bigint; policy: PolicyName };

export type PolicyComparison = {
  seed: number;
  positions: number;
  rows: PolicyRow[];
  /** Steps of each policy under the first shock, for a book and one ten times as long. */
  growth: { positions: number; steps: Record<PolicyName, number> }[];
};

/** Every policy under every shock, on one book. */
export function comparePolicies(seed: number): PolicyComparison {
  const book = seededBook(seed, POSITIONS);
  const rows = shocksOf(book).flatMap(({ needPercent, ...shock }) =>
    POLICY_NAMES.map((policy) => ({
      price: shock.price,
      needPercent,
      policy,
      ...measure(book, shock, POLICIES[policy](book, shock)),
    })),
  );
  const growth = [POSITIONS, POSITIONS * LONGER].map((positions) => ({ positions, steps: stepsOf(seed, positions) }));
  return { seed, positions: POSITIONS, rows, growth };
}

export function shocksOf(book: readonly BookPosition[]): (Shock & { needPercent: bigint })[] {
  return PRICES.flatMap((price) =>
    NEEDS.map((needPercent) => ({ price, needPercent, need: (winnersProfit(book, price) * needPercent) / 100n })),
  );
}

function stepsOf(seed: number, positions: number): Record<PolicyName, number> {
  const book = seededBook(seed, positions);
  const shock = shocksOf(book)[0]!;
  const steps = POLICY_NAMES.map((policy) => [policy, POLICIES[policy](book, shock).steps]);
  return Object.fromEntries(steps) as Record<PolicyName, number>;
}
