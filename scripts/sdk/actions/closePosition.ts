import { InputError } from "../../shared/inputError.ts";
import { chainTime } from "../chainTime.ts";
import type { Breakwater } from "../contracts.ts";
import { formatMarket } from "../markets.ts";
import { acceptablePrice, quote } from "../quote.ts";
import type { PayingParameters } from "../sendPaying.ts";
import { WAD } from "../units.ts";
import type { OpenPositionReturnType } from "./openPosition.ts";
import { submitOrder } from "./submitOrder.ts";

export type ClosePositionParameters = PayingParameters & {
  account: bigint;
  market: number;
  /** WAD fraction of the position; all of it unless given. */
  share?: bigint;
  /** WAD fraction the fill may be worse than it would be now. */
  slippage: bigint;
  /** Seconds the order may wait; ten minutes unless given. */
  wait?: bigint;
};

export type ClosePositionReturnType = OpenPositionReturnType & {
  /** Base units WAD, signed. */
  sizeDelta: bigint;
};

/**
 * Orders the end of a position, or of a part of it: a reduce-only market order, which never opens the other side.
 *
 * @example
 * await closePosition(breakwater, { signer, account, market: 0, slippage: WAD / 100n });
 */
export async function closePosition(
  breakwater: Breakwater,
  { account, market, share = WAD, slippage, wait = 600n, ...how }: ClosePositionParameters,
): Promise<ClosePositionReturnType> {
  const { position } = await breakwater.clearinghouse.replayed(account, market);
  if (position.size === 0n) {
    throw new InputError(`no position in ${formatMarket(breakwater.book, market)}: there is nothing to close`);
  }
  const sizeDelta = -(position.size * share) / WAD;
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
    isReduceOnly: true,
  } as const;
  return { ...(await submitOrder(breakwater, { ...how, request })), price, fill, limit, sizeDelta };
}
