import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type ClaimRecoveryParameters = ChangeParameters &
  (
    | {
        /** A trader's account that was charged; its owner is paid. */
        account: bigint;
      }
    | {
        /** The tranche that carried a loss. */
        tranche: "senior" | "junior";
        /** Who held its shares then, and is paid now. */
        holder: string;
      }
  );

export type ClaimRecoveryReturnType = SendReturnType;

/**
 * Pays what has been repaid of a recovery claim: a trader's, or that of who holds or held shares of a tranche. Anybody may
 * call; the money goes to whoever it belongs to.
 *
 * @example
 * await claimRecovery(breakwater, { signer, account });
 * await claimRecovery(breakwater, { signer, tranche: "junior", holder: "0x…" });
 */
export async function claimRecovery(
  breakwater: Breakwater,
  parameters: ClaimRecoveryParameters,
): Promise<ClaimRecoveryReturnType> {
  const transaction =
    "account" in parameters
      ? breakwater.clearinghouse.claim.populateTransaction(parameters.account)
      : breakwater[parameters.tranche].claimRecovery.populateTransaction(parameters.holder);
  return send({ ...parameters, transaction });
}
