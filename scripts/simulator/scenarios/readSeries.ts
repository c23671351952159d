import { InputError } from "../../shared/inputError.ts";
import { builtinScenario } from "./builtin.ts";
import { readPrices } from "./readPrices.ts";
import type { PathKind, PriceSeries } from "./series.ts";

/** How a user says which prices. */
export type SeriesOptions = { prices?: string; scenario?: string; path: PathKind };

/** The prices of a file, or of a built-in scenario. */
export async function readSeries({ prices, scenario, path }: SeriesOptions): Promise<PriceSeries> {
  if (prices !== undefined && scenario !== undefined) throw new InputError("--prices or --scenario, not both");
  if (prices !== undefined) return readPrices(prices, path);
  if (path === "ohlc") throw new InputError("--path ohlc needs --prices: a built-in scenario has one price a bar");
  return builtinScenario(scenario ?? "oct-10-2025");
}
