import type { Breakwater } from "../contracts.ts";
import { formatMarket } from "../markets.ts";
import { WAD } from "../units.ts";
import { readPrice } from "./readPrice.ts";

/** `MarketState` of contracts/types/Market.sol. */
export const MARKET_STATES = ["open", "reduce-only", "halted", "settled"] as const;
export type MarketStateName = (typeof MARKET_STATES)[number];

/** USD, prices and sizes WAD; rates in basis points; times unix seconds. */
export type MarketState = {
  market: number;
  /** "ETH", or "market 5". */
  symbol: string;
  state: MarketStateName;
  /** Undefined: it has none now; what needs one is taken at the last mark. */
  price: bigint | undefined;
  lastPrice: bigint;
  longBase: bigint;
  shortBase: bigint;
  longNotional: bigint;
  shortNotional: bigint;
  /** Base units, signed; positive: longs are heavier. */
  skewBase: bigint;
  /** What open interest of a side may reach, and what the skew may, before a restriction. */
  openInterestCap: bigint;
  skewCap: bigint;
  /** WAD fraction of the notional an hour; positive: longs pay. */
  fundingPerHour: bigint;
  /** What the pool owes its traders here, net. */
  mark: bigint;
  touchedAt: bigint;
  imrBps: bigint;
  feeBps: bigint;
  maxPositionBase: bigint;
  /** USD. */
  minNotional: bigint;
  /** Share of the caps left to openings, and until when; undefined: no restriction runs. */
  restriction: { shareBps: bigint; until: bigint } | undefined;
};

export type ReadMarketsParameters = {
  /** All unless given. */
  markets?: number[];
};

export type ReadMarketsReturnType = MarketState[];

const NO_IMPACT = 2n ** 128n - 1n;
const BPS = 10_000n;

/**
 * Markets with open interest, caps, funding and price.
 *
 * @example
 * for (const { symbol, price } of await readMarkets(breakwater)) console.log(symbol, price);
 */
export async function readMarkets(
  breakwater: Breakwater,
  { markets }: ReadMarketsParameters = {},
): Promise<ReadMarketsReturnType> {
  const count = Number(await breakwater.clearinghouse.marketCount());
  const [backing, block] = await Promise.all([
    breakwater.pool.backing(),
    breakwater.clearinghouse.runner?.provider?.getBlock("latest"),
  ]);
  const ids = markets ?? Array.from({ length: count }, (_, id) => id);
  return Promise.all(ids.map((id) => readMarket(breakwater, id, backing, BigInt(block?.timestamp ?? 0))));
}

async function readMarket(breakwater: Breakwater, market: number, backing: bigint, now: bigint): Promise<MarketState> {
  const [seen, { price }] = await Promise.all([
    breakwater.clearinghouse.market(market),
    readPrice(breakwater, { market }),
  ]);
  const { params } = seen;
  const at = price ?? seen.lastPrice;
  const capital = backing > 0n ? backing : 0n;
  const skewBase = seen.long.sizeBase - seen.short.sizeBase;
  const ratio = params.skewScaleBase === NO_IMPACT ? 0n : clamp((skewBase * WAD) / params.skewScaleBase);
  return {
    market,
    symbol: formatMarket(breakwater.book, market),
    state: MARKET_STATES[Number(seen.state)]!,
    price,
    lastPrice: seen.lastPrice,
    longBase: seen.long.sizeBase,
    shortBase: seen.short.sizeBase,
    longNotional: (seen.long.sizeBase * at) / WAD,
    shortNotional: (seen.short.sizeBase * at) / WAD,
    skewBase,
    openInterestCap: (capital * params.reserveFactorBps) / BPS,
    skewCap: (capital * params.poolShareBps) / params.riskWeightBps,
    fundingPerHour: (ratio * params.maxFundingBps) / (BPS * 24n),
    mark: seen.mark,
    touchedAt: seen.touchedAt,
    imrBps: params.imrBps,
    feeBps: params.feeBps,
    maxPositionBase: params.maxPositionBase,
    minNotional: (params.minNotionalCents * WAD) / 100n,
    restriction:
      seen.restrictedUntil > now ? { shareBps: seen.openingShareBps, until: seen.restrictedUntil } : undefined,
  };
}

function clamp(ratio: bigint): bigint {
  return ratio > WAD ? WAD : ratio < -WAD ? -WAD : ratio;
}
