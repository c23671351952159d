import { AbiCoder, ZeroAddress } from "ethers";
import { CircuitBreaker__factory } from "../../../typechain-types/factories/contracts/oracle/CircuitBreaker__factory.ts";
import type { Breakwater } from "../../sdk/contracts.ts";
import { firstRoundAfter } from "./firstRoundAfter.ts";
import type { PythPrices } from "./hermes.ts";

/** What `IPriceSource.firstPriceAfter` wants, and the wei that go along. */
export type Proof = { data: string; value: bigint };

/** A kind of price source, and what brings its prices. */
export type SourceKind = "mock" | "chainlink" | "pyth" | "unknown";

export type Proofs = {
  kindOf(system: Breakwater, source: string, market: number): Promise<SourceKind>;
  /** The first price at or after `earliest` (unix seconds); undefined: there is none yet, or nobody here can tell. */
  proofFor(system: Breakwater, kind: SourceKind, market: number, earliest: number): Promise<Proof | undefined>;
  /** A signed price of now; undefined: no Hermes, or not a Pyth market. */
  latest(system: Breakwater, markets: number[]): Promise<{ updates: string[]; value: bigint } | undefined>;
};

const abi = AbiCoder.defaultAbiCoder();

/** `pyth` is where signed prices come from; without one, Pyth markets are left to other keepers. */
export function createProofs(pyth: PythPrices | undefined): Proofs {
  async function pythFeeds(system: Breakwater, markets: number[]): Promise<string[]> {
    return Promise.all(markets.map(async (market) => (await system.pyth!.feedOf(market)).id));
  }
  return {
    async kindOf(system, source, market) {
      const { addresses } = system.book;
      switch (source) {
        case ZeroAddress:
          return "unknown";
        case addresses.mockPrices:
          return "mock";
        case addresses.chainlink:
          return "chainlink";
        case addresses.pyth:
          return "pyth";
        case addresses.breaker: {
          // The breaker hands the proof on to its first source.
          const breaker = CircuitBreaker__factory.connect(source, system.clearinghouse.runner);
          return this.kindOf(system, (await breaker.pairOf(market)).primary, market);
        }
        default:
          return "unknown";
      }
    },
    async proofFor(system, kind, market, earliest) {
      if (kind === "mock") return { data: "0x", value: await system.mockPrices!.proofFee() };
      if (kind === "chainlink") {
        const { aggregator } = await system.chainlink.feedOf(market);
        const round = await firstRoundAfter({ runner: system.chainlink.runner!, aggregator, earliest });
        return round === undefined ? undefined : { data: abi.encode(["uint80"], [round]), value: 0n };
      }
      if (kind !== "pyth" || pyth === undefined) return undefined;
      const updates = await pyth.at(await pythFeeds(system, [market]), earliest);
      if (updates === undefined) return undefined;
      return { data: abi.encode(["bytes[]"], [updates]), value: await system.pyth!.updateFee(updates) };
    },
    async latest(system, markets) {
      if (pyth === undefined || system.pyth === undefined || markets.length === 0) return undefined;
      const updates = await pyth.latest(await pythFeeds(system, markets));
      if (updates === undefined) return undefined;
      return { updates, value: await system.pyth.updateFee(updates) };
    },
  };
}
