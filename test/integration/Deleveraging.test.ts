import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { NO_IMPACT, PLAIN_MARKET, WAD, wad } from "../../scripts/shared/world.ts";
import { plainStage, type Stage } from "./stage.ts";

const { networkHelpers } = await hre.network.create();

/** One cap: skew notional at most the pool's equity; opening stops at 80% of it. */
const CAPPED = { ...PLAIN_MARKET, poolShareBps: 10_000 };

const skewNotional = async ({ clearinghouse }: Pick<Stage, "clearinghouse">, market: number): Promise<bigint> => {
  const { long, short, lastPrice } = await clearinghouse.market(market);
  const skew = long.sizeBase - short.sizeBase;
  return ((skew < 0n ? -skew : skew) * lastPrice) / WAD;
};

/** Pool of 500,000, floor 20,000; Alice long 3 and Bob long 1 from 100,000, Carol long 0.2 from 129,000. */
async function heavy(connection: NetworkConnection, skewScaleBase = NO_IMPACT) {
  const stage = await plainStage(connection);
  const { world, alice, bob, carol } = stage;
  const maxPositionBase = skewScaleBase === NO_IMPACT ? wad(1_000_000) : wad(10);
  const eth = await world.listMarket({ ...CAPPED, skewScaleBase, maxPositionBase }, wad(100_000));
  const first = await world.fund(alice, wad(100_000));
  const second = await world.fund(bob, wad(50_000));
  const loser = await world.fund(carol, wad(50_000));
  await world.trade(alice, first, eth, wad(3));
  await world.trade(bob, second, eth, wad("0.9"));
  await world.setPrice(eth, wad(100_100));
  return { ...stage, eth, first, second, loser };
}

const balanced = (connection: NetworkConnection) => heavy(connection);
const aboveCap = (connection: NetworkConnection) => heavy(connection).then(at(130_000));
const aboveCapWithImpact = (connection: NetworkConnection) => heavy(connection, wad(5_000)).then(at(130_000));

function at<T extends { world: Stage["world"]; eth: number }>(usd: number): (stage: T) => Promise<T> {
  return async (stage) => {
    await stage.world.setPrice(stage.eth, wad(usd));
    return stage;
  };
}

