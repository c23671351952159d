import type { PriceSeries } from "../scenarios/series.ts";
import type { AdlEvent, AdlWave } from "./adl.ts";
import type { Claims } from "./claims.ts";
import type { Plan } from "./plan.ts";
import type { Conservation, Groups } from "./value.ts";

export type ReplayOptions = {
  series: PriceSeries;
  traders: number;
  seed: number;
  /** Open interest of the long side over senior + junior capital. */
  oiToCapital: number;
  /** Bars per keeper pass. */
  speed: number;
  /** Longs' part of open interest, 0.5: balanced. */
  longShare: number;
  /** Highest leverage of a long (default 40) and insurance as a part of LP capital (default 0.015): see {@link planReplay}. */
  maxLeverage?: number;
  insurance?: number;
  /** Called with the share of the work done, 0..1, and what is being done. */
  onProgress?: (share: number, doing: string) => void;
};

export const LAYERS = ["forgone", "insurance", "junior", "senior", "adl", "residual"] as const;
export type Layer = (typeof LAYERS)[number];

/** One deficit and who carried it, USD WAD. `step` counts bars from 1. */
export type StepIncident = { step: number; deficit: bigint } & Record<Layer, bigint>;

/** One account liquidated. `partial`: something of the position is left; `bankrupt`: the account could not pay. USD WAD. */
export type StepLiquidation = { step: number; notional: bigint; kind: "partial" | "whole" | "bankrupt" };

/** What a run tells, on a chain or in the model. */
export type RunResult = {
  series: PriceSeries;
  options: ReplayOptions;
  plan: Plan;
  steps: number;
  trades: number;
  /** Trades the rules refused (caps, margin, a stale plan): normal in a crash. */
  refused: number;
  liquidations: number;
  /** Of these, how many left a part of the position open. */
  partial: number;
  closedNotional: bigint;
  /** One by one, in their order. */
  liquidated: StepLiquidation[];
  incidents: StepIncident[];
  totals: { deficit: bigint } & Record<Layer, bigint>;
  /** Of `totals.residual`, what traders in profit have carried after the incident. */
  residualCovered: bigint;
  /** How positions felt every deleveraging. */
  waves: AdlWave[];
  /** At the first and the last price; of the chain, with everybody else's. */
  before: LpValue;
  after: LpValue;
  /** What should never happen; empty in a sound run. */
  problems: string[];
};

/** What the shares of both tranches are worth, and what has been repaid of their claims. USD WAD. */
export type LpValue = { junior: bigint; senior: bigint };

export type ReplayResult = RunResult & {
  /** Every deleveraging. */
  adl: AdlEvent[];
  claims: Claims;
  before: Groups;
  after: Groups;
  conservation: Conservation;
  /** Margin of accounts without positions, USD WAD. */
  idle: { before: bigint[]; after: bigint[] };
  seconds: number;
};
