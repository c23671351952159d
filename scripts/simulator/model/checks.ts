/** What must hold for a trade, and after risk grew. In the order of contracts/README.md, "execute". */
import { healthOf } from "./health.ts";
import { hasInterest, notionalOf, sideOf, skew } from "./market.ts";
import { abs, BPS, CENT, divDown, pos, valueUp } from "./math.ts";
import type { State } from "./state.ts";
import { type Account, type Market, ModelError, NO_IMPACT } from "./types.ts";

/** Skew stops growing at this part of its cap. */
export const OPENING_SKEW_BPS = 8_000n;

export function isOpenable(state: State): boolean {
  const { senior, junior } = state.navs;
  const { minTranche } = state.pool.params;
  return senior >= minTranche && junior >= minTranche;
}

export const minNotional = (market: Market): bigint => market.params.minNotionalCents * CENT;

/** What a trade may leave; known before money moves. */
export function checkSize(market: Market, size: bigint, price: bigint, isOpening: boolean): void {
  const has = notionalOf(size, price);
  if (has < minNotional(market)) {
    throw new ModelError("Clearinghouse_BelowMinNotional", market.id, has, minNotional(market));
  }
  const { maxPositionBase } = market.params;
  if (isOpening && abs(size) > maxPositionBase) {
    throw new ModelError("Clearinghouse_AboveMaxPosition", market.id, abs(size), maxPositionBase);
  }
}

export function checkOpening(state: State, account: Account, market: Market, price: bigint, skewBefore: bigint): void {
  const { params } = market;
  const size = account.positions.get(market.id)?.size ?? 0n;
  const k = abs(skew(market));
  for (const id of account.positions.keys()) state.priceOf(id);
  if (market.state !== "Open") throw new ModelError("Clearinghouse_MarketNotOpen", market.id, market.state);
  if (!isOpenable(state)) throw new ModelError("Clearinghouse_TranchesBelowMinimum");
  checkMarks(state, market.id);
  if (params.skewScaleBase !== NO_IMPACT) {
    const has = (2n * k + params.maxPositionBase) * BPS;
    const below = params.skewScaleBase * pos(params.imrBps - 2n * state.risk.penaltyBps);
    if (has >= below) throw new ModelError("Clearinghouse_ImpactTooLarge", market.id, has, below);
  }
  const backing = pos(state.backing);
  const interest = valueUp(sideOf(market, size).size, price);
  const interestCap = divDown(params.reserveFactorBps * backing, BPS);
  if (interest > interestCap) {
    throw new ModelError("Clearinghouse_OpenInterestCap", market.id, interest, interestCap);
  }
  if (k > abs(skewBefore)) {
    const skewCap = divDown(divDown(params.poolShareBps * backing, params.riskWeightBps) * OPENING_SKEW_BPS, BPS);
    const skewNotional = valueUp(k, price);
    if (skewNotional > skewCap) throw new ModelError("Clearinghouse_SkewCap", market.id, skewNotional, skewCap);
  }
  const health = healthOf(state, account);
  if (health.equity < health.initialMargin) {
    throw new ModelError("Clearinghouse_BelowInitialMargin", account.id, health.equity, health.initialMargin);
  }
}

/** A market nobody holds a position in owes nothing, however long ago it was looked at. */
function checkMarks(state: State, except: number): void {
  const { maxMarkAge } = state.risk;
  for (const market of state.markets) {
    if (market.id === except || !hasInterest(market)) continue;
    const age = state.now - market.touchedAt;
    if (age > maxMarkAge) throw new ModelError("Clearinghouse_StaleMark", market.id, age, maxMarkAge);
  }
}
