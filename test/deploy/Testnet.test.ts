import { expect } from "chai";
import { AbiCoder, getAddress, ZeroAddress } from "ethers";
import hre from "hardhat";
import DevnetModule from "../../deploy/modules/Devnet.ts";
import TestnetModule from "../../deploy/modules/Testnet.ts";
import { readParametersOf } from "../../scripts/shared/parameters.ts";
import { accountId, wad } from "../../scripts/shared/world.ts";
import { ADMIN_ROLE, GOVERNOR_ROLE } from "./powers.ts";
import { NETWORKS, publicStage } from "./publicStage.ts";

const connection = await hre.network.create();
const { ethers, ignition, networkHelpers } = connection;

const WEEK = 604_800;
const [ETH, BTC] = [0, 1];
const [VALUE, OPEN] = [0, 1];
const fileOf = (name: string) => new URL(`../../deploy/parameters/${name}.json5`, import.meta.url);

describe("Testnet", function () {
  const deployed = () => publicStage(connection);

  it("lists two open markets whose prices two feeds agree on", async function () {
    const { system, parameters } = await networkHelpers.loadFixture(deployed);
    const { clearinghouse, oracle, breaker, pythSource, chainlink } = system;
    expect(await clearinghouse.marketCount()).to.equal(2n);
    for (const [id, name, price] of [
      [ETH, "eth", 3_000],
      [BTC, "btc", 100_000],
    ] as const) {
      const { state, params } = await clearinghouse.market(id);
      expect(state).to.equal(0n);
      expect(params.maxPositionBase).to.equal((parameters[name] as { maxPositionBase: bigint }).maxPositionBase);
      expect(await oracle.sourceOf(id)).to.equal(await breaker.getAddress());
      const { primary, secondary } = await breaker.pairOf(id);
      expect([primary, secondary]).to.deep.equal([await pythSource.getAddress(), await chainlink.getAddress()]);
      expect((await oracle.priceFor(id, OPEN))[0]).to.equal(wad(price));
    }
  });

  it("has no price while the two feeds disagree", async function () {
    const { system, feeds } = await networkHelpers.loadFixture(deployed);
    await feeds.btc.pushAnswer(102_000n * 10n ** 8n);
    await expect(system.oracle.priceFor(BTC, VALUE))
      .to.be.revertedWithCustomError(system.breaker, "CircuitBreaker_SourcesDisagree")
      .withArgs(BTC, wad(100_000), wad(102_000), 150);
  });

  it("executes an order at the first price that Pyth proves after it", async function () {
    const stage = await networkHelpers.loadFixture(deployed);
    const { system, alice, keeper } = stage;
    const { token, vault, clearinghouse, orders } = system;
    await stage.seed(1_000_000);
    const account = accountId(alice.address);
    await token.mint(alice, 20_000n * 10n ** 6n);
    await token.connect(alice).approve(vault, 20_000n * 10n ** 6n);
    await clearinghouse.connect(alice).deposit(account, 10_000n * 10n ** 6n);

    const request = { account, market: ETH, kind: 0, sizeDelta: wad(2), acceptablePrice: wad(3_100), triggerPrice: 0n };
    await orders.connect(alice).submit({ ...request, deadline: (await stage.now()) + 600, isReduceOnly: false });
    const first = (await stage.now()) + 2;
    await networkHelpers.time.increase(5);
    const updates = [await stage.update("eth", 3_010, first)];
    const proof = AbiCoder.defaultAbiCoder().encode(["bytes[]"], [updates]);
    await orders.connect(keeper).execute(1n, proof, { value: 1n });

    const { size, cost } = await clearinghouse.position(account, ETH);
    expect(size).to.equal(wad(2));
    // 3,010 and the impact of two ether on a scale of a million: a hundred-thousandth of a percent.
    expect(cost).to.be.within(wad(6_020), wad("6020.01"));
  });

  it("leaves the deployer with nothing, and the governor behind a week", async function () {
    const { system, deployer, governor, guardian } = await networkHelpers.loadFixture(deployed);
    const { access, breaker, pythSource } = system;
    for (const role of [ADMIN_ROLE, GOVERNOR_ROLE]) {
      expect([...(await access.hasRole(role, deployer))]).to.deep.equal([false, 0n]);
      expect([...(await access.hasRole(role, governor))]).to.deep.equal([true, BigInt(WEEK)]);
    }
    await expect(breaker.connect(deployer).setSources(ETH, ZeroAddress, ZeroAddress, 0, 0, 0))
      .to.be.revertedWithCustomError(breaker, "AccessManagedUnauthorized")
      .withArgs(deployer.address);
    await networkHelpers.time.increase(5 * 86_400);
    for (const source of [breaker, pythSource]) {
      expect(await access.getTargetAdminDelay(source)).to.equal(BigInt(WEEK));
    }

    const call = system.orders.interface.encodeFunctionData("setKeeperFee", [wad(1)]);
    await access.connect(governor).schedule(system.orders, call, 0);
    await expect(access.connect(governor).execute(system.orders, call)).to.be.revertedWithCustomError(
      access,
      "AccessManagerNotReady",
    );
    await access.connect(guardian).cancel(governor, system.orders, call);
    await access.connect(governor).schedule(system.orders, call, 0);
    await networkHelpers.time.increase(WEEK);
    await access.connect(governor).execute(system.orders, call);
    expect(await system.orders.keeperFee()).to.equal(wad(1));
  });

  it("asks who is who: nobody is the deployer by default", async function () {
    const { parameters } = await networkHelpers.loadFixture(deployed);
    const { governor: _, ...nobody } = parameters as Record<string, unknown>;
    const refused = await ignition.deploy(TestnetModule, { parameters: { Testnet: nobody as never } }).catch(String);
    expect(refused).to.include("'governor' requires a value");
  });

  for (const network of NETWORKS) {
    it(`${network}: checksummed addresses, a week's delay, and nobody's wallet in the file`, async function () {
      const { Testnet: parameters } = await readParametersOf(fileOf(network));
      for (const name of ["pyth", "ethChainlinkFeed", "btcChainlinkFeed"]) {
        expect(getAddress(parameters![name] as string)).to.equal(parameters![name]);
      }
      expect(parameters!.governorDelay).to.equal(WEEK);
      for (const name of parameters!.unconfirmed as string[]) expect(parameters).to.have.property(name);
      expect(parameters).not.to.have.any.keys("governor", "steward", "guardian", "treasury");
    });
  }

  it("the networks differ in addresses and heartbeats only, so that one that deploys stands for all", async function () {
    const own = /^(pyth|\w+ChainlinkFeed|\w+HeartbeatSeconds|unconfirmed)$/;
    const [first, ...others] = await Promise.all(
      NETWORKS.map(async (network) => {
        const { Testnet } = await readParametersOf(fileOf(network));
        return Object.fromEntries(Object.entries(Testnet!).filter(([name]) => !own.test(name)));
      }),
    );
    for (const other of others) expect(other).to.deep.equal(first);
  });
});

describe("Devnet", function () {
  it("deploys two open markets with prices, and the first account governs without a delay", async function () {
    const { Devnet } = await readParametersOf(fileOf("devnet"));
    const deployment = await ignition.deploy(DevnetModule, { parameters: { Devnet: Devnet as never } });
    const { clearinghouse, oracle, access } = deployment as unknown as Awaited<
      ReturnType<typeof publicStage>
    >["system"];
    const [first] = await ethers.getSigners();
    for (const [id, price] of [
      [ETH, 3_000],
      [BTC, 100_000],
    ] as const) {
      expect((await clearinghouse.market(id)).state).to.equal(0n);
      expect((await oracle.priceFor(id, OPEN))[0]).to.equal(wad(price));
    }
    expect([...(await access.hasRole(ADMIN_ROLE, first!))]).to.deep.equal([true, 0n]);
  });
});
