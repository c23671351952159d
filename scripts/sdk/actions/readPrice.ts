import type { Breakwater } from "../contracts.ts";
import { decodeError } from "../errors.ts";

export type ReadPriceParameters = { market: number };

/** `PriceUse` of contracts/types/PriceUse.sol: the stricter the use, the sooner a source may refuse. */
export const PRICE_USES = ["value", "open", "liquidate"] as const;
export type PriceUse = (typeof PRICE_USES)[number];

export type ReadPriceReturnType = {
  /** USD per base unit WAD; undefined: there is none, not even for leaving. */
  price: bigint | undefined;
  /** Unix seconds. */
  publishedAt: bigint | undefined;
  /** Why the price is not good for a use; undefined: it is. */
  refusals: Record<PriceUse, string | undefined>;
  source: string;
  /** Its name in the address book, "unknown" else. */
  sourceName: string;
  /** Unix seconds from which the source may be used to add risk; 0: at once. */
  openableFrom: bigint;
};

/**
 * What a market's price is, what it is good for, and where it comes from.
 *
 * @example
 * const { price } = await readPrice(breakwater, { market: 0 });
 */
export async function readPrice(
  { book, oracle }: Breakwater,
  { market }: ReadPriceParameters,
): Promise<ReadPriceReturnType> {
  const [source, openableFrom, ...answers] = await Promise.all([
    oracle.sourceOf(market),
    oracle.openableFrom(market),
    ...PRICE_USES.map((_, use) =>
      oracle.priceFor(market, use).then(
        ([price, publishedAt]) => ({ price, publishedAt, refusal: undefined }),
        (error) => ({ price: undefined, publishedAt: undefined, refusal: reasonOf(error) }),
      ),
    ),
  ]);
  const [value] = answers;
  const name = Object.entries(book.addresses).find(([, address]) => address === source)?.[0];
  return {
    price: value?.price,
    publishedAt: value?.publishedAt,
    refusals: Object.fromEntries(PRICE_USES.map((use, i) => [use, answers[i]?.refusal])) as Record<
      PriceUse,
      string | undefined
    >,
    source,
    sourceName: name ?? "unknown",
    openableFrom,
  };
}

/** Only a contract's refusal is an answer; a node that does not is an error. */
function reasonOf(error: unknown): string {
  const decoded = decodeError(error);
  if (decoded instanceof Error && decoded.name === "ContractError") return decoded.message;
  if ((error as { code?: string }).code === "CALL_EXCEPTION") return "the source reverts without a reason";
  throw error;
}
