import { Interface, type JsonFragment } from "ethers";
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

/** Contracts with functions that want a role, by their names in the address book. */
const GOVERNED = {
  access: AccessManager__factory.abi,
  clearinghouse: Clearinghouse__factory.abi,
  orders: Orders__factory.abi,
  pool: LiquidityPool__factory.abi,
  insurance: InsuranceFund__factory.abi,
  oracle: OracleRouter__factory.abi,
  chainlink: ChainlinkSource__factory.abi,
  pyth: PythSource__factory.abi,
  breaker: CircuitBreaker__factory.abi,
  steward: RiskSteward__factory.abi,
} as const;
export type GovernedName = keyof typeof GOVERNED;

/** The manager's own, which it keeps for admins whatever role it is told they have. */
export const ADMIN_FUNCTIONS = [
  "grantRole",
  "revokeRole",
  "labelRole",
  "setRoleAdmin",
  "setRoleGuardian",
  "setGrantDelay",
  "setTargetAdminDelay",
  "setTargetClosed",
  "setTargetFunctionRole",
  "updateAuthority",
];

export const GOVERNED_NAMES = Object.keys(GOVERNED) as GovernedName[];
export const GOVERNED_INTERFACES = Object.fromEntries(
  GOVERNED_NAMES.map((name) => [name, new Interface(GOVERNED[name] as readonly JsonFragment[])]),
) as Record<GovernedName, Interface>;

/** One parameter as an ABI has it. */
export type AbiInput = {
  name: string;
  type: string;
  internalType?: string;
  components?: readonly AbiInput[];
};

/** The name of a function by its selector, whichever governed contract has it. */
export function functionNamed(selector: string): string | undefined {
  for (const face of Object.values(GOVERNED_INTERFACES)) {
    const found = face.getFunction(selector);
    if (found !== null) return found.name;
  }
  return undefined;
}

/** Parameters as the ABI has them, with the names of their types in Solidity, which ethers drops. */
export function inputsOf(contract: GovernedName, fn: string): readonly AbiInput[] {
  const fragments = GOVERNED[contract] as readonly { type: string; name?: string; inputs?: readonly AbiInput[] }[];
  return fragments.find(({ type, name }) => type === "function" && name === fn)!.inputs!;
}
