import type { Breakwater } from "../contracts.ts";
import { fromNative } from "../units.ts";
import { readShares, type SharesState } from "./readShares.ts";

/** USD WAD unless said otherwise. */
export type ReadInsuranceReturnType = {
  assets: bigint;
  /** What it would pay now for an unlimited need. */
  available: bigint;
  maxDrawPerDayBps: bigint;
  shares: SharesState;
  /** Undefined: none waits to be settled. Times unix seconds. */
  record: { epoch: bigint; recordedAt: bigint; assets: bigint } | undefined;
};

/**
 * The insurance fund, the first layer of the waterfall.
 *
 * @example
 * const { assets, available } = await readInsurance(breakwater);
 */
export async function readInsurance(breakwater: Breakwater): Promise<ReadInsuranceReturnType> {
  const { insurance, scale } = breakwater;
  const [native, available, maxDrawPerDayBps, record] = await Promise.all([
    insurance.totalAssets(),
    insurance.available(),
    insurance.maxDrawPerDayBps(),
    insurance.record(),
  ]);
  const assets = fromNative(native, scale);
  return {
    assets,
    available,
    maxDrawPerDayBps,
    shares: await readShares(breakwater, { vault: "insurance", nav: assets }),
    record:
      record.recordedAt === 0n
        ? undefined
        : { epoch: record.epoch, recordedAt: record.recordedAt, assets: record.assets },
  };
}
