import { type SourceKind, sourceKind } from "../../sdk/actions/sourceKind.ts";
import type { Breakwater } from "../../sdk/contracts.ts";
import type { Skewed } from "../../sdk/quote.ts";
import { isPassing } from "../chain/errors.ts";

const SETTLED = 3n;
/** `PriceUse` of the contracts. */
const VALUE = 0n;

export type MarketSeen = {
  id: number;
  isSettled: boolean;
  /** Long and short notional at entry, USD WAD: zero when nobody holds anything. */
  openCost: bigint;
  /** When its mark was stored, unix seconds. */
  touchedAt: number;
  source: SourceKind;
  /** Its sides and what trades against them cost. */
  book: Skewed;
  /** Good for valuing; undefined: it has none. */
  price: { price: bigint; publishedAt: number } | undefined;
};

/** All markets with their prices, at most 32. */
export async function readMarkets(system: Breakwater, block: number | "pending"): Promise<MarketSeen[]> {
  const { clearinghouse, oracle } = system;
  const at = { blockTag: block };
  const count = Number(await clearinghouse.marketCount(at));
  return Promise.all(
    Array.from({ length: count }, async (_, id): Promise<MarketSeen> => {
      const [market, source, price] = await Promise.all([
        clearinghouse.market(id, at),
        oracle.sourceOf(id, at),
        oracle.priceFor(id, VALUE, at).then(
          ({ price, publishedAt }) => ({ price, publishedAt: Number(publishedAt) }),
          (error: unknown) => {
            if (isPassing(error)) throw error;
            return undefined;
          },
        ),
      ]);
      return {
        id,
        isSettled: market.state === SETTLED,
        openCost: market.long.cost + market.short.cost,
        touchedAt: Number(market.touchedAt),
        book: market,
        source: await sourceKind(system, { market: id, source }),
        price,
      };
    }),
  );
}
