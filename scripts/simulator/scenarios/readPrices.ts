import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { InputError } from "../../shared/inputError.ts";
import type { Bar, PathKind, PriceSeries } from "./series.ts";

/** What the chain can represent comfortably: 18 decimals below, position sizes above. */
const LOWEST = 1e-6;
const HIGHEST = 1e9;

const price = z
  .string()
  .trim()
  .regex(/^-?\d+(\.\d+)?$/, "is not a decimal number")
  .refine((text) => Number(text) > 0, "is not positive")
  .refine((text) => Number(text) >= LOWEST && Number(text) <= HIGHEST, `is outside ${LOWEST}..${HIGHEST}`);

const row = z
  .object({
    timestamp: z
      .string()
      .trim()
      .regex(/^\d{1,11}$/, "is not unix seconds"),
    open: price,
    high: price,
    low: price,
    close: price,
  })
  .refine((bar) => Number(bar.low) <= Math.min(Number(bar.open), Number(bar.close)), {
    path: ["low"],
    message: "is above open or close",
  })
  .refine((bar) => Number(bar.high) >= Math.max(Number(bar.open), Number(bar.close)), {
    path: ["high"],
    message: "is below open or close",
  });

/**
 * Reads `timestamp,open,high,low,close` candles; other columns are ignored. The first step is the first bar's open, then
 * each bar's close follows at the bar's end; with `ohlc` its open and extremes come before it: {@link withinBar}.
 */
export async function readPrices(file: string, kind: PathKind = "close"): Promise<PriceSeries> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${file}: ${error.code === "ENOENT" ? "no such file" : `cannot be read (${error.code})`}`);
  });
  const rows = parseRows(file, text);
  if (rows.length < 2) throw new InputError(`${file}: needs at least two rows of prices`);

  const bars: Bar[] = [{ time: Number(rows[0]!.timestamp), price: rows[0]!.open }];
  const lengths = rows.slice(1).map((bar, i) => Number(bar.timestamp) - Number(rows[i]!.timestamp));
  for (const [i, bar] of rows.entries()) {
    const start = Number(bar.timestamp);
    const length = lengths[i] ?? lengths[0]!;
    if (kind === "ohlc") bars.push(...withinBar(bar, start, length, bars.at(-1)!.price));
    bars.push({ time: start + length, price: bar.close });
  }
  const typical = [...lengths].sort((a, b) => a - b)[Math.floor(lengths.length / 2)]!;
  return {
    name: path.basename(file).replace(/\.csv$/i, ""),
    bars,
    sources: [`candles of ${path.basename(file)}${kind === "ohlc" ? ", open, extremes and close of each" : ""}`],
    path: kind,
    candleSeconds: typical,
  };
}

/**
 * A bar before its close: open, the extreme nearer to it, the other one; a third of the bar apart. A candle does not tell
 * which extreme came first; that the nearer did is the usual guess, and where both are as near it is the low. A step that
 * repeats the price before it would tell nobody anything.
 */
function withinBar(bar: z.infer<typeof row>, start: number, length: number, before: string): Bar[] {
  const [open, high, low] = [Number(bar.open), Number(bar.high), Number(bar.low)];
  const extremes = open - low <= high - open ? [bar.low, bar.high] : [bar.high, bar.low];
  const steps = [bar.open, ...extremes].map((price, i) => ({ time: start + Math.floor((i * length) / 3), price }));
  return steps.filter(({ price }, i) => Number(price) !== Number(i === 0 ? before : steps[i - 1]!.price));
}

function parseRows(file: string, text: string): z.infer<typeof row>[] {
  let records: unknown[];
  try {
    records = parse(text, { columns: true, skip_empty_lines: true, trim: true, bom: true });
  } catch (error) {
    throw new InputError(`${file}: not a CSV file (${(error as Error).message.split("\n")[0]})`);
  }
  let last = -1;
  return records.map((record, i) => {
    const result = row.safeParse(record);
    if (!result.success) {
      const { path: where, message } = result.error.issues[0]!;
      const value = (record as Record<string, unknown>)[String(where[0])];
      throw new InputError(
        `${file}: row ${i + 1}: ${value === undefined ? `column ${where[0]} is missing` : `${where[0]} "${value}" ${message}`}`,
      );
    }
    const time = Number(result.data.timestamp);
    if (time <= last) throw new InputError(`${file}: row ${i + 1}: timestamp ${time} is not after ${last}: not sorted`);
    last = time;
    return result.data;
  });
}
