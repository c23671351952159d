import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type CloseSettledParameters = ChangeParameters & {
  account: bigint;
  market: number;
};

export type CloseSettledReturnType = SendReturnType;

/**
 * Closes a position of a settled market at its price, without fee and without an order. Anybody may, for anybody.
 *
 * @example
 * await closeSettled(breakwater, { signer, account, market: 0 });
 */
export async function closeSettled(
  { clearinghouse }: Breakwater,
  { account, market, ...how }: CloseSettledParameters,
): Promise<CloseSettledReturnType> {
  return send({ ...how, transaction: clearinghouse.closeSettled.populateTransaction(account, market) });
}
