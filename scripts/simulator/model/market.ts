/** What one market knows: skew, impact, funding, mark, requirements. Pure functions; contracts/README.md, "Numbers". */
import { abs, BPS, clamp, DAY, divCeil, divDown, divFloor, divUp, max, min, valueDown, valueUp, WAD } from "./math.ts";
import { type Market, type MarketParams, type MarketState, NO_IMPACT, type Position } from "./types.ts";
import { volatilityBps } from "./volatility.ts";

const MILLION = 10n ** 24n;

export function newMarket(id: number, params: MarketParams, state: MarketState, now: bigint): Market {
  return {
    id,
    params,
    state,
    longSize: 0n,
    longCost: 0n,
    shortSize: 0n,
    shortCost: 0n,
    fundingWeightLong: 0n,
    fundingWeightShort: 0n,
    settledLong: 0n,
    settledShort: 0n,
    fundingIndex: 0n,
    touchedAt: now,
    mark: 0n,
    lastPrice: 0n,
    realised: 0n,
    base: 0n,
    baseCandidate: 0n,
    windows: Array.from({ length: 12 }, () => undefined),
  };
}

export const skew = (market: Market): bigint => market.longSize - market.shortSize;
export const hasInterest = (market: Market): boolean => market.longSize + market.shortSize > 0n;

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
  const m = market;
  const funding = divFloor(skew(m) * m.fundingIndex, WAD) - m.fundingWeightLong - m.fundingWeightShort;
  const pricePart = valueUp(m.longSize, price) - m.longCost + m.shortCost - valueDown(m.shortSize, price);
  return pricePart + m.settledLong + m.settledShort - funding;
}

export const markAt = (market: Market, price: bigint): bigint =>
  owedToTraders(market, price) + impactReserve(market, price);

export const notionalOf = (size: bigint, price: bigint): bigint => valueUp(abs(size), price);

export function pricePnl(position: Position, price: bigint): bigint {
  return position.size > 0n
    ? valueDown(position.size, price) - position.cost
    : position.cost - valueUp(-position.size, price);
}

export const fundingOwed = (position: Position, index: bigint): bigint =>
  divCeil(position.size * (index - position.fundingEntry), WAD);

const fundingWeight = (position: Position): bigint => divCeil(position.size * position.fundingEntry, WAD);

/** Adds (sign 1) or removes (sign -1) a position from the sums of its side. */
export function addToSide(market: Market, position: Position, sign: 1n | -1n): void {
  const weight = sign * fundingWeight(position);
  if (position.size > 0n) {
    market.longSize += sign * position.size;
    market.longCost += sign * position.cost;
    market.settledLong += sign * position.settled;
    market.fundingWeightLong += weight;
  } else {
    market.shortSize -= sign * position.size;
    market.shortCost += sign * position.cost;
    market.settledShort += sign * position.settled;
    market.fundingWeightShort += weight;
  }
}

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
