/** Nobody with a wallet calls these. */
const ONCE = "done once, by the deployment";
const MODULES = "only other contracts of the system may";
export const EXCLUDED: Record<string, Record<string, string>> = {
  access: { consumeScheduledOp: "only a contract that is carrying out a scheduled call may" },
  vault: { post: MODULES, receiveFrom: MODULES, payTo: MODULES, wire: ONCE },
  pool: { record: MODULES, absorb: MODULES, wire: ONCE },
  senior: { settle: MODULES, mintClaims: MODULES, repayClaims: MODULES, wire: ONCE },
  junior: { settle: MODULES, mintClaims: MODULES, repayClaims: MODULES, wire: ONCE },
  insurance: { cover: MODULES, wire: ONCE },
  waterfall: { absorb: MODULES, conclude: MODULES, coverResidual: MODULES, wire: ONCE },
  clearinghouse: { execute: MODULES, recordBases: MODULES, applyBases: MODULES, wire: ONCE },
  orders: { executeOne: "only the contract itself may, for one order of a batch" },
  handover: { handOver: ONCE },
};
/** On every contract with powers; a governor signs `updateAuthority` of the manager instead. */
export const AUTHORITY = "only the access manager may, told by updateAuthority";

/** What people read for each member of an enum; the order is the contracts'. */
export const SPOKEN: Record<string, Record<string, string>> = {
  OrderKind: {
    Market: "At the market",
    AtOrAbove: "If price rises to trigger",
    AtOrBelow: "If price falls to trigger",
  },
  MarketState: { Open: "Open", ReduceOnly: "Closing only", Halted: "Opening halted", Settled: "Settled for good" },
  MarketParameter: {
    ImrBps: "Initial margin (bps)",
    VolFactorBps: "Volatility factor (bps)",
    FeeBps: "Trading fee (bps)",
    MaxFundingBps: "Max funding a day (bps)",
    ReserveFactorBps: "Open interest cap (bps)",
    PoolShareBps: "Skew cap of pool (bps)",
    RiskWeightBps: "Risk weight (bps)",
    MaxPositionBase: "Largest position (1e-18 units)",
    MinNotionalCents: "Smallest position (cents)",
  },
  RiskParameter: {
    PenaltyBps: "Liquidation penalty (bps)",
    KeeperFloorCents: "Keeper bond (cents)",
    MaxMarkAge: "Oldest mark (seconds)",
    InsuranceFeeMinBps: "Fees to full fund (bps)",
    InsuranceFeeMaxBps: "Fees to empty fund (bps)",
    InsuranceTargetBps: "Fund target (bps)",
    DeleverageRewardBps: "Deleverage reward (bps)",
    DeleverageRewardCapUsd: "Reward cap an hour (USD)",
  },
};
export const ENUM_SOURCES: Record<string, string> = {
  OrderKind: "contracts/types/Order.sol",
  MarketState: "contracts/types/Market.sol",
  MarketParameter: "contracts/interfaces/IRiskSteward.sol",
  RiskParameter: "contracts/interfaces/IRiskSteward.sol",
};
