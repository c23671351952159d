import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type ReplayAccountParameters = ChangeParameters & {
  account: bigint;
  market: number;
  /** What fits one transaction; more stays for the next call. */
  maxEvents?: bigint;
};

export type ReplayAccountReturnType = SendReturnType;

/**
 * Applies to a position the deleveraging events it has missed. Operations do so by themselves, up to 64 of them.
 *
 * @example
 * await replayAccount(breakwater, { signer, account, market: 0 });
 */
export async function replayAccount(
  { clearinghouse }: Breakwater,
  { account, market, maxEvents = 200n, ...how }: ReplayAccountParameters,
): Promise<ReplayAccountReturnType> {
  return send({ ...how, transaction: clearinghouse.replay.populateTransaction(account, market, maxEvents) });
}
