import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type ClaimFeesParameters = ChangeParameters & {
  /** The clearinghouse pays for liquidations and to the treasury, the orders for executions and refunds. */
  from: "clearinghouse" | "orders";
};

export type ClaimFeesReturnType = SendReturnType;

/**
 * Pays the signer what it has earned, in whole units of the token.
 *
 * @example
 * await claimFees(breakwater, { signer, from: "orders" });
 */
export async function claimFees(
  breakwater: Breakwater,
  { from, ...how }: ClaimFeesParameters,
): Promise<ClaimFeesReturnType> {
  return send({ ...how, transaction: breakwater[from].claimFees.populateTransaction() });
}
