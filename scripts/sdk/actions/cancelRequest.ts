import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import type { ShareVault } from "../shares.ts";

export type CancelRequestParameters = ChangeParameters & {
  vault: ShareVault;
  kind: "deposit" | "redemption";
};

export type CancelRequestReturnType = SendReturnType & {
  /** Native units of the token, or shares. */
  amount: bigint;
};

/**
 * Takes back all that the signer requested in the epoch running now. Older requests are on their way.
 *
 * @example
 * await cancelRequest(breakwater, { signer, vault: "junior", kind: "deposit" });
 */
export async function cancelRequest(
  breakwater: Breakwater,
  { vault, kind, ...how }: CancelRequestParameters,
): Promise<CancelRequestReturnType> {
  const shares = breakwater[vault];
  const owner = await how.signer.getAddress();
  const requestId = (await shares.currentEpoch()) + 1n;
  const isDeposit = kind === "deposit";
  const amount = isDeposit
    ? await shares.pendingDepositRequest(requestId, owner)
    : await shares.pendingRedeemRequest(requestId, owner);
  if (amount === 0n) {
    throw new InputError(`${vault}: no ${kind} was requested in this epoch; older ones can no longer be cancelled`);
  }
  const transaction = isDeposit
    ? shares.cancelDeposit.populateTransaction(requestId, amount, owner)
    : shares.cancelRedeem.populateTransaction(requestId, amount, owner);
  return { amount, ...(await send({ ...how, transaction })) };
}
