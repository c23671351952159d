import { INSURANCE, MAX_LEVERAGE } from "../replay/plan.ts";
import { LAYERS, type Layer, type RunResult } from "../replay/result.ts";
import { carriedBy } from "../report/layers.ts";

/** What is tried: one value of each knob. */
export type Knobs = {
  /** Highest leverage of a long; the market's imr is 0.8 over it. */
  maxLeverage: number;
  /** Open interest of the long side over LP capital. */
  oiToCapital: number;
  /** Insurance fund over LP capital. */
  insurance: number;
};

/** What came of it. USD and fractions WAD. */
export type Cell = Knobs & {
  trades: number;
  refused: number;
  liquidations: number;
  partial: number;
  /** Accounts that could not pay. */
  bankrupt: number;
  closedNotional: bigint;
  /** Deficits, and who carried them in the end. */
  carried: RunResult["totals"];
  /** The last layer that carried a cent; null: there was no deficit. */
  deepest: Layer | null;
  /** What deleveraging took of a profit at most, in one pass of the keeper. */
  worstHaircut: bigint;
  /** Value of both tranches at the first and the last price, repaid claims included. */
  lpBefore: bigint;
  lpAfter: bigint;
};

const CENT = 10n ** 16n;

/** A run as a cell of a grid; it makes no difference whether it was the chain's or the model's. */
export function cellOf(run: RunResult): Cell {
  const { options, before, after } = run;
  const carried = carriedBy(run);
  return {
    maxLeverage: options.maxLeverage ?? MAX_LEVERAGE,
    oiToCapital: options.oiToCapital,
    insurance: options.insurance ?? INSURANCE,
    trades: run.trades,
    refused: run.refused,
    liquidations: run.liquidations,
    partial: run.partial,
    bankrupt: run.incidents.length,
    closedNotional: run.closedNotional,
    carried,
    deepest: LAYERS.findLast((layer) => carried[layer] >= CENT) ?? null,
    worstHaircut: run.waves.reduce((most, { haircut }) => (haircut > most ? haircut : most), 0n),
    lpBefore: before.junior + before.senior,
    lpAfter: after.junior + after.senior,
  };
}

/** What the insurance fund did not carry of what was ever there: junior, senior, traders in profit, nobody. USD WAD. */
export const pastInsurance = ({ carried }: Cell): bigint =>
  carried.junior + carried.senior + carried.adl + carried.residual;
