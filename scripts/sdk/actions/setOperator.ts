import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type SetOperatorParameters = ChangeParameters & {
  operator: string;
  isApproved: boolean;
};

export type SetOperatorReturnType = SendReturnType;

/**
 * Lets another address trade for all accounts of the signer and withdraw to the signer only, or ends that.
 *
 * @example
 * await setOperator(breakwater, { signer, operator: "0x…", isApproved: true });
 */
export async function setOperator(
  { clearinghouse }: Breakwater,
  { operator, isApproved, ...how }: SetOperatorParameters,
): Promise<SetOperatorReturnType> {
  return send({ ...how, transaction: clearinghouse.setOperator.populateTransaction(operator, isApproved) });
}
