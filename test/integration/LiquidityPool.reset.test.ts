import { expect } from "chai";
import hre from "hardhat";
import { wad } from "../../scripts/shared/world.ts";
import { belowPrincipal as belowPrincipalStage, plainStage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const DAY = 86_400n;

describe("LiquidityPool, principal", function () {
  async function plain() {
    return plainStage(connection);
  }

  async function belowPrincipal() {
    return belowPrincipalStage(connection);
  }

  describe("reset", function () {
    it("reverts while E is at T", async function () {
      const { pool } = await networkHelpers.loadFixture(plain);
      await expect(pool.reset())
        .to.be.revertedWithCustomError(pool, "LiquidityPool_ResetNotDue")
        .withArgs(wad(500_000), wad(400_000), 0n);
    });

    it("reverts with open interest before E has been below T for a day", async function () {
      const { pool } = await networkHelpers.loadFixture(belowPrincipal);
      const since = BigInt(await networkHelpers.time.latest());
      await networkHelpers.time.setNextBlockTimestamp(since + DAY - 1n);
      await expect(pool.reset())
        .to.be.revertedWithCustomError(pool, "LiquidityPool_ResetNotDue")
        .withArgs(wad(209_995), wad(400_000), since + DAY);
    });

    it("does not write down what is only a trader's unrealised profit", async function () {
      const { pool } = await networkHelpers.loadFixture(belowPrincipal);
      await networkHelpers.time.increase(DAY);
      // E = 209,995; the mark of Bob's profit is 400,000: T may not fall below their sum, which is above it.
      await expect(pool.reset())
        .to.be.revertedWithCustomError(pool, "LiquidityPool_ResetNotDue")
        .withArgs(wad(209_995), wad(400_000), (at: bigint) => at > 0n);
    });

    it("writes T and Φ down after a day when a loss is realised", async function () {
      const stage = await networkHelpers.loadFixture(belowPrincipal);
      const { world, pool, bob, short, btc } = stage;
      await world.trade(bob, short, btc, wad(9)); // takes 360,000 of the profit, 40,000 stay open
      await networkHelpers.time.increase(DAY);
      const updated = (wad(249_995) * 9_999n) / 10_000n;
      await expect(pool.reset())
        .to.emit(pool, "Reset")
        .withArgs(wad(400_000), updated, updated / 20n, wad(400_000) - updated);
    });

    it("is due at once without open interest", async function () {
      const stage = await networkHelpers.loadFixture(belowPrincipal);
      const { world, pool, bob, short, btc } = stage;
      await world.trade(bob, short, btc, wad(10));
      await pool.reset();
      expect(await pool.principal()).to.equal(wad("209974.0005"));
    });

    it("forgets the day once E is back at T", async function () {
      const stage = await networkHelpers.loadFixture(belowPrincipal);
      const { world, clearinghouse, pool, btc } = stage;
      await networkHelpers.time.increase(DAY / 2n);
      await world.setPrice(btc, wad(100_000)); // Bob's profit is gone
      await clearinghouse.mark(btc);
      await world.setPrice(btc, wad(60_000));
      await clearinghouse.mark(btc);
      const since = BigInt(await networkHelpers.time.latest());
      await networkHelpers.time.increase(DAY / 2n + 60n);
      await expect(pool.reset())
        .to.be.revertedWithCustomError(pool, "LiquidityPool_ResetNotDue")
        .withArgs(wad(209_995), wad(400_000), since + DAY);
    });
  });
});
