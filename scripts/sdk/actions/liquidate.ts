import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type LiquidateParameters = ChangeParameters & {
  account: bigint;
};

export type LiquidateReturnType = SendReturnType;

/**
 * Closes as much of an account as restores its health. Anybody may; what it earns waits until `claimFees`.
 *
 * @example
 * await liquidate(breakwater, { signer, account });
 */
export async function liquidate(
  { clearinghouse }: Breakwater,
  { account, ...how }: LiquidateParameters,
): Promise<LiquidateReturnType> {
  return send({ ...how, transaction: clearinghouse.liquidate.populateTransaction(account) });
}
