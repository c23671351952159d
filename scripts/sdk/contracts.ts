import type { ContractRunner } from "ethers";
import { AccessManager__factory } from "../../typechain-types/factories/@openzeppelin/contracts/access/manager/AccessManager__factory.ts";
import { Clearinghouse__factory } from "../../typechain-types/factories/contracts/core/Clearinghouse__factory.ts";
import { Vault__factory } from "../../typechain-types/factories/contracts/core/Vault__factory.ts";
import { RiskSteward__factory } from "../../typechain-types/factories/contracts/governance/RiskSteward__factory.ts";
import { InsuranceFund__factory } from "../../typechain-types/factories/contracts/insurance/InsuranceFund__factory.ts";
import { LiquidityPool__factory } from "../../typechain-types/factories/contracts/liquidity/LiquidityPool__factory.ts";
import { Tranche__factory } from "../../typechain-types/factories/contracts/liquidity/Tranche__factory.ts";
import { LossWaterfall__factory } from "../../typechain-types/factories/contracts/loss/LossWaterfall__factory.ts";
import { MockPriceSource__factory } from "../../typechain-types/factories/contracts/mocks/MockPriceSource__factory.ts";
import { MockUSD__factory } from "../../typechain-types/factories/contracts/mocks/MockUSD__factory.ts";
import { ChainlinkSource__factory } from "../../typechain-types/factories/contracts/oracle/ChainlinkSource__factory.ts";
import { OracleRouter__factory } from "../../typechain-types/factories/contracts/oracle/OracleRouter__factory.ts";
import { PythSource__factory } from "../../typechain-types/factories/contracts/oracle/PythSource__factory.ts";
import { Orders__factory } from "../../typechain-types/factories/contracts/orders/Orders__factory.ts";
import { Lens__factory } from "../../typechain-types/factories/contracts/periphery/Lens__factory.ts";
import type {
  AccessManager,
  ChainlinkSource,
  Clearinghouse,
  InsuranceFund,
  Lens,
  LiquidityPool,
  LossWaterfall,
  MockPriceSource,
  MockUSD,
  OracleRouter,
  Orders,
  PythSource,
  RiskSteward,
  Tranche,
  Vault,
} from "../../typechain-types/index.ts";
import { InputError } from "../shared/inputError.ts";
import type { AddressBook } from "./addressBook.ts";

/** One deployment, as every action takes it. */
export type Breakwater = {
  book: AddressBook;
  /** The quote token; only a mock one can be minted. */
  token: MockUSD;
  /** USD WAD per unit of the quote token. */
  scale: bigint;
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
  orders: Orders;
  steward: RiskSteward;
  /** Reads many things in one call; a deployment may go without. */
  lens?: Lens;
  mockPrices?: MockPriceSource;
  pyth?: PythSource;
};

export type ConnectParameters = {
  book: AddressBook;
  /** Reads need a provider, changes a signer: a wallet of a browser, of a file, or of a node. */
  runner: ContractRunner;
};

/**
 * The contracts of a deployment, typed, in the name of `runner`.
 *
 * @example
 * const breakwater = await connect({ book: await readAddressBook({ chainId: 31337n }), runner: provider });
 */
export async function connect({ book, runner }: ConnectParameters): Promise<Breakwater> {
  const { addresses } = book;
  const vault = Vault__factory.connect(addresses.vault, runner);
  const [token, scale] = await Promise.all([vault.TOKEN(), vault.SCALE()]).catch(
    (error: { code?: string; value?: string }) => {
      if (error.code !== "BAD_DATA" || error.value !== "0x") throw error;
      throw new InputError(
        `nothing is deployed at ${addresses.vault} on chain ${book.chainId}: a node that is started anew forgets everything; deploy again`,
      );
    },
  );
  return {
    book,
    token: MockUSD__factory.connect(token, runner),
    scale,
    access: AccessManager__factory.connect(addresses.access, runner),
    vault,
    oracle: OracleRouter__factory.connect(addresses.oracle, runner),
    chainlink: ChainlinkSource__factory.connect(addresses.chainlink, runner),
    pool: LiquidityPool__factory.connect(addresses.pool, runner),
    senior: Tranche__factory.connect(addresses.senior, runner),
    junior: Tranche__factory.connect(addresses.junior, runner),
    insurance: InsuranceFund__factory.connect(addresses.insurance, runner),
    waterfall: LossWaterfall__factory.connect(addresses.waterfall, runner),
    clearinghouse: Clearinghouse__factory.connect(addresses.clearinghouse, runner),
    orders: Orders__factory.connect(addresses.orders, runner),
    steward: RiskSteward__factory.connect(addresses.steward, runner),
    ...(addresses.lens && { lens: Lens__factory.connect(addresses.lens, runner) }),
    ...(addresses.mockPrices && { mockPrices: MockPriceSource__factory.connect(addresses.mockPrices, runner) }),
    ...(addresses.pyth && { pyth: PythSource__factory.connect(addresses.pyth, runner) }),
  };
}
