import { expect } from "chai";
import hre from "hardhat";
import { accountId, wad } from "../../scripts/shared/world.ts";
import { deleveraged, eightMarkets, real, traded } from "./lensStage.ts";
import { fields } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

describe("Lens, accounts", function () {
  describe("accounts", function () {
    it("shows an account as the clearinghouse knows it, position by position", async function () {
      const { lens, world, clearinghouse, long, btc, eth } = await networkHelpers.loadFixture(traded);
      await world.setPrice(btc, wad(98_000));
      await world.setPrice(eth, wad(3_100));
      const [seen] = await lens.accounts([long]);
      const health = await clearinghouse.health(long);
      const { id, margin, openMarkets, equity, initialMargin, maintenanceMargin, notional, withdrawable } = seen!;
      expect([id, margin, openMarkets]).to.deep.equal([long, wad(60_000), 3n]);
      expect({ equity, initialMargin, maintenanceMargin, notional, withdrawable }).to.deep.equal(fields(health));
      expect([seen!.isPriced, seen!.isReadable, seen!.isLiquidatable]).to.deep.equal([true, true, false]);
      const [first, second] = seen!.positions;
      expect([first!.market, first!.size, first!.cost]).to.deep.equal([BigInt(btc), wad(10), wad(1_000_000)]);
      expect([first!.entryPrice, first!.price]).to.deep.equal([wad(100_000), wad(98_000)]);
      expect([first!.pricePnl, first!.unrealised, second!.unrealised]).to.deep.equal([
        wad(-20_000),
        wad(-20_000),
        wad(-2_000),
      ]);
      expect([first!.notional, first!.maintenance]).to.deep.equal([wad(980_000), wad(9_800)]);
      expect([first!.missedEvents, first!.isPriced, first!.isRead]).to.deep.equal([0n, true, true]);
    });

    it("shows variation margin and bonds", async function () {
      const { lens, world, clearinghouse, long, btc } = await networkHelpers.loadFixture(real);
      await world.setPrice(btc, wad(97_000));
      await clearinghouse.settle(long);
      await world.advance(3_600);
      const [seen] = await lens.accounts([long]);
      const stored = await clearinghouse.position(long, btc);
      const [position] = seen!.positions;
      expect([position!.settled, position!.bond]).to.deep.equal([
        stored.settled,
        wad(stored.bondCents.toString()) / 100n,
      ]);
      expect(position!.settled).to.be.greaterThan(0n);
      expect(position!.fundingOwed).to.be.greaterThan(0n);
      expect(position!.unrealised).to.equal(position!.pricePnl + position!.settled - position!.fundingOwed);
      expect(seen!.equity).to.equal((await clearinghouse.health(long)).equity);
      expect(seen!.margin + position!.unrealised).to.equal(seen!.equity);
    });

    it("asks for the initial margin that the present volatility asks for", async function () {
      const { lens, world, clearinghouse, long, btc } = await networkHelpers.loadFixture(real);
      const shown = async () => {
        const [[seen], health] = await Promise.all([lens.accounts([long]), clearinghouse.health(long)]);
        const { initialMargin, withdrawable } = seen!;
        expect([initialMargin, withdrawable]).to.deep.equal([health.initialMargin, health.withdrawable]);
        return { initialMargin, withdrawable, rate: (await clearinghouse.market(btc)).initialRateBps };
      };
      const calm = await shown();
      expect([calm.rate, calm.initialMargin]).to.deep.equal([200n, wad(4_000)]);
      await world.setPrice(btc, wad(105_000));
      await clearinghouse.mark(btc);
      await world.setPrice(btc, wad(100_000));
      // 5% within an hour; what is stored of a price may be a little wide.
      const volatile = await shown();
      expect(volatile.rate).to.be.within(500n, 501n);
      expect(volatile.initialMargin).to.equal((wad(200_000) * volatile.rate) / 10_000n);
      expect(calm.withdrawable - volatile.withdrawable).to.be.at.least(wad(6_000));
      await world.advance(7_200);
      expect((await shown()).initialMargin).to.equal(wad(4_000));
    });

    it("shows an account that never was, and one without positions, as empty", async function () {
      const { lens, world, carol } = await networkHelpers.loadFixture(traded);
      const idle = await world.fund(carol, wad(5));
      const [never, nobody, seen] = await lens.accounts([accountId(await carol.getAddress(), 9n), 0n, idle]);
      for (const empty of [never!, nobody!]) {
        expect([empty.equity, empty.margin, empty.positions.length]).to.deep.equal([0n, 0n, 0]);
        expect([empty.isLiquidatable, empty.isPriced]).to.deep.equal([false, true]);
      }
      expect([seen!.equity, seen!.withdrawable]).to.deep.equal([wad(5), wad(5)]);
    });

    it("shows what deleveraging has done before the position is touched", async function () {
      const { lens, clearinghouse, short, btc } = await networkHelpers.loadFixture(deleveraged);
      const before = (await lens.accounts([short]))[0]!.positions[0]!;
      expect(before.missedEvents).to.equal(1n);
      expect(before.cut).to.be.within(wad(210_005), wad(210_005) + 800_001n);
      expect(before.pricePnl).to.be.within(wad(800_000 - 210_005) - 800_001n, wad(800_000 - 210_005));
      await clearinghouse.replay(short, btc, 64);
      const after = (await lens.accounts([short]))[0]!.positions[0]!;
      expect([after.missedEvents, after.cut, after.cost]).to.deep.equal([0n, 0n, before.cost]);
    });
  });

  describe("accounts, when a feed is dead", function () {
    it("flags whom it concerns and counts what can be counted", async function () {
      const { lens, prices, world, long, short, btc, eth } = await networkHelpers.loadFixture(traded);
      await world.setPrice(eth, wad(3_500)); // Alice loses 10,000 there
      await world.system.clearinghouse.mark(eth);
      await prices.setDead(eth, true);
      await world.setPrice(btc, wad(101_000));
      const [alice, bob] = await lens.accounts([long, short]);
      expect([alice!.isPriced, bob!.isPriced]).to.deep.equal([false, true]);
      expect(alice!.equity).to.equal(wad(60_000 + 10_000 - 10_000));
      expect(alice!.maintenanceMargin).to.equal(wad(10_100));
      expect([alice!.initialMargin, alice!.withdrawable]).to.deep.equal([0n, 0n]);
      expect(alice!.positions.map((position) => position.isPriced)).to.deep.equal([true, false]);
      expect(alice!.positions[1]!.price).to.equal(wad(3_500));
      expect(bob!.equity).to.equal(wad(50_000));
    });

    it("counts no profit in a dead market", async function () {
      const { lens, prices, world, long, eth } = await networkHelpers.loadFixture(traded);
      await world.setPrice(eth, wad(2_500));
      await world.system.clearinghouse.mark(eth);
      await prices.setDead(eth, true);
      expect((await lens.healths([long]))[0]!.equity).to.equal(wad(60_000));
    });

    it("calls nobody liquidatable whose markets are all dead, and only then", async function () {
      const { lens, prices, world, clearinghouse, long, short, btc, eth } = await networkHelpers.loadFixture(traded);
      await world.setPrice(btc, wad(106_000));
      await clearinghouse.mark(btc);
      await prices.setDead(btc, true);
      // Bob has nothing else; Alice has lost nothing.
      await expect(clearinghouse.liquidate(short))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NothingToLiquidate")
        .withArgs(short);
      const flags = (await lens.healths([long, short])).map((health) => health.isLiquidatable);
      expect(flags).to.deep.equal([false, false]);
      await prices.setDead(btc, false);
      expect((await lens.healths([short]))[0]!.isLiquidatable).to.equal(true);
      await prices.setDead(btc, true);
      await world.setPrice(eth, wad(7_000)); // a loss of 80,000 where there is a price
      expect((await lens.healths([long]))[0]!.isLiquidatable).to.equal(true);
      await expect(clearinghouse.liquidate(long)).to.emit(clearinghouse, "AccountLiquidated");
    });

    it("asks for more gas rather than call a live feed dead", async function () {
      const { lens, long } = await networkHelpers.loadFixture(traded);
      await expect(lens.healths([long], { gasLimit: 700_000n })).to.be.revertedWithCustomError(
        lens,
        "Lens_NotEnoughGas",
      );
    });
  });

  describe("accounts, when a market is settled", function () {
    it("prices it as it was settled, without a feed", async function () {
      const { lens, prices, clearinghouse, world, long, btc } = await networkHelpers.loadFixture(traded);
      await world.setPrice(btc, wad(99_000));
      await clearinghouse.delistMarket(btc);
      await prices.setDead(btc, true);
      const { lastPrice } = await clearinghouse.market(btc);
      const [seen] = await lens.accounts([long]);
      expect([seen!.isPriced, seen!.positions[0]!.price]).to.deep.equal([true, lastPrice]);
      const { equity, initialMargin, maintenanceMargin, notional, withdrawable } = seen!;
      expect({ equity, initialMargin, maintenanceMargin, notional, withdrawable }).to.deep.equal(
        fields(await clearinghouse.health(long)),
      );
      const [market] = await lens.markets(btc, 1);
      expect([market!.isPriced, market!.canLiquidate, market!.publishedAt]).to.deep.equal([true, true, 0n]);
    });
  });

  describe("healths", function () {
    it("numbers the accounts as they were asked for", async function () {
      const { lens, world, long, short, btc } = await networkHelpers.loadFixture(traded);
      await world.setPrice(btc, wad(107_000));
      const page = await lens.healths([short, 5n, long]);
      expect(page.map((health) => health.index)).to.deep.equal([0n, 1n, 2n]);
      expect(page.map((health) => health.isLiquidatable)).to.deep.equal([true, false, false]);
      expect(page[0]!.equity).to.equal(wad(-10_000));
    });

    it("reads an account with eight positions like any other", async function () {
      const stage = await networkHelpers.loadFixture(eightMarkets);
      const { world, lens, clearinghouse, alice } = stage;
      const ids = [await world.fund(alice, wad(1_000)), await world.fund(alice, wad(2_000), 1n)];
      for (let m = 0; m < 8; m++) for (const id of ids) await world.trade(alice, id, m, wad(20));
      const [lean, full] = [await lens.healths(ids), await lens.accounts(ids)];
      for (const [i, id] of ids.entries()) {
        const { equity, maintenanceMargin, initialMargin, withdrawable } = await clearinghouse.health(id);
        expect([lean[i]!.equity, lean[i]!.maintenance]).to.deep.equal([equity, maintenanceMargin]);
        expect([full[i]!.initialMargin, full[i]!.withdrawable]).to.deep.equal([initialMargin, withdrawable]);
        expect(full[i]!.positions.length).to.equal(8);
      }
    });
  });
});
