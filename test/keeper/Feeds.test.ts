import { expect } from "chai";
import { AbiCoder } from "ethers";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { PythPrices } from "../../scripts/sdk/pythPrices.ts";
import { MarketState, PLAIN_MARKET, type World, wad } from "../../scripts/shared/world.ts";
import { emptyStage } from "../integration/stage.ts";
import { apart, keeperOn } from "./inProcess.ts";
import { Level } from "./process.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

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
  isSilent = false;
  readonly asked: { ids: string[]; earliest?: bigint }[] = [];

  async at(ids: string[], earliest: bigint): Promise<string[]> {
    this.asked.push({ ids, earliest });
    return [update(this.usd, earliest)];
  }

  async latest(ids: string[]): Promise<string[] | undefined> {
    if (this.isSilent) return undefined;
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
async function order(
  { orders, alice, account }: Pick<Awaited<ReturnType<typeof orderStage>>, "orders" | "alice" | "account">,
  market = 0,
): Promise<bigint> {
  await orders.connect(alice).submit({
    account,
    market,
    kind: 0,
    sizeDelta: wad(100),
    acceptablePrice: 2n ** 256n - 1n,
    triggerPrice: 0n,
    deadline: (await now()) + 7_200n,
    isReduceOnly: false,
  });
  return now();
}

describe("Keeper › feeds", function () {
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

    it("pays for the proof of each order of a batch by itself, and for no other", async function () {
      const stage = await networkHelpers.loadFixture(pythStage);
      const { world, clearinghouse, alice, account, pyth } = stage;
      await world.listMarket(PLAIN_MARKET, wad(100));
      const others = [await world.fund(alice, wad(600), 1n), await world.fund(alice, wad(600), 2n)];
      await order(stage);
      // Proofs of a mock cost nothing.
      for (const other of others) await order({ ...stage, account: other }, 1);
      await world.advance(5n);
      await world.setPrice(1, wad(100));
      const robot = await keeperOn(world, { pyth: new Prices(), addresses: { pyth } });
      expect(apart(await robot.work())).to.deep.equal(["executeOrders"]);
      expect((await clearinghouse.position(account, 0)).size).to.equal(wad(100));
      for (const other of others) expect((await clearinghouse.position(other, 1)).size).to.equal(wad(100));
      const [batch] = robot.keeper.state.outbox.filter(({ kind }) => kind === "executeOrders");
      expect(batch).to.include({ value: "1" });
      expect(robot.keeper.state.targets).to.deep.equal({});
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

    it("says once that nobody gives it signed prices, and that they are back", async function () {
      const { world, pyth } = await networkHelpers.loadFixture(opened);
      const prices = new Prices();
      const robot = await keeperOn(world, { pyth: prices, addresses: { pyth } });
      const warned = () => robot.lines.filter(({ level }) => level >= Level.warn).map(({ msg }) => msg);
      await world.advance(45n);
      prices.isSilent = true;
      await robot.tick();
      await robot.tick();
      expect(warned()).to.deep.equal([
        "no signed Pyth prices from --hermes-url: their markets are left to other keepers",
      ]);
      prices.isSilent = false;
      expect(apart(await robot.work())).to.deep.equal(["pushPrices"]);
      expect(robot.said("over: no signed Pyth prices")).to.have.length(1);

      const without = await keeperOn(world, { addresses: { pyth } });
      await without.tick();
      await without.tick();
      expect(without.said("no --hermes-url: ")).to.have.length(1);
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

  describe("when the node has no pending block", function () {
    it("takes no order for expired by the clock of this machine, which is months ahead of this chain's", async function () {
      const stage = await networkHelpers.loadFixture(pythStage);
      const { world, clearinghouse, account, pyth } = stage;
      const { keeper, provider, work } = await keeperOn(world, { pyth: new Prices(), addresses: { pyth } });
      provider.answer = (method, params) => {
        if (method === "eth_getTransactionCount" || !params.includes("pending")) return undefined;
        throw Object.assign(new Error("pending block is not available"), { code: "UNKNOWN_ERROR" });
      };
      await order(stage);
      expect(apart(await work())).to.deep.equal([]);
      await world.advance(5n);
      expect(apart(await work())).to.deep.equal(["executeOrders"]);
      expect((await clearinghouse.position(account, 0)).size).to.equal(wad(100));
      expect(keeper.state.targets).to.deep.equal({});
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
});
