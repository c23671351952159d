import { Random } from "./random.ts";

/** Who trades and how; drawn before anything happens, from the seed alone. */
export type TraderPlan = {
  kind: "long" | "short" | "arbitrageur";
  /** Of equity at the first price of the series. Arbitrageurs start flat. */
  leverage: number;
  /** USD at the first price. */
  equity: number;
  /** USD at the first price. */
  notional: number;
  /** Which of the opening rounds it enters in; each has its own price. */
  round: number;
  /** Closes when the price has moved this far in its favour. */
  takeProfit: number;
  habit: "holds" | "halves" | "cuts" | "adds";
};

export type Plan = {
  traders: TraderPlan[];
  /** USD margin of accounts that never trade. */
  idle: number[];
  /** Price of each opening round, as a factor on the first price; the last is 1. */
  rounds: number[];
  /** USD open at the first price, long and short. */
  longInterest: number;
  shortInterest: number;
  capital: { senior: number; junior: number; insurance: number };
  /** Highest leverage of a long. */
  maxLeverage: number;
};

export type PlanOptions = {
  traders: number;
  seed: number;
  oiToCapital: number;
  longShare: number;
  /** Highest leverage of a long; shorts take half of it at most. */
  maxLeverage?: number;
  /** Insurance fund, as a part of LP capital. */
  insurance?: number;
};

export const MAX_LEVERAGE = 40;
export const INSURANCE = 0.015;

/**
 * The population of a replay. Printed by `--help` in short; all of it follows from the seed.
 *
 * - 45% longs at 3-40x, 45% shorts at 2-20x (or up to `maxLeverage` and half of it), 10% arbitrageurs. Notional 2,000-400,000 USD; both log-uniform: many small,
 *   few large.
 * - Shorts are scaled so that longs are `longShare` of open interest (50%: balanced, every layer shows; a one-sided book
 *   shows mostly forgone profit).
 * - They enter in eight rounds at prices within 3% of the first one, so entries are spread and some are in profit.
 * - Arbitrageurs hold the long interest in margin, start flat and lean against the skew at no more than 1x.
 * - Liquidity is long interest / `oiToCapital`, at least 20,000 USD: 80% senior, 20% junior, and
 *   `insurance` of it (1.5%) again in the insurance fund.
 */
export function planReplay(options: PlanOptions): Plan {
  const { maxLeverage = MAX_LEVERAGE, insurance = INSURANCE } = options;
  const random = new Random(options.seed);
  const traders = Array.from({ length: options.traders }, (_, i) => drawTrader(random, i, maxLeverage));
  const sum = (kind: TraderPlan["kind"]) =>
    traders.reduce((total, trader) => total + (trader.kind === kind ? trader.notional : 0), 0);

  const longInterest = sum("long");
  const shortTarget = (longInterest * (1 - options.longShare)) / options.longShare;
  const scale = shortTarget / sum("short");
  const backing = longInterest / Math.max(1, traders.filter((trader) => trader.kind === "arbitrageur").length);
  for (const trader of traders) {
    if (trader.kind === "short") {
      trader.notional = Math.max(MIN_NOTIONAL, trader.notional * scale);
      trader.equity = trader.notional / trader.leverage;
    }
    if (trader.kind === "arbitrageur") trader.equity = backing;
  }

  const liquidity = Math.max(LEAST_LIQUIDITY, longInterest / options.oiToCapital);
  const idle = Array.from({ length: Math.max(3, Math.floor(options.traders / 50)) }, () => random.spread(100, 10_000));
  const rounds = Array.from({ length: ROUNDS }, (_, i) => (i === ROUNDS - 1 ? 1 : random.between(0.97, 1.03)));
  return {
    traders,
    idle,
    rounds,
    longInterest,
    shortInterest: sum("short"),
    capital: { senior: liquidity * 0.8, junior: liquidity * 0.2, insurance: liquidity * insurance },
    maxLeverage,
  };
}

const MIN_NOTIONAL = 1_500;
/** USD: a market opens only while both tranches hold their minimum. */
const LEAST_LIQUIDITY = 20_000;
const ROUNDS = 8;
const HABITS = ["holds", "halves", "cuts", "adds"] as const;

function drawTrader(random: Random, index: number, maxLeverage: number): TraderPlan {
  // Two traders are one of each side; every tenth leans against the skew.
  const kind = index % 10 === 9 && index > 1 ? "arbitrageur" : index % 2 === 0 ? "long" : "short";
  const leverage =
    kind === "long" ? random.spread(3, maxLeverage) : kind === "short" ? random.spread(2, maxLeverage / 2) : 0;
  const notional = kind === "arbitrageur" ? 0 : random.spread(2_000, 400_000);
  return {
    kind,
    leverage,
    equity: kind === "arbitrageur" ? 0 : notional / leverage,
    notional,
    round: Math.floor(random.between(0, ROUNDS)),
    takeProfit: random.spread(0.04, 0.6),
    habit: HABITS[Math.floor(random.between(0, HABITS.length))]!,
  };
}
