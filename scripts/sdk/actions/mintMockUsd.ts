import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { toNative } from "../units.ts";

export type MintMockUsdParameters = ChangeParameters & {
  to: string;
  /** USD WAD, rounded down to units of the token. */
  amountUsd: bigint;
};

export type MintMockUsdReturnType = SendReturnType;

/**
 * Prints dollars, on a deployment whose dollars are a mock.
 *
 * @example
 * await mintMockUsd(breakwater, { signer, to: address, amountUsd: parseWad("10000", "amount") });
 */
export async function mintMockUsd(
  { book, token, scale }: Breakwater,
  { to, amountUsd, ...how }: MintMockUsdParameters,
): Promise<MintMockUsdReturnType> {
  if (book.addresses.mockToken === undefined) {
    throw new InputError(`the dollars on chain ${book.chainId} are real: nobody here can print them`);
  }
  return send({ ...how, transaction: token.mint.populateTransaction(to, toNative(amountUsd, scale)) });
}
