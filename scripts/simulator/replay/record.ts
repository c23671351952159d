import type { AdlCharge, AdlWave } from "./adl.ts";
import { LAYERS, type StepIncident, type StepLiquidation } from "./result.ts";

/** What came of a run, in the order it happened. */
export class RunRecord<Charge extends AdlCharge = AdlCharge> {
  readonly problems: string[] = [];
  readonly incidents: StepIncident[] = [];
  readonly liquidated: StepLiquidation[] = [];
  readonly adl: Charge[] = [];
  readonly waves: AdlWave[] = [];
  trades = 0;
  refused = 0;
  /** Residual of earlier incidents that traders in profit have carried since. */
  residualCovered = 0n;
  /** Unpaid profit that became claims. */
  writtenOff = 0n;
  /** Recovery claims paid out. */
  claimed = 0n;

  get liquidations(): number {
    return this.liquidated.length;
  }

  /** Of these, how many left a part of the position open. */
  get partial(): number {
    return this.liquidated.filter(({ kind }) => kind === "partial").length;
  }

  get closedNotional(): bigint {
    return this.liquidated.reduce((total, { notional }) => total + notional, 0n);
  }

  addIncident(incident: StepIncident): void {
    const sum = LAYERS.reduce((total, layer) => total + incident[layer], 0n);
    if (sum !== incident.deficit) {
      this.problems.push(`step ${incident.step}: layers of an incident add up to ${sum}, not ${incident.deficit}`);
    }
    this.incidents.push(incident);
  }

  /** Deficit and layers of all incidents together. */
  totals(): Omit<StepIncident, "step"> {
    const totals = { deficit: 0n, forgone: 0n, insurance: 0n, junior: 0n, senior: 0n, adl: 0n, residual: 0n };
    for (const incident of this.incidents) {
      for (const key of ["deficit", ...LAYERS] as const) totals[key] += incident[key];
    }
    return totals;
  }
}

export function kindOf(deficit: bigint, isPartial: boolean): StepLiquidation["kind"] {
  if (deficit > 0n) return "bankrupt";
  return isPartial ? "partial" : "whole";
}
