import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { toNative } from "../units.ts";

export type ApproveParameters = ChangeParameters & {
  /** USD WAD the vault may take from the signer from now on. */
  amountUsd: bigint;
};

/** Undefined: the allowance was large enough. */
export type ApproveReturnType = SendReturnType | undefined;

/**
 * Lets the vault, which is the only contract that holds dollars, take this much from the signer, and no more.
 *
 * @example
 * await approve(breakwater, { signer, amountUsd: parseWad("5000", "amount") });
 */
export async function approve(
  { token, vault, scale }: Breakwater,
  { amountUsd, ...how }: ApproveParameters,
): Promise<ApproveReturnType> {
  const amount = toNative(amountUsd, scale);
  if ((await token.allowance(how.signer.getAddress(), vault)) >= amount) return undefined;
  return send({ ...how, transaction: token.approve.populateTransaction(vault, amount) });
}
