import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { deployLens } from "../../scripts/shared/deployLens.ts";
import { accountId, PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { OrderKind, orderStage } from "./orderStage.ts";
import { belowPrincipal, fields, plainStage, REAL_MARKET, realStage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;
const ALL = 2n ** 256n - 1n;

/** Alice long 10 and Bob short 10 in one market, both short of a second one. */
async function traded(connection: NetworkConnection) {
  const stage = await plainStage(connection);
  const { world, alice, bob, btc } = stage;
  const eth = await world.listMarket(PLAIN_MARKET, wad(3_000));
  const long = await world.fund(alice, wad(60_000));
  const short = await world.fund(bob, wad(60_000));
  await world.trade(alice, long, btc, wad(10));
  await world.trade(bob, short, btc, wad(-10));
  await world.trade(alice, long, eth, wad(-20));
  return { ...stage, eth, long, short, lens: await deployLens(connection, world.system) };
}

/** The fourth worked row: Bob's profit has had a haircut. */
async function deleveraged(connection: NetworkConnection) {
  const stage = await traded(connection);
  const { world, alice, clearinghouse, eth, long, btc } = stage;
  await world.trade(alice, long, eth, wad(20));
  await world.setPrice(btc, wad(20_000));
  await clearinghouse.liquidate(long);
  return stage;
}

async function real(connection: NetworkConnection) {
  const stage = await realStage(connection);
  const { world, alice, btc } = stage;
  const long = await world.fund(alice, wad(60_000));
  await world.trade(alice, long, btc, wad(2));
  return { ...stage, long, lens: await deployLens(connection, world.system) };
}

async function eightMarkets(connection: NetworkConnection) {
  const stage = await plainStage(connection);
  await stage.world.setPrice(stage.btc, wad(100));
  for (let m = 1; m < 8; m++) await stage.world.listMarket(PLAIN_MARKET, wad(100));
  return { ...stage, lens: await deployLens(connection, stage.world.system) };
}

describe("Lens", function () {
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

  describe("pool", function () {
    it("shows where the pool stands and what is owed", async function () {
      const stage = await networkHelpers.loadFixture(deleveraged);
      const { lens, pool, senior, junior, clearinghouse } = stage;
      const seen = await lens.pool();
      expect([seen.equity, seen.principal, seen.floor]).to.deep.equal([await pool.equity(), wad(400_000), wad(20_000)]);
      expect(seen.equity).to.equal(BigInt(seen.cash) - seen.unpaid - seen.markTotal);
      expect([seen.senior.nav, seen.junior.nav]).to.deep.equal([...(await pool.navs())]);
      expect([seen.senior.supply, seen.junior.supply]).to.deep.equal([
        await senior.totalSupply(),
        await junior.totalSupply(),
      ]);
      expect(seen.senior.price).to.be.within(wad("0.049"), wad("0.051"));
      expect(seen.junior.claimsOutstanding).to.equal(wad(100_000));
      expect(seen.traderClaims).to.equal((await clearinghouse.traderClaims())[0]);
      expect([seen.backing, seen.exitValue, seen.freeCapital, seen.openNotional, seen.isOpenable]).to.deep.equal([
        await pool.backing(),
        await pool.exitValue(),
        await pool.freeCapital(),
        await pool.openNotional(),
        await pool.isOpenable(),
      ]);
    });

    it("says when the next record and its settlement are possible, to the second", async function () {
      const { lens, pool } = await networkHelpers.loadFixture(traded);
      const { time } = networkHelpers;
      const before = (await lens.pool()).epoch;
      expect([before.isRecorded, before.current]).to.deep.equal([false, await pool.currentEpoch()]);
      if (before.recordableFrom > BigInt(await time.latest())) {
        await time.setNextBlockTimestamp(before.recordableFrom - 1n);
        await expect(pool.recordEpoch()).to.be.revertedWithCustomError(pool, "LiquidityPool_EpochAlreadyRecorded");
        await time.setNextBlockTimestamp(before.recordableFrom);
      }
      await pool.recordEpoch();
      const { epoch, recordedEquity } = await lens.pool();
      expect([epoch.isRecorded, recordedEquity]).to.deep.equal([true, await pool.equity()]);
      expect(epoch.recordableFrom).to.be.greaterThan(BigInt(await time.latest()));
      await time.setNextBlockTimestamp(epoch.settleableFrom - 1n);
      await expect(pool.settleEpoch()).to.be.revertedWithCustomError(pool, "LiquidityPool_TooEarlyToSettle");
      await time.setNextBlockTimestamp(epoch.settleableFrom);
      await pool.settleEpoch();
      const after = (await lens.pool()).epoch;
      expect([after.isRecorded, after.settleableFrom, after.recordedEpoch]).to.deep.equal([
        false,
        0n,
        epoch.recordedEpoch,
      ]);
      await time.setNextBlockTimestamp(after.recordableFrom - 1n);
      await expect(pool.recordEpoch()).to.be.revertedWithCustomError(pool, "LiquidityPool_EpochAlreadyRecorded");
      await time.setNextBlockTimestamp(after.recordableFrom);
      await pool.recordEpoch();
    });

    it("says when senior can be written down, to the second", async function () {
      const stage = await networkHelpers.loadFixture(belowPrincipal);
      const { pool, bob, world, short, btc } = stage;
      const lens = await deployLens(connection, world.system);
      // Alice's loss was never collected from her, Bob's profit is open: nothing may be written down while it is.
      const { resetDueAt } = await lens.pool();
      await networkHelpers.time.setNextBlockTimestamp(resetDueAt - 1n);
      await expect(pool.reset()).to.be.revertedWithCustomError(pool, "LiquidityPool_ResetNotDue");
      await world.trade(bob, short, btc, wad(10));
      expect((await lens.pool()).resetDueAt).to.be.at.most(BigInt(await networkHelpers.time.latest()) + 1n);
      await pool.reset();
      expect((await lens.pool()).senior.claimsOutstanding).to.be.greaterThan(0n);
    });
  });

  describe("insurance", function () {
    it("shows the fund and when its epochs can be recorded and settled", async function () {
      const { lens, insurance } = await networkHelpers.loadFixture(traded);
      const { time } = networkHelpers;
      const seen = await lens.insurance();
      expect([seen.assets, seen.available, seen.maxDrawPerDayBps]).to.deep.equal([
        wad(50_000),
        await insurance.available(),
        10_000n,
      ]);
      expect([seen.shares.supply, seen.shares.price]).to.deep.equal([await insurance.totalSupply(), wad(1)]);
      expect(seen.epoch.isRecorded).to.equal(false);
      const due = seen.epoch.recordableFrom;
      if (due > BigInt(await time.latest())) {
        await time.setNextBlockTimestamp(due - 1n);
        await expect(insurance.recordEpoch()).to.be.revertedWithCustomError(
          insurance,
          "InsuranceFund_EpochAlreadyRecorded",
        );
        await time.setNextBlockTimestamp(due);
      }
      await insurance.recordEpoch();
      const { epoch, recordedAssets } = await lens.insurance();
      expect([epoch.isRecorded, recordedAssets]).to.deep.equal([true, wad(50_000)]);
      await time.setNextBlockTimestamp(epoch.settleableFrom - 1n);
      await expect(insurance.settleEpoch()).to.be.revertedWithCustomError(insurance, "InsuranceFund_TooEarlyToSettle");
      await time.setNextBlockTimestamp(epoch.settleableFrom);
      await insurance.settleEpoch();
      const after = (await lens.insurance()).epoch;
      expect([after.isRecorded, after.settleableFrom]).to.deep.equal([false, 0n]);
      expect(after.recordableFrom).to.equal(after.endsAt);
    });
  });

  describe("incidents", function () {
    it("shows the newest first, page by page", async function () {
      const { lens, world, clearinghouse, waterfall, alice, btc } = await networkHelpers.loadFixture(traded);
      const ids: bigint[] = [];
      for (let n = 1n; n <= 3n; n++) {
        const id = await world.fund(alice, wad(3_000), n);
        await clearinghouse.markAll();
        await world.trade(alice, id, btc, wad(1));
        ids.push(id);
      }
      expect((await lens.incidents(0, 10)).length).to.equal(0);
      await world.setPrice(btc, wad(96_000));
      for (const id of ids) await clearinghouse.liquidate(id);
      const page = await lens.incidents(0, 2);
      expect(page.map((incident) => incident.id)).to.deep.equal([3n, 2n]);
      expect(page[0]!.deficit).to.equal(wad(1_000));
      expect(fields(page[0]!.parts)).to.deep.equal(fields(await waterfall.incident(3)));
      expect((await lens.incidents(1, 10)).map((incident) => incident.id)).to.deep.equal([1n]);
      expect((await lens.incidents(99, ALL)).length).to.equal(3);
    });
  });

  describe("traderClaims, holderClaims", function () {
    it("shows what traders, holders and keepers are owed", async function () {
      const stage = await networkHelpers.loadFixture(deleveraged);
      const { lens, clearinghouse, junior, short, lp, btc, carol } = stage;
      await clearinghouse.replay(short, btc, 64);
      const [trader, nobody] = await lens.traderClaims([short, 7n]);
      expect([trader!.claimable, trader!.outstanding]).to.deep.equal([...(await clearinghouse.claimsOf(short))]);
      expect(trader!.outstanding).to.be.greaterThan(wad(210_004));
      expect([nobody!.outstanding, nobody!.debtOutstanding]).to.deep.equal([0n, 0n]);
      const [holder, stranger] = await lens.holderClaims([lp, carol]);
      expect([holder!.juniorClaimable, holder!.juniorOutstanding]).to.deep.equal([...(await junior.claimsOf(lp))]);
      expect(holder!.juniorOutstanding).to.be.greaterThan(wad(99_999));
      expect([holder!.isRead, stranger!.juniorOutstanding, stranger!.fees, stranger!.orderFees]).to.deep.equal([
        true,
        0n,
        0n,
        0n,
      ]);
    });

    it("shows a profit the pool owes as a debt, and as equity", async function () {
      const { lens, world, clearinghouse, short, bob, btc } = await networkHelpers.loadFixture(traded);
      // 700,000 of profit against 500,000 of cash and Alice's 60,000.
      await world.setPrice(btc, wad(30_000));
      await world.trade(bob, short, btc, wad(10));
      const [claim] = await lens.traderClaims([short]);
      expect([claim!.debtCollectable, claim!.debtOutstanding]).to.deep.equal([...(await clearinghouse.debtsTo(short))]);
      expect(claim!.debtOutstanding).to.be.greaterThan(0n);
      expect((await lens.healths([short]))[0]!.equity).to.equal((await clearinghouse.health(short)).equity);
    });

    it("shows as withdrawable what of a debt has been repaid, and not what nobody can pay yet", async function () {
      const { lens, world, clearinghouse, short, bob, long, btc, eth } = await networkHelpers.loadFixture(traded);
      await world.trade(bob, short, eth, wad(1));
      await world.setPrice(btc, wad(30_000));
      await world.setPrice(eth, wad(2_900));
      await world.trade(bob, short, btc, wad(10));
      await clearinghouse.liquidate(long); // her margin is what can be paid on
      const [collectable, outstanding] = await clearinghouse.debtsTo(short);
      expect(outstanding).to.be.greaterThan(0n);
      expect(collectable).to.be.greaterThan(0n);
      const [seen] = await lens.accounts([short]);
      const health = await clearinghouse.health(short);
      expect([seen!.equity, seen!.withdrawable]).to.deep.equal([health.equity, health.withdrawable]);
      // Less a loss of 100 and 2% of 2,900.
      expect(seen!.withdrawable).to.equal(seen!.margin + collectable - wad(158));
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
