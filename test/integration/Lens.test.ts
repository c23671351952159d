import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { deployLens } from "../../scripts/shared/deployLens.ts";
import { wad } from "../../scripts/shared/world.ts";
import { deleveraged, real, traded } from "./lensStage.ts";
import { OrderKind, orderStage } from "./orderStage.ts";
import { REAL_MARKET } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;
const ALL = 2n ** 256n - 1n;

describe("Lens", function () {
  describe("markets", function () {
    it("shows what is stored and what follows from it now", async function () {
      const { lens, world, clearinghouse, pool, long, btc } = await networkHelpers.loadFixture(real);
      await world.setPrice(btc, wad(101_000));
      await world.advance(600);
      const [seen] = await lens.markets(btc, 1);
      const stored = await clearinghouse.market(btc);
      expect(seen!.market.lastPrice).to.equal(stored.lastPrice);
      expect([seen!.isPriced, seen!.canLiquidate, seen!.price]).to.deep.equal([true, true, wad(101_000)]);
      expect([seen!.skew, seen!.skewNotional, seen!.longNotional, seen!.shortNotional]).to.deep.equal([
        wad(2),
        wad(202_000),
        wad(202_000),
        0n,
      ]);
      const backing = await pool.backing();
      expect(seen!.openInterestCap).to.equal((backing * BigInt(REAL_MARKET.reserveFactorBps)) / 10_000n);
      expect(seen!.skewCap).to.equal((backing * BigInt(REAL_MARKET.poolShareBps)) / BigInt(REAL_MARKET.riskWeightBps));
      // 2 of 100,000 of the scale, 1% a day.
      expect(seen!.fundingPerHour).to.equal(wad("0.0000002") / 24n);
      expect([seen!.longBuckets, seen!.shortBuckets]).to.deep.equal([1n, 0n]);
      const { fundingOwed } = (await lens.accounts([long]))[0]!.positions[0]!;
      expect(fundingOwed).to.be.greaterThan(0n);
      expect(seen!.isDeleverageDue).to.equal(false);
    });

    it("says how old a price is, and that there is none", async function () {
      const { lens, prices, world, btc } = await networkHelpers.loadFixture(traded);
      const publishedAt = await networkHelpers.time.latest();
      await prices.setPriceAt(btc, wad(100_000), publishedAt);
      await world.advance(120);
      const [aged] = await lens.markets(btc, 1);
      const age = BigInt((await networkHelpers.time.latest()) - publishedAt);
      expect(age).to.be.at.least(120n);
      expect(aged!.age).to.be.within(age, age + 1n);
      await prices.setDead(btc, true);
      const [dead, other] = await lens.markets(0, 2);
      expect([dead!.isPriced, dead!.price, dead!.age]).to.deep.equal([false, wad(100_000), 0n]);
      expect(other!.isPriced).to.equal(true);
    });

    it("counts deleveraging events and says when one is due", async function () {
      const { lens, world, clearinghouse, btc } = await networkHelpers.loadFixture(deleveraged);
      const [before] = await lens.markets(btc, 1);
      expect([before!.market.longEvents, before!.market.shortEvents, before!.isDeleverageDue]).to.deep.equal([
        0n,
        1n,
        false,
      ]);
      await world.setPrice(btc, wad(19_000));
      await clearinghouse.mark(btc);
      const [due] = await lens.markets(btc, 1);
      expect(due!.isDeleverageDue).to.equal(true);
      expect(due!.deleverage.need).to.equal((await clearinghouse.previewDeleverage(btc)).need);
      await clearinghouse.deleverage(btc);
      expect((await lens.markets(btc, 1))[0]!.market.shortEvents).to.equal(2n);
    });

    it("pages, and ends where the markets end", async function () {
      const { lens } = await networkHelpers.loadFixture(traded);
      const idsOf = async (from: bigint, count: bigint) => (await lens.markets(from, count)).map((market) => market.id);
      expect(await idsOf(0n, ALL)).to.deep.equal([0n, 1n]);
      expect(await idsOf(1n, 1n)).to.deep.equal([1n]);
      for (const from of [2n, 300n, ALL]) expect(await idsOf(from, 5n)).to.deep.equal([]);
    });
  });

  describe("orders, openOrders", function () {
    const stageOfOrders = (connection: NetworkConnection) => orderStage(connection);

    it("shows who waits, for what, and until when", async function () {
      const stage = await networkHelpers.loadFixture(stageOfOrders);
      const { world, orders, alice, submit } = stage;
      const lens = await deployLens(connection, world.system);
      const market = await submit();
      const [fresh] = await lens.orders([market.id]);
      expect([fresh!.isWaiting, fresh!.isExpired, fresh!.isVoid]).to.deep.equal([true, false, false]);
      expect(fresh!.executableFrom).to.equal(fresh!.order.placedAt + 2n);
      const trigger = await submit({ kind: OrderKind.AtOrBelow, triggerPrice: wad(90) });
      const gone = await submit();
      await orders.connect(alice).cancel(gone.id);
      await world.advance(10);
      const page = await lens.openOrders(1, 100);
      expect(page.map((order) => order.id)).to.deep.equal([market.id, trigger.id]);
      expect(page.map((order) => order.isTimely)).to.deep.equal([true, true]);
      const unknown = await lens.orders([gone.id, 0n, 999n]);
      expect(unknown.map((order) => order.isWaiting)).to.deep.equal([false, false, false]);
      await world.advance(1_000);
      const [late] = await lens.orders([market.id]);
      expect([late!.isTimely, late!.isExpired]).to.deep.equal([false, true]);
      expect((await lens.openOrders(4, 5)).length).to.equal(0);
      expect((await lens.openOrders(2, 1)).map((order) => order.id)).to.deep.equal([trigger.id]);
    });

    it("flags a reduce-only order whose account was liquidated since", async function () {
      const { world, submit, trade, btc, account, clearinghouse } = await networkHelpers.loadFixture(stageOfOrders);
      const lens = await deployLens(connection, world.system);
      await trade({ sizeDelta: wad(10_000) });
      const stop = await submit({
        kind: OrderKind.AtOrBelow,
        triggerPrice: wad(50),
        sizeDelta: wad(-10),
        isReduceOnly: true,
      });
      expect((await lens.orders([stop.id]))[0]!.isVoid).to.equal(false);
      await world.setPrice(btc, wad("94.5"));
      await clearinghouse.liquidate(account);
      expect((await lens.orders([stop.id]))[0]!.isVoid).to.equal(true);
    });
  });

  it("says what it reads", async function () {
    const { lens, world } = await networkHelpers.loadFixture(traded);
    const read = await lens.addresses();
    for (const name of ["clearinghouse", "pool", "insurance", "waterfall", "orders", "oracle", "vault"] as const) {
      expect(read[name]).to.equal(await world.system[name].getAddress());
    }
    expect([read.senior, read.junior]).to.deep.equal([
      await world.system.senior.getAddress(),
      await world.system.junior.getAddress(),
    ]);
  });
});
