import type { Breakwater } from "../contracts.ts";
import type { PythPrices } from "../pythPrices.ts";

export type LatestUpdatesParameters = {
  /** With a pull feed each. */
  markets: number[];
  pyth: PythPrices | undefined;
};

export type LatestUpdatesReturnType = {
  updates: string[];
  /** Wei. */
  fee: bigint;
};

/** Signed prices of now, to be brought to the chain; undefined: nobody has them. */
export async function latestUpdates(
  { pyth: source }: Breakwater,
  { markets, pyth }: LatestUpdatesParameters,
): Promise<LatestUpdatesReturnType | undefined> {
  if (pyth === undefined || source === undefined || markets.length === 0) return undefined;
  const ids = await Promise.all(markets.map(async (market) => (await source.feedOf(market)).id));
  const updates = await pyth.latest(ids);
  return updates && { updates, fee: await source.updateFee(updates) };
}
