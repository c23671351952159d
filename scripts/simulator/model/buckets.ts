/** One side of a market in entry-price buckets, and the events that reach them. PROTOCOL §8. */
import { fundingWeight } from "./market.ts";
import { abs, bitLength, divCeil, divDown, divUp, max, min, pos, valueDown, valueUp, WAD } from "./math.ts";
import type { State } from "./state.ts";
import type { AdlEvent, Bucket, Position, Side } from "./types.ts";

export const MAX_BUCKETS = 96;
const TICKS = 8_192;
const HIGHEST_ENTRY = 2n ** 104n - 1n;

/** `64 · ⌊log2 p⌋` and the next six bits of p. */
export function tickOf(price: bigint): number {
  if (price === 0n) return 0;
  const exponent = bitLength(price) - 1n;
  const next = exponent >= 6n ? price >> (exponent - 6n) : price << (6n - exponent);
  return Number(exponent * 64n + (next & 63n));
}

/** USD per base unit, rounded towards worse. */
export function entryOf({ size, cost }: Position): bigint {
  const entry = size > 0n ? divUp(cost * WAD, size) : divDown(cost * WAD, -size);
  return min(entry, HIGHEST_ENTRY);
}

/** Whether an entry is strictly better than a price, that is, in profit. */
const isBetter = (isLong: boolean, entry: bigint, price: bigint): boolean => (isLong ? entry < price : entry > price);

export function bucketAt(side: Side, id: number): Bucket {
  let bucket = side.buckets.get(id);
  if (bucket === undefined) {
    bucket = { id, size: 0n, cost: 0n, weight: 0n, count: 0n, edge: 0n, hasHaircut: false, events: [] };
    side.buckets.set(id, bucket);
  }
  return bucket;
}

const populatedOf = (side: Side): Bucket[] => side.populated.map((id) => bucketAt(side, id));

// ------------------------------------------------------------------------------------------------------- positions

/** Adds a position to the bucket of its entry; returns it as it points there. */
export function insert(state: State, side: Side, position: Position): Position {
  const entry = entryOf(position);
  const bucket = state.edit(bucketFor(state, side, tickOf(entry)));
  state.edit(side);
  if (!side.populated.includes(bucket.id)) {
    side.populated = [...side.populated, bucket.id];
    bucket.hasHaircut = false;
    bucket.edge = entry;
  } else if (isBetter(side.isLong, bucket.edge, entry)) bucket.edge = entry;
  bucket.count += 1n;
  side.settled += position.settled;
  moveSums(state, side, bucket, {
    size: bucket.size + abs(position.size),
    cost: bucket.cost + position.cost,
    weight: bucket.weight + fundingWeight(position),
  });
  return { ...position, bucket: bucket.id, eventCursor: side.events.length };
}

/** Takes out a position that has seen all events of its bucket; size 0 if one of them closed it. */
export function remove(state: State, side: Side, position: Position): void {
  const bucket = state.edit(bucketAt(side, position.bucket));
  state.edit(side).settled -= position.settled;
  bucket.count -= 1n;
  // What roundings left in a bucket goes with the last who points to it.
  const rest =
    bucket.count === 0n
      ? { size: 0n, cost: 0n, weight: 0n }
      : {
          size: pos(bucket.size - abs(position.size)),
          cost: pos(bucket.cost - position.cost),
          weight: bucket.weight - fundingWeight(position),
        };
  moveSums(state, side, bucket, rest);
}

/** The side's sums move by what the bucket's do. One whose size is zero leaves the list: the last one takes its place. */
function moveSums(state: State, side: Side, bucket: Bucket, to: Pick<Bucket, "size" | "cost" | "weight">): void {
  state.edit(state.pool).openNotional += to.cost - bucket.cost;
  side.size += to.size - bucket.size;
  side.cost += to.cost - bucket.cost;
  side.weight += to.weight - bucket.weight;
  Object.assign(bucket, to);
  const place = side.populated.indexOf(bucket.id);
  if (bucket.size > 0n || place < 0) return;
  const list = [...side.populated];
  const last = list.pop() as number;
  if (last !== bucket.id) list[place] = last;
  side.populated = list;
}

/** A bucket that has had a haircut takes no newcomers while it is populated. */
function bucketFor(state: State, side: Side, tick: number): Bucket {
  const generation = side.generations.get(tick) ?? 0;
  const home = bucketAt(side, generation * TICKS + tick);
  const isPopulated = side.populated.includes(home.id);
  if (isPopulated && !home.hasHaircut) return home;
  if (side.populated.length === MAX_BUCKETS) return nearest(side, tick);
  if (!isPopulated) return home;
  state.edit(side).generations = new Map(side.generations).set(tick, generation + 1);
  return bucketAt(side, (generation + 1) * TICKS + tick);
}

