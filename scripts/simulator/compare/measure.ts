import { WAD } from "../model/math.ts";
import { type BookPosition, profitAt, winners } from "./book.ts";
import type { Outcome, Shock } from "./policy.ts";

/** One policy under one shock, in the figures that tell policies apart. USD and shares: WAD. */
export type Measure = {
  needed: bigint;
  taken: bigint;
  /** Taken less needed; negative: not covered. */
  overshoot: bigint;
  /** Positions in profit, and how many of them paid. */
  winners: number;
  charged: number;
  /** Positions at a loss that paid. */
  losersCharged: number;
  /** Winners that paid more than their profit. */
  beyondProfit: number;
  /** Of the winners that paid: least and largest part of the profit; undefined if none did. */
  smallestShare: bigint | undefined;
  largestShare: bigint | undefined;
  steps: number;
};

export function measure(book: readonly BookPosition[], { price, need }: Shock, outcome: Outcome): Measure {
  const { taken, charges, steps } = outcome;
  const paid = winners(book, price).filter(({ position }) => (charges.get(position.id) ?? 0n) > 0n);
  const shares = paid.map(({ position, profit }) => ((charges.get(position.id) ?? 0n) * WAD) / profit);
  shares.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    needed: need,
    taken,
    overshoot: taken - need,
    winners: winners(book, price).length,
    charged: paid.length,
    losersCharged: book.filter((one) => profitAt(one, price) <= 0n && (charges.get(one.id) ?? 0n) > 0n).length,
    beyondProfit: paid.filter(({ position, profit }) => (charges.get(position.id) ?? 0n) > profit).length,
    smallestShare: shares.at(0),
    largestShare: shares.at(-1),
    steps,
  };
}
