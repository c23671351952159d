import type { Breakwater } from "../contracts.ts";

export type PreviewDeleverageParameters = { market: number };

/** USD WAD; fractions WAD. All zero: nothing is due. */
export type PreviewDeleverageReturnType = {
  /** Share of what the floor lacks, or the skew above its cap. */
  need: bigint;
  /** Part of their profit that traders in profit would give. */
  haircut: bigint;
  /** Part of the heavy side that would be closed, and at what price. */
  closeFraction: bigint;
  closePrice: bigint;
  eligibleProfit: bigint;
  buckets: bigint;
  positions: bigint;
  /** Of whoever calls. */
  reward: bigint;
};

/**
 * What `deleverage` would do at the last marks; mark the market first for the present ones.
 *
 * @example
 * const { need, haircut } = await previewDeleverage(breakwater, { market: 0 });
 */
export async function previewDeleverage(
  { clearinghouse }: Breakwater,
  { market }: PreviewDeleverageParameters,
): Promise<PreviewDeleverageReturnType> {
  const { need, haircut, closeFraction, closePrice, eligibleProfit, buckets, positions, reward } =
    await clearinghouse.previewDeleverage(market);
  return { need, haircut, closeFraction, closePrice, eligibleProfit, buckets, positions, reward };
}
