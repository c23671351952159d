import { expect } from "chai";
import hre from "hardhat";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { fields, plainStage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

describe("Clearinghouse, settle", function () {
  /** Alice long 10 from 100,000 with 60,000. */
  async function long() {
    const stage = await plainStage(connection);
    const account = await stage.world.fund(stage.alice, wad(60_000));
    await stage.world.trade(stage.alice, account, stage.btc, wad(10));
    return { ...stage, account };
  }

  it("collects a loss into cash and leaves every equity as it was", async function () {
    const { world, clearinghouse, pool, stranger, account, btc } = await networkHelpers.loadFixture(long);
    await world.setPrice(btc, wad(97_000));
    await clearinghouse.mark(btc);
    const before = await clearinghouse.health(account);
    expect(await pool.equity()).to.equal(wad(530_000));

    await expect(clearinghouse.connect(stranger).settle(account))
      .to.emit(clearinghouse, "MarginSettled")
      .withArgs(account, -wad(30_000), 0n, wad(30_000));
    expect((await clearinghouse.position(account, btc)).settled).to.equal(wad(30_000));
    expect((await world.ledgers()).cash).to.equal(wad(530_000));
    expect(await pool.equity()).to.equal(wad(530_000));
    const after = await clearinghouse.health(account);
    expect(fields(after)).to.deep.equal({ ...fields(before), withdrawable: after.withdrawable });
    expect(after.withdrawable).to.equal(wad(30_000 - 19_400));
  });

  it("returns what no longer is lost", async function () {
    const { world, clearinghouse, pool, account, btc } = await networkHelpers.loadFixture(long);
    await world.setPrice(btc, wad(97_000));
    await clearinghouse.settle(account);
    await world.setPrice(btc, wad(99_000));
    await clearinghouse.settle(account);
    expect((await clearinghouse.account(account)).margin).to.equal(wad(50_000));
    expect((await clearinghouse.position(account, btc)).settled).to.equal(wad(10_000));
    expect(await pool.equity()).to.equal(wad(510_000));

    await world.setPrice(btc, wad(104_000));
    await clearinghouse.settle(account);
    expect((await clearinghouse.account(account)).margin).to.equal(wad(60_000));
    expect((await clearinghouse.position(account, btc)).settled).to.equal(0n);
  });

  it("takes at most the margin, and twice the same price changes nothing", async function () {
    const { world, clearinghouse, account, btc } = await networkHelpers.loadFixture(long);
    await world.setPrice(btc, wad(90_000));
    await clearinghouse.settle(account);
    expect((await clearinghouse.account(account)).margin).to.equal(0n);
    expect((await clearinghouse.position(account, btc)).settled).to.equal(wad(60_000));
    const ledgers = await world.ledgers();
    await clearinghouse.settle(account);
    expect(await world.ledgers()).to.deep.equal(ledgers);
  });

  it("leaves entry price, bucket and an unrealised profit alone", async function () {
    const { world, clearinghouse, account, btc } = await networkHelpers.loadFixture(long);
    const before = await clearinghouse.position(account, btc);
    await world.setPrice(btc, wad(110_000));
    await clearinghouse.settle(account);
    expect(await clearinghouse.position(account, btc)).to.deep.equal(before);
    await world.setPrice(btc, wad(97_000));
    await clearinghouse.settle(account);
    const { cost, bucket } = await clearinghouse.position(account, btc);
    expect([cost, bucket]).to.deep.equal([before.cost, before.bucket]);
  });

  it("a partial close returns it pro rata, a full one wholly", async function () {
    const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(long);
    await world.setPrice(btc, wad(97_000));
    await clearinghouse.settle(account);
    await world.trade(alice, account, btc, wad(-4));
    expect((await clearinghouse.account(account)).margin).to.equal(wad(30_000));
    expect((await clearinghouse.position(account, btc)).settled).to.equal(wad(18_000));
    await world.setPrice(btc, wad(100_000));
    await world.trade(alice, account, btc, wad(-6));
    expect((await clearinghouse.account(account)).margin).to.equal(wad(48_000));
    expect((await clearinghouse.market(btc)).settledLong).to.equal(0n);
  });

  it("does not move what can be liquidated, nor what a liquidation leaves", async function () {
    const { world, clearinghouse, waterfall, keeper, account, btc } = await networkHelpers.loadFixture(long);
    await world.setPrice(btc, wad(97_000));
    await clearinghouse.settle(account);
    await expect(clearinghouse.liquidate(account))
      .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotLiquidatable")
      .withArgs(account, wad(30_000), wad(9_700));
    await world.setPrice(btc, wad(90_000));
    await clearinghouse.connect(keeper).liquidate(account);
    const incident = await waterfall.incident(1n);
    expect(incident.forgone + incident.insurance + incident.junior).to.equal(wad(40_000));
  });

  it("what comes back and cash cannot pay is the first class of debt", async function () {
    const stage = await networkHelpers.loadFixture(async function rich() {
      const base = await plainStage(connection);
      const account = await base.world.fund(base.alice, wad(700_000));
      const short = await base.world.fund(base.bob, wad(20_000));
      await base.world.trade(base.alice, account, base.btc, wad(10));
      await base.world.trade(base.bob, short, base.btc, wad(-10));
      return { ...base, account, short };
    });
    const { world, clearinghouse, alice, bob, account, short, btc } = stage;
    await world.setPrice(btc, wad(40_000));
    await clearinghouse.settle(account);
    await world.trade(bob, short, btc, wad(10));
    await world.setPrice(btc, wad(100_000));
    await world.trade(alice, account, btc, wad(-10));
    expect(await clearinghouse.debts()).to.deep.equal([wad(100_000), 0n]);
    expect(await clearinghouse.debtsTo(account)).to.deep.equal([0n, wad(100_000)]);
    expect((await clearinghouse.account(account)).margin).to.equal(wad(600_000));
  });

  it("passes over a position whose market has no price", async function () {
    const { world, clearinghouse, prices, alice, account, btc } = await networkHelpers.loadFixture(long);
    const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
    await world.trade(alice, account, eth, wad(100));
    await world.setPrice(btc, wad(97_000));
    await world.setPrice(eth, wad(3_900));
    await prices.setDead(btc, true);
    await clearinghouse.settle(account);
    expect((await clearinghouse.position(account, btc)).settled).to.equal(0n);
    expect((await clearinghouse.position(account, eth)).settled).to.equal(wad(10_000));
  });
});
