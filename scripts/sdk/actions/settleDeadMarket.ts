import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type SettleDeadMarketParameters = ChangeParameters & {
  market: number;
};

export type SettleDeadMarketReturnType = SendReturnType;

/**
 * Notes that a market has no price, and a week later settles it. Anybody may, twice.
 *
 * @example
 * await settleDeadMarket(breakwater, { signer, market: 0 });
 */
export async function settleDeadMarket(
  { clearinghouse }: Breakwater,
  { market, ...how }: SettleDeadMarketParameters,
): Promise<SettleDeadMarketReturnType> {
  return send({ ...how, transaction: clearinghouse.settleDeadMarket.populateTransaction(market) });
}
