/** What one market knows: skew, impact, funding, mark, requirements. Pure functions; contracts/README.md, "Numbers". */
import { abs, BPS, clamp, DAY, divCeil, divDown, divFloor, divUp, max, min, valueDown, valueUp, WAD } from "./math.ts";
import { type Market, type MarketParams, type MarketState, NO_IMPACT, type Position, type Side } from "./types.ts";
import { volatilityBps } from "./volatility.ts";

const MILLION = 10n ** 24n;

export function newMarket(id: number, params: MarketParams, state: MarketState, now: bigint): Market {
  return {
    id,
    params,
    state,
    long: newSide(true),
    short: newSide(false),
    fundingIndex: 0n,
    touchedAt: now,
    mark: 0n,
    lastPrice: 0n,
    realised: 0n,
    base: 0n,
    baseCandidate: 0n,
    deadSince: 0n,
    windows: Array.from({ length: 12 }, () => undefined),
  };
}

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

export const skew = (market: Market): bigint => market.long.size - market.short.size;
export const sideOf = (market: Market, size: bigint): Side => (size > 0n ? market.long : market.short);
export const sidesOf = (market: Market): readonly [Side, Side] => [market.long, market.short];
export const hasInterest = (market: Market): boolean => market.long.size + market.short.size > 0n;

/** What the funding index would be after accruing until `now`, and the income LPs earn by it. */
export function accrued(market: Market, price: bigint, now: bigint): { index: bigint; income: bigint } {
  const { skewScaleBase, maxFundingBps } = market.params;
  const k = skew(market);
  const dt = now - market.touchedAt;
  if (skewScaleBase === NO_IMPACT || k === 0n || dt === 0n) return { index: market.fundingIndex, income: 0n };
  const ratio = clamp(divDown(k * WAD, skewScaleBase), -WAD, WAD);
  const growth = divDown(ratio * price * maxFundingBps * dt, WAD * BPS * DAY);
  return { index: market.fundingIndex + growth, income: divFloor(k * growth, WAD) };
}

/** What a signed trade pays beyond the oracle price; negative: is paid. `k` is the skew before it. */
export function impact(params: MarketParams, k: bigint, delta: bigint, price: bigint): bigint {
  if (params.skewScaleBase === NO_IMPACT) return 0n;
  return divCeil(delta * (2n * k + delta) * price, 2n * params.skewScaleBase * WAD);
}

/** USD a signed trade costs (buy) or brings (sell), never below zero. */
export function tradeValue(params: MarketParams, k: bigint, delta: bigint, price: bigint): bigint {
  const extra = impact(params, k, delta, price);
  return max(0n, delta > 0n ? valueUp(delta, price) + extra : valueDown(-delta, price) - extra);
}

/** Impact reserve: what belongs to whoever unwinds the skew. */
export function impactReserve(market: Market, price: bigint): bigint {
  const { skewScaleBase } = market.params;
  if (skewScaleBase === NO_IMPACT) return 0n;
  const k = abs(skew(market));
  return divUp(valueUp(price, k) * k, 2n * skewScaleBase);
}

/** What the pool owes the traders of a market, net, without the impact reserve. */
export function owedToTraders(market: Market, price: bigint): bigint {
  const { long, short } = market;
  const funding = divFloor(skew(market) * market.fundingIndex, WAD) - long.weight - short.weight;
  const pricePart = valueUp(long.size, price) - long.cost + short.cost - valueDown(short.size, price);
  return pricePart + long.settled + short.settled - funding;
}

export const markAt = (market: Market, price: bigint): bigint =>
  owedToTraders(market, price) + impactReserve(market, price);

export const notionalOf = (size: bigint, price: bigint): bigint => valueUp(abs(size), price);

export function pricePnl(position: Pick<Position, "size" | "cost">, price: bigint): bigint {
  return position.size > 0n
    ? valueDown(position.size, price) - position.cost
    : position.cost - valueUp(-position.size, price);
}

export const fundingOwed = (position: Pick<Position, "size" | "fundingEntry">, index: bigint): bigint =>
  divCeil(position.size * (index - position.fundingEntry), WAD);

/** What a position adds to Z of its side. */
export const fundingWeight = (position: Position): bigint => divCeil(position.size * position.fundingEntry, WAD);

/** Initial rate before slope, bps, from the windows stored so far. */
export const baseRateBps = (market: Market, now: bigint): bigint =>
  max(market.params.imrBps, volatilityBps(market, now));

/** Maintenance rate a position opened now would keep. */
export const openingMaintenanceBps = (market: Market, now: bigint): bigint =>
  divUp(min(BPS, baseRateBps(market, now)), 2n);

export function initialRequirement(market: Market, position: Position, price: bigint, now: bigint): bigint {
  const notional = notionalOf(position.size, price);
  const slope = divUp(market.params.slopeBpsPerMillion * notional, MILLION);
  const rate = min(BPS, max(baseRateBps(market, now), 2n * position.mmBps) + slope);
  return divUp(notional * rate, BPS);
}

export function maintenanceRequirement(market: Market, size: bigint, mmBps: bigint, price: bigint): bigint {
  const notional = notionalOf(size, price);
  const rate = min(BPS, mmBps + divUp(market.params.slopeBpsPerMillion * notional, 2n * MILLION));
  return divUp(notional * rate, BPS);
}
