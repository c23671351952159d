/** What a position has missed: the events of its bucket it has not seen, applied one by one. PROTOCOL §8. */
import { bucketAt } from "./buckets.ts";
import { fundingOwed } from "./market.ts";
import { abs, divDown, pos, valueDown, valueUp, WAD } from "./math.ts";
import type { AdlEvent, Position, Side } from "./types.ts";

/** Events one operation replays per position; who missed more is replayed first. */
export const MAX_EVENTS = 48;

export interface Replay {
  /** As the events left it; size 0: closed. */
  position: Position;
  /** Events applied. */
  applied: number;
  isComplete: boolean;
  /** Profit of what was closed. */
  credit: bigint;
  /** Profit withheld. */
  cut: bigint;
  /** Up to the last event that closed something. */
  fundingOwed: bigint;
  /** Variation margin of what was closed. */
  returned: bigint;
  losses: { lossId: number; amount: bigint }[];
}

export function replay(side: Side, held: Position, max = Number.POSITIVE_INFINITY): Replay {
  const seen: Replay = {
    position: held,
    applied: 0,
    isComplete: true,
    credit: 0n,
    cut: 0n,
    fundingOwed: 0n,
    returned: 0n,
    losses: [],
  };
  const { events } = bucketAt(side, held.bucket);
  const last = events.at(-1) ?? 0;
  let cursor = Math.max(held.eventCursor, last);
  for (const number of events) {
    if (number <= held.eventCursor) continue;
    if (seen.position.size === 0n) break;
    if (seen.applied === max) {
      seen.isComplete = false;
      cursor = seen.position.eventCursor;
      break;
    }
    const event = side.events[number - 1] as AdlEvent;
    if (event.haircut > 0n) withhold(seen, event);
    if (event.closeFraction > 0n) closePart(seen, event);
    seen.position = { ...seen.position, eventCursor: number };
    seen.applied += 1;
  }
  seen.position = { ...seen.position, eventCursor: cursor };
  return seen;
}

/** The claim is for the part rounded down, so that claims add up to hardly more than was collected: see HELD_BACK. */
function withhold(seen: Replay, { price, haircut, lossId }: AdlEvent): void {
  const { position } = seen;
  const { size, cost } = position;
  const isLong = size > 0n;
  const gain = pos(isLong ? valueUp(size, price) - cost : cost - valueDown(-size, price));
  const sure = pos(isLong ? valueDown(size, price) - cost : cost - valueUp(-size, price));
  const cut = valueUp(gain, haircut);
  seen.cut += cut;
  seen.position = { ...position, cost: isLong ? cost + cut : cost - cut };
  if (lossId !== 0) seen.losses.push({ lossId, amount: valueDown(sure, haircut) });
}

/** Funding first, on the size there was; then the part is closed, against the position. */
function closePart(seen: Replay, { closePrice, closeFraction, fundingIndex }: AdlEvent): void {
  const { position } = seen;
  const isLong = position.size > 0n;
  const size = abs(position.size);
  const { cost, settled } = position;
  seen.fundingOwed += fundingOwed(position, fundingIndex);
  const rest = WAD - closeFraction;
  const left = isLong ? valueDown(size, rest) : valueUp(size, rest);
  const costLeft = isLong ? valueUp(cost, rest) : valueDown(cost, rest);
  seen.credit += pos(
    isLong
      ? valueDown(pos(size - left - 1n), closePrice) - (cost - valueDown(cost, rest) + 1n)
      : cost - valueUp(cost, rest) - (valueUp(size - left + 1n, closePrice) + 1n),
  );
  const returned = left === 0n ? settled : divDown(settled * closeFraction, WAD);
  seen.returned += returned;
  seen.position = {
    ...position,
    size: isLong ? left : -left,
    cost: costLeft,
    settled: settled - returned,
    fundingEntry: fundingIndex,
  };
}
