import type { PythPrices } from "../../sdk/pythPrices.ts";
import type { Keeper } from "../keeper.ts";
import type { MarketSeen } from "./readMarkets.ts";

/** Seconds after which a price that was to be published is missing rather than on its way. */
const PATIENCE = 60;

/** Where signed prices come from, and a word if they are needed and do not. */
export function watchPrices({ pyth, conditions }: Keeper, markets: MarketSeen[], now: number): PythPrices | undefined {
  if (pyth === undefined) {
    const isNeeded = markets.some(({ source, isSettled }) => source === "pyth" && !isSettled);
    const message = "no --hermes-url: markets with pull feeds are left to other keepers";
    if (isNeeded) conditions.begin("pyth", "warn", message);
    else conditions.end("pyth");
    return undefined;
  }
  const noted = (updates: string[] | undefined, isMissed: boolean): string[] | undefined => {
    const message = "no signed Pyth prices from --hermes-url: their markets are left to other keepers";
    if (updates !== undefined) conditions.end("pyth");
    else if (isMissed) conditions.begin("pyth", "warn", message);
    return updates;
  };
  return {
    at: async (ids, earliest) => noted(await pyth.at(ids, earliest), Number(earliest) + PATIENCE < now),
    latest: async (ids) => noted(await pyth.latest(ids), true),
  };
}
