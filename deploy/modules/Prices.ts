import type { Listing } from "./Markets.ts";
import type { Address, Contract, Governed, ModuleBuilder } from "./Powers.ts";

/** On a rollup: what `deployCore` takes as its gate. `uptime` is the sequencer's uptime feed. */
export function deploySequencerGate(m: ModuleBuilder, uptime: Address): Contract {
  return m.contract("SequencerGate", [uptime, m.getParameter<number>("sequencerGraceSeconds")]);
}

/** Prices from a pull feed; the governor names the feeds. `pyth` is the contract that verifies them on this chain. */
export function deployPythSource(m: ModuleBuilder, access: Contract, pyth: Address): Governed {
  return {
    contract: m.contract("PythSource", [access, pyth]),
    functions: ["setFeed(uint8,bytes32,uint16,uint16,uint88,uint88)"],
  };
}

/** Prices that two sources agree on; the governor names the pairs. */
export function deployCircuitBreaker(m: ModuleBuilder, access: Contract): Governed {
  return {
    contract: m.contract("CircuitBreaker", [access]),
    functions: ["setSources(uint8,address,address,uint16,uint16,uint16)"],
  };
}

/**
 * A market priced by a pull feed while a push feed agrees. The pull feed is first: it can prove the first price after an
 * order, and whoever needs a fresh one brings it; the push feed is old by nobody's choice, which is what a second opinion
 * should be. Feeds and bounds are the market's parameters `<name>PythId`, `<name>ChainlinkFeed`, … and the common ones.
 *
 * Three steps need a price that was brought to the pull feed less than `pythMaxAgeSeconds` ago: both of these and the
 * router's. A deployment that comes too late stops there; bring a price and run it again.
 */
export function agreedPrice(
  m: ModuleBuilder,
  { chainlink, pyth, breaker }: { chainlink: Contract; pyth: Contract; breaker: Contract },
  name: string,
  market: number,
): Listing {
  const bounds = [m.getParameter<bigint>(`${name}MinPrice`), m.getParameter<bigint>(`${name}MaxPrice`)];
  const pull = [
    market,
    m.getParameter<string>(`${name}PythId`),
    m.getParameter<number>("pythMaxAgeSeconds"),
    m.getParameter<number>("pythMaxConfidenceBps"),
    ...bounds,
  ];
  const push = [
    market,
    m.getParameter<string>(`${name}ChainlinkFeed`),
    m.getParameter<number>(`${name}HeartbeatSeconds`),
    ...bounds,
  ];
  const fed = [
    m.call(pyth, "setFeed", pull, { id: `pyth_${name}` }),
    m.call(chainlink, "setFeed", push, { id: `chainlink_${name}` }),
  ];
  const pair = [
    market,
    pyth,
    chainlink,
    m.getParameter<number>("maxDeviationBps"),
    m.getParameter<number>("maxMoveBps"),
    m.getParameter<number>("moveWindowSeconds"),
  ];
  return { name, source: breaker, ready: [m.call(breaker, "setSources", pair, { id: `pair_${name}`, after: fed })] };
}
