import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { toNative } from "../units.ts";
import { approve } from "./approve.ts";

export type RecoverParameters = ChangeParameters & {
  /** USD WAD, rounded down to units of the token; at most what is outstanding is taken. */
  amountUsd: bigint;
};

export type RecoverReturnType = SendReturnType & {
  /** Of the vault, if it was needed. */
  approval: SendReturnType | undefined;
};

/**
 * Repays recovery claims with the signer's dollars: those of traders first, then senior, then junior. A gift.
 *
 * @example
 * await recover(breakwater, { signer, amountUsd: parseWad("10000", "amount") });
 */
export async function recover(
  breakwater: Breakwater,
  { amountUsd, ...how }: RecoverParameters,
): Promise<RecoverReturnType> {
  const approval = await approve(breakwater, { amountUsd, ...how });
  const transaction = breakwater.clearinghouse.recover.populateTransaction(toNative(amountUsd, breakwater.scale));
  return { approval, ...(await send({ ...how, transaction, isUnsentBefore: approval !== undefined })) };
}
