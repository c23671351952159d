/** One step of a replay. */
export type Bar = {
  /** Unix seconds. */
  time: number;
  /** Decimal text: the price traders and keepers see at this step. */
  price: string;
};

/** `close`: one price a bar. `ohlc`: up to four, in the order they are taken to have happened. */
export type PathKind = "close" | "ohlc";

/** What a replay walks along. */
export type PriceSeries = {
  name: string;
  bars: Bar[];
  /** Where the prices come from, one line each. */
  sources: string[];
  /** Open interest over capital that the scenario is about, unless the user says another. */
  oiToCapital?: number;
  path: PathKind;
  /** Of one candle, seconds; where there is none, the typical distance of two steps. */
  candleSeconds?: number;
};

/** Length of a bar in seconds: of a candle, or the typical distance of two steps (the median). */
export function barSeconds(series: PriceSeries): number {
  if (series.candleSeconds !== undefined) return series.candleSeconds;
  const gaps = series.bars.slice(1).map((bar, i) => bar.time - series.bars[i]!.time);
  gaps.sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? 60;
}
