import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { toNative } from "../units.ts";
import { approve } from "./approve.ts";

export type DepositParameters = ChangeParameters & {
  account: bigint;
  /** USD WAD, rounded down to units of the token. */
  amountUsd: bigint;
};

export type DepositReturnType = SendReturnType & {
  /** Of the vault, if it was needed. */
  approval: SendReturnType | undefined;
};

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
  const approval = await approve(breakwater, { amountUsd, ...how });
  const transaction = breakwater.clearinghouse.deposit.populateTransaction(account, amount);
  return { approval, ...(await send({ ...how, transaction, isUnsentBefore: approval !== undefined })) };
}
