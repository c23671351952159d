import type { Breakwater } from "../contracts.ts";
import { type PayingParameters, type SendPayingReturnType, sendPaying } from "../sendPaying.ts";
import { toNative } from "../units.ts";

export type DepositParameters = PayingParameters & {
  account: bigint;
  /** USD WAD, rounded down to units of the token. */
  amountUsd: bigint;
};

export type DepositReturnType = SendPayingReturnType;

/**
 * Puts the signer's dollars into the margin of an account, its own or another's. Approves the vault for exactly this
 * amount if it may not take it yet.
 *
 * @example
 * await deposit(breakwater, { signer, account: toAccountId(address), amountUsd: parseWad("5000", "amount") });
 */
export async function deposit(
  breakwater: Breakwater,
  { account, amountUsd, ...how }: DepositParameters,
): Promise<DepositReturnType> {
  const amount = toNative(amountUsd, breakwater.scale);
  const transaction = () => breakwater.clearinghouse.deposit.populateTransaction(account, amount);
  return sendPaying(breakwater, { ...how, amountUsd, transaction });
}
