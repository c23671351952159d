/** Records of the model. USD, prices, sizes: WAD. Names follow contracts/types so that a comparison is field by field. */

export type MarketState = "Open" | "ReduceOnly" | "Halted" | "Settled";

export interface MarketParams {
  skewScaleBase: bigint;
  maxPositionBase: bigint;
  imrBps: bigint;
  volFactorBps: bigint;
  slopeBpsPerMillion: bigint;
  feeBps: bigint;
  maxFundingBps: bigint;
  keeperWindow: bigint;
  reserveFactorBps: bigint;
  poolShareBps: bigint;
  riskWeightBps: bigint;
  minNotionalCents: bigint;
}

export interface RiskParams {
  penaltyBps: bigint;
  targetHealthBps: bigint;
  keeperShareBps: bigint;
  insuranceShareBps: bigint;
  keeperFloorCents: bigint;
  maxMarkAge: bigint;
  insuranceFeeMinBps: bigint;
  insuranceFeeMaxBps: bigint;
  treasuryFeeBps: bigint;
  insuranceTargetBps: bigint;
  recoveryFeeBps: bigint;
  deleverageRewardBps: bigint;
  deleverageRewardCapUsd: bigint;
}

export interface PoolParams {
  seniorFloorBps: bigint;
  seniorWeightBps: bigint;
  juniorWeightBps: bigint;
  minTranche: bigint;
}

/** A market with this skew scale has no price impact and no funding. */
export const NO_IMPACT = (1n << 128n) - 1n;
export const MAX_POSITIONS = 8;
export const MAX_MARKETS = 32;

/** One volatility window; `id` modulo 2^16. */
export interface Window {
  id: bigint;
  min: bigint;
  max: bigint;
}

/** Positions of like entry price on one side. */
export interface Bucket {
  /** `generation * 8192 + tick`. */
  readonly id: number;
  size: bigint;
  cost: bigint;
  weight: bigint;
  /** Positions that point here; one closed by an event points here until it is replayed. */
  count: bigint;
  /** Worst entry in it: highest of longs, lowest of shorts. */
  edge: bigint;
  /** Since it was last populated. */
  hasHaircut: boolean;
  /** Numbers, from 1, of those events of the side that reached it. Replaced on every change. */
  events: readonly number[];
}

/** One deleveraging of one side: `haircut` of the profit at `price` withheld, then `closeFraction` closed. */
export interface AdlEvent {
  readonly price: bigint;
  readonly closePrice: bigint;
  readonly closeFraction: bigint;
  readonly haircut: bigint;
  readonly fundingIndex: bigint;
  /** Where the loss is on record, from 1; 0: nothing was withheld. */
  readonly lossId: number;
}

/** One side of a market: S, N, Z, W and its buckets. */
export interface Side {
  readonly isLong: boolean;
  size: bigint;
  cost: bigint;
  weight: bigint;
  settled: bigint;
  /** All there ever were; one that was only looked at means nothing. */
  readonly buckets: Map<number, Bucket>;
  /** Ids of the populated ones. Replaced on every change, as are the next two. */
  populated: readonly number[];
  /** By tick: which generation takes newcomers. */
  generations: ReadonlyMap<number, number>;
  events: readonly AdlEvent[];
}

export interface Market {
  id: number;
  params: MarketParams;
  state: MarketState;
  readonly long: Side;
  readonly short: Side;
  fundingIndex: bigint;
  touchedAt: bigint;
  mark: bigint;
  lastPrice: bigint;
  realised: bigint;
  base: bigint;
  baseCandidate: bigint;
  /** When it was found without a price; means nothing once it was touched later. */
  deadSince: bigint;
  windows: readonly (Window | undefined)[];
}

/** Immutable: a change makes a new one. */
export interface Position {
  readonly size: bigint;
  readonly cost: bigint;
  readonly mmBps: bigint;
  readonly fundingEntry: bigint;
  readonly settled: bigint;
  readonly bondCents: bigint;
  /** The bucket it is in, and how many events of its side it has seen. */
  readonly bucket: number;
  readonly eventCursor: number;
}

/** One account's stake in one class of debts. Immutable. */
export interface Stake {
  readonly points: bigint;
  readonly indexSeen: bigint;
  readonly era: bigint;
}

