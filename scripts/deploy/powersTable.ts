import { AccessManager__factory } from "../../typechain-types/factories/@openzeppelin/contracts/access/manager/AccessManager__factory.ts";
import { Clearinghouse__factory } from "../../typechain-types/factories/contracts/core/Clearinghouse__factory.ts";
import { RiskSteward__factory } from "../../typechain-types/factories/contracts/governance/RiskSteward__factory.ts";
import { InsuranceFund__factory } from "../../typechain-types/factories/contracts/insurance/InsuranceFund__factory.ts";
import { LiquidityPool__factory } from "../../typechain-types/factories/contracts/liquidity/LiquidityPool__factory.ts";
import { ChainlinkSource__factory } from "../../typechain-types/factories/contracts/oracle/ChainlinkSource__factory.ts";
import { CircuitBreaker__factory } from "../../typechain-types/factories/contracts/oracle/CircuitBreaker__factory.ts";
import { OracleRouter__factory } from "../../typechain-types/factories/contracts/oracle/OracleRouter__factory.ts";
import { PythSource__factory } from "../../typechain-types/factories/contracts/oracle/PythSource__factory.ts";
import { Orders__factory } from "../../typechain-types/factories/contracts/orders/Orders__factory.ts";

/** Roles of `contracts/governance/Roles.sol`. */
export const ROLES = { admin: 0n, governor: 1n, steward: 2n, guardian: 3n, parameters: 4n } as const;
export type Role = keyof typeof ROLES;

/** What is restricted, contract by contract: written down a second time, so that the deployment is not its own witness. */
const FUNCTIONS = {
  Clearinghouse: {
    interface: Clearinghouse__factory.createInterface(),
    roles: {
      governor: ["listMarket", "setMarketState", "delistMarket"],
      parameters: ["setMarketParams", "setRiskParams"],
      guardian: ["restrictOpening"],
    },
  },
  LiquidityPool: { interface: LiquidityPool__factory.createInterface(), roles: { governor: ["setParams"] } },
  InsuranceFund: { interface: InsuranceFund__factory.createInterface(), roles: { governor: ["setMaxDrawPerDayBps"] } },
  Orders: { interface: Orders__factory.createInterface(), roles: { governor: ["setKeeperFee"] } },
  OracleRouter: { interface: OracleRouter__factory.createInterface(), roles: { governor: ["setSource"] } },
  ChainlinkSource: { interface: ChainlinkSource__factory.createInterface(), roles: { governor: ["setFeed"] } },
  PythSource: { interface: PythSource__factory.createInterface(), roles: { governor: ["setFeed"] } },
  CircuitBreaker: { interface: CircuitBreaker__factory.createInterface(), roles: { governor: ["setSources"] } },
  RiskSteward: {
    interface: RiskSteward__factory.createInterface(),
    roles: { steward: ["adjustMarket", "adjustRisk"] },
  },
  // The manager asks for its own admin role whatever this says; what it says is that the guardian may cancel them.
  AccessManager: {
    interface: AccessManager__factory.createInterface(),
    roles: {
      governor: [
        "grantRole",
        "setGrantDelay",
        "setRoleAdmin",
        "setRoleGuardian",
        "setTargetAdminDelay",
        "setTargetClosed",
        "setTargetFunctionRole",
        "updateAuthority",
      ],
    },
  },
} as const;

/** Contracts whose restricted functions are asked for at the manager, and whose authority only it can change. */
export const MANAGED = Object.keys(FUNCTIONS).filter((name) => name !== "AccessManager");

export type Restricted = { contract: string; function: string; selector: string; role: Role };

/** Every restricted function of the contracts that are deployed. */
export function restrictedFunctions(addresses: Record<string, string>): Restricted[] {
  return Object.entries(FUNCTIONS)
    .filter(([contract]) => contract in addresses)
    .flatMap(([contract, { interface: abi, roles }]) =>
      Object.entries(roles).flatMap(([role, functions]) =>
        (functions as readonly string[]).map((name) => ({
          contract,
          function: name,
          selector: abi.getFunction(name as never)!.selector,
          role: role as Role,
        })),
      ),
    );
}
