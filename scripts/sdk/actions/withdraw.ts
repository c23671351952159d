import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { toNative } from "../units.ts";

export type WithdrawParameters = ChangeParameters & {
  account: bigint;
  /** USD WAD, rounded down to units of the token. */
  amountUsd: bigint;
};

export type WithdrawReturnType = SendReturnType;

/**
 * Pays margin out to the owner of the account, at most what `readAccount` calls withdrawable. Owner or operator.
 *
 * @example
 * await withdraw(breakwater, { signer, account, amountUsd: parseWad("100", "amount") });
 */
export async function withdraw(
  { clearinghouse, scale }: Breakwater,
  { account, amountUsd, ...how }: WithdrawParameters,
): Promise<WithdrawReturnType> {
  return send({ ...how, transaction: clearinghouse.withdraw.populateTransaction(account, toNative(amountUsd, scale)) });
}
