import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import hre from "hardhat";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { belowPrincipal, emptyStage, plainStage, type Stage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const DAY = 86_400n;
const USD = 1_000_000n;

async function requestRedeem({ lp, senior, junior }: Stage, which: "senior" | "junior", part: bigint) {
  const shares = which === "senior" ? senior : junior;
  const amount = (await shares.balanceOf(lp)) / part;
  await shares.connect(lp).requestRedeem(amount, lp, lp);
}

/** Ends the epoch after the present one, so that requests of now settle. */
async function settleNext({ world }: Stage) {
  await world.advance(2n * DAY);
  await world.settleLpEpoch();
}

describe("LiquidityPool", function () {
  async function impaired() {
    return belowPrincipal(connection);
  }

  async function empty() {
    return emptyStage(connection);
  }

  /** Alice long 10 with 60,000 and nobody short. */
  async function oneSided() {
    const stage = await plainStage(connection);
    const account = await stage.world.fund(stage.alice, wad(60_000));
    await stage.world.trade(stage.alice, account, stage.btc, wad(10));
    return { ...stage, account };
  }

  it("books only for the clearinghouse and absorbs only for the waterfall", async function () {
    const { pool, governor } = await networkHelpers.loadFixture(empty);
    await expect(pool.record({ marks: 0n, unpaid: 0n, openNotional: 0n, income: 0n, recovery: 0n }))
      .to.be.revertedWithCustomError(pool, "LiquidityPool_NotClearinghouse")
      .withArgs(governor.address);
    await expect(pool.absorb(1n))
      .to.be.revertedWithCustomError(pool, "LiquidityPool_NotWaterfall")
      .withArgs(governor.address);
  });

  describe("setParams", function () {
    for (const [name, params, has, max] of [
      ["seniorFloorBps", [5_001, 0, 0], 5_001n, 5_000n],
      ["seniorWeightBps", [0, 10_001, 0], 10_001n, 10_000n],
      ["juniorWeightBps", [0, 0, 10_001], 10_001n, 10_000n],
    ] as const) {
      it(`reverts when ${name} is out of bounds`, async function () {
        const { pool } = await networkHelpers.loadFixture(empty);
        await expect(pool.setParams(...params, 0n))
          .to.be.revertedWithCustomError(pool, "LiquidityPool_InvalidParams")
          .withArgs(encodeBytes32String(name), has, max);
      });
    }

    it("reverts for a stranger", async function () {
      const { pool, stranger } = await networkHelpers.loadFixture(empty);
      await expect(pool.connect(stranger).setParams(0, 0, 0, 0n))
        .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
    });
  });

  describe("recordEpoch", function () {
    it("reverts in the first epoch", async function () {
      const { pool } = await networkHelpers.loadFixture(empty);
      const endsAt = (await pool.GENESIS()) + DAY;
      const at = (await networkHelpers.time.latest()) + 1;
      await networkHelpers.time.setNextBlockTimestamp(at);
      await expect(pool.recordEpoch())
        .to.be.revertedWithCustomError(pool, "LiquidityPool_EpochNotOver")
        .withArgs(0n, endsAt, at);
    });

    it("reverts the second time in an epoch", async function () {
      const { pool } = await networkHelpers.loadFixture(empty);
      await networkHelpers.time.increase(3n * DAY);
      await pool.recordEpoch();
      await expect(pool.recordEpoch())
        .to.be.revertedWithCustomError(pool, "LiquidityPool_EpochAlreadyRecorded")
        .withArgs(2n);
    });

    it("reverts when a market has no price", async function () {
      const { pool, prices, btc } = await networkHelpers.loadFixture(oneSided);
      await networkHelpers.time.increase(3n * DAY);
      await prices.setDead(btc, true);
      await expect(pool.recordEpoch()).to.be.revertedWithCustomError(prices, "MockPriceSource_Dead").withArgs(btc);
    });

    it("records E and the exit value on fresh prices", async function () {
      const { world, pool, btc } = await networkHelpers.loadFixture(oneSided);
      await networkHelpers.time.increase(DAY);
      await world.setPrice(btc, wad(95_000));
      const epoch = (await pool.currentEpoch()) - 1n;
      await expect(pool.recordEpoch()).to.emit(pool, "EpochRecorded").withArgs(epoch, wad(550_000), wad(500_000));
    });
  });

  describe("settleEpoch", function () {
    it("reverts when nothing is recorded, and when it is settled already", async function () {
      const { world, pool } = await networkHelpers.loadFixture(empty);
      await expect(pool.settleEpoch())
        .to.be.revertedWithCustomError(pool, "LiquidityPool_NothingRecorded")
        .withArgs(0n);
      await networkHelpers.time.increase(DAY);
      await world.settleLpEpoch();
      await expect(pool.settleEpoch())
        .to.be.revertedWithCustomError(pool, "LiquidityPool_NothingRecorded")
        .withArgs(1n);
    });

    it("reverts within thirty minutes of the record [C1]", async function () {
      const { pool } = await networkHelpers.loadFixture(empty);
      await networkHelpers.time.increase(DAY);
      await pool.recordEpoch();
      const recordedAt = await networkHelpers.time.latest();
      await networkHelpers.time.setNextBlockTimestamp(recordedAt + 1_799);
      await expect(pool.settleEpoch())
        .to.be.revertedWithCustomError(pool, "LiquidityPool_TooEarlyToSettle")
        .withArgs(0n, recordedAt + 1_800, recordedAt + 1_799);
      await networkHelpers.time.setNextBlockTimestamp(recordedAt + 1_800);
      await pool.settleEpoch();
    });

    it("pays who leaves out of collected money only [C18]", async function () {
      const stage = await networkHelpers.loadFixture(oneSided);
      const { world, pool, junior, lp, btc } = stage;
      await requestRedeem(stage, "junior", 2n);
      await world.setPrice(btc, wad(95_000)); // 50,000 nobody has paid yet
      await settleNext(stage);
      expect(await pool.equity()).to.equal(wad(500_000));
      expect(await junior.maxWithdraw(lp)).to.equal(50_000n * USD);
      expect(await pool.navs()).to.deep.equal([wad(400_000), wad(100_000)]);
    });

    it("pays it once it is settled", async function () {
      const stage = await networkHelpers.loadFixture(oneSided);
      const { world, clearinghouse, junior, lp, btc, account } = stage;
      await requestRedeem(stage, "junior", 2n);
      await world.setPrice(btc, wad(95_000));
      await clearinghouse.settle(account);
      await settleNext(stage);
      expect(await junior.maxWithdraw(lp)).to.equal(75_000n * USD - 1n);
    });

    it("sells to who comes at the whole E [C25]", async function () {
      const stage = await networkHelpers.loadFixture(oneSided);
      const { world, token, vault, junior, carol, btc } = stage;
      await token.mint(carol, 150_000n * USD);
      await token.connect(carol).approve(vault, 2n ** 256n - 1n);
      await junior.connect(carol).requestDeposit(150_000n * USD, carol, carol);
      const supply = await junior.totalSupply();
      await world.setPrice(btc, wad(95_000));
      await settleNext(stage);
      // Junior is worth 150,000 with what Alice has lost: 150,000 more doubles the supply.
      const minted = await junior.maxMint(carol);
      expect(minted / 10n ** 6n, "up to the virtual shares").to.equal(supply / 10n ** 6n);
    });

    it("keeps redemptions from what profits and the skew need [C26]", async function () {
      const stage = await networkHelpers.loadFixture(oneSided);
      const { world, pool, clearinghouse, senior, lp, btc } = stage;
      await clearinghouse.setMarketParams(btc, { ...PLAIN_MARKET, poolShareBps: 31_250 }); // 2.5 after the 80%
      await requestRedeem(stage, "senior", 1n);
      await world.setPrice(btc, wad(100_000));
      expect(await pool.freeCapital()).to.equal(wad(100_000)); // 500,000 - 1,000,000 / 2.5
      await settleNext(stage);
      expect(await senior.maxWithdraw(lp)).to.equal(100_000n * USD);
      expect(await pool.equity()).to.equal(wad(400_000));
    });

    it("carries Φ and T down with redeemed senior shares", async function () {
      const stage = await networkHelpers.loadFixture(oneSided);
      const { pool } = stage;
      await requestRedeem(stage, "senior", 4n);
      await settleNext(stage);
      expect(await pool.principal()).to.equal(wad(300_000));
      expect(await pool.floor()).to.equal(wad(15_000));
    });

    it("gives senior what no junior share owns", async function () {
      const stage = await networkHelpers.loadFixture(async function seniorOnly() {
        const base = await emptyStage(connection);
        await base.world.seed(base.lp, { senior: wad(400_000) });
        return { ...base, btc: await base.world.listMarket(PLAIN_MARKET, wad(100_000)) };
      });
      const { world, pool, alice, btc } = stage;
      const account = await world.fund(alice, wad(60_000));
      await world.trade(alice, account, btc, wad(10));
      await world.setPrice(btc, wad(97_000));
      await world.trade(alice, account, btc, wad(-10));
      expect(await pool.navs()).to.deep.equal([wad(400_000), wad(30_000)]);
      await settleNext(stage);
      expect(await pool.principal()).to.equal(wad(430_000));
      expect(await pool.navs()).to.deep.equal([wad(430_000), 0n]);
    });

    describe("while E is below T", function () {
      it("deposits of both tranches wait, and neither T nor E moves", async function () {
        const stage = await networkHelpers.loadFixture(impaired);
        const { pool, token, vault, senior, junior, carol } = stage;
        await token.mint(carol, 300_000n * USD);
        await token.connect(carol).approve(vault, 2n ** 256n - 1n);
        await junior.connect(carol).requestDeposit(100_000n * USD, carol, carol);
        await senior.connect(carol).requestDeposit(200_000n * USD, carol, carol);

        await settleNext(stage);
        expect(await junior.maxDeposit(carol)).to.equal(0n);
        expect(await junior.pendingDepositRequest(0n, carol)).to.equal(100_000n * USD);
        expect(await senior.maxDeposit(carol)).to.equal(0n);
        expect(await senior.pendingDepositRequest(0n, carol)).to.equal(200_000n * USD);
        expect(await pool.principal()).to.equal(wad(400_000));
        expect(await pool.equity()).to.equal(wad(209_995));
      });

      it("settles what waited after a reset, and newcomers are owed nothing of the loss before [C23, C28]", async function () {
        const stage = await networkHelpers.loadFixture(impaired);
        const { world, pool, token, vault, senior, junior, bob, carol, short, btc } = stage;
        await token.mint(carol, 300_000n * USD);
        await token.connect(carol).approve(vault, 2n ** 256n - 1n);
        await senior.connect(carol).requestDeposit(200_000n * USD, carol, carol);
        await junior.connect(carol).requestDeposit(100_000n * USD, carol, carol);
        await settleNext(stage);
        await world.trade(bob, short, btc, wad(10));
        await pool.reset();
        await settleNext(stage);
        expect(await junior.maxDeposit(carol)).to.equal(100_000n * USD);
        expect(await senior.maxDeposit(carol)).to.equal(200_000n * USD);
        // T = 209,995 less a basis point, and what was paid in.
        expect(await pool.principal()).to.equal(wad("209974.0005") + wad(200_000));
        expect(await senior.claimsOf(carol)).to.deep.equal([0n, 0n]);
        expect((await pool.claims())[0]).to.equal(wad(400_000) - wad("209974.0005"));
      });
    });
  });
});
