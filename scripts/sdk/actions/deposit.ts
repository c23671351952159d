import type { Signer } from "ethers";
import type { Breakwater } from "../contracts.ts";
import { type SendReturnType, send } from "../send.ts";
import { toNative } from "../units.ts";
import { approve } from "./approve.ts";

export type DepositParameters = {
  signer: Signer;
  account: bigint;
  /** USD WAD, rounded down to units of the token. */
  amountUsd: bigint;
  isDryRun?: boolean;
};

export type DepositReturnType = SendReturnType;

/**
 * Puts the signer's dollars into the margin of an account, its own or another's. Approves the vault for exactly this
 * amount if it may not take it yet.
 *
 * @example
 * await deposit(breakwater, { signer, account: toAccountId(address), amountUsd: parseWad("5000", "amount") });
 */
export async function deposit(
  breakwater: Breakwater,
  { signer, account, amountUsd, isDryRun }: DepositParameters,
): Promise<DepositReturnType> {
  const amount = toNative(amountUsd, breakwater.scale);
  await approve(breakwater, { signer, amountUsd, isDryRun });
  return send({ signer, transaction: breakwater.clearinghouse.deposit.populateTransaction(account, amount), isDryRun });
}
