import { type MarketState, readMarkets } from "../sdk/actions/readMarkets.ts";
import type { Breakwater } from "../sdk/contracts.ts";
import { parseMarket } from "../sdk/markets.ts";
import { InputError } from "../shared/inputError.ts";

/** A market by symbol or number. */
export async function listedMarket({ book, clearinghouse }: Breakwater, text: string): Promise<number> {
  const market = parseMarket(book, text);
  const count = await clearinghouse.marketCount();
  if (BigInt(market) < count) return market;
  throw new InputError(`market ${market}: there are ${count}; \`market list\` shows them`);
}

/** The same, as it is now. */
export async function listed(breakwater: Breakwater, text: string): Promise<MarketState> {
  return (await readMarkets(breakwater, { markets: [await listedMarket(breakwater, text)] }))[0]!;
}
