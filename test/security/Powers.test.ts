import { expect } from "chai";
import { type BaseContract, type FunctionFragment, Interface, type ParamType, ZeroAddress } from "ethers";
import hre from "hardhat";
import type { System } from "../../scripts/shared/deploySystem.ts";
import { accountId, PLAIN_MARKET } from "../../scripts/shared/world.ts";
import * as factories from "../../typechain-types/index.ts";
import {
  ADMIN_ROLE,
  GOVERNOR_ROLE,
  GUARDIAN_ROLE,
  PARAMETERS_ROLE,
  POWERS,
  type Power,
  STEWARD_ROLE,
} from "../deploy/powers.ts";
import { type Cast, cast, changingFunctions, WEEK } from "./cast.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

/** Who holds a role; the governor waits. */
const HOLDERS: Record<string, string[]> = {
  [`${GOVERNOR_ROLE}`]: ["governor"],
  [`${STEWARD_ROLE}`]: ["stewardKey"],
  [`${GUARDIAN_ROLE}`]: ["guardian"],
  [`${PARAMETERS_ROLE}`]: ["governor", "steward"],
};

/** Errors that say "not you", or "not yet". Anything else is about what was asked, not about who asks. */
const AUTHORISATION = new Set([
  ...Object.values(POWERS).flatMap((functions) =>
    Object.values(functions).flatMap((power) => (typeof power === "object" ? power.error.split("|") : [])),
  ),
  "AccessManagedUnauthorized",
  "AccessManagerNotScheduled",
  "AccessManagerNotReady",
  "AccessManagerExpired",
  "Wired_NotDeployer",
  "Wired_AlreadyWired",
]);

/** Mocks, for a chain of one's own; nothing of them is part of the protocol. */
const MOCKS = ["token", "prices", "executor"];

/** Every error of every contract by its selector. */
const errors = new Map<string, string>();
for (const [name, factory] of Object.entries(factories)) {
  if (!name.endsWith("__factory")) continue;
  const { abi } = factory as unknown as { abi: ConstructorParameters<typeof Interface>[0] };
  new Interface(abi).forEachError((error) => {
    errors.set(error.selector, error.name);
  });
}

function zero(type: ParamType): unknown {
  if (type.isArray())
    return Array.from({ length: Math.max(0, type.arrayLength ?? 0) }, () => zero(type.arrayChildren!));
  if (type.isTuple()) return type.components!.map(zero);
  if (type.type === "address") return ZeroAddress;
  if (type.type === "bool") return false;
  if (type.type === "string") return "";
  if (type.type.startsWith("bytes"))
    return type.type === "bytes" ? "0x" : `0x${"00".repeat(Number(type.type.slice(5)))}`;
  return 0n;
}

