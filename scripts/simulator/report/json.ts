import type { ClaimTotals } from "../replay/claims.ts";
import { LAYERS, type ReplayResult } from "../replay/result.ts";
import { exact } from "./money.ts";

const CLAIM_KEYS = ["lost", "repaid", "outstanding", "paid"] as const;

/** The document `--json` prints. These keys are stable; amounts are decimal strings in quote units. */
export function jsonReport(result: ReplayResult): Record<string, unknown> {
  const amounts = <Key extends string>(record: Record<Key, bigint>, keys: readonly Key[]) =>
    Object.fromEntries(keys.map((key) => [key, exact(record[key])]));
  const layers = ["deficit", ...LAYERS] as const;
  const groups = ["traders", "junior", "senior", "insurance", "treasury", "keepers"] as const;
  return {
    scenario: result.series.name,
    path: result.series.path,
    seed: result.options.seed,
    steps: result.steps,
    traders: result.options.traders,
    trades: result.trades,
    liquidations: result.liquidations,
    incidents: result.incidents.map(({ step, ...parts }) => ({ step, ...amounts(parts, layers) })),
    totals: amounts(result.totals, layers),
    adl: result.adl.map((event) => ({
      step: event.step,
      market: event.market,
      ...amounts(event, ["price", "closeFraction", "haircut"]),
      charged: event.charged,
      buckets: event.buckets,
      gas: event.gas,
      ...amounts(event, ["collected", "paid"]),
    })),
    adlWaves: result.waves.map((wave) => ({
      step: wave.step,
      market: wave.market,
      events: wave.events,
      charged: wave.charged,
      losersCharged: wave.losersCharged,
      ...amounts(wave, ["price", "closeFraction", "haircut", "smallestShare", "largestShare"]),
      ...amounts(wave, ["collected", "paid"]),
    })),
    claims: Object.fromEntries(
      Object.entries(result.claims).map(([name, totals]: [string, ClaimTotals]) => [name, amounts(totals, CLAIM_KEYS)]),
    ),
    before: amounts(result.before, groups),
    after: amounts(result.after, groups),
    conservation: amounts(result.conservation, ["held", "ledgers", "difference"]),
    seconds: Number(result.seconds.toFixed(3)),
  };
}
