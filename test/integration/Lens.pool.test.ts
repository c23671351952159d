import { expect } from "chai";
import hre from "hardhat";
import { deployLens } from "../../scripts/shared/deployLens.ts";
import { wad } from "../../scripts/shared/world.ts";
import { deleveraged, traded } from "./lensStage.ts";
import { belowPrincipal } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

describe("Lens, pool and insurance", function () {
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
});
