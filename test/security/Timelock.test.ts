import { expect } from "chai";
import type { BaseContract } from "ethers";
import hre from "hardhat";
import { MarketState } from "../../scripts/shared/world.ts";
import { ADMIN_ROLE, GOVERNOR_ROLE, GUARDIAN_ROLE, PARAMETERS_ROLE } from "../deploy/powers.ts";
import { cast, WEEK } from "./cast.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

describe("Timelock", function () {
  async function staged() {
    const stage = await cast(connection);
    // Delays of grants and of targets are in force.
    await networkHelpers.time.increase(WEEK);
    const { access } = stage.system;
    const { governor, guardian } = stage.people;
    const schedule = async (target: BaseContract, name: string, args: unknown[]) => {
      const data = target.interface.encodeFunctionData(name, args);
      await access.connect(governor).schedule(target, data, 0);
      const due = BigInt(await networkHelpers.time.latest()) + BigInt(WEEK);
      const id = await access.hashOperation(governor, target, data);
      const run = () => governor.sendTransaction({ to: target, data, gasLimit: 1_000_000 });
      return { id, data, due, run };
    };
    return { ...stage, ...stage.system, ...stage.people, governor, guardian, schedule };
  }

  /** The protected floor's share; any governed value would do. */
  const PARAMS = [400, 5_000, 10_000, 0n] as const;

  it("nothing of the governor runs early, and it runs once [C38]", async function () {
    const { access, pool, schedule } = await networkHelpers.loadFixture(staged);
    const { id, due, run } = await schedule(pool, "setParams", [...PARAMS]);
    await networkHelpers.time.setNextBlockTimestamp(due - 1n);
    await expect(run()).to.be.revertedWithCustomError(access, "AccessManagerNotReady").withArgs(id);
    await networkHelpers.time.setNextBlockTimestamp(due);
    await expect(run()).to.emit(access, "OperationExecuted");
    await expect(run()).to.be.revertedWithCustomError(access, "AccessManagerNotScheduled").withArgs(id);
  });

  it("what was not run within a week expires [C38]", async function () {
    const { access, pool, schedule } = await networkHelpers.loadFixture(staged);
    const { id, due, run } = await schedule(pool, "setParams", [...PARAMS]);
    await networkHelpers.time.setNextBlockTimestamp(due + BigInt(WEEK));
    await expect(run()).to.be.revertedWithCustomError(access, "AccessManagerExpired").withArgs(id);
  });

  it("it cannot be scheduled for earlier than the delay", async function () {
    const { access, pool, governor } = await networkHelpers.loadFixture(staged);
    const data = pool.interface.encodeFunctionData("setParams", [...PARAMS]);
    const soon = BigInt(await networkHelpers.time.latest()) + BigInt(WEEK) - 10n;
    await expect(access.connect(governor).schedule(pool, data, soon))
      .to.be.revertedWithCustomError(access, "AccessManagerUnauthorizedCall")
      .withArgs(governor.address, await pool.getAddress(), data.slice(0, 10));
  });

  for (const who of ["guardian", "governor"] as const) {
    it(`the ${who} cancels it, and then it does not run [C38]`, async function () {
      const stage = await networkHelpers.loadFixture(staged);
      const { access, clearinghouse, governor, schedule } = stage;
      const { id, data, due, run } = await schedule(clearinghouse, "setMarketState", [0, MarketState.ReduceOnly]);
      await expect(access.connect(stage[who]).cancel(governor, clearinghouse, data)).to.emit(
        access,
        "OperationCanceled",
      );
      await networkHelpers.time.setNextBlockTimestamp(due);
      await expect(run()).to.be.revertedWithCustomError(access, "AccessManagerNotScheduled").withArgs(id);
    });
  }

  it("nobody else cancels it", async function () {
    const { access, pool, governor, stranger, stewardKey, deployer, schedule } =
      await networkHelpers.loadFixture(staged);
    const { data } = await schedule(pool, "setParams", [...PARAMS]);
    for (const who of [stranger, stewardKey, deployer]) {
      await expect(access.connect(who).cancel(governor, pool, data))
        .to.be.revertedWithCustomError(access, "AccessManagerUnauthorizedCancel")
        .withArgs(who.address, governor.address, await pool.getAddress(), data.slice(0, 10));
    }
  });

  describe("the delay", function () {
    it("shortens only after itself twice: once to order it, once until it is in force [C38]", async function () {
      const { access, governor, schedule } = await networkHelpers.loadFixture(staged);
      const { due, run } = await schedule(access, "grantRole", [GOVERNOR_ROLE, governor.address, 0]);
      await networkHelpers.time.setNextBlockTimestamp(due - 1n);
      await expect(run()).to.be.revertedWithCustomError(access, "AccessManagerNotReady");
      await networkHelpers.time.setNextBlockTimestamp(due);
      await run();
      expect((await access.hasRole(GOVERNOR_ROLE, governor))[1]).to.equal(BigInt(WEEK));
      await networkHelpers.time.increaseTo(due + BigInt(WEEK) - 1n);
      expect((await access.hasRole(GOVERNOR_ROLE, governor))[1]).to.equal(BigInt(WEEK));
      await networkHelpers.time.increaseTo(due + BigInt(WEEK));
      expect((await access.hasRole(GOVERNOR_ROLE, governor))[1]).to.equal(0n);
    });

    it("does not shorten by taking the role and giving it again", async function () {
      const { access, pool, governor, schedule } = await networkHelpers.loadFixture(staged);
      const revoked = await schedule(access, "revokeRole", [GOVERNOR_ROLE, governor.address]);
      const granted = await schedule(access, "grantRole", [GOVERNOR_ROLE, governor.address, 0]);
      await networkHelpers.time.setNextBlockTimestamp(granted.due);
      await revoked.run();
      await granted.run();
      await expect(pool.connect(governor).setParams(...PARAMS))
        .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
        .withArgs(governor.address);
      await networkHelpers.time.setNextBlockTimestamp(granted.due + BigInt(WEEK));
      await expect(pool.connect(governor).setParams(...PARAMS))
        .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
        .withArgs(governor.address);
      await networkHelpers.time.increaseTo(granted.due + BigInt(WEEK) + 1n);
      await pool.connect(governor).setParams(...PARAMS);
    });

    for (const [what, name, argument] of [
      ["of a grant", "setGrantDelay", GOVERNOR_ROLE],
      ["of a contract's powers", "setTargetAdminDelay", "pool"],
    ] as const) {
      it(`${what} shortens only after itself twice`, async function () {
        const stage = await networkHelpers.loadFixture(staged);
        const { access, pool, schedule } = stage;
        const key = argument === "pool" ? await pool.getAddress() : argument;
        const now = () =>
          argument === "pool" ? access.getTargetAdminDelay(pool) : access.getRoleGrantDelay(GOVERNOR_ROLE);
        const { due, run } = await schedule(access, name, [key, 0]);
        await networkHelpers.time.setNextBlockTimestamp(due);
        await run();
        await networkHelpers.time.increaseTo(due + BigInt(WEEK) - 1n);
        expect(await now()).to.equal(BigInt(WEEK));
        await networkHelpers.time.increaseTo(due + BigInt(WEEK));
        expect(await now()).to.equal(0n);
      });
    }
  });

  describe("who may do what", function () {
    it("changes only by a scheduled order, which the guardian can cancel", async function () {
      const { access, vault, governor, guardian, stranger, schedule } = await networkHelpers.loadFixture(staged);
      const orders: [string, unknown[]][] = [
        ["grantRole", [ADMIN_ROLE, stranger.address, 0]],
        ["grantRole", [PARAMETERS_ROLE, stranger.address, 0]],
        ["setTargetFunctionRole", [await vault.getAddress(), ["0x12345678"], GOVERNOR_ROLE]],
        ["setRoleGuardian", [GOVERNOR_ROLE, ADMIN_ROLE]],
        ["setTargetClosed", [await vault.getAddress(), true]],
        ["updateAuthority", [await vault.getAddress(), stranger.address]],
      ];
      for (const [name, args] of orders) {
        const { id, data, run } = await schedule(access, name, args);
        await access.connect(guardian).cancel(governor, access, data);
        await networkHelpers.time.increase(WEEK);
        await expect(run(), name).to.be.revertedWithCustomError(access, "AccessManagerNotScheduled").withArgs(id);
      }
    });

    it("a guardian cannot cancel its own dismissal", async function () {
      const { access, clearinghouse, governor, guardian, schedule } = await networkHelpers.loadFixture(staged);
      const { data, due, run } = await schedule(access, "revokeRole", [GUARDIAN_ROLE, guardian.address]);
      await expect(access.connect(guardian).cancel(governor, access, data))
        .to.be.revertedWithCustomError(access, "AccessManagerUnauthorizedCancel")
        .withArgs(guardian.address, governor.address, await access.getAddress(), data.slice(0, 10));
      await networkHelpers.time.setNextBlockTimestamp(due);
      await run();
      await expect(clearinghouse.connect(guardian).restrictOpening(0, 0, 60))
        .to.be.revertedWithCustomError(clearinghouse, "AccessManagedUnauthorized")
        .withArgs(guardian.address);
    });

    it("the deployer has nothing left", async function () {
      const { access, deployer } = await networkHelpers.loadFixture(staged);
      await expect(access.connect(deployer).grantRole(GOVERNOR_ROLE, deployer, 0))
        .to.be.revertedWithCustomError(access, "AccessManagerUnauthorizedAccount")
        .withArgs(deployer.address, ADMIN_ROLE);
    });
  });
});
