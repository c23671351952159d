import { expect } from "chai";
import hre from "hardhat";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { plainStage } from "../integration/stage.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

const MAX_GAS = 16_777_216n;

describe("Security of deleveraging", function () {
  /** A skew above its cap, and three other markets with positions whose feeds burn all gas, their marks old. */
  async function burning() {
    const stage = await plainStage(connection);
    const { world, clearinghouse, chainlink, oracle, alice, bob } = stage;
    const eth = await world.listMarket({ ...PLAIN_MARKET, poolShareBps: 10_000 }, wad(100_000));
    const account = await world.fund(alice, wad(100_000));
    const other = await world.fund(bob, wad(100_000));
    const feeds = [];
    for (let i = 0; i < 3; i++) {
      const market = await world.listMarket(PLAIN_MARKET, wad(1_000));
      const feed = await ethers.deployContract("MockAggregator", [8, 1_000n * 10n ** 8n]);
      await chainlink.setFeed(market, feed, 86_400, 1n, wad(1_000_000));
      await oracle.setSource(market, chainlink);
      await world.trade(bob, other, market, wad(2));
      feeds.push(feed);
    }
    await world.trade(alice, account, eth, wad("3.9"));
    await world.setPrice(eth, wad(130_000));
    for (const feed of feeds) await feed.setBurningGas(true);
    await world.advance((await clearinghouse.riskParams()).maxMarkAge + 1n);
    return { ...stage, eth, feeds };
  }

  it("feeds that burn gas are asked once, in a call of their own, and block nobody [C21, C35, C36]", async function () {
    const { clearinghouse, keeper, eth } = await networkHelpers.loadFixture(burning);
    const as = clearinghouse.connect(keeper);
    const asking = await as.deleverage(eth, { gasLimit: MAX_GAS });
    await expect(asking).to.emit(clearinghouse, "MarketMarked").and.to.not.emit(clearinghouse, "Deleveraged");
    expect(await clearinghouse.feesOf(keeper)).to.equal(0n);

    const acting = await as.deleverage(eth, { gasLimit: MAX_GAS });
    await expect(acting).to.emit(clearinghouse, "Deleveraged");
    const [asked, acted] = [(await asking.wait())!.gasUsed, (await acting.wait())!.gasUsed];
    expect(asked > 900_000n && acted < 900_000n, `${asked}, ${acted}`).to.equal(true);
  });

  it("whoever sends little gas does not make them look asked [C36]", async function () {
    const { clearinghouse, keeper, oracle, eth } = await networkHelpers.loadFixture(burning);
    const as = clearinghouse.connect(keeper);
    await expect(as.deleverage(eth, { gasLimit: 600_000n })).to.be.revertedWithCustomError(
      oracle,
      "OracleRouter_NotEnoughGas",
    );
    await expect(as.deleverage(eth, { gasLimit: MAX_GAS })).to.not.emit(clearinghouse, "Deleveraged");
  });

  it("one that answers again is marked, and asked once what was seen of it is old [C35]", async function () {
    const { clearinghouse, keeper, feeds, world, eth } = await networkHelpers.loadFixture(burning);
    const as = clearinghouse.connect(keeper);
    await as.deleverage(eth, { gasLimit: MAX_GAS });
    for (const feed of feeds) {
      await feed.setBurningGas(false);
      await feed.pushAnswer(1_000n * 10n ** 8n);
    }
    await as.mark(2);
    const age = (await clearinghouse.riskParams()).maxMarkAge;
    await world.advance(age + 1n);
    const marked = await as.deleverage(eth, { gasLimit: MAX_GAS });
    const { timestamp } = (await ethers.provider.getBlock(marked.blockNumber!))!;
    for (const market of [2, 3, 4]) {
      expect((await clearinghouse.market(market)).touchedAt, String(market)).to.equal(BigInt(timestamp));
    }
  });
});
