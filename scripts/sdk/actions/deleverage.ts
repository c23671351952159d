import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type DeleverageParameters = ChangeParameters & {
  market: number;
};

export type DeleverageReturnType = SendReturnType;

/**
 * Charges or closes traders in profit where that is due. Anybody may; the caller earns a share of what is restored.
 *
 * @example
 * await deleverage(breakwater, { signer, market: 0 });
 */
export async function deleverage(
  { clearinghouse }: Breakwater,
  { market, ...how }: DeleverageParameters,
): Promise<DeleverageReturnType> {
  return send({ ...how, transaction: clearinghouse.deleverage.populateTransaction(market) });
}
