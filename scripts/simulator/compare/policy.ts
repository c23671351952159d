/** What a policy is asked and what it answers. */
import type { BookPosition } from "./book.ts";

export type Shock = {
  /** The price everything is valued at. */
  price: bigint;
  /** What is to be raised from traders, USD. */
  need: bigint;
};

export type Outcome = {
  /** What the pool gets, USD. */
  taken: bigint;
  /** Who pays how much, by position. */
  charges: ReadonlyMap<number, bigint>;
  /** Records the transaction that books the deficit must look at, and again if it changes them one by one. */
  steps: number;
};

export type Policy = (book: readonly BookPosition[], shock: Shock) => Outcome;
