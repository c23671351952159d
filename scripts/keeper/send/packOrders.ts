import type { SeenOrder } from "../plan/types.ts";

/** What a batch has to have left for each of its orders to be tried, as `Orders.executeBatch`. */
const ORDER_GAS = 4_300_000n;
/** What an order takes of it in the end: the node's estimate counts all the gas that has to be left, used or not. */
const USED_GAS = 600_000n;

/** An order that goes through, and the node's estimate for it alone. */
export type EstimatedOrder = { order: SeenOrder; gas: bigint };

export type OrderBatch = { orders: SeenOrder[]; gasLimit: bigint };

/** Batches in the order given, none above `maxGas`; each order fits by itself. */
export function packOrders(estimated: EstimatedOrder[], maxGas: bigint): OrderBatch[] {
  const packs: EstimatedOrder[][] = [];
  for (const one of estimated) {
    const last = packs.at(-1);
    if (last !== undefined && gasLimit([...last, one]) <= maxGas) last.push(one);
    else packs.push([one]);
  }
  return packs.map((pack) => {
    const limit = gasLimit(pack);
    return { orders: pack.map(({ order }) => order), gasLimit: limit < maxGas ? limit : maxGas };
  });
}

/** A batch that runs short skips instead of failing, so the node's estimate of it would be far too low. */
function gasLimit(pack: EstimatedOrder[]): bigint {
  const used = pack.reduce((total, { gas }) => total + gas, 0n);
  if (pack.length === 1) return (used * 130n) / 100n;
  const typical = BigInt(pack.length) * USED_GAS;
  return (used < typical ? used : typical) + ORDER_GAS;
}
