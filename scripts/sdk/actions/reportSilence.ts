import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type ReportSilenceParameters = ChangeParameters & { market: number };

export type ReportSilenceReturnType = SendReturnType;

/**
 * Says that a pull feed has no price. If nobody brings one within a quarter of an hour, its market counts as dead.
 *
 * @example
 * await reportSilence(breakwater, { signer, market: 0 });
 */
export async function reportSilence(
  { book, pyth }: Breakwater,
  { market, ...how }: ReportSilenceParameters,
): Promise<ReportSilenceReturnType> {
  if (pyth === undefined) throw new InputError(`the deployment on chain ${book.chainId} has no pull feed`);
  return send({ ...how, transaction: pyth.reportSilence.populateTransaction(market) });
}
