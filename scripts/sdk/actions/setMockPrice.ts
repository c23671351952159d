import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";

export type SetMockPriceParameters = ChangeParameters & { market: number } & (
    | {
        /** USD per base unit WAD; always fresh from now on. */
        price: bigint;
      }
    | {
        /** No price at all, or a price again. */
        isDead: boolean;
      }
  );

export type SetMockPriceReturnType = SendReturnType;

/**
 * Sets the price of a market, or makes its feed fall silent, on a deployment whose prices are a mock.
 *
 * @example
 * await setMockPrice(breakwater, { signer, market: 0, price: parseWad("2700", "price") });
 */
export async function setMockPrice(
  { book, mockPrices }: Breakwater,
  parameters: SetMockPriceParameters,
): Promise<SetMockPriceReturnType> {
  if (mockPrices === undefined) {
    throw new InputError(`the prices on chain ${book.chainId} are real: nobody here can set them`);
  }
  const { market } = parameters;
  const transaction =
    "price" in parameters
      ? mockPrices.setPrice.populateTransaction(market, parameters.price)
      : mockPrices.setDead.populateTransaction(market, parameters.isDead);
  return send({ ...parameters, transaction });
}
