import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { ORDER_KINDS, type OrderKind } from "../order.ts";

export type ReadOrderParameters = { orderId: bigint };

/** An order that waits; prices and sizes WAD, times unix seconds. */
export type OrderState = {
  orderId: bigint;
  account: bigint;
  market: number;
  /** "market" also once a trigger was met. */
  kind: OrderKind;
  sizeDelta: bigint;
  acceptablePrice: bigint;
  triggerPrice: bigint;
  isReduceOnly: boolean;
  payer: string;
  placedAt: bigint;
  deadline: bigint;
  /** For the keeper of each step that is left, USD WAD. */
  fee: bigint;
  /** Of a market order: the earliest publish time of the price that fills it. */
  earliest: bigint;
};

/** Undefined: it was executed or cancelled. */
export type ReadOrderReturnType = OrderState | undefined;

/**
 * One order. Throws an InputError if there never was one with this id.
 *
 * @example
 * const order = await readOrder(breakwater, { orderId: 1n });
 */
export async function readOrder(
  { orders }: Breakwater,
  { orderId }: ReadOrderParameters,
): Promise<ReadOrderReturnType> {
  const [order, delay] = await Promise.all([orders.order(orderId), orders.MIN_DELAY()]);
  if (BigInt(order.payer) === 0n) {
    const count = await orders.orderCount();
    if (orderId === 0n || orderId > count) throw new InputError(`order ${orderId}: there are ${count} so far`);
    return undefined;
  }
  return {
    orderId,
    account: order.account,
    market: Number(order.market),
    kind: ORDER_KINDS[Number(order.kind)]!,
    sizeDelta: order.sizeDelta,
    acceptablePrice: order.acceptablePrice,
    triggerPrice: order.triggerPrice,
    isReduceOnly: order.isReduceOnly,
    payer: order.payer,
    placedAt: order.placedAt,
    deadline: order.deadline,
    fee: order.fee,
    earliest: order.placedAt + delay,
  };
}
