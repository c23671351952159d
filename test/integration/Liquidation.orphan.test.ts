import { expect } from "chai";
import hre from "hardhat";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { fields, layerTotals, plainStage, REAL_MARKET, realStage, type Stage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

/** The first ownerless account. */
const ORPHAN = 1n;

/** Alice long 10 BTC and 100 ETH, Bob short both; bonds of 2 USD a position. */
async function twoMarkets(stage: Stage) {
  const { world, clearinghouse, alice, bob, btc } = stage;
  const risk = await clearinghouse.riskParams();
  await clearinghouse.setRiskParams({ ...fields(risk), keeperFloorCents: 200, keeperFloorCapCents: 200 });
  const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
  const long = await world.fund(alice, wad(60_004));
  const short = await world.fund(bob, wad(600_004));
  await world.trade(alice, long, btc, wad(10));
  await world.trade(bob, short, btc, wad(-10));
  await world.trade(alice, long, eth, wad(100));
  await world.trade(bob, short, eth, wad(-100));
  return { ...stage, eth, long, short };
}

describe("Liquidation of an account in a market without a price", function () {
  async function own() {
    return twoMarkets(await plainStage(connection));
  }

  describe("while the feed is dead", function () {
    it("does not count a profit it cannot see, and counts a loss at the last mark", async function () {
      const stage = await networkHelpers.loadFixture(own);
      const { world, clearinghouse, prices, keeper, btc, eth, long } = stage;
      await world.setPrice(eth, wad(5_000));
      await clearinghouse.mark(eth);
      await prices.setDead(eth, true);
      // 100,000 of profit in ETH would keep the account healthy: nobody can see it.
      await world.setPrice(btc, wad(94_500));
      await expect(clearinghouse.connect(keeper).liquidate(long))
        .to.emit(clearinghouse, "AccountLiquidated")
        .withArgs(long, keeper.address, wad(5_000), wad(9_450), (closed: bigint) => closed > 0n, 0n, 0n, 0n);
      expect((await clearinghouse.position(long, eth)).size).to.equal(wad(100));
    });

    it("counts a loss at the last mark", async function () {
      const stage = await networkHelpers.loadFixture(own);
      const { world, clearinghouse, prices, keeper, btc, eth, long } = stage;
      await world.setPrice(eth, wad(3_500));
      await clearinghouse.mark(eth);
      await prices.setDead(eth, true);
      await world.setPrice(eth, wad(8_000)); // whatever it says now, nobody hears it
      await world.setPrice(btc, wad(99_500));
      await expect(clearinghouse.connect(keeper).liquidate(long))
        .to.emit(clearinghouse, "AccountLiquidated")
        .withArgs(long, keeper.address, wad(5_000), wad(9_950), (closed: bigint) => closed > 0n, 0n, 0n, 0n);
    });

    it("leaves the dead position with an owner who still has margin", async function () {
      const stage = await networkHelpers.loadFixture(own);
      const { world, clearinghouse, prices, btc, eth, long } = stage;
      await world.setPrice(eth, wad(3_500));
      await clearinghouse.mark(eth);
      await prices.setDead(eth, true);
      await world.setPrice(btc, wad(98_000));
      await clearinghouse.liquidate(long);
      const { margin, openMarkets } = await clearinghouse.account(long);
      expect([margin, openMarkets]).to.deep.equal([wad(40_000), 1n << BigInt(eth)]);
      await expect(clearinghouse.liquidate(long))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NothingToLiquidate")
        .withArgs(long);
    });

    it("moves the dead position of a bankrupt account to nobody, bond included", async function () {
      const stage = await networkHelpers.loadFixture(own);
      const { world, clearinghouse, prices, keeper, btc, eth, long } = stage;
      await prices.setDead(eth, true);
      await world.setPrice(btc, wad(93_000));
      await expect(clearinghouse.connect(keeper).liquidate(long))
        .to.emit(clearinghouse, "PositionOrphaned")
        .withArgs(long, eth, ORPHAN);
      expect(await layerTotals(stage)).to.deep.include({ insurance: wad(10_000), junior: 0n });
      expect((await clearinghouse.account(long)).openMarkets).to.equal(0n);
      expect((await clearinghouse.account(ORPHAN)).openMarkets).to.equal(1n << BigInt(eth));
      expect((await clearinghouse.position(ORPHAN, eth)).size).to.equal(wad(100));
      expect((await clearinghouse.position(long, eth)).size).to.equal(0n);
      // The bond of the BTC position is the keeper's; those of ETH and of Bob's two stay.
      expect(await clearinghouse.feesOf(keeper)).to.equal(wad(2));
      expect((await world.ledgers()).orders).to.equal(wad(6));

      await expect(clearinghouse.liquidate(ORPHAN))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NothingToLiquidate")
        .withArgs(ORPHAN);
    });

    it("lets the former owner start anew", async function () {
      const { world, clearinghouse, prices, alice, btc, eth, long } = await networkHelpers.loadFixture(own);
      await prices.setDead(eth, true);
      await world.setPrice(btc, wad(93_000));
      await clearinghouse.liquidate(long);
      await world.fund(alice, wad(1_000));
      await clearinghouse.connect(alice).withdraw(long, 1_000_000_000n);
      expect((await clearinghouse.account(long)).margin).to.equal(0n);
    });
  });

  describe("when the feed of an orphan answers again", function () {
    async function orphaned() {
      const stage = await twoMarkets(await plainStage(connection));
      await stage.prices.setDead(stage.eth, true);
      await stage.world.setPrice(stage.btc, wad(93_000));
      await stage.clearinghouse.liquidate(stage.long);
      await stage.prices.setDead(stage.eth, false);
      return stage;
    }

    it("refuses money for it and settles nothing of it", async function () {
      const { clearinghouse, alice } = await networkHelpers.loadFixture(orphaned);
      await expect(clearinghouse.connect(alice).deposit(ORPHAN, 1n))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_ZeroOwner")
        .withArgs(ORPHAN);
      await expect(clearinghouse.settle(ORPHAN))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_ZeroOwner")
        .withArgs(ORPHAN);
    });

    it("anyone closes it for the bond; its profit is the pool's", async function () {
      const stage = await networkHelpers.loadFixture(orphaned);
      const { world, clearinghouse, pool, keeper, eth } = stage;
      await world.setPrice(eth, wad(4_500));
      const cash = (await world.ledgers()).cash;
      await clearinghouse.connect(keeper).liquidate(ORPHAN);
      expect(await clearinghouse.feesOf(keeper)).to.equal(wad(2));
      expect((await clearinghouse.account(ORPHAN)).openMarkets).to.equal(0n);
      expect(await layerTotals(stage)).to.deep.include({ insurance: wad(10_000) });
      const ledgers = await world.ledgers();
      expect(ledgers.cash).to.equal(cash);
      expect(ledgers.held).to.equal(ledgers.sum);
      // Bob's short lost 50,000 that nobody on the other side is owed: the pool earned it.
      expect(await pool.equity()).to.equal(wad(550_000));
    });

    it("a deficit of it is absorbed then", async function () {
      const stage = await networkHelpers.loadFixture(orphaned);
      const { world, clearinghouse, pool, waterfall, keeper, eth } = stage;
      await world.setPrice(eth, wad(3_700));
      await expect(clearinghouse.connect(keeper).liquidate(ORPHAN))
        .to.emit(waterfall, "DeficitAbsorbed")
        .withArgs(2n, ORPHAN, wad(30_000), 0n, wad(30_000), 0n, 0n, 0n, 0n);
      expect(await clearinghouse.feesOf(keeper)).to.equal(wad(2));
      expect(await pool.equity()).to.equal(wad(500_000));
    });
  });

  it("orphans with fees, funding and impact leave every ledger whole", async function () {
    async function real() {
      const stage = await realStage(connection);
      const { world, clearinghouse, alice, bob, btc } = stage;
      const eth = await world.listMarket(REAL_MARKET, wad(4_000));
      const long = await world.fund(alice, wad(40_000));
      const short = await world.fund(bob, wad(400_000));
      await world.trade(alice, long, eth, wad(50));
      await clearinghouse.markAll();
      await world.trade(bob, short, btc, wad(-2));
      await clearinghouse.markAll();
      await world.trade(alice, long, btc, wad(4));
      return { ...stage, eth, long };
    }
    const stage = await networkHelpers.loadFixture(real);
    const { world, clearinghouse, prices, keeper, btc, eth, long } = stage;
    await networkHelpers.time.increase(86_400);
    await prices.setDead(eth, true);
    await world.setPrice(btc, wad(80_000));
    await clearinghouse.connect(keeper).liquidate(long);
    await networkHelpers.time.increase(86_400);
    await prices.setDead(eth, false);
    await world.setPrice(eth, wad(3_000));
    await clearinghouse.connect(keeper).liquidate(ORPHAN);
    const market = await clearinghouse.market(eth);
    expect([market.long.sizeBase, market.long.cost, market.mark]).to.deep.equal([0n, 0n, 0n]);
    const ledgers = await world.ledgers();
    expect(ledgers.held).to.equal(ledgers.sum);
    expect(ledgers.orders).to.equal(wad(2)); // Bob's
  });
});