describe("Powers", function () {
  /** Everything the governor could do is scheduled and due; another thing of its waits to be cancelled. */
  async function ready() {
    const stage = await cast(connection);
    const { system, people } = stage;
    const governor = system.access.connect(people.governor);
    for (const [name, fragment] of governed(system)) {
      await governor.schedule(contractOf(system, name), dataOf(stage, name, fragment), 0);
    }
    await networkHelpers.time.increase(WEEK);
    const pool = system.pool.interface.encodeFunctionData("setParams", [400, 5_000, 10_000, 0n]);
    await governor.schedule(system.pool, pool, 0);
    return stage;
  }

  it("the table names every contract, and none that is not there", async function () {
    const { system } = await networkHelpers.loadFixture(ready);
    const contracts = Object.keys(system).filter((name) => !MOCKS.includes(name));
    expect(Object.keys(POWERS).sort()).to.deep.equal(contracts.sort());
  });

  for (const [name, powers] of Object.entries(POWERS)) {
    describe(name, function () {
      it("has no function that changes something and is not in the table [C37]", async function () {
        const { system } = await networkHelpers.loadFixture(ready);
        const keys = new Set(changingFunctions(contractOf(system, name)).map((f) => keyOf(powers, f)));
        expect([...keys].sort()).to.deep.equal(Object.keys(powers).sort());
      });

      it("lets in whoever may call and nobody else [C37]", async function () {
        const stage = await networkHelpers.loadFixture(ready);
        const wrong: string[] = [];
        for (const fragment of changingFunctions(contractOf(stage.system, name))) {
          const power = powers[keyOf(powers, fragment)]!;
          const answers = await Promise.all(
            callers(stage.system).map(async (who) => [who, await call(stage, who, name, fragment)] as const),
          );
          for (const [who, error] of answers) {
            const expected = refusal(power, who);
            const isRight =
              expected === undefined ? !AUTHORISATION.has(error ?? "") : expected.split("|").includes(error ?? "");
            if (!isRight) wrong.push(`${who}: ${fragment.name} gave ${error}, not ${expected ?? "a way in"}`);
          }
        }
        expect(wrong).to.deep.equal([]);
      });

      // The manager asks for the admin role by itself; its own table says who may cancel.
      if (name === "access") return;
      if ("multicall" in powers) {
        it("says the same to each through multicall [C37]", async function () {
          const stage = await networkHelpers.loadFixture(ready);
          for (const fragment of changingFunctions(contractOf(stage.system, name))) {
            for (const who of callers(stage.system)) {
              const alone = await call(stage, who, name, fragment);
              const wrapped = await call(stage, who, name, fragment, true);
              expect(wrapped, `${who}: ${fragment.name}`).to.equal(alone);
            }
          }
        });
      }

      it("gives each restricted function to its role [C37]", async function () {
        const { system } = await networkHelpers.loadFixture(ready);
        for (const fragment of changingFunctions(contractOf(system, name))) {
          const power = powers[keyOf(powers, fragment)];
          // What nobody was given stays with the admin role, which no function of ours asks for.
          const role = await system.access.getTargetFunctionRole(contractOf(system, name), fragment.selector);
          expect(role, fragment.name).to.equal(typeof power === "bigint" ? power : ADMIN_ROLE);
        }
      });
    });
  }

  async function cast_() {
    return cast(connection);
  }

  it("the governor may not do without waiting what it may do after", async function () {
    const stage = await networkHelpers.loadFixture(cast_);
    for (const [name, fragment] of governed(stage.system)) {
      expect(await call(stage, "governor", name, fragment), fragment.name).to.equal("AccessManagerNotScheduled");
    }
  });

  for (const [title, role, holder, contract, name, args] of [
    ["a governor", GOVERNOR_ROLE, "operator", "pool", "setParams", [400, 5_000, 10_000, 0n]],
    ["parameters", PARAMETERS_ROLE, "operator", "clearinghouse", "setMarketParams", [0n, PLAIN_MARKET]],
    ["a steward", STEWARD_ROLE, "operator", "steward", "adjustMarket", [0n, 0n, 201n]],
    ["a guardian", GUARDIAN_ROLE, "operator", "clearinghouse", "restrictOpening", [0n, 0n, 60n]],
  ] as const) {
    it(`the role of ${title} is granted, used, and revoked [C37]`, async function () {
      const { system, people, govern } = await networkHelpers.loadFixture(cast_);
      const newcomer = people[holder];
      const target = contractOf(system, contract).connect(newcomer) as BaseContract;
      const use = () => target.getFunction(name)(...args);
      const refused = () => expect(use()).to.be.revertedWithCustomError(target, "AccessManagedUnauthorized");
      await refused();
      await govern(system.access, "grantRole", [role, newcomer.address, 0]);
      if (role === GOVERNOR_ROLE || role === PARAMETERS_ROLE) {
        await refused(); // the grant itself waits
        await networkHelpers.time.increase(WEEK);
      }
      await use();
      await govern(system.access, "revokeRole", [role, newcomer.address]);
      await refused();
    });
  }

  // ------------------------------------------------------------------------------------------------------------ calls

  function contractOf(system: System, name: string): BaseContract {
    return system[name as keyof System] as unknown as BaseContract;
  }

  function keyOf(powers: Record<string, Power>, fragment: FunctionFragment): string {
    const signature = fragment.format("sighash");
    return signature in powers ? signature : fragment.name;
  }

  function callers(system: System): string[] {
    const people = ["stranger", "owner", "operator", "governor", "stewardKey", "guardian", "deployer", "treasury"];
    return [...people, ...Object.keys(system)];
  }

  /** The error of a caller who may not; undefined for who may. */
  function refusal(power: Power, who: string): string | undefined {
    if (power === "anyone") return undefined;
    if (power === "once") return who === "deployer" ? "Wired_AlreadyWired" : "Wired_NotDeployer";
    if (typeof power === "bigint") return HOLDERS[`${power}`]!.includes(who) ? undefined : "AccessManagedUnauthorized";
    return power.may?.includes(who) ? undefined : power.error;
  }

  /** Functions that the governor calls after its delay. */
  function governed(system: System): [string, FunctionFragment][] {
    return Object.entries(POWERS).flatMap(([name, powers]) =>
      changingFunctions(contractOf(system, name))
        .filter((fragment) => {
          const power = powers[keyOf(powers, fragment)];
          const isAdmin = typeof power === "object" && power.error === "AccessManagerUnauthorizedAccount";
          return isAdmin || (typeof power === "bigint" && HOLDERS[`${power}`]!.includes("governor"));
        })
        .map((fragment): [string, FunctionFragment] => [name, fragment]),
    );
  }

  /** Empty arguments, but for what decides who may: whose money, which posting, which operation. */
  function dataOf({ system, people }: Cast, name: string, fragment: FunctionFragment): string {
    const { interface: abi } = contractOf(system, name);
    const owner = people.owner.address;
    const account = accountId(owner);
    const pool = system.pool.target;
    const params = system.pool.interface.encodeFunctionData("setParams", [400, 5_000, 10_000, 0n]);
    const listed = system.pool.interface.encodeFunctionData("setParams", [0, 0, 0, 0n]);
    const special: Record<string, unknown[]> = {
      "vault.post": [[-1n, 1n, 0n, 0n, 0n, 0n, 0n, 0n]],
      "clearinghouse.withdraw": [account, 1n],
      "clearinghouse.transferMargin": [account, account + 1n, 1n],
      "access.schedule": [pool, system.pool.interface.encodeFunctionData("setParams", [1, 1, 1, 1n]), 0],
      "access.execute": [pool, listed],
      "access.cancel": [people.governor.address, pool, params],
    };
    const given = special[`${name}.${fragment.name}`];
    if (given) return abi.encodeFunctionData(fragment, given);
    const isShares = ["senior", "junior", "insurance"].includes(name);
    const args = fragment.inputs.map((input) => {
      if (isShares && ["owner", "controller", "from"].includes(input.name)) return owner;
      if (isShares && ["value", "shares", "assets"].includes(input.name)) return 1n;
      if (name === "access" && input.name === "target") return system.clearinghouse.target;
      return zero(input);
    });
    return abi.encodeFunctionData(fragment, args);
  }

  /** Asks as `who` without sending; the name of the error, undefined if there is none. */
  async function call(
    stage: Cast,
    who: string,
    name: string,
    fragment: FunctionFragment,
    isWrapped = false,
  ): Promise<string | undefined> {
    const { system, people } = stage;
    const data = dataOf(stage, name, fragment);
    const from = who in people ? people[who as keyof typeof people].address : contractOf(system, who).target;
    const transaction = {
      from,
      to: contractOf(system, name).target,
      data: isWrapped ? contractOf(system, name).interface.encodeFunctionData("multicall", [[data]]) : data,
      gasPrice: "0x0",
    };
    try {
      await connection.provider.request({ method: "eth_call", params: [transaction, "latest"] });
      return undefined;
    } catch (error) {
      const { data } = error as { data?: string | { data?: string } };
      const bytes = typeof data === "string" ? data : (data?.data ?? "");
      return errors.get(bytes.slice(0, 10)) ?? (bytes.slice(0, 10) || "no reason");
    }
  }
});
