import { expect } from "chai";
import hre from "hardhat";
import { type MarketParams, MarketState, PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { fields, plainStage, REAL_MARKET } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

describe("Clearinghouse, execute", function () {
  async function funded() {
    const stage = await plainStage(connection);
    return { ...stage, account: await stage.world.fund(stage.alice, wad(60_000)) };
  }

  async function open() {
    const stage = await funded();
    await stage.world.trade(stage.alice, stage.account, stage.btc, wad(10));
    return stage;
  }

  /** Replaces one or two parameters of the market. */
  async function retune(stage: Awaited<ReturnType<typeof funded>>, change: Partial<MarketParams>) {
    await stage.clearinghouse.setMarketParams(stage.btc, { ...PLAIN_MARKET, ...change });
    return stage;
  }

  it("reverts when the caller is not the executor", async function () {
    const { clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
    await expect(clearinghouse.connect(alice).execute(account, btc, 1n, 0n, 0n))
      .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotExecutor")
      .withArgs(alice.address);
  });

  it("reverts when nothing is traded", async function () {
    const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
    await expect(world.trade(alice, account, btc, 0n)).to.be.revertedWithCustomError(
      clearinghouse,
      "Clearinghouse_ZeroAmount",
    );
  });

  it("reverts when the market is not listed", async function () {
    const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
    await expect(world.trade(alice, account, btc + 1, wad(1)))
      .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarketNotListed")
      .withArgs(btc + 1);
  });

  for (const [name, delta, fill, acceptable] of [
    ["a buy above", 1, 100_000, 99_999],
    ["a sell below", -1, 100_000, 100_001],
  ] as const) {
    it(`reverts when the fill of ${name} the acceptable price`, async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
      await expect(world.trade(alice, account, btc, wad(delta), wad(acceptable)))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_PriceNotAcceptable")
        .withArgs(btc, wad(fill), wad(acceptable));
    });
  }

  describe("when risk grows", function () {
    for (const state of ["ReduceOnly", "Halted"] as const) {
      it(`reverts when the market is ${state}`, async function () {
        const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
        await clearinghouse.setMarketState(btc, MarketState[state]);
        await expect(world.trade(alice, account, btc, wad(1)))
          .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarketNotOpen")
          .withArgs(btc, MarketState[state]);
      });
    }

    it("reverts when a tranche is below its minimum", async function () {
      const { world, clearinghouse, pool, alice, account, btc } = await networkHelpers.loadFixture(funded);
      await pool.setParams(500, 5_000, 10_000, wad(100_001));
      await expect(world.trade(alice, account, btc, wad(1))).to.be.revertedWithCustomError(
        clearinghouse,
        "Clearinghouse_TranchesBelowMinimum",
      );
    });

    it("reverts when the mark of another market with positions is old", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(open);
      const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
      const { touchedAt } = await clearinghouse.market(btc);
      await networkHelpers.time.setNextBlockTimestamp(touchedAt + 301n);
      await expect(world.trade(alice, account, eth, wad(1)))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_StaleMark")
        .withArgs(btc, 301n, 300n);
      await clearinghouse.mark(btc);
      await world.trade(alice, account, eth, wad(1));
    });

    it("reverts below the smallest notional [C14]", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
      await expect(world.trade(alice, account, btc, wad("0.00999")))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_BelowMinNotional")
        .withArgs(btc, wad(999), wad(1_000));
    });

    it("reverts above the largest position", async function () {
      const stage = await retune(await networkHelpers.loadFixture(funded), { maxPositionBase: wad(2) });
      const { world, clearinghouse, alice, account, btc } = stage;
      await expect(world.trade(alice, account, btc, wad("2.5")))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_AboveMaxPosition")
        .withArgs(btc, wad("2.5"), wad(2));
    });

    it("reverts when the skew makes the worst impact too large", async function () {
      const stage = await retune(await networkHelpers.loadFixture(funded), {
        skewScaleBase: wad(1_000),
        maxPositionBase: wad(10),
      });
      const { world, clearinghouse, alice, account, btc } = stage;
      // (2 * 5 + 10) / (2 * 1,000) = 1% = mmr: not below it.
      await expect(world.trade(alice, account, btc, wad(5)))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_ImpactTooLarge")
        .withArgs(btc, 100n, 100n);
      await world.trade(alice, account, btc, wad("4.999"));
    });

    it("reverts above the open-interest cap of a side [C8]", async function () {
      const stage = await retune(await networkHelpers.loadFixture(funded), { reserveFactorBps: 10_000 });
      const { world, clearinghouse, alice, account, btc } = stage;
      await expect(world.trade(alice, account, btc, wad("5.01")))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_OpenInterestCap")
        .withArgs(btc, wad(501_000), wad(500_000));
      await world.trade(alice, account, btc, wad(5));
    });

    it("reverts above four fifths of the skew cap, and only for whom raises the skew [C8]", async function () {
      const stage = await retune(await networkHelpers.loadFixture(funded), { poolShareBps: 10_000 });
      const { world, clearinghouse, alice, bob, account, btc } = stage;
      await expect(world.trade(alice, account, btc, wad("4.01")))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_SkewCap")
        .withArgs(btc, wad(401_000), wad(400_000));
      await world.trade(alice, account, btc, wad(4));
      await world.setPrice(btc, wad(110_000)); // the skew is worth more than the cap now
      const other = await world.fund(bob, wad(60_000));
      await world.trade(bob, other, btc, wad(-1));
    });

    it("reverts below the initial requirement", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
      await expect(world.trade(alice, account, btc, wad(31)))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_BelowInitialMargin")
        .withArgs(account, wad(60_000), wad(62_000));
      await world.trade(alice, account, btc, wad(30));
    });

    it("reverts in a ninth market [C35]", async function () {
      const { world, clearinghouse, alice, account } = await networkHelpers.loadFixture(funded);
      for (let i = 0; i < 8; i++) await world.listMarket(PLAIN_MARKET, wad(1_000));
      for (let market = 0; market < 8; market++) await world.trade(alice, account, market, wad(1));
      await expect(world.trade(alice, account, 8, wad(1)))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_TooManyPositions")
        .withArgs(account, 8n);
    });

    it("nobody can liquidate right after, at the same price (I14) [C9]", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
      await world.trade(alice, account, btc, wad(30));
      await expect(clearinghouse.liquidate(account))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotLiquidatable")
        .withArgs(account, wad(60_000), wad(30_000));
    });
  });

  describe("when risk falls", function () {
    for (const state of ["ReduceOnly", "Halted"] as const) {
      it(`closes while the market is ${state}`, async function () {
        const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(open);
        await clearinghouse.setMarketState(btc, MarketState[state]);
        await world.trade(alice, account, btc, wad(-4));
        await world.trade(alice, account, btc, wad(-6));
        expect((await clearinghouse.account(account)).openMarkets).to.equal(0n);
      });
    }

    it("closes although caps, tranches and marks would stop opening", async function () {
      const stage = await retune(await networkHelpers.loadFixture(open), { reserveFactorBps: 0, poolShareBps: 0 });
      const { world, pool, alice, account, btc } = stage;
      await pool.setParams(500, 5_000, 10_000, wad(1_000_000));
      await networkHelpers.time.increase(10_000);
      await world.trade(alice, account, btc, wad(-4));
    });

    it("reverts when the remainder is below the smallest notional [C14]", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(open);
      await expect(world.trade(alice, account, btc, wad("-9.991")))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_BelowMinNotional")
        .withArgs(btc, wad(900), wad(1_000));
    });

    it("reverts when it would leave margin below zero: only a liquidation may", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(open);
      await world.setPrice(btc, wad(93_000));
      await expect(world.trade(alice, account, btc, wad(-10)))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarginBelowZero")
        .withArgs(account, -wad(10_000));
    });

    it("crystallises an open profit rather than revert", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(open);
      const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
      await world.trade(alice, account, eth, wad(100));
      await world.setPrice(btc, wad(93_000)); // -70,000
      await world.setPrice(eth, wad(4_200)); // +20,000
      await world.trade(alice, account, btc, wad(-10));
      expect((await clearinghouse.account(account)).margin).to.equal(wad(10_000));
      expect((await clearinghouse.position(account, eth)).cost).to.equal(wad(420_000));
    });

    it("pays a profit into margin and tells all about it", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(open);
      await world.setPrice(btc, wad(101_000));
      await expect(world.trade(alice, account, btc, wad(-4)))
        .to.emit(clearinghouse, "PositionChanged")
        .withArgs(account, btc, wad(-4), wad(6), wad(600_000), wad(101_000), 0n, wad(4_000), 0n);
      expect((await clearinghouse.account(account)).margin).to.equal(wad(64_000));
    });
  });

  describe("when a delta goes past zero", function () {
    it("closes one side and opens the other [C11]", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(open);
      await world.setPrice(btc, wad(102_000));
      await world.trade(alice, account, btc, wad(-15));
      const { size, cost } = await clearinghouse.position(account, btc);
      expect([size, cost]).to.deep.equal([wad(-5), wad(510_000)]);
      expect((await clearinghouse.account(account)).margin).to.equal(wad(80_000));
      const { long, short } = await clearinghouse.market(btc);
      expect([long.sizeBase, long.cost, short.sizeBase]).to.deep.equal([0n, 0n, wad(5)]);
    });

    it("is an opening: refused while halted [C11]", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(open);
      await clearinghouse.setMarketState(btc, MarketState.Halted);
      await expect(world.trade(alice, account, btc, wad(-11)))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarketNotOpen")
        .withArgs(btc, MarketState.Halted);
    });

    it("keeps one bond", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(funded);
      const risk = fields(await clearinghouse.riskParams());
      await clearinghouse.setRiskParams({ ...risk, keeperFloorCents: 250, keeperFloorCapCents: 250 });
      await world.trade(alice, account, btc, wad(1));
      expect((await world.ledgers()).orders).to.equal(wad("2.5"));
      await world.trade(alice, account, btc, wad(-3));
      expect((await world.ledgers()).orders).to.equal(wad("2.5"));
      await world.trade(alice, account, btc, wad(2));
      expect((await world.ledgers()).orders).to.equal(0n);
      expect((await clearinghouse.account(account)).margin).to.equal(wad(60_000));
    });
  });

  it("impact: who raises the skew pays what who lowers it is paid", async function () {
    const stage = await retune(await networkHelpers.loadFixture(funded), {
      ...REAL_MARKET,
      feeBps: 0,
      maxFundingBps: 0,
      volFactorBps: 0,
    });
    const { world, clearinghouse, pool, alice, bob, account, btc } = stage;
    const other = await world.fund(bob, wad(60_000));
    await world.trade(alice, account, btc, wad(10)); // 10 * 10 / 200,000 of 100,000 a unit: 50
    expect((await clearinghouse.position(account, btc)).cost).to.equal(wad(1_000_050));
    await world.trade(bob, other, btc, wad(-10));
    expect((await clearinghouse.position(other, btc)).cost).to.equal(wad(1_000_050));
    expect(await pool.equity()).to.equal(wad(500_000));
  });
});