export interface Account {
  id: bigint;
  margin: bigint;
  /** By market id, in ascending order. Replaced on every change. */
  positions: ReadonlyMap<number, Position>;
  stakes: readonly [Stake, Stake];
  /** In the traders' recovery claims, and what was repaid and not paid out. */
  lossStake: Stake;
  lossRepaid: bigint;
}

export interface DebtClass {
  outstanding: bigint;
  points: bigint;
  /** 1e36 USD paid per point, cumulative, never reset. */
  index: bigint;
  era: bigint;
  /** How each era ended: `points` old ones became `outstanding` new ones. */
  ends: readonly EraEnd[];
}

export interface EraEnd {
  readonly index: bigint;
  readonly outstanding: bigint;
  readonly points: bigint;
  /** Not 0: written off, old points became `outstanding` USD of this loss. */
  readonly lossId: number;
}

/** What traders lost to deleveraging and write-offs, and are owed back. */
export interface TraderLosses {
  readonly book: DebtClass;
  lost: bigint;
  repaid: bigint;
  /** By number, from 1. Replaced on every change. */
  events: readonly LossEvent[];
}

/** Whoever lost joins with `rate` points (1e36) a dollar, counted from then. */
export interface LossEvent {
  readonly rate: bigint;
  readonly index: bigint;
  readonly era: bigint;
}

/** What the LPs of one tranche lost and are owed back. */
export interface LpClaims {
  outstanding: bigint;
  lost: bigint;
  repaid: bigint;
}

/** Whose turn it is to restore the floor, and what callers earned in this hour. */
export interface Round {
  /** Bit m: market m has had its turn. */
  contributed: bigint;
  need: bigint;
  weight: bigint;
  hour: bigint;
  rewarded: bigint;
}

export const LEDGERS = ["margin", "cash", "insurance", "pendingPnl", "queue", "recovery", "orders", "fees"] as const;
export type LedgerName = (typeof LEDGERS)[number];
export type Ledgers = Record<LedgerName, bigint>;

export type TrancheName = "senior" | "junior";

/** Shares of a tranche or of the insurance fund, and who waits to buy or redeem them. */
export interface Shares {
  supply: bigint;
  /** Deposits waiting, USD. */
  depositsAsked: bigint;
  /** Shares waiting to be redeemed; they stay at risk. */
  sharesAsked: bigint;
  /** Both by the id they were asked under. Replaced on every change. */
  deposits: ReadonlyMap<bigint, bigint>;
  redemptions: ReadonlyMap<bigint, bigint>;
  /** Of `sharesAsked`, by how many settlements have passed them on: once, twice, more often. */
  waited: readonly [bigint, bigint, bigint];
  /** Redemptions settled and not paid out, USD. */
  claimable: bigint;
}

/** Epoch n covers `[genesis + n * length, genesis + (n + 1) * length)`. */
export interface Epochs {
  genesis: bigint;
  length: bigint;
}

export interface Pool {
  params: PoolParams;
  principal: bigint;
  /** Redemptions that three settlements or more have passed on, USD at the last settlement. */
  overdue: bigint;
  /** Stored floor; the one in force is zero without open interest. */
  floor: bigint;
  markTotal: bigint;
  openNotional: bigint;
  /** Since when E < T; undefined: it is not. */
  belowSince: bigint | undefined;
  /** Undefined: settled, or never recorded. */
  recordedEquity: bigint | undefined;
  recordedExit: bigint;
  /** 1 + the last epoch recorded. */
  recordedEpochs: bigint;
  recordedAt: bigint;
}

export interface Fund {
  maxDrawPerDayBps: bigint;
  day: bigint;
  /** Insurance assets at the day's first draw. */
  dayStart: bigint;
  drawn: bigint;
  /** Undefined: settled, or never recorded. */
  recordedAssets: bigint | undefined;
  recordedEpochs: bigint;
  recordedAt: bigint;
}

export interface Incident {
  account: bigint;
  deficit: bigint;
  forgone: bigint;
  insurance: bigint;
  junior: bigint;
  senior: bigint;
  adl: bigint;
  residual: bigint;
}

export interface Health {
  equity: bigint;
  initialMargin: bigint;
  maintenanceMargin: bigint;
  notional: bigint;
  withdrawable: bigint;
}

/** The contract would revert with the error of this name. `PriceUnavailable` stands for whatever the price source says. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly error: string;
  readonly details: readonly unknown[];

  constructor(error: string, ...details: unknown[]) {
    super(`${error}(${details.map(String).join(", ")})`);
    this.error = error;
    this.details = details;
  }
}
