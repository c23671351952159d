import { ZeroAddress } from "ethers";
import type { ModuleParameters } from "../shared/parameters.ts";
import { marketsIn } from "./checkParameters.ts";
import type { Contracts } from "./contracts.ts";
import type { Report } from "./report.ts";

export type CheckPricesParameters = {
  report: Report;
  contracts: Contracts;
  addresses: Record<string, string>;
  parameters: ModuleParameters;
};

/** Where each market's price comes from, through every contract on the way, and within which bounds. */
export function checkPrices({ report, contracts, addresses, parameters }: CheckPricesParameters): void {
  const { oracle, chainlink, pythSource, breaker } = contracts;
  const markets = marketsIn(parameters);
  markets.forEach(([market], id) => {
    const source = breaker === undefined ? addresses.MockPriceSource : addresses.CircuitBreaker;
    report.expect(`${market} › source`, source, () => oracle.sourceOf(id));
    report.expect(`${market} › reduce-only day of the source`, 0, () => oracle.openableFrom(id));
    if (breaker === undefined || pythSource === undefined) {
      report.expect(`${market} › Chainlink feed`, ZeroAddress, async () => (await chainlink.feedOf(id)).aggregator);
      return;
    }
    const own = (name: string) => parameters[`${market}${name}`];
    checkStruct(report, `${market} › pair`, () => breaker.pairOf(id), {
      primary: addresses.PythSource,
      secondary: addresses.ChainlinkSource,
      maxDeviationBps: parameters.maxDeviationBps,
      maxMoveBps: parameters.maxMoveBps,
      window: parameters.moveWindowSeconds,
      openableFrom: 0,
    });
    checkStruct(report, `${market} › Pyth`, () => pythSource.feedOf(id), {
      id: own("PythId"),
      minPrice: own("MinPrice"),
      maxPrice: own("MaxPrice"),
      maxAge: parameters.pythMaxAgeSeconds,
      maxConfidenceBps: parameters.pythMaxConfidenceBps,
      openableFrom: 0,
    });
    checkStruct(report, `${market} › Chainlink`, () => chainlink.feedOf(id), {
      aggregator: own("ChainlinkFeed"),
      heartbeat: own("HeartbeatSeconds"),
      minPrice: own("MinPrice"),
      maxPrice: own("MaxPrice"),
      openableFrom: 0,
    });
  });
  // A source for a market yet to come would be in force from its first block.
  report.expect("next market › source", ZeroAddress, () => oracle.sourceOf(markets.length));
}

function checkStruct(
  report: Report,
  what: string,
  read: () => Promise<object>,
  expected: Record<string, unknown>,
): void {
  let struct: Promise<object> | undefined;
  for (const [field, value] of Object.entries(expected)) {
    report.expect(`${what} › ${field}`, value, async () => {
      struct ??= read();
      return (await struct)[field as never];
    });
  }
}
