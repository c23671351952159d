import type { Breakwater } from "../contracts.ts";
import { readEvents } from "../readEvents.ts";
import { type OrderState, readOrder } from "./readOrder.ts";

export type ReadOrdersParameters = {
  /** Of everybody if undefined. */
  account?: bigint;
  /** At most so many that wait, newest first. */
  limit?: number;
};

export type ReadOrdersReturnType = OrderState[];

/**
 * Orders that wait, newest first. No contract lists them: they come from the events of their submission.
 *
 * @example
 * const waiting = await readOrders(breakwater, { account });
 */
export async function readOrders(
  breakwater: Breakwater,
  { account, limit = 100 }: ReadOrdersParameters = {},
): Promise<ReadOrdersReturnType> {
  const { orders } = breakwater;
  const waiting: OrderState[] = [];
  for await (const event of readEvents(breakwater, orders, orders.filters.OrderSubmitted(undefined, account))) {
    const order = await readOrder(breakwater, { orderId: event.args.orderId });
    if (order !== undefined) waiting.push(order);
    if (waiting.length === limit) break;
  }
  return waiting;
}
