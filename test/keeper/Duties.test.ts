import { expect } from "chai";
import { AbiCoder } from "ethers";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { PythPrices } from "../../scripts/sdk/pythPrices.ts";
import { MarketState, PLAIN_MARKET, type World, wad } from "../../scripts/shared/world.ts";
import { emptyStage, plainStage, realStage } from "../integration/stage.ts";
import { type InProcess, keeperOn } from "./inProcess.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

const WEEK = 604_800n;
const FEED = `0x${"ab".repeat(32)}`;
const coder = AbiCoder.defaultAbiCoder();

/** What MockPyth takes for a signed update. */
function update(usd: number, time: bigint): string {
  const price = [BigInt(usd) * 10n ** 8n, 1n, -8, time];
  const types = ["tuple(bytes32,tuple(int64,uint64,int32,uint256),tuple(int64,uint64,int32,uint256))", "uint64"];
  return coder.encode(types, [[FEED, price, price], time - 1n]);
}

const now = async (): Promise<bigint> => BigInt(await networkHelpers.time.latest());

/** Hermes, as these tests want it. */
class Prices implements PythPrices {
  usd = 100;
  readonly asked: { ids: string[]; earliest?: bigint }[] = [];

  async at(ids: string[], earliest: bigint): Promise<string[]> {
    this.asked.push({ ids, earliest });
    return [update(this.usd, earliest)];
  }

  async latest(ids: string[]): Promise<string[]> {
    this.asked.push({ ids });
    return [update(this.usd, await now())];
  }
}

/** Money, and trades through orders; no market yet. */
async function orderStage(connection: NetworkConnection) {
  const stage = await emptyStage(connection, {}, true);
  await stage.world.seed(stage.lp, { senior: wad(400_000), junior: wad(100_000) });
  await stage.token.mint(stage.alice, stage.world.native(wad(100)));
  return { ...stage, account: await stage.world.fund(stage.alice, wad(600)) };
}

async function open({ clearinghouse, oracle }: World["system"], source: unknown): Promise<void> {
  await oracle.setSource(0, source as string);
  await clearinghouse.listMarket(PLAIN_MARKET);
  await clearinghouse.setMarketState(0, MarketState.Open);
}

/** One market with a pull feed, prices good for a minute. */
async function pythStage(connection: NetworkConnection) {
  const stage = await orderStage(connection);
  const mock = await ethers.deployContract("MockPyth", [3_600, 1]);
  const source = await ethers.deployContract("PythSource", [stage.access, mock]);
  await mock.getFunction("updatePriceFeeds")([update(100, await now())], { value: 1 });
  await source.getFunction("setFeed")(0, FEED, 60, 500, 1n, 10n ** 24n);
  await open(stage.world.system, source);
  return { ...stage, mock, pyth: await source.getAddress() };
}

/** One market with a push feed. */
async function chainlinkStage(connection: NetworkConnection) {
  const stage = await orderStage(connection);
  const feed = await ethers.deployContract("MockAggregator", [8, 100n * 10n ** 8n]);
  await stage.chainlink.setFeed(0, feed, 86_400, 1n, wad(1_000_000));
  await open(stage.world.system, stage.chainlink);
  return { ...stage, feed };
}

/** A hundred units bought at the market; returns when. */
async function order({ orders, alice, account }: Awaited<ReturnType<typeof orderStage>>): Promise<bigint> {
  await orders.connect(alice).submit({
    account,
    market: 0,
    kind: 0,
    sizeDelta: wad(100),
    acceptablePrice: 2n ** 256n - 1n,
    triggerPrice: 0n,
    deadline: (await now()) + 7_200n,
    isReduceOnly: false,
  });
  return now();
}

/** Epochs that ended while the stage was built are none of the test's. */
async function quiet(stage: { world: World }, robot: InProcess): Promise<void> {
  await robot.work();
  await stage.world.advance(1_801n);
  await robot.work();
}

/** Kinds that are not about epochs. */
const apart = (kinds: string[]): string[] => kinds.filter((kind) => !kind.endsWith("Epoch"));

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

  describe("when a market has a pull feed", function () {
    async function opened(connection: NetworkConnection) {
      const stage = await pythStage(connection);
      const prices = new Prices();
      const robot = await keeperOn(stage.world, { pyth: prices, addresses: { pyth: stage.pyth } });
      const placed = await order(stage);
      await stage.world.advance(5n);
      const kinds = apart(await robot.work());
      return { ...stage, placed, kinds, prices };
    }

    it("proves the price of an order with the update of that very second", async function () {
      const { clearinghouse, account, placed, kinds, prices } = await networkHelpers.loadFixture(opened);
      expect(kinds).to.deep.equal(["executeOrders"]);
      expect((await clearinghouse.position(account, 0)).size).to.equal(wad(100));
      expect(prices.asked).to.deep.include({ ids: [FEED], earliest: placed + 2n });
    });

    it("brings a price before the last one is too old", async function () {
      const { world, pyth, oracle } = await networkHelpers.loadFixture(opened);
      const robot = await keeperOn(world, { pyth: new Prices(), addresses: { pyth } });
      await world.advance(30n);
      expect(apart(await robot.work())).to.deep.equal([]);
      await world.advance(15n);
      expect(apart(await robot.work())).to.deep.equal(["pushPrices"]);
      const { publishedAt } = await oracle.priceFor(0, 0);
      expect((await now()) - publishedAt).to.be.lessThan(5n);
    });

    it("brings a young one where somebody can be liquidated by it, and liquidates", async function () {
      const { world, pyth, mock, clearinghouse, account } = await networkHelpers.loadFixture(opened);
      const prices = new Prices();
      prices.usd = 94;
      const robot = await keeperOn(world, { pyth: prices, addresses: { pyth } });
      await mock.getFunction("updatePriceFeeds")([update(94, await now())], { value: 1 });
      await world.advance(10n);
      expect(apart(await robot.work())).to.deep.equal(["pushPrices", "liquidate"]);
      const events = await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated(account));
      expect(events.map(({ args }) => args.keeper)).to.deep.equal([robot.address]);
    });

    it("reports its silence once where no price is to be had", async function () {
      const { world, pyth } = await networkHelpers.loadFixture(opened);
      const robot = await keeperOn(world, { addresses: { pyth } });
      await world.advance(61n);
      expect(apart(await robot.work())).to.deep.equal(["reportSilence"]);
      await world.advance(14n * 60n);
      expect(apart(await robot.work())).to.deep.equal([]);
      // Silent for a quarter of an hour: dead.
      await world.advance(60n);
      expect(apart(await robot.work())).to.deep.equal(["settleDeadMarket"]);
    });
  });

  describe("when a market has a push feed", function () {
    it("waits for a round, and proves the order's price with the first that is late enough", async function () {
      const stage = await networkHelpers.loadFixture(chainlinkStage);
      const { world, clearinghouse, orders, account, feed } = stage;
      const robot = await keeperOn(world);
      const placed = await order(stage);
      await world.advance(10n);
      expect(apart(await robot.work())).to.deep.equal([]);
      for (const [usd, after] of [
        [101n, 1n],
        [102n, 2n],
        [103n, 3n],
        [104n, 9n],
      ] as const) {
        await feed.pushRound(usd * 10n ** 8n, placed + after);
      }
      expect(apart(await robot.work())).to.deep.equal(["executeOrders"]);
      expect((await clearinghouse.position(account, 0)).size).to.equal(wad(100));
      const [executed] = await orders.queryFilter(orders.filters.OrderExecuted());
      expect([executed!.args.firstPrice, executed!.args.publishedAt]).to.deep.equal([wad(102), placed + 2n]);
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
