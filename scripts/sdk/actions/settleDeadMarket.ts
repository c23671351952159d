import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type SettleDeadMarketParameters = ChangeParameters & {
  market: number;
};

export type SettleDeadMarketReturnType = SendReturnType & {
  /** Unix seconds from which it can be settled if it stays silent; undefined: it was settled now, or a dry run. */
  settleableAt: bigint | undefined;
};

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
  const sent = await send({ ...how, transaction: clearinghouse.settleDeadMarket.populateTransaction(market) });
  const events = (sent.receipt?.logs ?? []).map((log) => clearinghouse.interface.parseLog(log));
  const found = events.find((event) => event?.name === "MarketFoundDead");
  return { ...sent, settleableAt: found?.args.settleableAt };
}
