import {
  accountId,
  Exchange,
  type MarketParams,
  NO_IMPACT,
  type RiskParams,
} from "../../../scripts/simulator/model/index.ts";

export const usd = (amount: number | string): bigint => {
  const [whole = "0", cents = ""] = String(amount).split(".");
  return BigInt(whole) * 10n ** 18n + BigInt(cents.padEnd(18, "0"));
};
/** Token units, six decimals. */
export const tokens = (amount: number): bigint => BigInt(Math.round(amount * 1e6));

export const START = 1_800_000_000n;
export const ALICE = accountId(0xa11cen);
export const BOB = accountId(0xb0bn);
export const CAROL = accountId(0xca401n);

/** No fee, no impact, no funding, caps far away. */
export const FRICTIONLESS: MarketParams = {
  skewScaleBase: NO_IMPACT,
  maxPositionBase: usd(1_000_000),
  imrBps: 200n,
  volFactorBps: 0n,
  slopeBpsPerMillion: 0n,
  feeBps: 0n,
  maxFundingBps: 0n,
  keeperWindow: 300n,
  reserveFactorBps: 1_000_000n,
  poolShareBps: 1_000_000n,
  riskWeightBps: 10_000n,
  minNotionalCents: 0n,
};

/** Everything on. */
export const REALISTIC: MarketParams = {
  ...FRICTIONLESS,
  skewScaleBase: usd(5_000),
  maxPositionBase: usd(10),
  imrBps: 500n,
  volFactorBps: 20_000n,
  slopeBpsPerMillion: 20n,
  feeBps: 5n,
  maxFundingBps: 1_000n,
  reserveFactorBps: 30_000n,
  poolShareBps: 20_000n,
  minNotionalCents: 10_000n,
};

export const FREE: RiskParams = {
  penaltyBps: 0n,
  targetHealthBps: 15_000n,
  keeperShareBps: 5_000n,
  insuranceShareBps: 2_500n,
  keeperFloorCents: 0n,
  maxMarkAge: 3_600n,
  insuranceFeeMinBps: 1_000n,
  insuranceFeeMaxBps: 5_000n,
  treasuryFeeBps: 1_000n,
  insuranceTargetBps: 1_000n,
  recoveryFeeBps: 2_000n,
  deleverageRewardBps: 0n,
  deleverageRewardCapUsd: 0n,
};

export const CHARGING: RiskParams = {
  ...FREE,
  penaltyBps: 50n,
  keeperFloorCents: 500n,
  deleverageRewardBps: 10n,
  deleverageRewardCapUsd: 100n,
};

export function exchangeWith(risk: RiskParams, markets: readonly MarketParams[], maxDrawPerDayBps = 10_000n): Exchange {
  const exchange = new Exchange({
    risk,
    pool: { seniorFloorBps: 500n, seniorWeightBps: 3_000n, juniorWeightBps: 7_000n, minTranche: usd(1_000) },
    maxDrawPerDayBps,
    scale: 10n ** 12n,
    virtualShares: 10n ** 6n,
    now: START,
  });
  for (const params of markets) exchange.listMarket(params);
  return exchange;
}

/** The pool of PROTOCOL §9's worked numbers: insurance 50,000, junior 100,000, T 400,000, floor 20,000; BTC 100,000. */
export function worked(): Exchange {
  const exchange = exchangeWith(FREE, [FRICTIONLESS]);
  exchange.seed(tokens(400_000), tokens(100_000));
  exchange.insuranceDeposit(tokens(50_000));
  exchange.setPrice(0, usd(100_000));
  return exchange;
}
