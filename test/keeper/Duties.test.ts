import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { MarketState, PLAIN_MARKET, type World, wad } from "../../scripts/shared/world.ts";
import { plainStage, realStage } from "../integration/stage.ts";
import { apart, type InProcess, keeperOn } from "./inProcess.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

const WEEK = 604_800n;
/** Epochs that ended while the stage was built are none of the test's. */
async function quiet(stage: { world: World }, robot: InProcess): Promise<void> {
  await robot.work();
  await stage.world.advance(1_801n);
  await robot.work();
}

describe("Keeper › duties", function () {
  describe("when an epoch is over", function () {
    for (const [what, record, settle, length] of [
      ["pool", "recordLpEpoch", "settleLpEpoch", 86_400n],
      ["insurance", "recordInsuranceEpoch", "settleInsuranceEpoch", WEEK],
    ] as const) {
      it(`records that of the ${what}, settles it half an hour later, and neither twice`, async function () {
        const stage = await networkHelpers.loadFixture(plainStage);
        const { world, token, staker } = stage;
        const robot = await keeperOn(world);
        await quiet(stage, robot);
        const shares = what === "pool" ? stage.senior : stage.insurance;
        const usd = world.native(wad(1_000));
        await token.mint(staker, usd);
        await shares.connect(staker).requestDeposit(usd, staker, staker);
        // A request settles with the epoch after its own.
        await world.advance(2n * length);
        const mine = (kinds: string[]) => kinds.filter((kind) => kind === record || kind === settle);
        expect(mine(await robot.work())).to.deep.equal([record]);
        await world.advance(1_700n);
        expect(mine(await robot.work())).to.deep.equal([]);
        await world.advance(100n);
        expect(mine(await robot.work())).to.deep.equal([settle]);
        expect(await shares.maxDeposit(staker)).to.equal(usd);
        expect(robot.keeper.state.targets).to.deep.equal({});
      });

      it(`settles what was recorded of the ${what} before the next record takes its place`, async function () {
        const stage = await networkHelpers.loadFixture(plainStage);
        const robot = await keeperOn(stage.world);
        await quiet(stage, robot);
        await stage.world.advance(length);
        const mine = (kinds: string[]) => kinds.filter((kind) => kind === record || kind === settle);
        expect(mine(await robot.work())).to.deep.equal([record]);
        await stage.world.advance(length);
        expect(mine(await robot.work())).to.deep.equal([settle, record]);
      });
    }
  });

  describe("when the skew is above its cap", function () {
    /** As in the security tests: feeds that burn all gas make the first call bring marks up to date and no more. */
    async function burning(connection: NetworkConnection) {
      const stage = await plainStage(connection);
      const { world, clearinghouse, chainlink, oracle, alice, bob } = stage;
      const eth = await world.listMarket({ ...PLAIN_MARKET, poolShareBps: 10_000 }, wad(100_000));
      const account = await world.fund(alice, wad(100_000));
      const other = await world.fund(bob, wad(100_000));
      const feeds = [];
      for (let i = 0; i < 3; i++) {
        const market = await world.listMarket(PLAIN_MARKET, wad(1_000));
        const feed = await ethers.deployContract("MockAggregator", [8, 1_000n * 10n ** 8n]);
        await chainlink.setFeed(market, feed, 86_400, 1n, wad(1_000_000));
        await oracle.setSource(market, chainlink);
        await world.trade(bob, other, market, wad(2));
        feeds.push(feed);
      }
      await world.trade(alice, account, eth, wad("3.9"));
      await world.setPrice(eth, wad(130_000));
      for (const feed of feeds) await feed.setBurningGas(true);
      await world.advance((await clearinghouse.riskParams()).maxMarkAge + 1n);
      return { ...stage, eth };
    }

    it("calls again after a call that only brought marks up to date, and is paid", async function () {
      const { world, clearinghouse, eth } = await networkHelpers.loadFixture(burning);
      const robot = await keeperOn(world);
      const kinds = await robot.work();
      expect(kinds.filter((kind) => kind === "deleverage").length).to.be.at.least(2);
      const events = await clearinghouse.queryFilter(clearinghouse.filters.Deleveraged(eth));
      expect(events.length).to.equal(kinds.filter((kind) => kind === "deleverage").length - 1);
      expect(await clearinghouse.feesOf(robot.address)).to.be.greaterThan(0n);
      expect(robot.keeper.state.targets).to.deep.equal({});
    });
  });

  describe("when the pool owes what nobody is left to pay", function () {
    it("has the debts written off, so that it can start again", async function () {
      const { world, clearinghouse, pool, alice, bob, keeper, btc } = await networkHelpers.loadFixture(plainStage);
      const long = await world.fund(alice, wad(60_000));
      const short = await world.fund(bob, wad(60_000));
      await world.trade(alice, long, btc, wad(10));
      await world.trade(bob, short, btc, wad(-10));
      await world.setPrice(btc, wad(10_000));
      await world.trade(bob, short, btc, wad(10));
      const robot = await keeperOn(world);
      // While the loser has a position, he may still pay.
      await clearinghouse.connect(keeper).liquidate(long);
      expect(await pool.openNotional()).to.equal(0n);
      expect(await pool.unpaid()).to.be.greaterThan(0n);
      expect(apart(await robot.work())).to.deep.equal(["payDebts"]);
      expect(await pool.unpaid()).to.equal(0n);
    });
  });

  describe("when the pool owes traders and positions are open", function () {
    /** Bob has won more than the pool has in cash; alice, who lost it, is still there and has paid nothing yet. */
    async function owing(connection: NetworkConnection) {
      const stage = await plainStage(connection);
      const { world, pool, alice, bob, btc } = stage;
      const long = await world.fund(alice, wad(600_000));
      const short = await world.fund(bob, wad(60_000));
      await world.trade(alice, long, btc, wad(10));
      await world.trade(bob, short, btc, wad(-10));
      await world.setPrice(btc, wad(42_000));
      await world.trade(bob, short, btc, wad(10));
      expect(await pool.openNotional()).to.be.greaterThan(0n);
      expect((await pool.snapshot())[0]).to.equal(0n);
      return { ...stage, short };
    }

    type Owing = Awaited<ReturnType<typeof owing>>;

    it("leaves them alone while there is no cash: what is owed stays owed", async function () {
      const { world, pool } = await networkHelpers.loadFixture(owing);
      const robot = await keeperOn(world);
      const owed = await pool.unpaid();
      expect(owed).to.be.greaterThan(0n);
      expect(apart(await robot.work())).to.deep.equal([]);
      expect(await pool.unpaid()).to.equal(owed);
    });

    /** What is paid in part stays owed: alice may still pay the rest, so it is not written off. */
    async function expectRepaid({ clearinghouse, pool, short }: Owing, paid: bigint, owed: bigint): Promise<void> {
      const [cash, , unpaid, openNotional] = await pool.snapshot();
      expect([cash, unpaid]).to.deep.equal([0n, owed - paid]);
      expect(openNotional).to.be.greaterThan(0n);
      expect(await clearinghouse.debtsTo(short)).to.deep.equal([paid, owed - paid]);
      expect(await clearinghouse.queryFilter(clearinghouse.filters.DebtsWrittenOff())).to.deep.equal([]);
    }

    it("repays the winner once cash is there that no operation brought, as far as it goes, and once", async function () {
      const stage = await networkHelpers.loadFixture(owing);
      const { world, pool, vault, insurance } = stage;
      const robot = await keeperOn(world);
      await quiet(stage, robot);
      const owed = await pool.unpaid();
      const brought = wad(50_000);
      expect(owed).to.be.greaterThan(brought);
      // One of the modules that may post to cash; none does so today without having debts repaid in the same transaction.
      await networkHelpers.impersonateAccount(String(insurance.target));
      await networkHelpers.setBalance(String(insurance.target), wad(1));
      const module = await ethers.getSigner(String(insurance.target));
      await vault.connect(module).post([0n, brought, -brought, 0n, 0n, 0n, 0n, 0n]);
      expect(apart(await robot.work())).to.deep.equal(["payDebts"]);
      await expectRepaid(stage, brought, owed);
      expect(apart(await robot.work())).to.deep.equal([]);
      expect(robot.keeper.state.targets).to.deep.equal({});
    });

    it("leaves it to the settlement of an epoch where LPs bring the cash: that repays by itself", async function () {
      const stage = await networkHelpers.loadFixture(owing);
      const { world, pool, token, senior, lp } = stage;
      const robot = await keeperOn(world);
      await quiet(stage, robot);
      const owed = await pool.unpaid();
      await token.mint(lp, world.native(wad(50_000)));
      await senior.connect(lp).requestDeposit(world.native(wad(50_000)), lp, lp);
      await world.advance(2n * (await pool.EPOCH_LENGTH()));
      expect(await robot.work())
        .to.include("recordLpEpoch")
        .and.to.not.include("payDebts");
      await world.advance(1_801n);
      expect(await robot.work()).to.deep.equal(["settleLpEpoch"]);
      await expectRepaid(stage, wad(50_000), owed);
    });
  });

  describe("when an account has missed more deleveraging than a liquidation takes in", function () {
    async function missed(connection: NetworkConnection) {
      const stage = await plainStage(connection);
      const { world, clearinghouse, alice, bob, btc } = stage;
      const eth = await world.listMarket({ ...PLAIN_MARKET, poolShareBps: 10_000 }, wad(100_000));
      const account = await world.fund(alice, wad(150_000));
      const other = await world.fund(bob, wad(400_000));
      await world.trade(alice, account, eth, wad("3.9"));
      await world.trade(alice, account, btc, wad(5));
      await world.trade(bob, other, btc, wad(-5));
      await world.setPrice(eth, wad(130_000));
      let share = 10_000;
      for (let events = 0; events < 49; events++) {
        await clearinghouse.deleverage(eth);
        share = Math.floor(share * 0.93);
        await clearinghouse.setMarketParams(eth, { ...PLAIN_MARKET, poolShareBps: share });
      }
      await world.setPrice(btc, wad(30_000));
      return { ...stage, account, eth };
    }

    it("replays them first, and liquidates then", async function () {
      const stage = await networkHelpers.loadFixture(missed);
      const { world, clearinghouse, account } = stage;
      await expect(clearinghouse.liquidate(account)).to.be.revertedWithCustomError(
        clearinghouse,
        "Clearinghouse_TooManyEvents",
      );
      const robot = await keeperOn(world);
      const kinds = apart(await robot.work()).filter((kind) => kind !== "deleverage");
      expect(kinds).to.deep.equal(["replay", "liquidate"]);
      const { openMarkets } = await clearinghouse.account(account);
      expect(openMarkets).to.equal(0n);
      expect(robot.keeper.state.targets).to.deep.equal({});
    });
  });

  describe("when a market with positions has no price", function () {
    it("notes it, and settles it a week later", async function () {
      const { world, clearinghouse, prices, alice, btc } = await networkHelpers.loadFixture(plainStage);
      await world.trade(alice, await world.fund(alice, wad(60_000)), btc, wad(1));
      await prices.setDead(btc, true);
      const robot = await keeperOn(world);
      expect(apart(await robot.work())).to.deep.equal(["settleDeadMarket"]);
      await world.advance(WEEK - 60n);
      expect(apart(await robot.work())).to.deep.equal([]);
      await world.advance(60n);
      expect(apart(await robot.work())).to.deep.equal(["settleDeadMarket"]);
      expect((await clearinghouse.market(btc)).state).to.equal(MarketState.Settled);
      expect(apart(await robot.work())).to.deep.equal([]);
    });
  });

  describe("what a liquidation should pay", function () {
    for (const [what, usd] of [
      ["in part", 95_600],
      ["as a whole", 95_150],
      ["at a loss", 90_000],
    ] as const) {
      it(`is not more than it does, where an account is closed ${what}`, async function () {
        const { world, clearinghouse, token, alice, btc } = await networkHelpers.loadFixture(realStage);
        const account = await world.fund(alice, wad(5_000));
        await world.trade(alice, account, btc, wad(1));
        await world.setPrice(btc, wad(usd));
        const robot = await keeperOn(world);
        const { result } = await robot.tick();
        const expected = result!.observation.rewards.get(account)!;
        expect(expected).to.be.greaterThan(0n);
        await robot.work();
        expect((await clearinghouse.account(account)).openMarkets).to.equal(what === "in part" ? 1n : 0n);
        const before = await token.balanceOf(robot.address);
        await clearinghouse.connect(await ethers.getSigner(robot.address)).claimFees();
        const paid = ((await token.balanceOf(robot.address)) - before) * world.scale;
        // What the token cannot show stays behind: less than a unit of it.
        expect(paid + world.scale > expected, `${paid} of ${expected}`).to.equal(true);
        expect(paid * 100n <= expected * 101n, `${paid} of ${expected}`).to.equal(true);
      });
    }
  });
});
