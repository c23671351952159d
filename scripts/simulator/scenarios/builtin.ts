import { InputError } from "../../shared/inputError.ts";
import type { Bar, PriceSeries } from "./series.ts";

const MINUTE = 60;

/**
 * AVAX on 10 October 2025, UTC, per-minute figures: [minute of the day, USD]. Between them the price moves by the same
 * percentage every minute.
 *
 * Sources: Binance's public one-minute candles of the AVAXUSDT perpetual (26.6 before the fall, the worst minute -27% to
 * 14.6, the low of 8.433 at 21:21, 20.6 at the end); press reports of that night for the outline: the tariff shock at
 * about 20:50 and the fastest liquidations from 21:10 to 21:20, AVAX from about 25 to under 10 and back at 22.
 */
const OCT_10_2025: readonly [string, number][] = [
  ["20:45", 26.6],
  ["20:59", 25.0],
  ["21:10", 25.1],
  ["21:13", 23.5],
  ["21:15", 22.1],
  ["21:17", 20.1],
  ["21:18", 14.6],
  ["21:19", 11.4],
  ["21:20", 8.72],
  ["21:21", 8.433],
  ["21:22", 17.9],
  ["21:27", 17.0],
  ["21:42", 21.4],
  ["21:53", 22.0],
  ["22:34", 20.6],
];
const OCT_10_2025_MIDNIGHT = Date.UTC(2025, 9, 10) / 1_000;

const SCENARIOS: Record<string, () => Omit<PriceSeries, "path">> = {
  gap: () => ({ name: "gap", bars: walk(100, gapMoves(-0.2)), sources: ["synthetic: a fall of 20% within one bar"] }),
  chasm: () => ({
    name: "chasm",
    bars: walk(100, gapMoves(-0.45)),
    sources: ["synthetic: a fall of 45% within one bar, under a market with thin capital: through every layer"],
    oiToCapital: 4,
  }),
  grind: () => ({
    name: "grind",
    bars: walk(100, grindMoves()),
    sources: ["synthetic: down 30% in 180 bars, never more than 0.8% at once"],
  }),
  "oct-10-2025": () => ({
    name: "oct-10-2025",
    bars: interpolate(OCT_10_2025_MIDNIGHT, OCT_10_2025),
    sources: [
      "AVAX/USDT, 10 October 2025, interpolated between 15 way-points",
      "levels and times: Binance public 1m candles (low 8.433 at 21:21 UTC); outline: press reports of the day",
    ],
  }),
};

export const SCENARIO_NAMES = Object.keys(SCENARIOS);

/** A price series that needs no file. */
export function builtinScenario(name: string): PriceSeries {
  const make = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
  if (make === undefined) throw new InputError(`unknown scenario "${name}": one of ${SCENARIO_NAMES.join(", ")}`);
  return { ...make(), path: "close" };
}

/** Twenty quiet bars, the gap, forty bars of a slow half recovery. */
function gapMoves(gap: number): number[] {
  const quiet = Array.from({ length: 20 }, (_, i) => 0.001 * ripple(i));
  const after = Array.from({ length: 40 }, (_, i) => 0.002 + 0.003 * ripple(i));
  return [...quiet, gap, ...after];
}

function grindMoves(): number[] {
  return Array.from({ length: 180 }, (_, i) => -0.00198 + 0.006 * ripple(i));
}

/** Something between -1 and 1 that looks like a market and averages out. */
function ripple(i: number): number {
  return 0.6 * Math.sin(1.7 * i) + 0.4 * Math.sin(0.61 * i + 1);
}

function walk(start: number, moves: number[]): Bar[] {
  const time = Date.UTC(2025, 0, 1) / 1_000;
  let price = start;
  const bars = [{ time, price: text(price) }];
  for (const [i, move] of moves.entries()) {
    price *= 1 + move;
    bars.push({ time: time + (i + 1) * MINUTE, price: text(price) });
  }
  return bars;
}

function interpolate(midnight: number, points: readonly [string, number][]): Bar[] {
  const known = points.map(([clock, price]) => {
    const [hours, minutes] = clock.split(":").map(Number);
    return { minute: hours! * 60 + minutes!, price };
  });
  const bars: Bar[] = [];
  for (const [i, from] of known.entries()) {
    const to = known[i + 1] ?? { minute: from.minute + 1, price: from.price };
    for (let minute = from.minute; minute < to.minute; minute++) {
      const share = (minute - from.minute) / (to.minute - from.minute);
      bars.push({ time: midnight + minute * MINUTE, price: text(from.price * (to.price / from.price) ** share) });
    }
  }
  return bars;
}

const text = (price: number): string => price.toFixed(6);
