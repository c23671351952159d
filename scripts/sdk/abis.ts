import type { JsonFragment } from "ethers";
import { AccessManager__factory } from "../../typechain-types/factories/@openzeppelin/contracts/access/manager/AccessManager__factory.ts";
import { Clearinghouse__factory } from "../../typechain-types/factories/contracts/core/Clearinghouse__factory.ts";
import { ListingLib__factory } from "../../typechain-types/factories/contracts/core/ListingLib__factory.ts";
import { RiskLib__factory } from "../../typechain-types/factories/contracts/core/RiskLib__factory.ts";
import { TradeLib__factory } from "../../typechain-types/factories/contracts/core/TradeLib__factory.ts";
import { Vault__factory } from "../../typechain-types/factories/contracts/core/Vault__factory.ts";
import { ViewLib__factory } from "../../typechain-types/factories/contracts/core/ViewLib__factory.ts";
import { Handover__factory } from "../../typechain-types/factories/contracts/governance/Handover__factory.ts";
import { RiskConfig__factory } from "../../typechain-types/factories/contracts/governance/RiskConfig__factory.ts";
import { RiskSteward__factory } from "../../typechain-types/factories/contracts/governance/RiskSteward__factory.ts";
import { InsuranceFund__factory } from "../../typechain-types/factories/contracts/insurance/InsuranceFund__factory.ts";
import { LiquidationLib__factory } from "../../typechain-types/factories/contracts/liquidation/LiquidationLib__factory.ts";
import { LiquidityPool__factory } from "../../typechain-types/factories/contracts/liquidity/LiquidityPool__factory.ts";
import { Tranche__factory } from "../../typechain-types/factories/contracts/liquidity/Tranche__factory.ts";
import { TrancheClaimLib__factory } from "../../typechain-types/factories/contracts/liquidity/TrancheClaimLib__factory.ts";
import { DeficitLib__factory } from "../../typechain-types/factories/contracts/loss/DeficitLib__factory.ts";
import { DeleveragingLib__factory } from "../../typechain-types/factories/contracts/loss/DeleveragingLib__factory.ts";
import { LossWaterfall__factory } from "../../typechain-types/factories/contracts/loss/LossWaterfall__factory.ts";
import { SettlementLib__factory } from "../../typechain-types/factories/contracts/margin/SettlementLib__factory.ts";
import { MockPriceSource__factory } from "../../typechain-types/factories/contracts/mocks/MockPriceSource__factory.ts";
import { MockUSD__factory } from "../../typechain-types/factories/contracts/mocks/MockUSD__factory.ts";
import { ChainlinkSource__factory } from "../../typechain-types/factories/contracts/oracle/ChainlinkSource__factory.ts";
import { CircuitBreaker__factory } from "../../typechain-types/factories/contracts/oracle/CircuitBreaker__factory.ts";
import { OracleRouter__factory } from "../../typechain-types/factories/contracts/oracle/OracleRouter__factory.ts";
import { PythSource__factory } from "../../typechain-types/factories/contracts/oracle/PythSource__factory.ts";
import { SequencerGate__factory } from "../../typechain-types/factories/contracts/oracle/SequencerGate__factory.ts";
import { Orders__factory } from "../../typechain-types/factories/contracts/orders/Orders__factory.ts";
import { Lens__factory } from "../../typechain-types/factories/contracts/periphery/Lens__factory.ts";

/** Every contract and linked library of a deployment, ours and OpenZeppelin's: a revert may come from any of them. */
export const FACTORIES = [
  AccessManager__factory,
  Clearinghouse__factory,
  ListingLib__factory,
  RiskLib__factory,
  TradeLib__factory,
  Vault__factory,
  ViewLib__factory,
  Handover__factory,
  RiskConfig__factory,
  RiskSteward__factory,
  InsuranceFund__factory,
  LiquidationLib__factory,
  LiquidityPool__factory,
  Tranche__factory,
  TrancheClaimLib__factory,
  DeficitLib__factory,
  DeleveragingLib__factory,
  LossWaterfall__factory,
  SettlementLib__factory,
  MockPriceSource__factory,
  MockUSD__factory,
  ChainlinkSource__factory,
  CircuitBreaker__factory,
  OracleRouter__factory,
  PythSource__factory,
  SequencerGate__factory,
  Orders__factory,
  Lens__factory,
];

/** What the contract behind a pull feed answers to updates, as @pythnetwork/pyth-sdk-solidity/PythErrors.sol has it. */
const PYTH_ERRORS = [
  "InsufficientFee",
  "InvalidUpdateData",
  "InvalidUpdateDataSource",
  "InvalidWormholeVaa",
  "NoFreshUpdate",
  "PriceFeedNotFound",
  "PriceFeedNotFoundWithinRange",
].map((name) => ({ type: "error", name, inputs: [] }));

/** Every custom error once. */
export function errorFragments(): JsonFragment[] {
  const fragments = FACTORIES.flatMap(({ abi }) => abi as readonly JsonFragment[]);
  const errors = [...fragments.filter(({ type }) => type === "error"), ...PYTH_ERRORS];
  return [...new Map(errors.map((fragment) => [JSON.stringify(fragment), fragment])).values()];
}
