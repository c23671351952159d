/** Roles of `contracts/governance/Roles.sol`. */
export const [ADMIN_ROLE, GOVERNOR_ROLE, STEWARD_ROLE, GUARDIAN_ROLE] = [0n, 1n, 2n, 3n] as const;

const SHARES = [
  "approve",
  "transfer",
  "transferFrom",
  "permit",
  "setOperator",
  "requestDeposit",
  "requestRedeem",
  "cancelDeposit",
  "cancelRedeem",
  "deposit",
  "mint",
  "redeem",
  "withdraw",
] as const;

/**
 * Every function that changes something, and who may call it: `anyone` looks after itself (money of the caller, an
 * account it may act for, or a permissionless service), a role, or one contract, named by the error others get.
 */
export const POWERS: Record<string, Record<string, "anyone" | "once" | bigint | { error: string }>> = {
  clearinghouse: {
    ...Object.fromEntries(
      ["deposit", "depositWithPermit", "withdraw", "transferMargin", "setOperator", "claimFees"].map((f) => [
        f,
        "anyone",
      ]),
    ),
    ...Object.fromEntries(
      ["settle", "mark", "markAll", "liquidate", "deleverage", "replay", "payDebts", "claim", "recover"].map((f) => [
        f,
        "anyone",
      ]),
    ),
    execute: { error: "Clearinghouse_NotExecutor" },
    recordBases: { error: "Clearinghouse_NotPool" },
    applyBases: { error: "Clearinghouse_NotPool" },
    listMarket: GOVERNOR_ROLE,
    setMarketParams: GOVERNOR_ROLE,
    setMarketState: GOVERNOR_ROLE,
    setRiskParams: GOVERNOR_ROLE,
    haltMarket: GUARDIAN_ROLE,
    wire: "once",
    setAuthority: { error: "AccessManagedUnauthorized" },
  },
  vault: {
    post: { error: "Vault_NotAllowed" },
    receiveFrom: { error: "Vault_NotAllowed" },
    payTo: { error: "Vault_NotAllowed" },
    wire: "once",
  },
  pool: {
    ...Object.fromEntries(["recordEpoch", "settleEpoch", "reset"].map((f) => [f, "anyone"])),
    record: { error: "LiquidityPool_NotClearinghouse" },
    absorb: { error: "LiquidityPool_NotWaterfall" },
    setParams: GOVERNOR_ROLE,
    wire: "once",
    setAuthority: { error: "AccessManagedUnauthorized" },
  },
  orders: {
    ...Object.fromEntries(
      ["submit", "submitSigned", "cancelNonce", "cancel", "execute", "executeBatch", "claimFees"].map((f) => [
        f,
        "anyone",
      ]),
    ),
    executeOne: { error: "Orders_NotItself" },
    setKeeperFee: GOVERNOR_ROLE,
    setAuthority: { error: "AccessManagedUnauthorized" },
  },
  senior: {
    ...Object.fromEntries([...SHARES, "claimRecovery"].map((f) => [f, "anyone"])),
    ...Object.fromEntries(["settle", "mintClaims", "repayClaims"].map((f) => [f, { error: "Tranche_NotPool" }])),
    wire: "once",
  },
  junior: {
    ...Object.fromEntries([...SHARES, "claimRecovery"].map((f) => [f, "anyone"])),
    ...Object.fromEntries(["settle", "mintClaims", "repayClaims"].map((f) => [f, { error: "Tranche_NotPool" }])),
    wire: "once",
  },
  insurance: {
    ...Object.fromEntries([...SHARES, "recordEpoch", "settleEpoch"].map((f) => [f, "anyone"])),
    cover: { error: "InsuranceFund_NotWaterfall" },
    setMaxDrawPerDayBps: GOVERNOR_ROLE,
    wire: "once",
    setAuthority: { error: "AccessManagedUnauthorized" },
  },
  waterfall: {
    ...Object.fromEntries(
      ["absorb", "conclude", "coverResidual"].map((f) => [f, { error: "LossWaterfall_NotClearinghouse" }]),
    ),
    wire: "once",
  },
  oracle: { firstPriceAfter: "anyone", setSource: GOVERNOR_ROLE, setAuthority: { error: "AccessManagedUnauthorized" } },
  chainlink: { setFeed: GOVERNOR_ROLE, setAuthority: { error: "AccessManagedUnauthorized" } },
};
