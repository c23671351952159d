/** Roles of `contracts/governance/Roles.sol`; 0 is the manager's own. */
export const [ADMIN_ROLE, GOVERNOR_ROLE, STEWARD_ROLE, GUARDIAN_ROLE, PARAMETERS_ROLE] = [0n, 1n, 2n, 3n, 4n] as const;

/** Who may call a function of somebody's money or account; the matrix makes the calls for the owner's. */
const OWNERS: Caller[] = ["owner", "operator"];
const CONTROLLED = { error: "EpochVault_NotController", may: OWNERS };

const SHARES: Record<string, Power> = {
  ...Object.fromEntries(["approve", "transfer", "permit", "setOperator"].map((f) => [f, "anyone"])),
  transferFrom: { error: "ERC20InsufficientAllowance", may: [] },
  requestDeposit: { error: "EpochVault_NotOwner", may: OWNERS },
  requestRedeem: { error: "ERC20InsufficientAllowance", may: OWNERS },
  cancelDeposit: CONTROLLED,
  cancelRedeem: CONTROLLED,
  reclaimDeposit: CONTROLLED,
  redeem: CONTROLLED,
  withdraw: CONTROLLED,
  "deposit(uint256,address)": "anyone",
  "mint(uint256,address)": "anyone",
  "deposit(uint256,address,address)": CONTROLLED,
  "mint(uint256,address,address)": CONTROLLED,
};

/** Kinds of callers besides the contracts of the system, which go by their names. */
export type Caller = "stranger" | "owner" | "operator" | "governor" | "stewardKey" | "guardian" | "deployer" | string;

/**
 * Who may call: `anyone` (what it touches is the caller's, or it is a service to all), the deployer `once`, whoever holds
 * a role, or those named in `may`; `error` is what the others get, `|` between
 * what it may be. `may` is empty where it is left out.
 */
export type Power = "anyone" | "once" | bigint | { error: string; may?: Caller[] };

const ADMIN = { error: "AccessManagerUnauthorizedAccount", may: ["governor"] };
/** The manager passes an admin's order on. */
const AUTHORITY = { error: "AccessManagedUnauthorized", may: ["access"] };

/** Every function that changes something, by its name; by its signature where a name stands for several. */
export const POWERS: Record<string, Record<string, Power>> = {
  clearinghouse: {
    ...Object.fromEntries(
      ["deposit", "depositWithPermit", "setOperator", "claimFees", "multicall"].map((f) => [f, "anyone"]),
    ),
    withdraw: { error: "Clearinghouse_NotAuthorized", may: OWNERS },
    transferMargin: { error: "Clearinghouse_NotAuthorized", may: OWNERS },
    ...Object.fromEntries(
      [
        "settle",
        "settleDeadMarket",
        "closeSettled",
        "mark",
        "markAll",
        "liquidate",
        "deleverage",
        "replay",
        "payDebts",
        "claim",
        "recover",
      ].map((f) => [f, "anyone"]),
    ),
    execute: { error: "Clearinghouse_NotExecutor", may: ["executor"] },
    recordBases: { error: "Clearinghouse_NotPool", may: ["pool"] },
    applyBases: { error: "Clearinghouse_NotPool", may: ["pool"] },
    listMarket: GOVERNOR_ROLE,
    setMarketParams: PARAMETERS_ROLE,
    setMarketState: GOVERNOR_ROLE,
    delistMarket: GOVERNOR_ROLE,
    setRiskParams: PARAMETERS_ROLE,
    restrictOpening: GUARDIAN_ROLE,
    wire: "once",
    setAuthority: AUTHORITY,
  },
  vault: {
    // Of margin; which module posts to which other ledger is checked with the wiring.
    post: { error: "Vault_NotAllowed", may: ["clearinghouse"] },
    receiveFrom: { error: "Vault_NotAllowed", may: ["clearinghouse"] },
    payTo: { error: "Vault_NotAllowed", may: ["clearinghouse"] },
    wire: "once",
  },
  pool: {
    ...Object.fromEntries(["recordEpoch", "settleEpoch", "reset"].map((f) => [f, "anyone"])),
    record: { error: "LiquidityPool_NotClearinghouse", may: ["clearinghouse"] },
    absorb: { error: "LiquidityPool_NotWaterfall", may: ["waterfall"] },
    setParams: GOVERNOR_ROLE,
    wire: "once",
    setAuthority: AUTHORITY,
  },
  orders: {
    ...Object.fromEntries(
      ["submit", "submitSigned", "cancelNonce", "cancel", "execute", "executeBatch", "claimFees", "multicall"].map(
        (f) => [f, "anyone"],
      ),
    ),
    executeOne: { error: "Orders_NotItself", may: ["orders"] },
    setKeeperFee: GOVERNOR_ROLE,
    setAuthority: AUTHORITY,
  },
  senior: {
    ...SHARES,
    claimRecovery: "anyone",
    ...Object.fromEntries(
      ["settle", "mintClaims", "repayClaims"].map((f) => [f, { error: "Tranche_NotPool", may: ["pool"] }]),
    ),
    wire: "once",
  },
  junior: {
    ...SHARES,
    claimRecovery: "anyone",
    ...Object.fromEntries(
      ["settle", "mintClaims", "repayClaims"].map((f) => [f, { error: "Tranche_NotPool", may: ["pool"] }]),
    ),
    wire: "once",
  },
  insurance: {
    ...SHARES,
    ...Object.fromEntries(["recordEpoch", "settleEpoch"].map((f) => [f, "anyone"])),
    cover: { error: "InsuranceFund_NotWaterfall", may: ["waterfall"] },
    setMaxDrawPerDayBps: GOVERNOR_ROLE,
    wire: "once",
    setAuthority: AUTHORITY,
  },
  waterfall: {
    ...Object.fromEntries(
      ["absorb", "conclude", "coverResidual"].map((f) => [
        f,
        { error: "LossWaterfall_NotClearinghouse", may: ["clearinghouse"] },
      ]),
    ),
    wire: "once",
  },
  oracle: { firstPriceAfter: "anyone", setSource: GOVERNOR_ROLE, setAuthority: AUTHORITY },
  chainlink: { firstPriceAfter: "anyone", setFeed: GOVERNOR_ROLE, setAuthority: AUTHORITY },
  steward: { adjustMarket: STEWARD_ROLE, adjustRisk: STEWARD_ROLE, setAuthority: AUTHORITY },
  handover: { handOver: "once" },
  access: {
    ...Object.fromEntries(
      [
        "grantRole",
        "revokeRole",
        "labelRole",
        "setGrantDelay",
        "setRoleAdmin",
        "setRoleGuardian",
        "setTargetAdminDelay",
        "setTargetClosed",
        "setTargetFunctionRole",
        "updateAuthority",
      ].map((f) => [f, ADMIN]),
    ),
    // What they do needs a right of its own, asked for inside: to the call, to its target, to the role renounced.
    renounceRole: "anyone",
    multicall: "anyone",
    schedule: { error: "AccessManagerUnauthorizedCall", may: ["governor"] },
    execute: { error: "AccessManagerUnauthorizedCall", may: ["governor"] },
    cancel: { error: "AccessManagerUnauthorizedCancel", may: ["governor", "guardian"] },
    // Asks the caller whether it is consuming; whoever is no managed contract has no answer.
    consumeScheduledOp: { error: "AccessManagerUnauthorizedConsume|0x" },
  },
};
