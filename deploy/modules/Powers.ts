import type { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type {
  AccountRuntimeValue,
  Future,
  ModuleParameterRuntimeValue,
  NamedArtifactContractAtFuture,
  NamedArtifactContractDeploymentFuture,
} from "@nomicfoundation/ignition-core";
import { id } from "ethers";

/** Roles of `contracts/governance/Roles.sol`. */
const ADMIN_ROLE = 0n;
const GOVERNOR_ROLE = 1n;
const STEWARD_ROLE = 2n;
const GUARDIAN_ROLE = 3n;
const PARAMETERS_ROLE = 4n;

const MARKET_PARAMS = "(uint128,uint128,uint16,uint32,uint16,uint16,uint16,uint16,uint32,uint32,uint32,uint48)";
const RISK_PARAMS =
  "(uint16,uint16,uint16,uint16,uint24,uint24,uint24,uint16,uint16,uint16,uint16,uint16,uint16,uint24)";

export type ModuleBuilder = Parameters<Parameters<typeof buildModule>[1]>[0];
export type Contract = NamedArtifactContractDeploymentFuture<string>;
export type Address = Contract | NamedArtifactContractAtFuture<string> | ModuleParameterRuntimeValue<string> | string;
/** A step of a deployment that others wait for. */
export type Step = Future;

/** A contract beside the core, and its functions that the governor gets. */
export type Governed = { contract: Contract; functions: string[] };

/** Who gets what. */
export type People = Record<"treasury" | "governor" | "steward" | "guardian", Account>;
type Account = ModuleParameterRuntimeValue<string> | ModuleParameterRuntimeValue<AccountRuntimeValue>;

/** On a chain of one's own one account may be everybody. */
export function firstAccount(m: ModuleBuilder): People {
  const orFirst = (name: string) => m.getParameter(name, m.getAccount(0));
  return {
    treasury: orFirst("treasury"),
    governor: orFirst("governor"),
    steward: orFirst("steward"),
    guardian: orFirst("guardian"),
  };
}

/** Elsewhere the parameters have to say who is who. */
export function namedPeople(m: ModuleBuilder): People {
  return {
    treasury: m.getParameter<string>("treasury"),
    governor: m.getParameter<string>("governor"),
    steward: m.getParameter<string>("steward"),
    guardian: m.getParameter<string>("guardian"),
  };
}

const selector = (signature: string): string => id(signature).slice(0, 10);

type Core = Record<
  "access" | "oracle" | "chainlink" | "pool" | "insurance" | "clearinghouse" | "orders" | "steward",
  Contract
>;

/** The contracts alone. */
export function contractsOf<Names extends string>(governed: Record<Names, Governed>): Record<Names, Contract> {
  const entries = Object.entries<Governed>(governed).map(([name, { contract }]) => [name, contract]);
  return Object.fromEntries(entries) as Record<Names, Contract>;
}

/**
 * Every restricted function gets its role, every role its holder, and then the deployer gives up the admin role. Until then
 * a function without a role is the deployer's, so whatever it still has to do is `before`. The governor becomes admin behind the same delay as everything else it does: changing who may do what waits, can be seen,
 * and can be cancelled by the guardian, the guardian's own dismissal excepted.
 */
export function handOverPowers(
  m: ModuleBuilder,
  core: Core,
  people: People,
  governed: Record<string, Governed>,
  before: Step[],
) {
  const { access, oracle, chainlink, pool, insurance, clearinghouse, orders, steward } = core;
  const { governor, steward: stewardKey, guardian } = people;
  const delay = m.getParameter<number>("governorDelay");

  const assign = (name: string, target: Contract, role: bigint, ...functions: string[]) =>
    m.call(access, "setTargetFunctionRole", [target, functions.map(selector), role], { id: name, after: before });

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
    ...Object.entries(governed).map(([name, { contract, functions }]) =>
      assign(`govern_${name}`, contract, GOVERNOR_ROLE, ...functions),
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
    ...Object.entries({
      oracle,
      chainlink,
      pool,
      insurance,
      clearinghouse,
      orders,
      steward,
      ...contractsOf(governed),
    }).map(([name, target]) =>
      m.call(access, "setTargetAdminDelay", [target, delay], { id: `slow_${name}`, after: guarded }),
    ),
  ];

  const handover = m.contract("Handover", [access], { after: slowed });
  const entrusted = m.call(access, "grantRole", [ADMIN_ROLE, handover, 0], { id: "entrust", after: [handover] });
  m.call(handover, "handOver", [governor, delay], { after: [entrusted] });
  return handover;
}
