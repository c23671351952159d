import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type TransferMarginParameters = ChangeParameters & {
  from: bigint;
  to: bigint;
  /** USD WAD, exact. */
  amountUsd: bigint;
};

export type TransferMarginReturnType = SendReturnType;

/**
 * Moves margin between two accounts of one owner, under the rule of withdrawals.
 *
 * @example
 * await transferMargin(breakwater, { signer, from: toAccountId(address), to: toAccountId(address, 1), amountUsd });
 */
export async function transferMargin(
  { clearinghouse }: Breakwater,
  { from, to, amountUsd, ...how }: TransferMarginParameters,
): Promise<TransferMarginReturnType> {
  return send({ ...how, transaction: clearinghouse.transferMargin.populateTransaction(from, to, amountUsd) });
}
