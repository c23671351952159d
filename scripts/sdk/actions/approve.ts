import type { Signer } from "ethers";
import type { Breakwater } from "../contracts.ts";
import { type SendReturnType, send } from "../send.ts";
import { toNative } from "../units.ts";

export type ApproveParameters = {
  signer: Signer;
  /** USD WAD the vault may take from the signer from now on. */
  amountUsd: bigint;
  isDryRun?: boolean;
};

/** Undefined: the allowance was large enough. */
export type ApproveReturnType = SendReturnType | undefined;

/** Lets the vault, which is the only contract that holds dollars, take this much from the signer, and no more. */
export async function approve(
  { token, vault, scale }: Breakwater,
  { signer, amountUsd, isDryRun }: ApproveParameters,
): Promise<ApproveReturnType> {
  const amount = toNative(amountUsd, scale);
  if ((await token.allowance(signer.getAddress(), vault)) >= amount) return undefined;
  return send({ signer, transaction: token.approve.populateTransaction(vault, amount), isDryRun });
}
