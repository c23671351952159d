import { chainTime } from "../chainTime.ts";
import type { Breakwater } from "../contracts.ts";
import { acceptablePrice, quote } from "../quote.ts";
import type { PayingParameters } from "../sendPaying.ts";
import { type SubmitOrderReturnType, submitOrder } from "./submitOrder.ts";

export type OpenPositionParameters = PayingParameters & {
  account: bigint;
  market: number;
  /** Base units WAD, signed: a long is positive. */
  sizeDelta: bigint;
  /** WAD fraction the fill may be worse than it would be now. */
  slippage: bigint;
  /** Seconds the order may wait; ten minutes unless given. */
  wait?: bigint;
};

export type OpenPositionReturnType = SubmitOrderReturnType & {
  /** Of the oracle now, USD per base unit WAD. */
  price: bigint;
  /** What the trade would fill at now, impact included. */
  fill: bigint;
  /** What it will fill at in the worst case. */
  limit: bigint;
};

/**
 * Orders a position, or more of one, at the price that comes: a market order with a limit taken from the present price.
 * Nothing is open before somebody executes the order (`executeOrder`).
 *
 * @example
 * const { orderId } = await openPosition(breakwater, { signer, account, market: 0, sizeDelta: -2n * WAD, slippage: WAD / 100n });
 */
export async function openPosition(
  breakwater: Breakwater,
  { account, market, sizeDelta, slippage, wait = 600n, ...how }: OpenPositionParameters,
): Promise<OpenPositionReturnType> {
  const [{ price, fill }, now] = await Promise.all([quote(breakwater, { market, sizeDelta }), chainTime(how.signer)]);
  const limit = acceptablePrice(fill, sizeDelta, slippage);
  const request = {
    account,
    market,
    kind: "market",
    sizeDelta,
    acceptablePrice: limit,
    triggerPrice: 0n,
    deadline: now + wait,
    isReduceOnly: false,
  } as const;
  return { ...(await submitOrder(breakwater, { ...how, request })), price, fill, limit };
}
