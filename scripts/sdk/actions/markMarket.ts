import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type MarkMarketParameters = ChangeParameters & {
  /** All markets if undefined; that fails if one of them has no price. */
  market?: number;
};

export type MarkMarketReturnType = SendReturnType;

/**
 * Accrues funding and stores the mark at the present price. Opening needs marks of the account's other markets to be fresh.
 *
 * @example
 * await markMarket(breakwater, { signer, market: 0 });
 */
export async function markMarket(
  { clearinghouse }: Breakwater,
  { market, ...how }: MarkMarketParameters,
): Promise<MarkMarketReturnType> {
  const transaction =
    market === undefined ? clearinghouse.markAll.populateTransaction() : clearinghouse.mark.populateTransaction(market);
  return send({ ...how, transaction });
}
