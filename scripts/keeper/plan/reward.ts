const BPS = 10_000n;
const CENT = 10n ** 16n;

export type LiquidationRewardParameters = {
  /** USD WAD. */
  equity: bigint;
  maintenance: bigint;
  notional: bigint;
  /** Open positions: each has a bond. */
  positions: number;
  risk: {
    penaltyBps: bigint;
    targetHealthBps: bigint;
    keeperShareBps: bigint;
    keeperFloorCents: bigint;
  };
};

/**
 * What liquidating an account should pay the keeper, USD WAD, rounded down: its share of the penalty on what has to be
 * closed (PROTOCOL section 7), and the bonds if everything is. Closing impact and remainders below the smallest position
 * make the contract close more, and pay more, so this errs on the low side.
 */
export function liquidationReward({
  equity,
  maintenance,
  notional,
  positions,
  risk,
}: LiquidationRewardParameters): bigint {
  const bonds = BigInt(positions) * risk.keeperFloorCents * CENT;
  if (equity <= 0n) return bonds;
  const target = (maintenance * risk.targetHealthBps) / BPS;
  const penalty = (notional * risk.penaltyBps) / BPS;
  const [missing, restored] = [target - equity, target - penalty];
  const isWhole = restored <= 0n || missing >= restored;
  const charged = isWhole ? penalty : (penalty * missing) / restored;
  const taken = charged < equity ? charged : equity;
  return (taken * risk.keeperShareBps) / BPS + (isWhole ? bonds : 0n);
}
