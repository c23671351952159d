import type { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type { NamedArtifactContractDeploymentFuture } from "@nomicfoundation/ignition-core";
import { id } from "ethers";

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
const GOVERNOR_ROLE = 1n;
const GUARDIAN_ROLE = 3n;

const selector = (signature: string): string => id(signature).slice(0, 10);

const MARKET_PARAMS = "(uint128,uint128,uint16,uint32,uint16,uint16,uint16,uint16,uint32,uint32,uint32,uint48)";
const RISK_PARAMS =
  "(uint16,uint16,uint16,uint16,uint24,uint24,uint24,uint16,uint16,uint16,uint16,uint16,uint16,uint24)";

export type ModuleBuilder = Parameters<Parameters<typeof buildModule>[1]>[0];
type Address = NamedArtifactContractDeploymentFuture<string> | string;

/**
 * The protocol around `token`, wired: every address below is an immutable or set by a one-time `wire`, so who holds
 * money, who pays for losses and in which order cannot be changed after this module has run. What is left is to list
 * markets and give them prices. Trades go through two-step orders; `executorName` puts another contract in their
 * place, for tests only.
 */
export function deployCore(m: ModuleBuilder, token: Address, executorName?: string) {
  const treasury = m.getParameter("treasury", m.getAccount(0));
  const governor = m.getParameter("governor", m.getAccount(0));
  const guardian = m.getParameter("guardian", m.getAccount(0));
  const governorDelay = m.getParameter<number>("governorDelay");
  const genesis = m.getParameter<number>("genesis");
  const lpEpoch = m.getParameter<number>("lpEpochSeconds");
  const insuranceEpoch = m.getParameter<number>("insuranceEpochSeconds");
  const risk = m.getParameter<never>("risk");

  const access = m.contract("AccessManager", [m.getAccount(0)]);
  const vault = m.contract("Vault", [token]);
  const oracle = m.contract("OracleRouter", [access]);
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

  const governed = [
    m.call(
      access,
      "setTargetFunctionRole",
      [
        clearinghouse,
        [
          selector(`listMarket(${MARKET_PARAMS})`),
          selector(`setMarketParams(uint8,${MARKET_PARAMS})`),
          selector("setMarketState(uint8,uint8)"),
          selector(`setRiskParams(${RISK_PARAMS})`),
        ],
        GOVERNOR_ROLE,
      ],
      { id: "governClearinghouse" },
    ),
    m.call(access, "setTargetFunctionRole", [clearinghouse, [selector("haltMarket(uint8)")], GUARDIAN_ROLE], {
      id: "guardClearinghouse",
    }),
    m.call(
      access,
      "setTargetFunctionRole",
      [pool, [selector("setParams(uint16,uint16,uint16,uint128)")], GOVERNOR_ROLE],
      { id: "governPool" },
    ),
    m.call(access, "setTargetFunctionRole", [insurance, [selector("setMaxDrawPerDayBps(uint16)")], GOVERNOR_ROLE], {
      id: "governInsurance",
    }),
    m.call(access, "setTargetFunctionRole", [orders, [selector("setKeeperFee(uint96)")], GOVERNOR_ROLE], {
      id: "governOrders",
    }),
    m.call(access, "setTargetFunctionRole", [oracle, [selector("setSource(uint8,address)")], GOVERNOR_ROLE], {
      id: "governOracle",
    }),
    m.call(
      access,
      "setTargetFunctionRole",
      [chainlink, [selector("setFeed(uint8,address,uint32,uint128,uint128)")], GOVERNOR_ROLE],
      { id: "governChainlink" },
    ),
  ];
  m.call(access, "grantRole", [GOVERNOR_ROLE, governor, governorDelay], { id: "grantGovernor", after: governed });
  m.call(access, "grantRole", [GUARDIAN_ROLE, guardian, 0], { id: "grantGuardian", after: governed });

  return {
    access,
    vault,
    oracle,
    chainlink,
    pool,
    senior,
    junior,
    insurance,
    waterfall,
    clearinghouse,
    orders,
    executor,
  };
}
