const BPS = 10_000n;

export type LiquidationRewardParameters = {
  /** USD WAD. */
  equity: bigint;
  maintenance: bigint;
  notional: bigint;
  /** What closing everything would cost in price impact; negative where it brings the skew back and is paid for. */
  impact: bigint;
  /** Of its positions together. */
  bonds: bigint;
  risk: {
    penaltyBps: bigint;
    targetHealthBps: bigint;
    keeperShareBps: bigint;
  };
};

/**
 * What liquidating an account should pay the keeper, USD WAD, rounded down: its share of the penalty on what has to be
 * closed (PROTOCOL section 7), and the bonds if everything is. Remainders below the smallest position make the contract close
 * more, and pay more, so this errs on the low side.
 */
export function liquidationReward({
  equity,
  maintenance,
  notional,
  impact,
  bonds,
  risk,
}: LiquidationRewardParameters): bigint {
  if (equity <= 0n) return bonds;
  const target = (maintenance * risk.targetHealthBps) / BPS;
  const penalty = (notional * risk.penaltyBps) / BPS;
  const [missing, restored] = [target - equity, target - penalty - impact];
  const isWhole = restored <= 0n || missing >= restored;
  const charged = isWhole ? penalty : (penalty * missing) / restored;
  const taken = charged < equity ? charged : equity;
  return (taken * risk.keeperShareBps) / BPS + (isWhole ? bonds : 0n);
}
