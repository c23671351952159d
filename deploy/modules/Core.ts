import type { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type { NamedArtifactContractDeploymentFuture } from "@nomicfoundation/ignition-core";
import { id, ZeroAddress } from "ethers";

/** Ledger bits of `contracts/types/Ledger.sol`: which module may post to what is fixed here, once. */
const MARGIN = 1n << 0n;
const CASH = 1n << 1n;
const INSURANCE = 1n << 2n;
const PENDING_PNL = 1n << 3n;
const QUEUE = 1n << 4n;
const RECOVERY = 1n << 5n;
const ORDERS = 1n << 6n;
const FEES = 1n << 7n;

/** Roles of `contracts/governance/Roles.sol`. */
const ADMIN_ROLE = 0n;
export const GOVERNOR_ROLE = 1n;
const STEWARD_ROLE = 2n;
const GUARDIAN_ROLE = 3n;
const PARAMETERS_ROLE = 4n;

export const selector = (signature: string): string => id(signature).slice(0, 10);

const MARKET_PARAMS = "(uint128,uint128,uint16,uint32,uint16,uint16,uint16,uint16,uint32,uint32,uint32,uint48)";
const RISK_PARAMS =
  "(uint16,uint16,uint16,uint16,uint24,uint24,uint24,uint16,uint16,uint16,uint16,uint16,uint16,uint24)";

export type ModuleBuilder = Parameters<Parameters<typeof buildModule>[1]>[0];
type Address = NamedArtifactContractDeploymentFuture<string> | string;

/**
 * The protocol around `token`, wired: every address below is an immutable or set by a one-time `wire`, so who holds
 * money, who pays for losses and in which order cannot be changed after this module has run. What is left is to list
 * markets and give them prices. Trades go through two-step orders; `executorName` puts another contract in their place, for
 * tests only. `gate` is a `SequencerGate` on a rollup, and nothing elsewhere. Powers are handed over by {handOverPowers}.
 */
export function deployCore(
  m: ModuleBuilder,
  token: Address,
  { gate = ZeroAddress, executorName }: { gate?: Address; executorName?: string } = {},
) {
  const treasury = m.getParameter("treasury", m.getAccount(0));
  const genesis = m.getParameter<number>("genesis");
  const lpEpoch = m.getParameter<number>("lpEpochSeconds");
  const insuranceEpoch = m.getParameter<number>("insuranceEpochSeconds");
  const risk = m.getParameter<never>("risk");

  const access = m.contract("AccessManager", [m.getAccount(0)]);
  const vault = m.contract("Vault", [token]);
  const oracle = m.contract("OracleRouter", [access, gate]);
  const chainlink = m.contract("ChainlinkSource", [access]);

  const pool = m.contract("LiquidityPool", [
    access,
    vault,
    genesis,
    lpEpoch,
    m.getParameter<number>("seniorFloorBps"),
    m.getParameter<number>("seniorWeightBps"),
    m.getParameter<number>("juniorWeightBps"),
    m.getParameter<bigint>("minTranche"),
  ]);
  const claims = { TrancheClaimLib: m.library("TrancheClaimLib") };
  const senior = m.contract("Tranche", [vault, "Breakwater Senior", "bwSENIOR", genesis, lpEpoch, true], {
    id: "SeniorTranche",
    libraries: claims,
  });
  const junior = m.contract("Tranche", [vault, "Breakwater Junior", "bwJUNIOR", genesis, lpEpoch, false], {
    id: "JuniorTranche",
    libraries: claims,
  });
  const insurance = m.contract("InsuranceFund", [
    vault,
    access,
    "Breakwater Insurance",
    "bwINSURANCE",
    genesis,
    insuranceEpoch,
    m.getParameter<number>("maxDrawPerDayBps"),
  ]);
  const waterfall = m.contract("LossWaterfall", [pool, insurance]);

  const deficits = m.library("DeficitLib");
  const libraries = {
    DeficitLib: deficits,
    DeleveragingLib: m.library("DeleveragingLib"),
    LiquidationLib: m.library("LiquidationLib", { libraries: { DeficitLib: deficits } }),
    ListingLib: m.library("ListingLib"),
    RiskLib: m.library("RiskLib"),
    SettlementLib: m.library("SettlementLib"),
    TradeLib: m.library("TradeLib"),
    ViewLib: m.library("ViewLib"),
  };
  const clearinghouse = m.contract("Clearinghouse", [access, vault, pool, waterfall, oracle, treasury, risk], {
    libraries,
  });
  const orders = m.contract("Orders", [
    access,
    clearinghouse,
    vault,
    oracle,
    m.getParameter<number>("minOrderDelaySeconds"),
    m.getParameter<bigint>("keeperFee"),
  ]);

  m.call(vault, "wire", [
    [clearinghouse, pool, senior, junior, insurance, orders],
    [
      MARGIN | CASH | INSURANCE | PENDING_PNL | RECOVERY | ORDERS | FEES,
      CASH | INSURANCE | RECOVERY,
      QUEUE | CASH | RECOVERY,
      QUEUE | CASH | RECOVERY,
      QUEUE | INSURANCE | CASH,
      ORDERS,
    ],
  ]);
  m.call(pool, "wire", [clearinghouse, waterfall, senior, junior]);
  m.call(senior, "wire", [pool], { id: "wireSenior" });
  m.call(junior, "wire", [pool], { id: "wireJunior" });
  m.call(insurance, "wire", [waterfall]);
  m.call(waterfall, "wire", [clearinghouse]);
  const executor = executorName === undefined ? orders : m.contract(executorName, [clearinghouse]);
  m.call(clearinghouse, "wire", [executor], { id: "wireExecutor" });

  const steward = m.contract("RiskSteward", [access, clearinghouse]);
  const ledgers = { vault, pool, senior, junior, insurance, waterfall, clearinghouse, orders, executor };
  const core = { access, oracle, chainlink, steward, ...ledgers };
  const handover = handOverPowers(m, core);
  return { ...core, handover };
}

type Governed = Record<
  "access" | "oracle" | "chainlink" | "pool" | "insurance" | "clearinghouse" | "orders" | "steward",
  NamedArtifactContractDeploymentFuture<string>
>;

/**
 * Every restricted function gets its role, every role its holder, and then the deployer gives up the admin role. The
 * governor becomes admin behind the same delay as everything else it does: changing who may do what waits, can be seen,
 * and can be cancelled by the guardian, the guardian's own dismissal excepted.
 */
function handOverPowers(m: ModuleBuilder, core: Governed) {
  const { access, oracle, chainlink, pool, insurance, clearinghouse, orders, steward } = core;
  const governor = m.getParameter("governor", m.getAccount(0));
  const stewardKey = m.getParameter("steward", m.getAccount(0));
  const guardian = m.getParameter("guardian", m.getAccount(0));
  const delay = m.getParameter<number>("governorDelay");

  const assign = (
    name: string,
    target: NamedArtifactContractDeploymentFuture<string>,
    role: bigint,
    ...functions: string[]
  ) => m.call(access, "setTargetFunctionRole", [target, functions.map(selector), role], { id: name });

  const assigned = [
    assign(
      "governClearinghouse",
      clearinghouse,
      GOVERNOR_ROLE,
      `listMarket(${MARKET_PARAMS})`,
      "setMarketState(uint8,uint8)",
      "delistMarket(uint8)",
    ),
    assign(
      "parametersOfClearinghouse",
      clearinghouse,
      PARAMETERS_ROLE,
      `setMarketParams(uint8,${MARKET_PARAMS})`,
      `setRiskParams(${RISK_PARAMS})`,
    ),
    assign("guardClearinghouse", clearinghouse, GUARDIAN_ROLE, "restrictOpening(uint8,uint256,uint256)"),
    assign("governPool", pool, GOVERNOR_ROLE, "setParams(uint16,uint16,uint16,uint128)"),
    assign("governInsurance", insurance, GOVERNOR_ROLE, "setMaxDrawPerDayBps(uint16)"),
    assign("governOrders", orders, GOVERNOR_ROLE, "setKeeperFee(uint96)"),
    assign("governOracle", oracle, GOVERNOR_ROLE, "setSource(uint8,address)"),
    assign("governChainlink", chainlink, GOVERNOR_ROLE, "setFeed(uint8,address,uint32,uint128,uint128)"),
    assign(
      "stewardParameters",
      steward,
      STEWARD_ROLE,
      "adjustMarket(uint8,uint8,uint256)",
      "adjustRisk(uint8,uint256)",
    ),
    // The manager asks for the admin role here, whatever this says; what it says is who may cancel. Not `revokeRole`:
    // a guardian that could cancel its own dismissal would be there for ever.
    assign(
      "cancellable",
      access,
      GOVERNOR_ROLE,
      "grantRole(uint64,address,uint32)",
      "setGrantDelay(uint64,uint32)",
      "setRoleAdmin(uint64,uint64)",
      "setRoleGuardian(uint64,uint64)",
      "setTargetAdminDelay(address,uint32)",
      "setTargetClosed(address,bool)",
      "setTargetFunctionRole(address,bytes4[],uint64)",
      "updateAuthority(address,address)",
    ),
  ];

  const granted = [
    m.call(access, "grantRole", [GOVERNOR_ROLE, governor, delay], { id: "grantGovernor", after: assigned }),
    m.call(access, "grantRole", [PARAMETERS_ROLE, governor, delay], { id: "grantParameters", after: assigned }),
    m.call(access, "grantRole", [PARAMETERS_ROLE, steward, 0], { id: "grantRiskSteward", after: assigned }),
    m.call(access, "grantRole", [STEWARD_ROLE, stewardKey, 0], { id: "grantSteward", after: assigned }),
    m.call(access, "grantRole", [GUARDIAN_ROLE, guardian, 0], { id: "grantGuardian", after: assigned }),
  ];

  const guarded = [GOVERNOR_ROLE, PARAMETERS_ROLE].map((role) =>
    m.call(access, "setRoleGuardian", [role, GUARDIAN_ROLE], { id: `cancelRole${role}`, after: granted }),
  );
  // In force five days after deployment: the manager delays changes of delays. A holder's own delay is in force at once.
  const slowed = [
    ...[ADMIN_ROLE, GOVERNOR_ROLE, PARAMETERS_ROLE].map((role) =>
      m.call(access, "setGrantDelay", [role, delay], { id: `slowRole${role}`, after: guarded }),
    ),
    ...Object.entries({ oracle, chainlink, pool, insurance, clearinghouse, orders, steward }).map(([name, target]) =>
      m.call(access, "setTargetAdminDelay", [target, delay], { id: `slow_${name}`, after: guarded }),
    ),
  ];

  const handover = m.contract("Handover", [access], { after: slowed });
  const entrusted = m.call(access, "grantRole", [ADMIN_ROLE, handover, 0], { id: "entrust", after: [handover] });
  m.call(handover, "handOver", [governor, delay], { after: [entrusted] });
  return handover;
}
