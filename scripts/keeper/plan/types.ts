import type { AccountHealth } from "../../sdk/actions/readHealths.ts";

/** What a keeper can do. The first four earn something; the others keep the protocol going. */
export type ActionKind =
  | "liquidate"
  | "executeOrders"
  | "deleverage"
  | "replay"
  | "mark"
  | "pushPrices"
  | "recordLpEpoch"
  | "settleLpEpoch"
  | "recordInsuranceEpoch"
  | "settleInsuranceEpoch"
  | "payDebts"
  | "settleDeadMarket"
  | "reportSilence";

/** One transaction to be. Units: USD WAD. */
export type Action = {
  kind: ActionKind;
  /** Unique; what the outbox and the back-off know it by. */
  key: string;
  /** Targets in it: one, or an order each. A failure is held against the target, not the batch. */
  keys: string[];
  /** Accounts it acts on. */
  accounts: bigint[];
  orders: SeenOrder[];
  market?: number;
  /** Signed updates to push. */
  updates: string[];
  /** Wei that go along, for price updates. */
  value: bigint;
  rewardUsd: bigint;
  /** Expected; the node's estimate replaces it before anything is sent. */
  gas: bigint;
};

export type SeenOrder = {
  id: bigint;
  account: bigint;
  market: number;
  /** For its next step, USD WAD; 0: it would be cancelled, and pays nobody. */
  feeUsd: bigint;
  proof: string;
  /** Wei its proof costs. */
  value: bigint;
};

/** Something without a target among accounts and orders that would go through now. */
export type Due = {
  kind: Exclude<ActionKind, "liquidate" | "executeOrders" | "replay">;
  market?: number;
  rewardUsd: bigint;
  updates?: string[];
  value?: bigint;
};

/** What the chain shows at one block. Plain data: the planner asks nobody. */
export type Observation = {
  block: number;
  /** Unix milliseconds by this machine: what back-offs count in. */
  nowMs: number;
  /** What a unit of gas costs now, wei. */
  gasPrice: bigint;
  /** USD WAD of an ether; undefined: nobody knows. */
  etherUsd: bigint | undefined;
  healths: AccountHealth[];
  /** Expected of each liquidatable account, by id. USD WAD. */
  rewards: Map<bigint, bigint>;
  orders: SeenOrder[];
  due: Due[];
};

export type PlanConfig = {
  /** What a paid action has to leave after gas, USD WAD. */
  minProfitUsd: bigint;
  /** What an action that pays nothing may cost, USD WAD. */
  maxUnpaidUsd: bigint;
  /** Protects the protocol whatever it costs. */
  isAltruistic: boolean;
  /** Transactions on their way at once. */
  maxPending: number;
};

export type Skipped = { key: string; why: string };
export type Plan = { actions: Action[]; skipped: Skipped[] };
