import { expect } from "chai";
import type { BaseContract } from "ethers";
import hre from "hardhat";
import type { Artifact } from "../../scripts/deploy/checkCode.ts";
import { artifactOf } from "../../scripts/deploy/contracts.ts";
import { verify } from "../../scripts/deploy/verify.ts";
import { wad } from "../../scripts/shared/world.ts";
import { fields } from "../integration/stage.ts";
import { GOVERNOR_ROLE, GUARDIAN_ROLE, STEWARD_ROLE } from "./powers.ts";
import { e8, publicStage } from "./publicStage.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

const WEEK = 604_800;
const [ETH, BTC] = [0, 1];
const HALTED = 2;

const artifact = (name: string): Promise<Artifact> => hre.artifacts.readArtifact(name);

describe("verify-wiring", function () {
  async function deployed() {
    const stage = await publicStage(connection);
    const { system } = stage;
    const named: Record<string, BaseContract> = {
      AccessManager: system.access,
      Vault: system.vault,
      OracleRouter: system.oracle,
      ChainlinkSource: system.chainlink,
      LiquidityPool: system.pool,
      SeniorTranche: system.senior,
      JuniorTranche: system.junior,
      InsuranceFund: system.insurance,
      LossWaterfall: system.waterfall,
      Clearinghouse: system.clearinghouse,
      Orders: system.orders,
      RiskSteward: system.steward,
      Handover: system.handover,
      MockUSD: system.token,
      PythSource: system.pythSource,
      CircuitBreaker: system.breaker,
      Lens: system.lens,
    };
    const addresses: Record<string, string> = {};
    for (const [name, contract] of Object.entries(named)) addresses[name] = await contract.getAddress();
    // Ignition keeps libraries in its journal, and a chain in memory has none: they are in the code that calls them.
    for (const name of ["Clearinghouse", "SeniorTranche", "LiquidationLib", "Lens"]) {
      const code = await ethers.provider.getCode(addresses[name]!);
      for (const libraries of Object.values((await artifact(artifactOf(name))).deployedLinkReferences ?? {})) {
        for (const [library, [first]] of Object.entries(libraries)) {
          addresses[library] = ethers.getAddress(`0x${code.slice(2 + 2 * first!.start, 42 + 2 * first!.start)}`);
        }
      }
    }

    /** What is found wrong: `check: found`. */
    async function wrong(change: { addresses?: object; parameters?: object } = {}): Promise<string[]> {
      const rows = await verify({
        provider: ethers.provider,
        addresses: { ...addresses, ...change.addresses },
        parameters: { ...stage.parameters, ...change.parameters },
        fromBlock: 0,
        artifact,
      });
      return rows.filter(({ ok }) => !ok).map(({ check, found }) => `${check}: ${found}`);
    }

    /** The governor's way: scheduled, a week later done. */
    async function govern(
      target: BaseContract,
      name: string,
      values: unknown[],
      ready?: () => Promise<unknown>,
    ): Promise<void> {
      const call = target.interface.encodeFunctionData(name, values);
      const { access } = system;
      const governed = access.connect(stage.governor);
      if (target === access) await governed.schedule(access, call, 0);
      else await governed.schedule(target, call, 0);
      await networkHelpers.time.increase(WEEK);
      await stage.bring();
      await ready?.();
      if (target === access) await stage.governor.sendTransaction({ to: await access.getAddress(), data: call });
      else await governed.execute(target, call);
    }
    return { ...stage, addresses, wrong, govern };
  }

  it("finds nothing wrong with a deployment as it should be, on its first day and after its delays are in force", async function () {
    const { wrong } = await networkHelpers.loadFixture(deployed);
    expect(await wrong()).to.deep.equal([]);
    await networkHelpers.time.increase(6 * 86_400);
    expect(await wrong()).to.deep.equal([]);
  });

  it("finds a second guardian, and a governor who need not wait", async function () {
    const { system, govern, wrong, guardian, governor, stranger } = await networkHelpers.loadFixture(deployed);
    await govern(system.access, "grantRole", [GUARDIAN_ROLE, stranger.address, 0]);
    const guardians = [guardian, stranger].map(({ address }) => `${address} after 0 s`).sort();
    expect(await wrong()).to.deep.equal([`role guardian › holders: ${guardians.join(", ")}`]);

    await govern(system.access, "grantRole", [GOVERNOR_ROLE, stranger.address, 0]);
    const found = (await wrong()).find((line) => line.startsWith("role governor › holders"));
    // Not yet in force, and already seen.
    expect(found).to.include(`${governor.address} after ${WEEK} s`);
    expect(found).to.match(new RegExp(`${stranger.address} after 0 s, from \\d{4}-`));
  });

  it("finds a function that has gone to another role, and one that nobody knew of", async function () {
    const { system, govern, wrong, addresses } = await networkHelpers.loadFixture(deployed);
    const { access, orders, vault } = system;
    const keeperFee = orders.setKeeperFee.fragment.selector;
    await govern(access, "setTargetFunctionRole", [await orders.getAddress(), [keeperFee], STEWARD_ROLE]);
    const post = vault.post.fragment.selector;
    await govern(access, "setTargetFunctionRole", [await vault.getAddress(), [post], STEWARD_ROLE]);
    expect(await wrong()).to.deep.equal([
      "Orders.setKeeperFee › role: steward",
      `functions with a role besides: ${addresses.Vault!.toLowerCase()} ${post}`,
    ]);
  });

  it("finds who may cancel, how slow powers change, and a closed target", async function () {
    const { system, govern, wrong } = await networkHelpers.loadFixture(deployed);
    const { access, orders } = system;
    await govern(access, "setRoleGuardian", [GOVERNOR_ROLE, 0]);
    await govern(access, "setTargetClosed", [await orders.getAddress(), true]);
    await govern(access, "setGrantDelay", [GOVERNOR_ROLE, 0]);
    const [guardian, delay, closed, ...rest] = await wrong();
    expect(guardian).to.equal("role governor › guardian: admin");
    expect(delay).to.match(/^role governor › grant delay: 604800 s, 0 s from \d{4}-/);
    expect([closed, ...rest]).to.deep.equal(["Orders › closed: true"]);
  });

  it("finds changed parameters of all markets, the pool, the fund and orders", async function () {
    const { system, govern, wrong } = await networkHelpers.loadFixture(deployed);
    const risk = fields(await system.clearinghouse.riskParams());
    await govern(system.clearinghouse, "setRiskParams", [{ ...risk, penaltyBps: 60 }]);
    await govern(system.pool, "setParams", [600, 5_000, 10_000, wad(1_000)]);
    await govern(system.insurance, "setMaxDrawPerDayBps", [4_000]);
    await govern(system.orders, "setKeeperFee", [wad(2)]);
    expect(await wrong()).to.deep.equal([
      "risk › penaltyBps: 60",
      "pool › seniorFloorBps: 600",
      "insurance › maxDrawPerDayBps: 4000",
      `orders › keeperFee: ${wad(2)}`,
    ]);
  });

  it("finds a halted market, a restricted one, and a market nobody listed in the file", async function () {
    const { system, govern, wrong, guardian } = await networkHelpers.loadFixture(deployed);
    const { clearinghouse } = system;
    await govern(clearinghouse, "setMarketState", [BTC, HALTED]);
    const { params } = await clearinghouse.market(ETH);
    await govern(clearinghouse, "listMarket", [fields(params)]);
    await clearinghouse.connect(guardian).restrictOpening(ETH, 0, 3_600);
    const found = await wrong();
    expect(found[1]).to.match(/^eth › restricted by a guardian: until \d{4}-/);
    expect([found[0], ...found.slice(2)]).to.deep.equal(["markets: 3", "btc › state: halted"]);
  });

  it("finds another feed, another bound, and another source", async function () {
    const { system, govern, wrong, parameters, ids } = await networkHelpers.loadFixture(deployed);
    const other = await ethers.deployContract("MockAggregator", [8, e8(3_000)]);
    const feed = await other.getAddress();
    const bounds = [parameters.ethMinPrice, parameters.ethMaxPrice];
    await govern(system.chainlink, "setFeed", [ETH, feed, 86_400, ...bounds], () => other.pushAnswer(e8(3_000)));
    await govern(system.pythSource, "setFeed", [
      BTC,
      ids.btc,
      3_600,
      50,
      parameters.btcMinPrice,
      parameters.btcMaxPrice,
    ]);
    expect(await wrong()).to.deep.equal([
      `eth › Chainlink › aggregator: ${feed}`,
      "eth › Chainlink › heartbeat: 86400",
      "btc › Pyth › maxAge: 3600",
    ]);
    await govern(system.oracle, "setSource", [ETH, await system.pythSource.getAddress()]);
    expect(await wrong()).to.include("eth › source: PythSource");
  });

  it("finds another byte of code, another library, and what does not belong", async function () {
    const { wrong, addresses } = await networkHelpers.loadFixture(deployed);
    const at = addresses.RiskSteward!;
    const code = await ethers.provider.getCode(at);
    const middle = code.length / 2;
    const changed = `${code.slice(0, middle)}${code[middle] === "0" ? "1" : "0"}${code.slice(middle + 1)}`;
    await networkHelpers.setCode(at, changed);
    expect(await wrong({ addresses: { Faucet: addresses.MockUSD } })).to.satisfy((found: string[]) =>
      ["RiskSteward › code: another byte at", "Faucet › known: no"].every((start, i) => found[i]?.startsWith(start)),
    );
    const { TradeLib, ViewLib } = addresses;
    const found = await wrong({ addresses: { TradeLib: ViewLib, ViewLib: TradeLib } });
    expect(found.some((line) => line.startsWith("Clearinghouse › libraries: TradeLib 0x"))).to.equal(true);
  });

  it("finds the parameters of another deployment", async function () {
    const { wrong, stranger, deployer } = await networkHelpers.loadFixture(deployed);
    const parameters = {
      treasury: stranger.address,
      lpEpochSeconds: 3_600,
      minOrderDelaySeconds: 3,
      ethHeartbeatSeconds: 60,
    };
    expect(await wrong({ parameters })).to.deep.equal([
      "LiquidityPool › EPOCH_LENGTH: 86400",
      "SeniorTranche › EPOCH_LENGTH: 86400",
      "JuniorTranche › EPOCH_LENGTH: 86400",
      `Clearinghouse › TREASURY: ${(await networkHelpers.loadFixture(deployed)).treasury.address}`,
      "orders › MIN_DELAY: 2",
      "eth › Chainlink › heartbeat: 3660",
    ]);
    expect(await wrong({ parameters: { governor: deployer.address } })).to.include(
      "the deployer is not the governor: false",
    );
  });
});
