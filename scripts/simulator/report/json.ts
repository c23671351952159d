import { LAYERS, type ReplayResult } from "../replay/result.ts";
import { exact } from "./money.ts";

/** The document `--json` prints. These keys are stable; amounts are decimal strings in quote units. */
export function jsonReport(result: ReplayResult): Record<string, unknown> {
  const amounts = (record: Record<string, bigint>, keys: readonly string[]) =>
    Object.fromEntries(keys.map((key) => [key, exact(record[key]!)]));
  const layers = ["deficit", ...LAYERS];
  const groups = ["traders", "junior", "senior", "insurance", "treasury", "keepers"];
  return {
    scenario: result.series.name,
    seed: result.options.seed,
    steps: result.steps,
    traders: result.options.traders,
    trades: result.trades,
    liquidations: result.liquidations,
    incidents: result.incidents.map(({ step, ...parts }) => ({ step, ...amounts(parts, layers) })),
    totals: amounts(result.totals, layers),
    before: amounts(result.before, groups),
    after: amounts(result.after, groups),
    conservation: amounts(result.conservation, ["held", "ledgers", "difference"]),
    seconds: Number(result.seconds.toFixed(3)),
  };
}
