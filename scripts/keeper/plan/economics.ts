import type { ActionKind, Observation, PlanConfig } from "./types.ts";

const WAD = 10n ** 18n;

/** Gas a plan counts with before the node has estimated: typical, from `npm run gas`. */
export const TYPICAL_GAS: Record<ActionKind, bigint> = {
  liquidate: 450_000n,
  executeOrders: 350_000n,
  deleverage: 600_000n,
  replay: 200_000n,
  mark: 120_000n,
  pushPrices: 200_000n,
  recordLpEpoch: 250_000n,
  settleLpEpoch: 600_000n,
  recordInsuranceEpoch: 90_000n,
  settleInsuranceEpoch: 200_000n,
  payDebts: 150_000n,
  settleDeadMarket: 120_000n,
  reportSilence: 80_000n,
};

/** Wei to USD WAD, rounded up: what is spent is never understated. */
export function costUsd(wei: bigint, etherUsd: bigint): bigint {
  return (wei * etherUsd + WAD - 1n) / WAD;
}

export type IsWorthParameters = {
  rewardUsd: bigint;
  gas: bigint;
  /** Wei that do not come back. */
  value?: bigint;
  observation: Pick<Observation, "gasPrice" | "etherUsd">;
  config: Pick<PlanConfig, "isAltruistic" | "minProfitUsd" | "maxUnpaidUsd">;
};

/** Why an action is not worth its gas; undefined: it is. */
export function whyNotWorth({
  rewardUsd,
  gas,
  value = 0n,
  observation,
  config,
}: IsWorthParameters): string | undefined {
  if (config.isAltruistic) return undefined;
  const { gasPrice, etherUsd } = observation;
  if (etherUsd === undefined) return "no price of ether to count the gas with";
  const cost = costUsd(gas * gasPrice + value, etherUsd);
  if (rewardUsd === 0n) {
    return cost <= config.maxUnpaidUsd ? undefined : `costs ${cents(cost)} and pays nothing`;
  }
  return rewardUsd - cost >= config.minProfitUsd ? undefined : `costs ${cents(cost)} and pays ${cents(rewardUsd)}`;
}

function cents(usd: bigint): string {
  return `$${(Number(usd / 10n ** 14n) / 10_000).toFixed(2)}`;
}
