import type { Totals } from "./stage.ts";

/** The layers of a gap preview, in the form of {layerTotals}. */
export function layersOf(totals: Totals): Totals {
  const { forgone, insurance, junior, senior, adl, residual } = totals;
  return { forgone, insurance, junior, senior, adl, residual };
}
