import { deleverageSide, eligible, insert } from "../model/buckets.ts";
import { divUp, min, WAD } from "../model/math.ts";
import { replay } from "../model/replay.ts";
import type { State } from "../model/state.ts";
import type { Side } from "../model/types.ts";
import type { Policy } from "./policy.ts";

/** Breakwater's own: one fraction of the profit of every entry-price bucket in profit, both sides alike. PROTOCOL §8. */
export const bucketedHaircut: Policy = (book, { price, need }) => {
  const state = bare();
  const sides = { long: newSide(true), short: newSide(false) };
  const held = book.map(({ id, isLong, size, cost }) => {
    const side = isLong ? sides.long : sides.short;
    const position = { ...UNTOUCHED, size: isLong ? size : -size, cost };
    return { id, side, position: insert(state, side, position) };
  });
  const both = [sides.long, sides.short];
  const steps = both.reduce((sum, side) => sum + side.populated.length, 0);

  const found = both.map((side) => eligible(side, price));
  const profit = found.reduce((sum, part) => sum + part.profit, 0n);
  const buckets = found.reduce((sum, part) => sum + part.buckets, 0n);
  if (profit === 0n || need === 0n) return { taken: 0n, charges: new Map(), steps };
  const haircut = min(WAD, divUp((need + buckets) * WAD, profit));
  const event = { price, closePrice: price, closeFraction: 0n, haircut, fundingIndex: 0n, lossId: 1 };
  const taken = both.reduce((sum, side) => sum + deleverageSide(state, side, event).collected, 0n);

  const charges = new Map<number, bigint>();
  for (const { id, side, position } of held) {
    const { cut } = replay(side, position);
    if (cut > 0n) charges.set(id, cut);
  }
  return { taken, charges, steps };
};

const UNTOUCHED = { mmBps: 0n, fundingEntry: 0n, settled: 0n, bondCents: 0n, bucket: 0, eventCursor: 0 };

const newSide = (isLong: boolean): Side => ({
  isLong,
  size: 0n,
  cost: 0n,
  weight: 0n,
  settled: 0n,
  buckets: new Map(),
  populated: [],
  generations: new Map(),
  events: [],
});

/** All that buckets want of the model's state: nothing here is ever undone, and nobody asks for the pool's interest. */
function bare(): State {
  const state: Pick<State, "edit"> & { pool: Pick<State["pool"], "openNotional"> } = {
    edit: (record) => record,
    pool: { openNotional: 0n },
  };
  return state as State;
}
