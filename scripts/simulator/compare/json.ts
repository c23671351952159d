import { exact } from "../report/money.ts";
import type { Comparison } from "./compareAdl.ts";

/** The document `--json` prints. These keys are stable; USD, prices and fractions are decimal strings. */
export function jsonReport({ policies, day, skipped }: Comparison): Record<string, unknown> {
  return {
    production: day && exact(day.production),
    needed: day && exact(day.needed),
    ours: day && exact(day.ours),
    overshoot: day && exact(day.overshoot),
    skipped,
    waves: (day?.waves ?? []).map((wave) => ({
      wave: wave.wave,
      needed: exact(wave.needed),
      ours: exact(wave.ours),
      production: exact(wave.production),
      overshoot: exact(wave.production - wave.needed),
      capacity: exact(wave.capacity),
      haircut: exact(wave.haircut),
      smallestShare: exact(wave.smallestShare),
      largestShare: exact(wave.largestShare),
      tolerance: exact(wave.tolerance),
      positions: wave.positions,
      buckets: wave.buckets,
      gas: wave.gas,
    })),
    seed: policies.seed,
    positions: policies.positions,
    policies: policies.rows.map((row) => ({
      policy: row.policy,
      price: exact(row.price),
      needPercent: Number(row.needPercent),
      needed: exact(row.needed),
      taken: exact(row.taken),
      overshoot: exact(row.overshoot),
      winners: row.winners,
      charged: row.charged,
      losersCharged: row.losersCharged,
      beyondProfit: row.beyondProfit,
      smallestShare: row.smallestShare === undefined ? null : exact(row.smallestShare),
      largestShare: row.largestShare === undefined ? null : exact(row.largestShare),
      steps: row.steps,
    })),
    growth: policies.growth,
  };
}