describe("Clearinghouse › deleverage", function () {
  it("reverts for a market that is not listed", async function () {
    const { clearinghouse } = await networkHelpers.loadFixture(aboveCap);
    await expect(clearinghouse.deleverage(9))
      .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarketNotListed")
      .withArgs(9);
  });

  it("reverts without a price", async function () {
    const { clearinghouse, prices, eth } = await networkHelpers.loadFixture(aboveCap);
    await prices.setDead(eth, true);
    await expect(clearinghouse.deleverage(eth)).to.be.revertedWithCustomError(prices, "MockPriceSource_Dead");
  });

  it("reverts when nothing is due, and says how far away it is [C29]", async function () {
    const { clearinghouse, pool, btc } = await networkHelpers.loadFixture(aboveCap);
    const [equity, floor] = [await pool.equity(), await pool.floor()];
    await expect(clearinghouse.deleverage(btc))
      .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotDeleveragable")
      .withArgs(btc, equity, floor, 0n, equity * 100n);
  });

  describe("when the skew is above its cap", function () {
    for (const [name, fixture] of [
      ["without impact", aboveCap],
      ["with impact", aboveCapWithImpact],
    ] as const) {
      it(`${name}: brings it to 95% of the cap, equity unmoved but for the reward`, async function () {
        const stage = await networkHelpers.loadFixture(fixture);
        const { clearinghouse, pool, keeper, eth } = stage;
        await clearinghouse.mark(eth);
        const before = await pool.equity();
        await clearinghouse.connect(keeper).deleverage(eth);
        const after = await pool.equity();
        const reward = await clearinghouse.feesOf(keeper);
        expect(reward).to.be.greaterThan(0n);
        // What roundings of positions may take, 130,000 wei each, is set aside from cash.
        expect(before - after - reward).to.be.within(-1_000_000n, 1_000_000n);
        const target = (after * 95n) / 100n;
        expect(await skewNotional(stage, eth)).to.be.within(target - 10n ** 6n, target + 10n ** 6n);
      });

      it(`${name}: previews what it then does`, async function () {
        const { clearinghouse, keeper, eth } = await networkHelpers.loadFixture(fixture);
        await clearinghouse.mark(eth);
        const seen = await clearinghouse.previewDeleverage(eth);
        expect(seen.closeFraction).to.be.greaterThan(0n);
        expect([seen.haircut, seen.buckets, seen.positions]).to.deep.equal([0n, 1n, 2n]);
        await expect(clearinghouse.connect(keeper).deleverage(eth))
          .to.emit(clearinghouse, "Deleveraged")
          .withArgs(eth, wad(130_000), seen.closePrice, seen.closeFraction, 0n, 0n, anyPaid, 1n, 2n);
        expect(await clearinghouse.feesOf(keeper)).to.equal(seen.reward);
      });
    }

    it("pays those in profit in full, the same part of each [C29]", async function () {
      const { world, clearinghouse, first, second, eth } = await networkHelpers.loadFixture(aboveCap);
      await clearinghouse.deleverage(eth);
      const { pendingPnl } = await world.ledgers();
      const [a, b] = [await clearinghouse.replayed(first, eth), await clearinghouse.replayed(second, eth)];
      // 30,000 a unit of what was closed, the reserve of the roundings apart.
      const closedA = wad(3) - a.position.size;
      const closedB = wad("0.9") - b.position.size;
      expect(closedA * 3n).to.be.within(closedB * 10n - 30n, closedB * 10n + 30n);
      expect(a.credit).to.be.within((closedA * wad(30_000)) / WAD - 10n ** 6n, (closedA * wad(30_000)) / WAD);
      expect([a.cut, b.cut]).to.deep.equal([0n, 0n]);
      expect(pendingPnl).to.be.within(a.credit + b.credit, a.credit + b.credit + 10n ** 6n);
    });

    it("does nothing the second time [C29, C36]", async function () {
      const { clearinghouse, eth } = await networkHelpers.loadFixture(aboveCap);
      await clearinghouse.deleverage(eth);
      await expect(clearinghouse.deleverage(eth)).to.be.revertedWithCustomError(
        clearinghouse,
        "Clearinghouse_NotDeleveragable",
      );
    });

    it("hands over what it closed at the next touch, and by a call that needs no price", async function () {
      const { clearinghouse, prices, first, eth } = await networkHelpers.loadFixture(aboveCap);
      await clearinghouse.deleverage(eth);
      const { credit, position } = await clearinghouse.replayed(first, eth);
      await prices.setDead(eth, true);
      await expect(clearinghouse.replay(first, eth, 64n))
        .to.emit(clearinghouse, "DeleveragingReplayed")
        .withArgs(first, eth, 0n, 1n, credit, 0n, position.size, position.cost);
      expect((await clearinghouse.account(first)).margin).to.equal(wad(100_000) + credit);
      await clearinghouse.replay(first, eth, 64n); // nothing is left, and nothing happens
      expect((await clearinghouse.account(first)).margin).to.equal(wad(100_000) + credit);
    });

    it("does not close the losers of the heavy side [C29]", async function () {
      const stage = await heavy(await hre.network.create()).then(at(129_000));
      const { world, clearinghouse, pool, dave, eth, carol, loser } = stage;
      // Room for Carol: Dave takes the other side.
      const other = await world.fund(dave, wad(400_000));
      await world.trade(dave, other, eth, wad(-3));
      await world.trade(carol, loser, eth, wad("0.2"));
      await world.setPrice(eth, wad(128_000));
      await world.trade(dave, other, eth, wad(3));
      expect(await skewNotional(stage, eth)).to.be.greaterThan(await pool.equity());
      await clearinghouse.deleverage(eth);
      const { position } = await clearinghouse.replayed(loser, eth);
      expect(position.size).to.equal(wad("0.2"));
    });

    it("caps what callers earn in an hour, all markets together [C36]", async function () {
      const stage = await networkHelpers.loadFixture(aboveCap);
      const { world, clearinghouse, keeper, eth } = stage;
      await clearinghouse.connect(keeper).deleverage(eth);
      await world.setPrice(eth, wad(150_000));
      await clearinghouse.connect(keeper).deleverage(eth);
      expect(await clearinghouse.feesOf(keeper)).to.equal(wad(100));
      await world.advance(3_600);
      await world.setPrice(eth, wad(170_000));
      await clearinghouse.connect(keeper).deleverage(eth);
      expect(await clearinghouse.feesOf(keeper)).to.be.greaterThan(wad(100));
    });
  });

  describe("when equity is below the protected floor", function () {
    /** Profits of 492,500 in one market: E = 7,500 below a floor of 20,000. */
    const below = (connection: NetworkConnection) =>
      heavy(connection).then(async (stage) => {
        await stage.world.setPrice(stage.eth, wad(100_000) + wad(492_500 * 10) / 39n);
        return stage;
      });

    it("withholds the smallest haircut that restores it, before anything is closed", async function () {
      const { clearinghouse, pool, keeper, first, second, eth } = await networkHelpers.loadFixture(below);
      await clearinghouse.mark(eth);
      const need = (await pool.floor()) - (await pool.equity());
      expect(need).to.be.within(wad(12_499), wad(12_501));
      const seen = await clearinghouse.previewDeleverage(eth);
      expect(seen.need).to.equal(need);
      await expect(clearinghouse.connect(keeper).deleverage(eth)).to.emit(clearinghouse, "Deleveraged");
      // Never less than the floor, never more than 1e-18 of the profit and a wei a bucket above it.
      const tolerance = wad(492_501) / WAD + 2n;
      expect(await pool.equity()).to.be.within(await pool.floor(), (await pool.floor()) + tolerance);
      const cuts = await Promise.all([first, second].map(async (id) => (await clearinghouse.replayed(id, eth)).cut));
      const [a, b] = cuts as [bigint, bigint];
      expect(a * 9n).to.be.within(b * 30n - 100n, b * 30n + 100n);
      expect(a + b).to.be.within(need + seen.reward, need + seen.reward + tolerance + 4n);
    });

    it("then relieves the skew, and then does nothing", async function () {
      const stage = await networkHelpers.loadFixture(below);
      const { clearinghouse, pool, eth } = stage;
      await clearinghouse.deleverage(eth);
      await clearinghouse.deleverage(eth);
      const target = ((await pool.equity()) * 95n) / 100n;
      const notional = await skewNotional(stage, eth);
      expect(notional).to.be.within(target - 10n ** 6n, target + 10n ** 6n);
      // Nothing was above the floor to pay the second caller from.
      expect((await pool.floor()) - (await pool.equity())).to.be.within(0n, 10n ** 6n);
      // The third call makes up for the wei that closing was rounded by.
      await clearinghouse.deleverage(eth);
      await expect(clearinghouse.deleverage(eth)).to.be.revertedWithCustomError(
        clearinghouse,
        "Clearinghouse_NotDeleveragable",
      );
    });

    it("shares the need over markets by what the pool owes there, one turn each", async function () {
      const stage = await networkHelpers.loadFixture(balanced);
      const { world, clearinghouse, pool, dave, eth } = stage;
      const sol = await world.listMarket(PLAIN_MARKET, wad(100));
      const other = await world.fund(dave, wad(100_000));
      await world.trade(dave, other, sol, wad(2_000));
      // 390,000 of profit in one, 100,000 in the other.
      await world.setPrice(eth, wad(200_000));
      await world.setPrice(sol, wad(150));
      await clearinghouse.mark(eth);
      await clearinghouse.mark(sol);
      const need = (await pool.floor()) - (await pool.equity());
      expect(need).to.equal(wad(10_000));
      const [etherShare, solShare] = [
        (await clearinghouse.previewDeleverage(eth)).need,
        (await clearinghouse.previewDeleverage(sol)).need,
      ];
      expect(etherShare).to.equal((need * 39n + 48n) / 49n);
      expect(solShare).to.equal((need * 10n + 48n) / 49n);
      await clearinghouse.deleverage(eth);
      await expect(clearinghouse.deleverage(eth))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_ContributedAlready")
        .withArgs(eth, sol);
      await clearinghouse.deleverage(sol);
      const tolerance = wad(490_000) / WAD + 4n;
      expect(await pool.equity()).to.be.within(await pool.floor(), (await pool.floor()) + tolerance);
    });
  });

  describe("when an incident left residual because nobody was wholly in profit", function () {
    /** Bob has left with his profit, and who took his place sold at the event price: there is nobody to charge. */
    async function residual(connection: NetworkConnection) {
      const stage = await plainStage(connection);
      const { world, clearinghouse, waterfall, alice, bob, carol, dave, btc } = stage;
      const sol = await world.listMarket(PLAIN_MARKET, wad(100));
      const other = await world.fund(dave, wad(60_000));
      await world.trade(dave, other, sol, wad(100));
      const long = await world.fund(alice, wad(60_000));
      const short = await world.fund(bob, wad(60_000));
      await world.trade(alice, long, btc, wad(10));
      await world.trade(bob, short, btc, wad(-10));
      await world.setPrice(btc, wad(20_000));
      const late = await world.fund(carol, wad(60_000));
      await world.trade(carol, late, btc, wad(-1));
      await world.trade(bob, short, btc, wad(10));
      await clearinghouse.liquidate(long);
      const incident = await waterfall.incident(1n);
      expect([incident.adl, incident.residual > 0n]).to.deep.equal([0n, true]);
      expect(await waterfall.residual()).to.equal(incident.residual);
      return { ...stage, sol };
    }

    it("moves it to traders as soon as somebody is", async function () {
      const { world, clearinghouse, waterfall, btc } = await networkHelpers.loadFixture(residual);
      const before = await waterfall.residual();
      await world.setPrice(btc, wad(15_000));
      await expect(clearinghouse.deleverage(btc)).to.emit(waterfall, "ResidualCovered");
      expect(await waterfall.residual()).to.be.lessThan(before);
      const [, lost] = await clearinghouse.traderClaims();
      expect(lost).to.be.greaterThan(0n);
    });

    it("goes on with a round that began while the pool owed traders nowhere", async function () {
      const { world, clearinghouse, waterfall, btc, sol } = await networkHelpers.loadFixture(residual);
      await clearinghouse.deleverage(btc); // its turn, and nobody to charge
      expect((await clearinghouse.round()).weight).to.equal(0n);
      await world.setPrice(sol, wad(150));
      await clearinghouse.mark(sol);
      await expect(clearinghouse.deleverage(sol)).to.emit(waterfall, "ResidualCovered");
      const [, lost] = await clearinghouse.traderClaims();
      expect(lost).to.equal(wad(100 * 50));
    });
  });
});

/** An argument that only has to be there. */
const anyPaid = (paid: bigint): boolean => paid > 0n;