/** Ties: the first in the list. */
function nearest(side: Side, tick: number): Bucket {
  const all = populatedOf(side);
  const fresh = all.filter(({ hasHaircut }) => !hasHaircut);
  const distance = ({ id }: Bucket): number => Math.abs((id % TICKS) - tick);
  return (fresh.length > 0 ? fresh : all).reduce((best, bucket) => (distance(bucket) < distance(best) ? bucket : best));
}

/** Funding that a position was charged for sizes it no longer has. */
export function chargeFunding(state: State, side: Side, id: number, owed: bigint): void {
  state.edit(bucketAt(side, id)).weight += owed;
  state.edit(side).weight += owed;
}

// ---------------------------------------------------------------------------------------------------------- events

export interface Eligible {
  profit: bigint;
  size: bigint;
  buckets: bigint;
  positions: bigint;
}

function profitOf({ isLong }: Side, { size, cost }: Bucket, price: bigint): bigint {
  return pos(isLong ? valueDown(size, price) - cost : cost - valueUp(size, price));
}

/** What an event at `price` could reach: buckets entirely in profit. */
export function eligible(side: Side, price: bigint): Eligible {
  const found = { profit: 0n, size: 0n, buckets: 0n, positions: 0n };
  for (const bucket of populatedOf(side)) {
    const profit = isBetter(side.isLong, bucket.edge, price) ? profitOf(side, bucket, price) : 0n;
    if (profit === 0n) continue;
    found.profit += profit;
    found.size += bucket.size;
    found.buckets += 1n;
    found.positions += bucket.count;
  }
  return found;
}

/** Carries out an event; returns what was withheld and what to set aside for what was closed, the reserve included. */
export function deleverageSide(state: State, side: Side, event: AdlEvent): { collected: bigint; pended: bigint } {
  const { isLong } = side;
  const { price, closePrice, closeFraction, haircut } = event;
  const worse = isLong ? min(price, closePrice) : max(price, closePrice);
  const number = side.events.length + 1;
  let isReached = false;
  let collected = 0n;
  let pended = 0n;
  // From the last one on: one that leaves the list is replaced by one already visited.
  for (const bucket of populatedOf(side).reverse()) {
    const profit = isBetter(isLong, bucket.edge, worse) ? profitOf(side, bucket, price) : 0n;
    if (profit === 0n) continue;
    isReached = true;
    state.edit(side);
    state.edit(bucket).events = [...bucket.events, number];
    if (haircut > 0n) collected += withhold(state, side, bucket, event, profit);
    if (closeFraction === 0n) continue;
    pended += closePart(state, side, bucket, event);
    pended += bucket.count * (max(price, closePrice) / WAD + 1n);
  }
  if (isReached) side.events = [...side.events, event];
  return { collected, pended };
}

function withhold(state: State, side: Side, bucket: Bucket, { price, haircut }: AdlEvent, profit: bigint): bigint {
  const { size, cost, weight, edge } = bucket;
  const cut = divDown(profit * haircut, WAD);
  const product = edge * (WAD - haircut) + price * haircut;
  bucket.edge = side.isLong ? divUp(product, WAD) : divDown(product, WAD);
  bucket.hasHaircut = true;
  moveSums(state, side, bucket, { size, cost: side.isLong ? cost + cut : cost - cut, weight });
  return cut;
}

/** Returns what the closed part is worth. */
function closePart(state: State, side: Side, bucket: Bucket, event: AdlEvent): bigint {
  const { isLong } = side;
  const { closePrice, closeFraction, fundingIndex } = event;
  const { size, cost, count } = bucket;
  const rest = WAD - closeFraction;
  const [keepSize, keepCost] = isLong ? [valueUp, valueDown] : [valueDown, valueUp];
  const to = { size: keepSize(size, rest), cost: keepCost(cost, rest) };
  const pended = isLong
    ? valueUp(size - valueDown(size, rest), closePrice) + 1n - (cost - valueUp(cost, rest))
    : cost - valueDown(cost, rest) + 1n - valueDown(size - valueUp(size, rest), closePrice);
  const change = isLong ? to.size - size : size - to.size;
  const slack = count * (abs(fundingIndex) / WAD + 2n);
  moveSums(state, side, bucket, { ...to, weight: bucket.weight + divCeil(change * fundingIndex, WAD) + slack });
  return pos(pended);
}
