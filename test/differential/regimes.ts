import { type MarketParams, NO_IMPACT, PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";

/** A setting of pool, markets and crowd in which actions are drawn. */
export interface Regime {
  name: string;
  seed: number;
  actions: number;
  senior: number;
  junior: number;
  insurance: number;
  maxDrawPerDayBps: number;
  minTranche: bigint;
  /** Parts of 100 of the trades that buy; undefined: most take the light side. */
  longBias?: number;
  /** How often, parts of 100, LPs and resets come to the help of a pool that has lost most. */
  rescuePercent: number;
  /** How often, parts of 100, a keeper calls for the deleveraging that is due. */
  deleveragePercent: number;
  /** One in so many price moves is a gap. */
  gapEvery: number;
  /** Widest gap, basis points. */
  gapBps: number;
  markets: { params: MarketParams; price: bigint }[];
}

/** Everything on; sizes follow from what a unit costs. */
function market(price: string, overrides: Partial<MarketParams> = {}): Regime["markets"][number] {
  const dollars = (usd: number): bigint => (wad(usd) * 10n ** 18n) / wad(price);
  const params: MarketParams = {
    skewScaleBase: dollars(8_000_000),
    maxPositionBase: dollars(100_000),
    imrBps: 500,
    volFactorBps: 5_000,
    slopeBpsPerMillion: 200,
    feeBps: 7,
    maxFundingBps: 1_000,
    keeperWindow: 60,
    reserveFactorBps: 20_000,
    poolShareBps: 10_000,
    riskWeightBps: 10_000,
    minNotionalCents: 40_000,
    ...overrides,
  };
  return { params, price: wad(price) };
}

const LOOSE: Partial<MarketParams> = { reserveFactorBps: 1_000_000, poolShareBps: 1_000_000 };

export const REGIMES: Regime[] = [
  {
    name: "a balanced book over a sound pool",
    seed: 11,
    actions: 500,
    senior: 150_000,
    junior: 30_000,
    insurance: 8_000,
    maxDrawPerDayBps: 5_000,
    minTranche: wad(1_000),
    rescuePercent: 30,
    deleveragePercent: 30,
    gapEvery: 6,
    gapBps: 2_500,
    markets: [
      market("60123.45"),
      market("3000", { volFactorBps: 15_000, keeperWindow: 37 }),
      market("0.0717", { imrBps: 1_000, slopeBpsPerMillion: 1_000, maxFundingBps: 333, riskWeightBps: 20_000 }),
      { params: { ...PLAIN_MARKET, skewScaleBase: NO_IMPACT, minNotionalCents: 100_000 }, price: wad(17) },
    ],
  },
  {
    name: "a one-sided book",
    seed: 12,
    actions: 500,
    senior: 150_000,
    junior: 60_000,
    insurance: 15_000,
    maxDrawPerDayBps: 10_000,
    minTranche: wad(1_000),
    longBias: 80,
    gapEvery: 6,
    rescuePercent: 30,
    deleveragePercent: 50,
    gapBps: 3_000,
    markets: [
      market("60000", LOOSE),
      market("2999.99", { ...LOOSE, poolShareBps: 5_000 }),
      market("20", { ...LOOSE, imrBps: 800, poolShareBps: 5_000 }),
    ],
  },
  {
    name: "a tiny pool that lets too much in",
    seed: 213,
    actions: 600,
    senior: 9_000,
    junior: 4_000,
    insurance: 900,
    maxDrawPerDayBps: 6_000,
    minTranche: 0n,
    rescuePercent: 30,
    deleveragePercent: 40,
    gapEvery: 4,
    gapBps: 3_500,
    markets: [
      market("60000", LOOSE),
      market("3000", { ...LOOSE, volFactorBps: 0 }),
      market("20", { ...LOOSE, feeBps: 0 }),
      market("1.0001", { ...LOOSE, skewScaleBase: NO_IMPACT }),
    ],
  },
  {
    name: "a pool that cannot pay and is not helped",
    seed: 214,
    actions: 600,
    senior: 5_000,
    junior: 9_000,
    insurance: 1_500,
    maxDrawPerDayBps: 10_000,
    minTranche: 0n,
    rescuePercent: 2,
    deleveragePercent: 3,
    gapEvery: 5,
    gapBps: 3_500,
    markets: [
      market("60000", LOOSE),
      market("3000", { ...LOOSE, volFactorBps: 0 }),
      market("20", { ...LOOSE, feeBps: 0 }),
      market("1.0001", { ...LOOSE, skewScaleBase: NO_IMPACT }),
    ],
  },
];
