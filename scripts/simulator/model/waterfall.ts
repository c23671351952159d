/** Who carries a deficit. PROTOCOL §9 without ADL: what it would carry is residual. */
import { BPS, clamp, DAY, divDown, max, min, pos } from "./math.ts";
import type { Fund } from "./types.ts";

/** What the insurance fund can pay now towards `matched`; remembers it as drawn. */
export function cover(fund: Fund, assets: bigint, matched: bigint, now: bigint): bigint {
  if (matched === 0n) return 0n;
  const day = now / DAY;
  if (fund.day !== day) {
    fund.day = day;
    fund.dayStart = assets;
    fund.drawn = 0n;
  }
  let paid = min(divDown(assets * (BPS - 1n), BPS), matched);
  if (fund.maxDrawPerDayBps < BPS) {
    paid = min(paid, pos(divDown(fund.dayStart * fund.maxDrawPerDayBps, BPS) - fund.drawn));
  }
  fund.drawn += paid;
  return paid;
}

export const navsAt = (equity: bigint, principal: bigint): { senior: bigint; junior: bigint } => ({
  senior: clamp(equity, 0n, principal),
  junior: pos(equity - principal),
});

/**
 * Divides a loss that E already shows. `floor` is the one in force. Rounding: none.
 */
export function absorb(
  loss: bigint,
  equityAfter: bigint,
  principal: bigint,
  floor: bigint,
): { junior: bigint; senior: bigint; shortOfFloor: bigint } {
  const shortOfFloor = min(loss, max(0n, floor - equityAfter));
  const junior = min(loss - shortOfFloor, navsAt(equityAfter + loss, principal).junior);
  return { shortOfFloor, junior, senior: loss - shortOfFloor - junior };
}
