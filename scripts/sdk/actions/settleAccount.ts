import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type SettleAccountParameters = ChangeParameters & {
  account: bigint;
};

export type SettleAccountReturnType = SendReturnType;

/**
 * Collects the unrealised losses of an account into pool cash and gives back what no longer is lost. Equity stays.
 *
 * @example
 * await settleAccount(breakwater, { signer, account });
 */
export async function settleAccount(
  { clearinghouse }: Breakwater,
  { account, ...how }: SettleAccountParameters,
): Promise<SettleAccountReturnType> {
  return send({ ...how, transaction: clearinghouse.settle.populateTransaction(account) });
}
