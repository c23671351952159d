/** What a unit of gas may cost, wei. */
export type Fees = { maxFee: bigint; priorityFee: bigint };

/** A replacement has to pay an eighth more on both, or nodes keep the old one. */
const BUMP_PERCENT = 1_125n;

export type FirstFeesParameters = {
  baseFee: bigint;
  priorityFee: bigint;
  /** The most the operator pays. */
  cap: bigint;
};

/** Room for the base fee to double, never beyond the cap. Undefined: even the next block costs more than that. */
export function firstFees({ baseFee, priorityFee, cap }: FirstFeesParameters): Fees | undefined {
  if (baseFee + priorityFee > cap) return undefined;
  const roomy = 2n * baseFee + priorityFee;
  return { maxFee: roomy < cap ? roomy : cap, priorityFee };
}

/** An eighth more than before, or what a new one would pay if that is more. Undefined: beyond the cap. */
export function bumpFees(before: Fees, parameters: FirstFeesParameters): Fees | undefined {
  const fresh = firstFees(parameters);
  if (fresh === undefined) return undefined;
  const bumped = { maxFee: eighthMore(before.maxFee), priorityFee: eighthMore(before.priorityFee) };
  const fees = {
    maxFee: bumped.maxFee > fresh.maxFee ? bumped.maxFee : fresh.maxFee,
    priorityFee: bumped.priorityFee > fresh.priorityFee ? bumped.priorityFee : fresh.priorityFee,
  };
  if (fees.maxFee > parameters.cap) return undefined;
  return fees.priorityFee > fees.maxFee ? { ...fees, priorityFee: fees.maxFee } : fees;
}

function eighthMore(fee: bigint): bigint {
  return (fee * BUMP_PERCENT + 999n) / 1_000n;
}
