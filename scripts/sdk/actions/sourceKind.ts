import { CircuitBreaker__factory } from "../../../typechain-types/factories/contracts/oracle/CircuitBreaker__factory.ts";
import type { Breakwater } from "../contracts.ts";

/** A kind of price source, and what brings its prices. */
export type SourceKind = "mock" | "chainlink" | "pyth" | "unknown";

export type SourceKindParameters = {
  market: number;
  /** Its source, if that is known already. */
  source?: string;
};

/** What kind of source a market has. A circuit breaker hands proofs on to its first source, so that one counts. */
export async function sourceKind(
  breakwater: Breakwater,
  { market, source }: SourceKindParameters,
): Promise<SourceKind> {
  const { mockPrices, chainlink, pyth, breaker } = breakwater.book.addresses;
  const address = source ?? (await breakwater.oracle.sourceOf(market));
  switch (address) {
    case mockPrices:
      return "mock";
    case chainlink:
      return "chainlink";
    case pyth:
      return "pyth";
    case breaker: {
      const { primary } = await CircuitBreaker__factory.connect(address, breakwater.oracle.runner).pairOf(market);
      // A breaker behind itself would never end.
      return primary === breaker ? "unknown" : sourceKind(breakwater, { market, source: primary });
    }
    default:
      return "unknown";
  }
}
