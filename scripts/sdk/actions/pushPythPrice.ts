import type { BytesLike } from "ethers";
import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type PushPythPriceParameters = ChangeParameters & {
  /** Signed updates, as Pyth's Hermes serves them. */
  updateData: BytesLike[];
};

export type PushPythPriceReturnType = SendReturnType & {
  /** Wei. */
  fee: bigint;
};

/**
 * Brings signed prices to a pull feed and pays its fee.
 *
 * @example
 * await pushPythPrice(breakwater, { signer, updateData: ["0x…"] });
 */
export async function pushPythPrice(
  { book, pyth }: Breakwater,
  { updateData, ...how }: PushPythPriceParameters,
): Promise<PushPythPriceReturnType> {
  if (pyth === undefined) throw new InputError(`the deployment on chain ${book.chainId} has no pull feed`);
  const fee = await pyth.updateFee(updateData);
  return { fee, ...(await send({ ...how, transaction: pyth.update.populateTransaction(updateData), value: fee })) };
}
