import type { Layer, RunResult } from "../replay/result.ts";
import { COLOURS } from "./svg.ts";

export const LAYER_NAMES: Record<Layer, string> = {
  forgone: "forgone (never had)",
  insurance: "insurance fund",
  junior: "junior tranche",
  senior: "senior tranche",
  adl: "traders in profit",
  residual: "residual (nobody)",
};

/** The same in every picture: cool where capital is meant to pay, warm where it hurts. */
export const LAYER_COLOURS: Record<Layer, string> = {
  forgone: COLOURS.grey,
  insurance: COLOURS.blue,
  junior: COLOURS.teal,
  senior: COLOURS.gold,
  adl: COLOURS.orange,
  residual: COLOURS.red,
};

/** Who carried the deficits in the end: a residual that traders in profit have carried later counts as theirs. USD WAD. */
export function carriedBy({
  totals,
  residualCovered,
}: Pick<RunResult, "totals" | "residualCovered">): RunResult["totals"] {
  return { ...totals, adl: totals.adl + residualCovered, residual: totals.residual - residualCovered };
}

/** What a step of a run is called. */
export const stepName = ({ path }: RunResult["series"]): string => (path === "close" ? "bar" : "step");
