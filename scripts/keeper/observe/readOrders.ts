import { proofFor } from "../../sdk/actions/proofFor.ts";
import type { Breakwater } from "../../sdk/contracts.ts";
import type { PythPrices } from "../../sdk/pythPrices.ts";
import { isPassing } from "../chain/errors.ts";
import type { SeenOrder } from "../plan/types.ts";
import type { MarketSeen } from "./readMarkets.ts";

const [MARKET, AT_OR_ABOVE] = [0n, 1n];

export type ReadOrdersParameters = {
  ids: bigint[];
  markets: MarketSeen[];
  pyth: PythPrices | undefined;
  block: number;
  /** Unix seconds, as the next block will have it. */
  now: number;
};

/** Orders whose next step may go through now, with what proves their price. */
export async function readOrders(
  system: Breakwater,
  { ids, markets, pyth, block, now }: ReadOrdersParameters,
): Promise<SeenOrder[]> {
  if (ids.length === 0) return [];
  const delay = Number(await system.orders.MIN_DELAY());
  const seen = await Promise.all(
    ids.map(async (id): Promise<SeenOrder | undefined> => {
      const order = await system.orders.order(id, { blockTag: block });
      if (BigInt(order.payer) === 0n) return undefined;
      const market = markets[Number(order.market)];
      const base = { id, account: order.account, market: Number(order.market), proof: "0x", value: 0n };
      if (now > Number(order.deadline)) return { ...base, feeUsd: 0n };
      if (market === undefined) return undefined;
      if (order.kind !== MARKET) {
        const { price } = market;
        if (price === undefined || price.publishedAt <= Number(order.placedAt)) return undefined;
        const isMet =
          order.kind === AT_OR_ABOVE ? price.price >= order.triggerPrice : price.price <= order.triggerPrice;
        return isMet ? { ...base, feeUsd: order.fee } : undefined;
      }
      const earliest = Number(order.placedAt) + delay;
      if (now < earliest) return undefined;
      const asked = { market: market.id, kind: market.source, earliest: BigInt(earliest), pyth };
      const found = await proofFor(system, asked).catch((error: unknown) => {
        if (isPassing(error)) throw error;
        return undefined;
      });
      if (found === undefined || "missing" in found) return undefined;
      return { ...base, feeUsd: order.fee, proof: found.proof, value: found.fee };
    }),
  );
  return seen.filter((order) => order !== undefined);
}
