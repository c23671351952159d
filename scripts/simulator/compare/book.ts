/** One book of positions that every policy gets to see. USD, prices, sizes: WAD. */
import { valueDown, valueUp, WAD } from "../model/math.ts";
import { Random } from "../replay/random.ts";

export type BookPosition = {
  id: number;
  isLong: boolean;
  /** Base units, not signed. */
  size: bigint;
  /** USD at entry. */
  cost: bigint;
  margin: bigint;
};

/** Entries lie around it. */
const MIDDLE = 100;
/** Of the logarithms: most entries within 8% of the middle, sizes over four orders of magnitude. */
const ENTRY_SIGMA = 0.08;
const SIZE_SIGMA = 1.5;
const MEDIAN_USD = 5_000;
const LEVERAGE = { low: 2, high: 40 };

/** Unrealised price profit, negative for a loss. Rounding: towards minus infinity. */
export function profitAt({ isLong, size, cost }: BookPosition, price: bigint): bigint {
  return isLong ? valueDown(size, price) - cost : cost - valueUp(size, price);
}

/** As many longs as shorts. The same seed gives the same book; a longer one begins with the shorter one. */
export function seededBook(seed: number, positions: number): BookPosition[] {
  const random = new Random(seed);
  return Array.from({ length: positions }, (_, id) => {
    const isLong = id % 2 === 0;
    const entry = MIDDLE * Math.exp(ENTRY_SIGMA * normal(random));
    const notional = MEDIAN_USD * Math.exp(SIZE_SIGMA * normal(random));
    const size = fromNumber(notional / entry);
    const value = size * fromNumber(entry);
    const cost = isLong ? (value + WAD - 1n) / WAD : value / WAD;
    return { id, isLong, size, cost, margin: fromNumber(notional / random.spread(LEVERAGE.low, LEVERAGE.high)) };
  });
}

/** What the winners have at a price, on both sides. */
export function winnersProfit(book: readonly BookPosition[], price: bigint): bigint {
  return winners(book, price).reduce((sum, { profit }) => sum + profit, 0n);
}

export type Winner = { position: BookPosition; profit: bigint };

export function winners(book: readonly BookPosition[], price: bigint): Winner[] {
  return book.map((position) => ({ position, profit: profitAt(position, price) })).filter(({ profit }) => profit > 0n);
}

/** The side a venue turns to: the one whose winners have more. The bankrupt accounts are on the other one. */
export function winningSide(book: readonly BookPosition[], price: bigint): BookPosition[] {
  const longs = book.filter(({ isLong }) => isLong);
  const shorts = book.filter(({ isLong }) => !isLong);
  return winnersProfit(longs, price) > winnersProfit(shorts, price) ? longs : shorts;
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Rounded to six decimals. */
const fromNumber = (value: number): bigint => BigInt(Math.round(value * 1e6)) * 10n ** 12n;
