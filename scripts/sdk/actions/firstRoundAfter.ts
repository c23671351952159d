import { Contract, type ContractRunner } from "ethers";

const ABI = [
  "function latestRoundData() view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)",
  "function getRoundData(uint80) view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)",
];

/** Rounds are numbered within a phase: the aggregator's number above these bits. */
const PHASE_OFFSET = 64n;

export type FirstRoundAfterParameters = {
  runner: ContractRunner;
  aggregator: string;
  /** Unix seconds. */
  earliest: bigint;
};

/**
 * The first round of the present phase published at or after a moment, by halving. Undefined: there is none yet, or it is
 * the first of its phase, which proves nothing.
 */
export async function firstRoundAfter({
  runner,
  aggregator,
  earliest,
}: FirstRoundAfterParameters): Promise<bigint | undefined> {
  const feed = new Contract(aggregator, ABI, runner);
  const latest = await feed.getFunction("latestRoundData")();
  const isLateEnough = (updatedAt: bigint): boolean => updatedAt >= earliest;
  if (!isLateEnough(latest.updatedAt)) return undefined;

  const base = (latest.roundId >> PHASE_OFFSET) << PHASE_OFFSET;
  // Everything at `high` and above is late enough; below `low` nothing is.
  let [low, high] = [base + 1n, latest.roundId as bigint];
  while (low < high) {
    const middle = (low + high) / 2n;
    const { updatedAt } = await feed.getFunction("getRoundData")(middle);
    if (isLateEnough(updatedAt)) high = middle;
    else low = middle + 1n;
  }
  return high === base + 1n ? undefined : high;
}
