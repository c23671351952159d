import { expect } from "chai";
import type { BaseContract } from "ethers";
import hre from "hardhat";
import LocalModule from "../../deploy/modules/Local.ts";
import LocalOrdersModule from "../../deploy/modules/LocalOrders.ts";
import { readParameters, type System } from "../../scripts/shared/deploySystem.ts";
import { accountId } from "../../scripts/shared/world.ts";
import { fields } from "../integration/stage.ts";
import { ADMIN_ROLE, GOVERNOR_ROLE, GUARDIAN_ROLE, PARAMETERS_ROLE, STEWARD_ROLE } from "./powers.ts";

const connection = await hre.network.create();
const { ethers, ignition, networkHelpers } = connection;

const WEEK = 604_800;

const bits = (...ledgers: bigint[]) => ledgers.reduce((mask, ledger) => mask | (1n << ledger), 0n);
const [MARGIN, CASH, INSURANCE, PENDING_PNL, QUEUE, RECOVERY, ORDERS, FEES] = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n] as const;

describe("Deployment", function () {
  /** Different people, so that a mix-up shows. */
  const deployed = () => deploy(LocalModule);
  const ordering = () => deploy(LocalOrdersModule);

  async function deploy(module: typeof LocalModule | typeof LocalOrdersModule) {
    const [deployer, treasury, governor, guardian, stranger, stewardKey] = await ethers.getSigners();
    const defaults = await readParameters();
    const { timestamp } = (await ethers.provider.getBlock("latest"))!;
    const parameters = {
      ...defaults,
      governorDelay: WEEK,
      governor: governor!.address,
      guardian: guardian!.address,
      steward: stewardKey!.address,
      treasury: treasury!.address,
      genesis: timestamp,
    };
    const deployment = await ignition.deploy(module, { parameters: { Local: parameters as never } });
    const system = deployment as unknown as System;
    const people = {
      deployer: deployer!,
      treasury: treasury!,
      governor: governor!,
      guardian: guardian!,
      stewardKey: stewardKey!,
      stranger: stranger!,
    };
    // A dollar of margin, so that a posting is refused for who sends it and not for what is there.
    await system.token.mint(people.stranger, 1_000_000n);
    await system.token.connect(people.stranger).approve(system.vault, 1_000_000n);
    await system.clearinghouse.connect(people.stranger).deposit(accountId(people.stranger.address), 1_000_000n);
    return { system, parameters, ...people };
  }

  const addressOf = (contract: BaseContract) => contract.getAddress();

  it("every immutable is what the module says", async function () {
    const { system, parameters, deployer, treasury } = await networkHelpers.loadFixture(deployed);
    const { token, vault, pool, senior, junior, insurance, waterfall, clearinghouse, oracle, executor, orders } =
      system;
    const [vaultAt, poolAt] = [await addressOf(vault), await addressOf(pool)];

    expect(await vault.TOKEN()).to.equal(await addressOf(token));
    expect(await vault.SCALE()).to.equal(10n ** 12n);
    for (const contract of [pool, senior, junior, insurance]) expect(await contract.VAULT()).to.equal(vaultAt);
    for (const contract of [pool, senior, junior, insurance]) {
      expect(await contract.GENESIS()).to.equal(parameters.genesis);
    }
    for (const contract of [pool, senior, junior]) {
      expect(await contract.EPOCH_LENGTH()).to.equal(parameters.lpEpochSeconds);
    }
    expect(await insurance.EPOCH_LENGTH()).to.equal(parameters.insuranceEpochSeconds);
    for (const shares of [senior, junior, insurance]) expect(await shares.asset()).to.equal(await addressOf(token));
    expect([await senior.IS_SENIOR(), await junior.IS_SENIOR()]).to.deep.equal([true, false]);
    expect([await senior.symbol(), await junior.symbol(), await insurance.symbol()]).to.deep.equal([
      "bwSENIOR",
      "bwJUNIOR",
      "bwINSURANCE",
    ]);
    expect(await waterfall.POOL()).to.equal(poolAt);
    expect(await waterfall.INSURANCE()).to.equal(await addressOf(insurance));
    expect(await clearinghouse.VAULT()).to.equal(vaultAt);
    expect(await clearinghouse.POOL()).to.equal(poolAt);
    expect(await clearinghouse.WATERFALL()).to.equal(await addressOf(waterfall));
    expect(await clearinghouse.ORACLE()).to.equal(await addressOf(oracle));
    expect(await clearinghouse.TREASURY()).to.equal(treasury.address);
    expect(await executor.CLEARINGHOUSE()).to.equal(await addressOf(clearinghouse));
    expect(await orders.CLEARINGHOUSE()).to.equal(await addressOf(clearinghouse));
    expect(await orders.VAULT()).to.equal(vaultAt);
    expect(await orders.ORACLE()).to.equal(await addressOf(oracle));
    expect(await orders.MIN_DELAY()).to.equal(parameters.minOrderDelaySeconds);
    expect(await orders.keeperFee()).to.equal(parameters.keeperFee);
    for (const contract of [vault, pool, senior, junior, insurance, waterfall, clearinghouse]) {
      expect(await contract.DEPLOYER()).to.equal(deployer.address);
    }
  });

  it("every contract was wired to the others", async function () {
    const { system } = await networkHelpers.loadFixture(deployed);
    const { pool, senior, junior, insurance, waterfall, clearinghouse, executor } = system;
    expect(await clearinghouse.executor()).to.equal(await addressOf(executor));
    expect([...(await pool.wiring())]).to.deep.equal(
      await Promise.all([clearinghouse, waterfall, senior, junior].map(addressOf)),
    );
    for (const tranche of [senior, junior]) expect(await tranche.pool()).to.equal(await addressOf(pool));
    expect(await insurance.waterfall()).to.equal(await addressOf(waterfall));
    expect(await waterfall.CLEARINGHOUSE()).to.equal(await addressOf(clearinghouse));
  });

  it("trades go through orders, unless a local chain says otherwise", async function () {
    const { system } = await networkHelpers.loadFixture(ordering);
    expect(await system.clearinghouse.executor()).to.equal(await addressOf(system.orders));
    expect(await system.vault.ledgersOf(system.orders)).to.equal(bits(ORDERS));
    const direct = await networkHelpers.loadFixture(deployed);
    expect(await direct.system.clearinghouse.executor()).not.to.equal(await addressOf(direct.system.orders));
  });

  it("every module posts to its own ledgers and to no other", async function () {
    const { system, deployer } = await networkHelpers.loadFixture(deployed);
    const { vault, clearinghouse, pool, senior, junior, insurance, orders, waterfall, executor, oracle } = system;
    const masks: [BaseContract, bigint][] = [
      [clearinghouse, bits(MARGIN, CASH, INSURANCE, PENDING_PNL, RECOVERY, ORDERS, FEES)],
      [pool, bits(CASH, INSURANCE, RECOVERY)],
      [senior, bits(QUEUE, CASH, RECOVERY)],
      [junior, bits(QUEUE, CASH, RECOVERY)],
      [insurance, bits(QUEUE, INSURANCE, CASH)],
      [orders, bits(ORDERS)],
      [waterfall, 0n],
      [executor, 0n],
      [oracle, 0n],
    ];
    for (const [module, mask] of masks) expect(await vault.ledgersOf(module)).to.equal(mask);
    expect(await vault.ledgersOf(deployer)).to.equal(0n);
  });

  it("every parameter arrived", async function () {
    const { system, parameters } = await networkHelpers.loadFixture(deployed);
    const { clearinghouse, insurance } = system;
    const risk = fields(await clearinghouse.riskParams()) as unknown as Record<string, unknown>;
    for (const [name, value] of Object.entries(parameters.risk)) expect(risk[name], name).to.equal(BigInt(value));
    expect(await insurance.maxDrawPerDayBps()).to.equal(BigInt(parameters.maxDrawPerDayBps));
  });

  it("one access manager holds every role, and only those named have one", async function () {
    const { system, deployer, treasury, governor, stewardKey, guardian, stranger } =
      await networkHelpers.loadFixture(deployed);
    const { access, clearinghouse, pool, insurance, oracle, chainlink, orders, steward, handover } = system;
    for (const contract of [clearinghouse, pool, insurance, oracle, chainlink, orders, steward]) {
      expect(await contract.authority()).to.equal(await addressOf(access));
    }
    const week = BigInt(WEEK);
    const holders: [BaseContract | typeof deployer, Record<string, bigint>][] = [
      [governor, { [`${ADMIN_ROLE}`]: week, [`${GOVERNOR_ROLE}`]: week, [`${PARAMETERS_ROLE}`]: week }],
      [guardian, { [`${GUARDIAN_ROLE}`]: 0n }],
      [stewardKey, { [`${STEWARD_ROLE}`]: 0n }],
      [steward, { [`${PARAMETERS_ROLE}`]: 0n }],
      ...[deployer, treasury, stranger, handover, access, clearinghouse].map((who): [BaseContract, never] => [
        who as unknown as BaseContract,
        {} as never,
      ]),
    ];
    for (const [who, roles] of holders) {
      for (const role of [ADMIN_ROLE, GOVERNOR_ROLE, STEWARD_ROLE, GUARDIAN_ROLE, PARAMETERS_ROLE]) {
        const delay = roles[`${role}`];
        const [isMember, has] = await access.hasRole(role, who);
        expect([isMember, has], `role ${role}`).to.deep.equal([delay !== undefined, delay ?? 0n]);
      }
    }
  });

  it("what the governor schedules can be cancelled by the guardian, and new powers wait", async function () {
    const { system } = await networkHelpers.loadFixture(deployed);
    const { access, clearinghouse, pool, insurance, oracle, chainlink, steward } = system;
    for (const role of [GOVERNOR_ROLE, PARAMETERS_ROLE]) {
      expect(await access.getRoleGuardian(role)).to.equal(GUARDIAN_ROLE);
    }
    await networkHelpers.time.increase(5 * 86_400);
    for (const role of [ADMIN_ROLE, GOVERNOR_ROLE, PARAMETERS_ROLE]) {
      expect(await access.getRoleGrantDelay(role)).to.equal(BigInt(WEEK));
    }
    for (const target of [clearinghouse, pool, insurance, oracle, chainlink, steward]) {
      expect(await access.getTargetAdminDelay(target)).to.equal(BigInt(WEEK));
    }
  });
});
