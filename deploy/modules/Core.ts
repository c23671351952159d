import { ZeroAddress } from "ethers";
import { type Listing, listMarkets } from "./Markets.ts";
import {
  type Address,
  type Contract,
  contractsOf,
  firstAccount,
  type Governed,
  handOverPowers,
  type ModuleBuilder,
  type People,
} from "./Powers.ts";

/** Ledger bits of `contracts/types/Ledger.sol`: which module may post to what is fixed here, once. */
const MARGIN = 1n << 0n;
const CASH = 1n << 1n;
const INSURANCE = 1n << 2n;
const PENDING_PNL = 1n << 3n;
const QUEUE = 1n << 4n;
const RECOVERY = 1n << 5n;
const ORDERS = 1n << 6n;
const FEES = 1n << 7n;

/** What a price source of one's own has to know, and may need the governor for. */
export type PriceContracts = { access: Contract; oracle: Contract; chainlink: Contract };

/** What a deployment has from the first block on, before powers are handed over. */
export type Opening<Names extends string = never> = {
  /** Listed and opened in this order: the first is market 0. */
  markets?: Listing[];
  /** Contracts besides the core's own whose functions the governor gets. They are returned under the same names. */
  governed?: Record<Names, Governed>;
};

/**
 * The protocol around `token`, wired: every address below is an immutable or set by a one-time `wire`, so who holds
 * money, who pays for losses and in which order cannot be changed after this module has run. Trades go through two-step
 * orders; `executorName` puts another contract in their place, for tests only. `gate` is a `SequencerGate` on a rollup, and
 * nothing elsewhere. `people` are the first account unless the parameters name others. `open` deploys price sources and
 * names the markets; they are listed while the deployer still may, and without it the governor lists them later. Powers are
 * handed over last, by {handOverPowers}.
 */
export function deployCore<Names extends string = never>(
  m: ModuleBuilder,
  token: Address,
  {
    gate = ZeroAddress,
    executorName,
    people = firstAccount(m),
    open,
  }: {
    gate?: Address;
    executorName?: string;
    people?: People;
    open?: (contracts: PriceContracts) => Opening<Names>;
  } = {},
) {
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
  const clearinghouse = m.contract("Clearinghouse", [access, vault, pool, waterfall, oracle, people.treasury, risk], {
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

  const executor = executorName === undefined ? orders : m.contract(executorName, [clearinghouse]);
  const wired = [
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
    ]),
    m.call(pool, "wire", [clearinghouse, waterfall, senior, junior]),
    m.call(senior, "wire", [pool], { id: "wireSenior" }),
    m.call(junior, "wire", [pool], { id: "wireJunior" }),
    m.call(insurance, "wire", [waterfall]),
    m.call(waterfall, "wire", [clearinghouse]),
    m.call(clearinghouse, "wire", [executor], { id: "wireExecutor" }),
  ];

  const steward = m.contract("RiskSteward", [access, clearinghouse]);
  const ledgers = { vault, pool, senior, junior, insurance, waterfall, clearinghouse, orders, executor };
  const core = { access, oracle, chainlink, steward, ...ledgers };
  const { markets = [], governed = {} as Record<Names, Governed> } = open?.({ access, oracle, chainlink }) ?? {};
  const listed = listMarkets(m, core, markets, wired);
  const handover = handOverPowers(m, core, people, governed, [...wired, ...listed]);
  return { ...core, ...contractsOf(governed), handover };
}
