import type { ContractRunner } from "ethers";
import { AccessManager__factory } from "../../typechain-types/factories/@openzeppelin/contracts/access/manager/AccessManager__factory.ts";
import { Clearinghouse__factory } from "../../typechain-types/factories/contracts/core/Clearinghouse__factory.ts";
import { Vault__factory } from "../../typechain-types/factories/contracts/core/Vault__factory.ts";
import { RiskSteward__factory } from "../../typechain-types/factories/contracts/governance/RiskSteward__factory.ts";
import { InsuranceFund__factory } from "../../typechain-types/factories/contracts/insurance/InsuranceFund__factory.ts";
import { LiquidityPool__factory } from "../../typechain-types/factories/contracts/liquidity/LiquidityPool__factory.ts";
import { Tranche__factory } from "../../typechain-types/factories/contracts/liquidity/Tranche__factory.ts";
import { LossWaterfall__factory } from "../../typechain-types/factories/contracts/loss/LossWaterfall__factory.ts";
import { MockUSD__factory } from "../../typechain-types/factories/contracts/mocks/MockUSD__factory.ts";
import { ChainlinkSource__factory } from "../../typechain-types/factories/contracts/oracle/ChainlinkSource__factory.ts";
import { CircuitBreaker__factory } from "../../typechain-types/factories/contracts/oracle/CircuitBreaker__factory.ts";
import { OracleRouter__factory } from "../../typechain-types/factories/contracts/oracle/OracleRouter__factory.ts";
import { PythSource__factory } from "../../typechain-types/factories/contracts/oracle/PythSource__factory.ts";
import { SequencerGate__factory } from "../../typechain-types/factories/contracts/oracle/SequencerGate__factory.ts";
import { Orders__factory } from "../../typechain-types/factories/contracts/orders/Orders__factory.ts";
import { Lens__factory } from "../../typechain-types/factories/contracts/periphery/Lens__factory.ts";

/** Names in the deployment that every module has. */
export const CORE = [
  "AccessManager",
  "Vault",
  "OracleRouter",
  "ChainlinkSource",
  "LiquidityPool",
  "SeniorTranche",
  "JuniorTranche",
  "InsuranceFund",
  "LossWaterfall",
  "Clearinghouse",
  "Orders",
  "RiskSteward",
  "Handover",
  "Lens",
] as const;

export const LIBRARIES = [
  "AccountLens",
  "DeficitLib",
  "DeleveragingLib",
  "GapLens",
  "LiquidationLib",
  "ListingLib",
  "MarketLens",
  "PoolLens",
  "RiskLib",
  "SettlementLib",
  "TradeLib",
  "TrancheClaimLib",
  "ViewLib",
] as const;

/** What a module may have besides. */
export const OPTIONAL = ["MockUSD", "MockPriceSource", "PythSource", "CircuitBreaker", "SequencerGate"] as const;

/** The artifact of what is deployed under a name: two tranches, one contract. */
export const artifactOf = (name: string): string => (/^(Senior|Junior)Tranche$/.test(name) ? "Tranche" : name);

export type Contracts = ReturnType<typeof connect>;

/** The deployed contracts, ready to be read. Those a module may lack are connected where they would be. */
export function connect(addresses: Record<string, string>, runner: ContractRunner) {
  const at = (name: string) => addresses[name]!;
  return {
    access: AccessManager__factory.connect(at("AccessManager"), runner),
    vault: Vault__factory.connect(at("Vault"), runner),
    oracle: OracleRouter__factory.connect(at("OracleRouter"), runner),
    chainlink: ChainlinkSource__factory.connect(at("ChainlinkSource"), runner),
    pool: LiquidityPool__factory.connect(at("LiquidityPool"), runner),
    senior: Tranche__factory.connect(at("SeniorTranche"), runner),
    junior: Tranche__factory.connect(at("JuniorTranche"), runner),
    insurance: InsuranceFund__factory.connect(at("InsuranceFund"), runner),
    waterfall: LossWaterfall__factory.connect(at("LossWaterfall"), runner),
    clearinghouse: Clearinghouse__factory.connect(at("Clearinghouse"), runner),
    orders: Orders__factory.connect(at("Orders"), runner),
    steward: RiskSteward__factory.connect(at("RiskSteward"), runner),
    lens: Lens__factory.connect(at("Lens"), runner),
    pythSource: addresses.PythSource ? PythSource__factory.connect(addresses.PythSource, runner) : undefined,
    breaker: addresses.CircuitBreaker ? CircuitBreaker__factory.connect(addresses.CircuitBreaker, runner) : undefined,
    gate: addresses.SequencerGate ? SequencerGate__factory.connect(addresses.SequencerGate, runner) : undefined,
    tokenAt: (address: string) => MockUSD__factory.connect(address, runner),
  };
}
