import { type MarketParams, wad } from "../../shared/world.ts";
import type { MarketParams as ModelMarketParams } from "../model/index.ts";
import { barSeconds, type PriceSeries } from "../scenarios/series.ts";
import type { Plan } from "./plan.ts";

const DAY = 86_400;
const HOUR = 3_600;
/** Requests settle with the epoch after theirs, and insurance epochs are a week long. */
export const SEEDING = 14 * DAY;
export const SETTLE_DELAY = 1_800;

/** When things happen, unix seconds of the chain. The model keeps the same calendar. */
export type Calendar = {
  /** Where epoch 0 begins. */
  genesis: number;
  opensAt: number;
  roundSeconds: number;
  /** Of the first bar. */
  startsAt: number;
  /** Between the clock of the prices and the chain's. */
  shift: number;
  /** The keeper window: one bar. */
  window: number;
};

export function calendarOf(series: PriceSeries, rounds: number): Calendar {
  const window = Math.min(HOUR, Math.max(10, barSeconds(series)));
  const first = series.bars[0]!.time;
  // Prices from before blockchains: the chain starts in 2001 and keeps the distances.
  const startsAt = Math.max(first, 1_000_000_000);
  const roundSeconds = Math.max(600, 3 * window);
  // Seeding, opening rounds, one LP epoch's end.
  const opened = SEEDING + 2 * HOUR + rounds * roundSeconds;
  const genesis = startsAt - (Math.ceil(opened / DAY) * DAY + 2 * HOUR);
  const opensAt = genesis + SEEDING + 2 * HOUR;
  return { genesis, opensAt, roundSeconds, startsAt, shift: startsAt - first, window };
}

/**
 * Parameters of the replayed market: the defaults of PROTOCOL section 17, but for `imrBps`: see {@link imrBpsOf}. `skewScale` is 400 times one side's open
 * interest, so that impact stays under its hard bound even when a whole side is gone; the caps that follow capital let in
 * what `--oi-to-capital` asks for.
 */
export function marketParams(plan: Plan, price: string, window: number, oiToCapital: number): MarketParams {
  const interest = Math.max(plan.longInterest, plan.shortInterest) / Number(price);
  const room = Math.ceil(
    Math.max(1, oiToCapital * (plan.shortInterest / plan.longInterest), oiToCapital) * 1.25 * 10_000,
  );
  return {
    skewScaleBase: wad((400 * interest).toFixed(6)),
    maxPositionBase: wad((1.1 * interest).toFixed(6)),
    imrBps: imrBpsOf(plan.maxLeverage),
    volFactorBps: 20_000,
    slopeBpsPerMillion: 10,
    feeBps: 5,
    maxFundingBps: 500,
    keeperWindow: window,
    reserveFactorBps: oiToCapital > 0.75 ? room : 10_000,
    poolShareBps: oiToCapital > 0.75 ? room : 10_000,
    riskWeightBps: 10_000,
    minNotionalCents: 100_000,
  };
}

/** Fifty times at most for traders who take up to forty: a market lets in a quarter more leverage than anybody takes. */
export const imrBpsOf = (maxLeverage: number): number => Math.round(8_000 / maxLeverage);

/** The same parameters as the model wants them. */
export const modelParams = (params: MarketParams): ModelMarketParams =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, BigInt(value)])) as never;
