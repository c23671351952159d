import { AbiCoder } from "ethers";
import type { Breakwater } from "../contracts.ts";
import { formatMarket } from "../markets.ts";
import type { PythPrices } from "../pythPrices.ts";
import { formatTime } from "../units.ts";
import { firstRoundAfter } from "./firstRoundAfter.ts";
import { type SourceKind, sourceKind } from "./sourceKind.ts";

export type ProofForParameters = ProofSources & {
  market: number;
  /** Unix seconds: the price has to be the first published then or later. */
  earliest: bigint;
  /** Of the market's source, if that is known already. */
  kind?: SourceKind;
};

/** Where proofs come from besides the chain of the market. */
export type ProofSources = {
  /** Signed updates of pull feeds. Without it, a market that has one has no proof here. */
  pyth?: PythPrices | undefined;
  /** The round of a push feed; read from the feed itself unless given. */
  firstRound?: typeof firstRoundAfter | undefined;
};

export type ProofForReturnType =
  | {
      /** What the market's source wants to see. */
      proof: string;
      /** Wei the source asks for; what it does not use comes back. */
      fee: bigint;
    }
  /** There is none yet, or nobody here can tell: why, in words. */
  | { missing: string };

const coder = AbiCoder.defaultAbiCoder();

/**
 * The proof of the first price at or after a moment, by the market's own source: a round number for Chainlink, signed
 * updates for Pyth, nothing for a mock.
 *
 * @example
 * const found = await proofFor(breakwater, { market: 0, earliest: order.earliest, pyth: hermes(url, 10_000) });
 * if ("missing" in found) console.log(found.missing);
 */
export async function proofFor(
  breakwater: Breakwater,
  { market, earliest, kind, pyth, firstRound = firstRoundAfter }: ProofForParameters,
): Promise<ProofForReturnType> {
  const name = formatMarket(breakwater.book, market);
  switch (kind ?? (await sourceKind(breakwater, { market }))) {
    case "mock":
      return { proof: "0x", fee: await breakwater.mockPrices!.proofFee() };
    case "chainlink": {
      const { aggregator } = await breakwater.chainlink.feedOf(market);
      const round = await firstRound({ runner: breakwater.chainlink.runner!, aggregator, earliest });
      if (round !== undefined) return { proof: coder.encode(["uint80"], [round]), fee: 0n };
      return {
        missing: `no round of ${name} proves the first price from ${formatTime(earliest)} on: wait for the next`,
      };
    }
    case "pyth": {
      const updates = await pyth?.at([(await breakwater.pyth!.feedOf(market)).id], earliest);
      if (updates !== undefined) {
        return { proof: coder.encode(["bytes[]"], [updates]), fee: await breakwater.pyth!.updateFee(updates) };
      }
      return {
        missing: `${name} has a pull feed: its signed update published at ${earliest} or right after is needed (--update)`,
      };
    }
    case "unknown":
      return { missing: `${name} has a source that no proof is known for` };
  }
}
