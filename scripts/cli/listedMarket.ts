import { type MarketState, readMarkets } from "../sdk/actions/readMarkets.ts";
import type { Breakwater } from "../sdk/contracts.ts";
import { parseMarket } from "../sdk/markets.ts";
import { InputError } from "../shared/inputError.ts";

/** A market by symbol or number, as it is now. */
export async function listed(breakwater: Breakwater, text: string): Promise<MarketState> {
  const market = parseMarket(breakwater.book, text);
  const count = await breakwater.clearinghouse.marketCount();
  if (BigInt(market) >= count) throw new InputError(`market ${market}: there are ${count}; \`market list\` shows them`);
  return (await readMarkets(breakwater, { markets: [market] }))[0]!;
}
