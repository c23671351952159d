import { expect } from "chai";
import hre from "hardhat";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { plainStage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const ANY_BUY = 2n ** 200n;

/** A trade for an order that saw another price first: it fills at the worse of that and the present one. */
describe("Clearinghouse, execute with a first price", function () {
  async function funded() {
    const stage = await plainStage(connection);
    const account = await stage.world.fund(stage.alice, wad(60_000));
    const other = await stage.world.fund(stage.bob, wad(60_000));
    await stage.world.setPrice(stage.btc, wad(100));
    return { ...stage, account, other };
  }

  async function long() {
    const stage = await funded();
    await stage.world.trade(stage.alice, stage.account, stage.btc, wad(100));
    return stage;
  }

  /** What is true wherever the trade filled: the pool's equity is its cash less what it owes at the present price. */
  async function check(stage: Awaited<ReturnType<typeof funded>>, equity: bigint) {
    const { world, pool, clearinghouse, account } = stage;
    expect((await clearinghouse.health(account)).equity).to.equal(wad(60_000) + equity);
    expect(await pool.equity()).to.equal(wad(500_000) - equity);
    const { sum, held } = await world.ledgers();
    expect(sum).to.equal(held);
  }

  for (const [name, delta, first, present, entry, equity] of [
    ["a long opens at the present price when that is higher", 100, 100, 101, 101, 0],
    ["a long opens at the first price when that is higher", 100, 101, 100, 101, -100],
    ["a short opens at the present price when that is lower", -100, 100, 99, 99, 0],
    ["a short opens at the first price when that is lower", -100, 99, 100, 99, -100],
    ["one price is no choice", 100, 100, 100, 100, 0],
  ] as const) {
    it(`${name}: first ${first}, present ${present}`, async function () {
      const stage = await networkHelpers.loadFixture(funded);
      const { world, executor, clearinghouse, alice, account, btc } = stage;
      await world.setPrice(btc, wad(present));
      const acceptable = delta > 0 ? ANY_BUY : 0n;
      await expect(executor.connect(alice).tradeAfter(account, btc, wad(delta), acceptable, wad(first)))
        .to.emit(clearinghouse, "PositionChanged")
        .withArgs(account, btc, wad(delta), wad(delta), wad(100 * entry), wad(entry), 0n, 0n, 0n);
      expect((await clearinghouse.market(btc)).lastPrice).to.equal(wad(present));
      await check(stage, wad(equity));
    });
  }

  for (const [name, first, present, realised] of [
    ["sells at the first price when that is lower", 90, 110, -1_000],
    ["sells at the present price when that is lower", 110, 90, -1_000],
  ] as const) {
    it(`a long ${name}: first ${first}, present ${present}`, async function () {
      const stage = await networkHelpers.loadFixture(long);
      const { world, executor, clearinghouse, alice, account, btc } = stage;
      await world.setPrice(btc, wad(present));
      await expect(executor.connect(alice).tradeAfter(account, btc, wad(-100), 0n, wad(first)))
        .to.emit(clearinghouse, "PositionChanged")
        .withArgs(account, btc, wad(-100), 0n, 0n, wad(90), 0n, wad(realised), 0n);
      await check(stage, wad(realised));
    });
  }

  it("a flip closes and opens at one price", async function () {
    const stage = await networkHelpers.loadFixture(long);
    const { world, executor, clearinghouse, alice, account, btc } = stage;
    await world.setPrice(btc, wad(105));
    await executor.connect(alice).tradeAfter(account, btc, wad(-150), 0n, wad(95));
    const { size, cost } = await clearinghouse.position(account, btc);
    expect([size, cost]).to.deep.equal([wad(-50), wad(4_750)]);
    // 500 lost on the long, and 10 a unit at once on the short.
    await check(stage, wad(-1_000));
  });

  it("the fill that has to be acceptable is the worse one", async function () {
    const { executor, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
    await expect(executor.connect(alice).tradeAfter(account, btc, wad(100), wad(100), wad(101)))
      .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_PriceNotAcceptable")
      .withArgs(btc, wad(101), wad(100));
  });

  it("initial margin is asked of what is left after the worse fill [C9]", async function () {
    const { world, executor, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
    await world.setPrice(btc, wad(100_000));
    // 10 units need 20,000; paying 4,001 too much a unit leaves 19,990.
    await expect(executor.connect(alice).tradeAfter(account, btc, wad(10), ANY_BUY, wad(104_001)))
      .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_BelowInitialMargin")
      .withArgs(account, wad(19_990), wad(20_000));
    await executor.connect(alice).tradeAfter(account, btc, wad(10), ANY_BUY, wad(104_000));
  });

  it("impact and fee follow the fill, and what is paid too much stays with the pool", async function () {
    const stage = await networkHelpers.loadFixture(funded);
    const { executor, clearinghouse, alice, account, btc, world } = stage;
    await clearinghouse.setMarketParams(btc, {
      ...PLAIN_MARKET,
      skewScaleBase: wad(1_000_000),
      maxPositionBase: wad(1_000),
      feeBps: 10,
    });
    // 100 at 110, impact 100 / 2,000,000 of it, fee 10 bp of 11,000.
    await expect(executor.connect(alice).tradeAfter(account, btc, wad(100), ANY_BUY, wad(110)))
      .to.emit(clearinghouse, "PositionChanged")
      .withArgs(account, btc, wad(100), wad(100), wad("11000.55"), wad(110), wad("0.55"), 0n, wad(11));
    // Mark: 10,000 - 11,000.55, and 0.5 for whoever unwinds at the present price.
    expect((await clearinghouse.market(btc)).mark).to.equal(wad("-1000.05"));
    expect(await world.system.pool.equity()).to.equal(wad(500_000) + wad("1000.05") + wad(11));
  });

  it("nobody but who may act for the account asks for it", async function () {
    const { executor, stranger, account, btc } = await networkHelpers.loadFixture(funded);
    await expect(executor.connect(stranger).tradeAfter(account, btc, wad(1), ANY_BUY, wad(100)))
      .to.be.revertedWithCustomError(executor, "DirectExecutor_NotAuthorized")
      .withArgs(account, stranger.address);
  });
});
