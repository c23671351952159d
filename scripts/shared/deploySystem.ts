import type { NetworkConnection } from "hardhat/types/network";
import LocalModule from "../../deploy/modules/Local.ts";
import LocalOrdersModule from "../../deploy/modules/LocalOrders.ts";
import type {
  AccessManager,
  ChainlinkSource,
  Clearinghouse,
  DirectExecutor,
  Handover,
  InsuranceFund,
  LiquidityPool,
  LossWaterfall,
  MockPriceSource,
  MockUSD,
  OracleRouter,
  Orders,
  RiskSteward,
  Tranche,
  Vault,
} from "../../typechain-types/index.ts";
import { readParametersOf } from "./parameters.ts";
import { repeatDeployment } from "./repeatDeployment.ts";

/** Parameters of all markets, as `RiskParams` in `contracts/types/Market.sol`. */
export type RiskParams = {
  penaltyBps: number;
  targetHealthBps: number;
  keeperShareBps: number;
  insuranceShareBps: number;
  keeperFloorCents: number;
  keeperFloorCapCents: number;
  maxMarkAge: number;
  insuranceFeeMinBps: number;
  insuranceFeeMaxBps: number;
  treasuryFeeBps: number;
  insuranceTargetBps: number;
  recoveryFeeBps: number;
  deleverageRewardBps: number;
  deleverageRewardCapUsd: number;
};

/** Parameters of the Ignition module `Local`. */
export type SystemParameters = {
  tokenDecimals: number;
  governorDelay: number;
  genesis: number;
  lpEpochSeconds: number;
  insuranceEpochSeconds: number;
  seniorFloorBps: number;
  seniorWeightBps: number;
  juniorWeightBps: number;
  minTranche: bigint;
  maxDrawPerDayBps: number;
  minOrderDelaySeconds: number;
  keeperFee: bigint;
  risk: RiskParams;
};

export type System = {
  token: MockUSD;
  prices: MockPriceSource;
  executor: DirectExecutor;
  access: AccessManager;
  vault: Vault;
  oracle: OracleRouter;
  chainlink: ChainlinkSource;
  pool: LiquidityPool;
  senior: Tranche;
  junior: Tranche;
  insurance: InsuranceFund;
  waterfall: LossWaterfall;
  clearinghouse: Clearinghouse;
  steward: RiskSteward;
  handover: Handover;
  orders: Orders;
};

type Connection = NetworkConnection & {
  // biome-ignore lint/suspicious/noExplicitAny: the Ignition plugin adds it at run time.
  ignition?: any;
};

const PARAMETERS = new URL("../../deploy/parameters/local.json5", import.meta.url);

/** Reads `deploy/parameters/local.json5`; `"123n"` is a bigint there, as in Ignition. */
export async function readParameters(): Promise<SystemParameters> {
  return (await readParametersOf(PARAMETERS)).Local as SystemParameters;
}

/**
 * Deploys and wires everything through the Ignition module, the same on a test's chain, the demo's and a real node.
 * The first signer holds every role; the second receives treasury fees. Trades go through `executor` at once, or, if
 * `isTwoStep`, through `orders`; then `executor` is the same contract.
 */
export async function deploySystem(
  connection: Connection,
  overrides: Partial<Omit<SystemParameters, "risk">> & { risk?: Partial<RiskParams> } = {},
  isTwoStep = false,
): Promise<System> {
  const defaults = await readParameters();
  const [governor, treasury] = await connection.ethers.getSigners();
  const { timestamp } = await connection.ethers.provider.getBlock("latest").then((block) => block ?? { timestamp: 0 });
  const parameters = {
    ...defaults,
    ...overrides,
    risk: { ...defaults.risk, ...overrides.risk },
    governor: governor?.address,
    steward: governor?.address,
    guardian: governor?.address,
    treasury: treasury?.address,
    genesis: timestamp,
  };
  const module = isTwoStep ? LocalOrdersModule : LocalModule;
  const key = JSON.stringify([isTwoStep, parameters], (_, value) => (typeof value === "bigint" ? `${value}n` : value));
  return repeatDeployment(connection, key, () =>
    connection.ignition.deploy(module, { parameters: { Local: parameters } }),
  );
}
