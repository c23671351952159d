import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import hre from "hardhat";
import { wad } from "../../scripts/shared/world.ts";
import { belowPrincipal as belowPrincipalStage, fields, plainStage, type Stage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

/** Not above, and below by no more than a billionth of a dollar. */
function justBelow(has: bigint, exact: bigint, by = 10n ** 9n): void {
  expect(has <= exact && exact - has <= by, `${has} is not just below ${exact}`).to.equal(true);
}

/** A crash that costs the LPs: Alice is long 10 with 60,000, Bob and Carol are short 6 and 4. */
async function crash(stage: Stage, price: number, round = 0n): Promise<void> {
  const { world, clearinghouse, alice, bob, carol, btc } = stage;
  const long = await world.fund(alice, wad(60_000), round);
  const shorts = [
    await world.fund(bob, wad(1_000_000), round),
    await world.fund(carol, wad(1_000_000), round),
  ] as const;
  await world.trade(alice, long, btc, wad(10));
  await world.trade(bob, shorts[0], btc, wad(-6));
  await world.trade(carol, shorts[1], btc, wad(-4));
  await world.setPrice(btc, wad(price));
  await clearinghouse.liquidate(long);
  await world.trade(bob, shorts[0], btc, wad(6));
  await world.trade(carol, shorts[1], btc, wad(4));
}

describe("LiquidityPool, claims of LPs", function () {
  async function belowPrincipal() {
    return belowPrincipalStage(connection);
  }

  /** The fourth row of the worked numbers, everybody out, written down. Dave brings the money to repay. */
  async function charged() {
    const stage = await plainStage(connection);
    await crash(stage, 20_000);
    await stage.pool.reset();
    await stage.token.mint(stage.dave, stage.world.native(wad(10_000_000)));
    await stage.token.connect(stage.dave).approve(stage.vault, 2n ** 256n - 1n);
    return stage;
  }

  const repaid = async ({ clearinghouse, senior, junior }: Stage) => ({
    traders: (await clearinghouse.traderClaims())[2],
    senior: (await senior.totalClaims()).repaid,
    junior: (await junior.totalClaims()).repaid,
  });

  describe("absorb", function () {
    it("owes junior's loss to the holders of now, and leaves T alone", async function () {
      const { pool, junior, lp } = await networkHelpers.loadFixture(belowPrincipal);
      expect(await pool.claims()).to.deep.equal([0n, wad(100_000)]);
      expect(await pool.principal()).to.equal(wad(400_000));
      expect((await pool.snapshot())[4]).to.equal(wad(100_000));
      expect(await junior.claimsOf(lp)).to.deep.equal([0n, wad(100_000)]);
      expect(fields(await junior.totalClaims())).to.deep.equal({
        outstanding: wad(100_000),
        lost: wad(100_000),
        repaid: 0n,
      });
    });
  });

  describe("reset", function () {
    it("owes senior what T is written down by", async function () {
      const { world, pool, senior, lp, bob, short, btc } = await networkHelpers.loadFixture(belowPrincipal);
      await world.trade(bob, short, btc, wad(10));
      await expect(pool.reset()).to.emit(senior, "ClaimsMinted").withArgs(wad("190025.9995"), wad("190025.9995"));
      justBelow((await senior.claimsOf(lp)).outstanding, wad("190025.9995"));
    });
  });

  describe("recover", function () {
    it("repays traders, then senior, then junior, and no more than was lost [C22]", async function () {
      const stage = await networkHelpers.loadFixture(charged);
      const { world, clearinghouse, pool, dave } = stage;
      const recover = async (usd: number) => clearinghouse.connect(dave).recover(world.native(wad(usd)));
      const lost = { traders: (await clearinghouse.traderClaims())[1], senior: (await pool.claims())[0] };
      justBelow(wad(210_005), lost.traders);
      justBelow(lost.senior, wad(380_002));

      await recover(100_000);
      expect(await repaid(stage)).to.deep.equal({ traders: wad(100_000), senior: 0n, junior: 0n });
      await recover(210_005);
      expect((await repaid(stage)).traders).to.equal(lost.traders);
      expect((await repaid(stage)).junior).to.equal(0n);
      await recover(300_000);
      justBelow((await repaid(stage)).senior, lost.senior);
      await recover(1_000_000);
      const all = await repaid(stage);
      expect([all.traders, all.junior]).to.deep.equal([lost.traders, wad(100_000)]);
      expect(await pool.claims()).to.deep.equal([0n, 0n]);
      expect((await pool.snapshot())[4]).to.equal(0n);
      await expect(recover(1)).to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_ZeroAmount");
    });

    it("brings holders their money, which anybody may hand out", async function () {
      const stage = await networkHelpers.loadFixture(charged);
      const { world, clearinghouse, senior, junior, token, lp, dave, stranger } = stage;
      await clearinghouse.connect(dave).recover(world.native(wad(10_000_000)));
      const before = await token.balanceOf(lp);
      const due = (await senior.claimsOf(lp)).claimable + (await junior.claimsOf(lp)).claimable;
      await expect(junior.connect(stranger).claimRecovery(lp)).to.emit(junior, "ClaimPaid");
      await senior.connect(stranger).claimRecovery(lp);
      await senior.connect(stranger).claimRecovery(lp);
      justBelow(world.native(due), (await token.balanceOf(lp)) - before + 1n, 2n);
      const ledgers = await world.ledgers();
      expect(ledgers.held).to.equal(ledgers.sum);
    });
  });

  describe("fees", function () {
    it("repay LPs once traders are whole, ahead of the treasury", async function () {
      const stage = await networkHelpers.loadFixture(belowPrincipal);
      const { world, clearinghouse, junior, bob, short, btc, treasury } = stage;
      await clearinghouse.setRiskParams({
        ...fields(await clearinghouse.riskParams()),
        recoveryFeeBps: 5_000,
        treasuryFeeBps: 5_000,
      });
      const market = await clearinghouse.market(btc);
      await clearinghouse.setMarketParams(btc, { ...fields(market.params), feeBps: 5 });
      // 0.05% of 60,000; half of it.
      await expect(world.trade(bob, short, btc, wad(1)))
        .to.emit(junior, "ClaimsRepaid")
        .withArgs(wad(15), wad(99_985));
      expect(await clearinghouse.feesOf(treasury)).to.equal(wad(15));
    });
  });

  describe("ten wipe-outs in a row", function () {
    it("leave both tranches open to new money, and each loss owed to who bore it [C23]", async function () {
      this.timeout(120_000);
      const stage = await plainStage(connection);
      const { world, pool, senior, junior, btc } = stage;
      const signers = (await connection.ethers.getSigners()) as HardhatEthersSigner[];
      const bearers: HardhatEthersSigner[] = [stage.lp];
      for (let round = 0; round < 10; round++) {
        await crash(stage, 20_000, BigInt(round));
        await pool.reset();
        await world.setPrice(btc, wad(100_000));
        const next = signers[10 + round];
        if (next === undefined) throw new Error("too few signers");
        await world.seed(next, { senior: wad(380_000), junior: wad(100_000) });
        const [seniorUsd, juniorUsd] = await Promise.all(
          [senior, junior].map(async (shares) => shares.convertToAssets(await shares.balanceOf(next))),
        );
        // Whoever refills a tranche leaves one basis point to those who were wiped out, if they had less.
        justBelow(seniorUsd ?? 0n, world.native(wad(380_000)), world.native(wad(38)));
        justBelow(juniorUsd ?? 0n, world.native(wad(100_000)), world.native(wad(10)));
        bearers.push(next);
      }
      expect((await junior.totalSupply()) > 10n ** 65n).to.equal(true);
      for (const bearer of bearers.slice(0, 10)) {
        const { outstanding } = await junior.claimsOf(bearer);
        // All but what those before were left: a basis point.
        expect(outstanding > wad(99_980) && outstanding < wad(100_020), `${outstanding}`).to.equal(true);
      }
      expect((await junior.claimsOf(bearers[10] ?? stage.lp)).outstanding).to.equal(0n);
    });
  });
});
