import { pricePnl } from "../model/market.ts";
import type { TraderBook } from "./book.ts";

/** What one deleveraging took. USD, prices and fractions WAD. */
export type AdlCharge = {
  step: number;
  market: number;
  price: bigint;
  /** Part of the size closed, and part of the profit withheld, of everybody charged. */
  closeFraction: bigint;
  haircut: bigint;
  /** Profit withheld, and what was paid for what was closed. */
  collected: bigint;
  paid: bigint;
  /** The last step of a deficit's way through the layers, or a call of its own. */
  isIncident: boolean;
};

/** One `Deleveraged` event: the same, and what it took to do. */
export type AdlEvent = AdlCharge & {
  /** Positions. */
  charged: number;
  buckets: number;
  /** Of the whole transaction. */
  gas: number;
};

/**
 * Events of one pass at one price, as the positions felt them: all profits and charges are read from the chain before the
 * first and after the last. Between the two no position that is charged is touched by anything else.
 */
export type AdlWave = {
  step: number;
  market: number;
  price: bigint;
  /** Deficits that passed the senior floor; otherwise a call of its own. */
  isIncident: boolean;
  events: number;
  /** Of all events together: what a position in every one of them lost of its profit, and of its size; WAD. */
  haircut: bigint;
  closeFraction: bigint;
  /** Positions whose profit or size fell. */
  charged: number;
  /** Least and most withheld of anybody, as a share of its profit at the price. WAD, to 1e-9. */
  smallestShare: bigint;
  largestShare: bigint;
  /** Of those charged, how many had no profit at the price. */
  losersCharged: number;
  collected: bigint;
  paid: bigint;
};

const WAD = 10n ** 18n;
/** A cut is rounded up to a wei: shares are told to nine digits, of profits of which a wei is less. */
const SHARE_UNIT = 10n ** 9n;
const LEAST_PROFIT = 10n ** 12n;

/** What `events` did to each position: reads the book again and compares. `touched`: traders that were liquidated. */
export async function measureWave(
  book: Pick<TraderBook, "seats" | "refreshCharged">,
  events: AdlCharge[],
  touched: Set<number>,
): Promise<AdlWave> {
  const before = book.seats.filter((seat) => seat.size !== 0n && !touched.has(seat.index)).map((seat) => ({ ...seat }));
  await book.refreshCharged(events.length);
  const [first] = events as [AdlCharge, ...AdlCharge[]];
  const wave: AdlWave = {
    step: first.step,
    market: first.market,
    price: first.price,
    isIncident: first.isIncident,
    events: events.length,
    haircut: together(events.map((event) => event.haircut)),
    closeFraction: together(events.map((event) => event.closeFraction)),
    charged: 0,
    smallestShare: 0n,
    largestShare: 0n,
    losersCharged: 0,
    collected: events.reduce((total, event) => total + event.collected, 0n),
    paid: events.reduce((total, event) => total + event.paid, 0n),
  };
  const shares: bigint[] = [];
  for (const seat of before) {
    const after = book.seats[seat.index]!;
    const cut = after.cut - seat.cut;
    if (cut === 0n && after.size === seat.size) continue;
    const profit = pricePnl(seat, first.price);
    wave.charged++;
    if (profit <= 0n) wave.losersCharged++;
    else if (profit > LEAST_PROFIT) shares.push(shareOf(cut, profit));
  }
  shares.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  wave.smallestShare = shares[0] ?? 0n;
  wave.largestShare = shares.at(-1) ?? 0n;
  return wave;
}

/** Rounded to the nearest. */
function shareOf(cut: bigint, profit: bigint): bigint {
  const scale = WAD / SHARE_UNIT;
  return ((2n * cut * scale + profit) / (2n * profit)) * SHARE_UNIT;
}

/** Fractions taken one after the other, each of what was left, as one. */
function together(fractions: bigint[]): bigint {
  return WAD - fractions.reduce((left, fraction) => (left * (WAD - fraction)) / WAD, WAD);
}
