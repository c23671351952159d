import { expect } from "chai";
import hre from "hardhat";
import { MarketState, PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { layerTotals, plainStage, REAL_MARKET, realStage, type Stage } from "./stage.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

const MAX_GAS = 4_000_000n;

/** Alice long, Bob short, the same size. */
async function balanced(stage: Stage, market: number, size = "10", margin = 60_000) {
  const { world, alice, bob } = stage;
  const long = await world.fund(alice, wad(margin));
  const short = await world.fund(bob, wad(1_000_000));
  await world.trade(alice, long, market, wad(size));
  await world.trade(bob, short, market, wad(`-${size}`));
  return { long, short };
}

async function expectLiquidated({ clearinghouse, world, keeper }: Stage, account: bigint) {
  const transaction = await clearinghouse.connect(keeper).liquidate(account);
  const receipt = await transaction.wait();
  expect(receipt!.gasUsed < MAX_GAS, `gas ${receipt!.gasUsed}`).to.equal(true);
  const ledgers = await world.ledgers();
  expect(ledgers.held).to.equal(ledgers.sum);
  return receipt!;
}

describe("Liquidation, hostile conditions", function () {
  async function plain() {
    return plainStage(connection);
  }

  async function real() {
    return realStage(connection);
  }

  it("goes through when the token blocks the owner and the keeper [C17, C32]", async function () {
    const stage = await networkHelpers.loadFixture(real);
    const { world, token, clearinghouse, alice, keeper, btc } = stage;
    const { long } = await balanced(stage, btc, "5", 60_000);
    await token.blocklist(alice, true);
    await token.blocklist(keeper, true);

    await world.setPrice(btc, wad(80_000));
    await expectLiquidated(stage, long);
    expect((await clearinghouse.account(long)).openMarkets).to.equal(0n);
    expect(await clearinghouse.feesOf(keeper)).to.equal(wad(2));
    await expect(clearinghouse.connect(keeper).claimFees())
      .to.be.revertedWithCustomError(token, "MockUSD_Blocked")
      .withArgs(keeper.address);

    await token.blocklist(keeper, false);
    await clearinghouse.connect(keeper).claimFees();
    expect(await token.balanceOf(keeper)).to.equal(2_000_000n);
  });

  it("goes through when the feed of another market is dead", async function () {
    const stage = await networkHelpers.loadFixture(plain);
    const { world, prices, bob, carol, btc } = stage;
    const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
    const { long } = await balanced(stage, btc);
    await world.fund(carol, wad(60_000));
    await world.trade(bob, await world.fund(bob, 1n * wad(1)), eth, wad(100));
    await prices.setDead(eth, true);

    await world.setPrice(btc, wad(80_000));
    await expectLiquidated(stage, long);
    expect(await layerTotals(stage)).to.deep.include({ forgone: 0n, insurance: wad(49_995), junior: wad(90_005) });
  });

  for (const state of ["ReduceOnly", "Halted"] as const) {
    it(`goes through in a market that is ${state}, in part and wholly`, async function () {
      const stage = await networkHelpers.loadFixture(plain);
      const { world, clearinghouse, btc } = stage;
      const { long } = await balanced(stage, btc);
      await clearinghouse.setMarketState(btc, MarketState[state]);

      await world.setPrice(btc, wad(94_900));
      await expectLiquidated(stage, long);
      expect((await clearinghouse.position(long, btc)).size > 0n).to.equal(true);
      await world.setPrice(btc, wad(80_000));
      await expectLiquidated(stage, long);
      expect((await clearinghouse.position(long, btc)).size).to.equal(0n);
    });
  }

  describe("when positions are dust", function () {
    it("closes a smallest position that has become worth a cent and pays its bond [C13, C14]", async function () {
      const stage = await networkHelpers.loadFixture(real);
      const { world, clearinghouse, alice, keeper, btc } = stage;
      const account = await world.fund(alice, wad(30));
      await world.trade(alice, account, btc, wad("0.010000000000000001"));
      await world.setPrice(btc, wad(1));
      await expectLiquidated(stage, account);
      expect((await clearinghouse.account(account)).openMarkets).to.equal(0n);
      expect(await clearinghouse.feesOf(keeper)).to.equal(wad(2));
    });

    it("closes everything rather than leave less than the smallest position [C14]", async function () {
      const stage = await networkHelpers.loadFixture(plain);
      const { world, clearinghouse, alice, btc } = stage;
      const account = await world.fund(alice, wad(20));
      await world.trade(alice, account, btc, wad("0.01"));
      // Worth 991 < 1,000 already: no part of it may stay.
      await world.setPrice(btc, wad(98_900));
      await expectLiquidated(stage, account);
      const { margin, openMarkets } = await clearinghouse.account(account);
      expect([margin, openMarkets]).to.deep.equal([wad(9), 0n]);
    });

    it("closes every leg although one of them is dust", async function () {
      const stage = await networkHelpers.loadFixture(plain);
      const { world, clearinghouse, alice, btc } = stage;
      const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
      const account = await world.fund(alice, wad(60_000));
      await world.trade(alice, account, btc, wad(10));
      await world.trade(alice, account, eth, wad("0.25"));
      await world.setPrice(eth, 1n);
      await world.setPrice(btc, wad(60_000));
      await expectLiquidated(stage, account);
      expect((await clearinghouse.account(account)).openMarkets).to.equal(0n);
    });
  });

  describe("when 32 markets are listed and the account is in 8", function () {
    /** The last eight markets, four longs and four shorts, Bob on the other side of all. */
    async function full() {
      const stage = await realStage(connection);
      const { world, clearinghouse, alice, bob } = stage;
      while ((await clearinghouse.marketCount()) < 32n) await world.listMarket(REAL_MARKET, wad(1_000));
      const account = await world.fund(alice, wad(20_000));
      const other = await world.fund(bob, wad(1_000_000));
      const markets = Array.from({ length: 8 }, (_, i) => 24 + i);
      for (const [i, market] of markets.entries()) {
        const size = i % 2 === 0 ? wad(50) : wad(-50);
        await clearinghouse.markAll();
        await world.trade(alice, account, market, size);
        await clearinghouse.markAll();
        await world.trade(bob, other, market, -size);
      }
      return { ...stage, account, markets };
    }

    it("closes all eight with a deficit", async function () {
      const stage = await networkHelpers.loadFixture(full);
      const { world, clearinghouse, account, markets } = stage;
      for (const [i, market] of markets.entries()) await world.setPrice(market, wad(i % 2 === 0 ? 900 : 1_100));
      const receipt = await expectLiquidated(stage, account);
      expect((await clearinghouse.account(account)).openMarkets).to.equal(0n);
      expect(receipt.gasUsed < MAX_GAS).to.equal(true);
      const totals = await layerTotals(stage);
      expect(Object.values(totals).reduce((a, b) => a + b, 0n) > wad(20_000)).to.equal(true);
    });

    it("closes the same part of all eight when it is only unhealthy", async function () {
      const stage = await networkHelpers.loadFixture(full);
      const { world, clearinghouse, account, markets } = stage;
      for (const [i, market] of markets.entries()) await world.setPrice(market, wad(i % 2 === 0 ? 957 : 1_043));
      await expectLiquidated(stage, account);
      const sizes = await Promise.all(markets.map(async (m) => (await clearinghouse.position(account, m)).size));
      for (const size of sizes) {
        const left = size < 0n ? -size : size;
        expect(left > 0n && left < wad(50), String(sizes)).to.equal(true);
      }
    });

    it("orphans seven dead markets, each feed burning all its gas [C21, C35]", async function () {
      const stage = await networkHelpers.loadFixture(full);
      const { world, clearinghouse, chainlink, oracle, account, markets } = stage;
      const feeds = [];
      for (const market of markets.slice(1)) {
        const feed = await ethers.deployContract("MockAggregator", [8, 1_000n * 10n ** 8n]);
        await chainlink.setFeed(market, feed, 86_400, 1n, wad(1_000_000));
        await oracle.setSource(market, chainlink);
        feeds.push(feed);
      }
      for (const feed of feeds) await feed.setBurningGas(true);
      await world.setPrice(markets[0]!, wad(500));
      await expectLiquidated(stage, account);
      const after = await clearinghouse.account(account);
      expect([after.margin, after.openMarkets]).to.deep.equal([0n, 0n]);
    });
  });

  describe("when the call has little gas", function () {
    async function twoLegs() {
      const stage = await realStage(connection);
      const { world, clearinghouse, alice } = stage;
      const eth = await world.listMarket(REAL_MARKET, wad(4_000));
      const { long } = await balanced(stage, stage.btc, "5");
      await clearinghouse.markAll();
      await world.trade(alice, long, eth, wad(50));
      await world.setPrice(stage.btc, wad(85_000));
      await world.setPrice(eth, wad(3_000));
      return { ...stage, eth, long };
    }

    it("reverts rather than take a live feed for a dead one, and changes nothing [C36]", async function () {
      const stage = await networkHelpers.loadFixture(twoLegs);
      const { oracle, world, clearinghouse, keeper, long } = stage;
      const before = [await world.ledgers(), await clearinghouse.account(long)];
      await expect(clearinghouse.connect(keeper).liquidate(long, { gasLimit: 300_000n })).to.be.revertedWithCustomError(
        oracle,
        "OracleRouter_NotEnoughGas",
      );
      expect([await world.ledgers(), await clearinghouse.account(long)]).to.deep.equal(before);
    });

    it("whatever gas is sent: all of it or nothing [C36]", async function () {
      const stage = await networkHelpers.loadFixture(twoLegs);
      const { clearinghouse, waterfall, keeper, long } = stage;
      const before = await networkHelpers.takeSnapshot();
      let done = 0;
      for (let gasLimit = 280_000n; gasLimit <= 1_000_000n; gasLimit += 30_000n) {
        const open = await clearinghouse
          .connect(keeper)
          .liquidate(long, { gasLimit })
          .then(
            async () => (await clearinghouse.account(long)).openMarkets,
            () => undefined,
          );
        if (open === undefined) {
          expect(await waterfall.incidentCount()).to.equal(0n);
          continue;
        }
        expect(open, `with ${gasLimit} gas`).to.equal(0n);
        expect(await waterfall.incidentCount()).to.equal(1n);
        done += 1;
        await before.restore();
      }
      expect(done > 0).to.equal(true);
    });
  });
});
