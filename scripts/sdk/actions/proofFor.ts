import { AbiCoder, type BytesLike, Contract } from "ethers";
import { CircuitBreaker__factory } from "../../../typechain-types/factories/contracts/oracle/CircuitBreaker__factory.ts";
import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { formatMarket } from "../markets.ts";
import { formatTime } from "../units.ts";

export type ProofForParameters = {
  market: number;
  /** Unix seconds: the price has to be the first published then or later. */
  earliest: bigint;
  /** Signed updates of a pull feed (Pyth's Hermes serves them by time); other sources need none. */
  updateData?: BytesLike[];
};

export type ProofForReturnType = {
  /** What the market's source wants to see. */
  proof: string;
  /** Wei the source asks for; what it does not use comes back. */
  fee: bigint;
};

const AGGREGATOR = [
  "function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)",
  "function getRoundData(uint80) view returns (uint80, int256, uint256, uint256, uint80)",
];
const coder = AbiCoder.defaultAbiCoder();
/** A round a minute for half a day. */
const MAX_ROUNDS = 720;

/**
 * The proof of the first price at or after a moment, by the market's own source: a round number for Chainlink, signed
 * updates for Pyth, nothing for a mock. A circuit breaker hands it on to its first source.
 *
 * @example
 * const { proof, fee } = await proofFor(breakwater, { market: 0, earliest: order.earliest });
 */
export async function proofFor(
  breakwater: Breakwater,
  { market, earliest, updateData }: ProofForParameters,
): Promise<ProofForReturnType> {
  const { addresses } = breakwater.book;
  let source = await breakwater.oracle.sourceOf(market);
  if (source === addresses.breaker) {
    const breaker = CircuitBreaker__factory.connect(source, breakwater.oracle.runner);
    source = (await breaker.pairOf(market)).primary;
  }
  if (source === addresses.mockPrices) return { proof: "0x", fee: await breakwater.mockPrices!.proofFee() };
  if (source === addresses.chainlink) return { proof: await firstRound(breakwater, market, earliest), fee: 0n };
  if (source === addresses.pyth) {
    if (updateData === undefined) {
      throw new InputError(
        `${formatMarket(breakwater.book, market)} has a pull feed: give its signed update published at ${earliest} or right after (--update)`,
      );
    }
    return { proof: coder.encode(["bytes[]"], [updateData]), fee: await breakwater.pyth!.updateFee(updateData) };
  }
  throw new InputError(
    `${formatMarket(breakwater.book, market)} has the source ${source}, which no proof is known for`,
  );
}

/** Walks back from the latest round to the one whose predecessor is too early. */
async function firstRound({ book, chainlink }: Breakwater, market: number, earliest: bigint): Promise<string> {
  const { aggregator } = await chainlink.feedOf(market);
  const feed = new Contract(aggregator, AGGREGATOR, chainlink.runner);
  const [latest, , , latestAt] = await feed.latestRoundData!();
  if (latestAt < earliest) {
    const when = `${formatTime(latestAt)}; the order needs one from ${formatTime(earliest)}`;
    throw new InputError(`the last round of ${formatMarket(book, market)} is from ${when}: wait for the next`);
  }
  let roundId: bigint = latest;
  for (let walked = 0; walked < MAX_ROUNDS; walked++) {
    const [, , , previousAt] = await feed.getRoundData!(roundId - 1n);
    if (previousAt < earliest) return coder.encode(["uint80"], [roundId]);
    roundId -= 1n;
  }
  throw new InputError(`the first round after ${formatTime(earliest)} is more than ${MAX_ROUNDS} rounds back`);
}
