import { expect } from "chai";
import { Transaction, toQuantity } from "ethers";
import hre from "hardhat";
import { RetryableError } from "../../scripts/keeper/chain/errors.ts";
import { scan } from "../../scripts/keeper/chain/scan.ts";
import { once } from "../../scripts/keeper/loop.ts";
import { emptyState } from "../../scripts/keeper/state/state.ts";
import { wad } from "../../scripts/shared/world.ts";
import { crowd } from "./crowd.ts";
import { type InProcess, keeperOn } from "./inProcess.ts";
import { Level } from "./process.ts";

const connection = await hre.network.create();
const { networkHelpers, provider: node } = connection;

const request = (method: string, ...params: unknown[]) => node.request({ method, params });
const isOpen = ({ mined }: { mined?: unknown }): boolean => mined === undefined;

/** Two of three can be liquidated and both calls wait in the mempool, where nothing is mined unasked. */
async function waiting() {
  const stage = await networkHelpers.loadFixture(crowd);
  const { world, alice, accounts } = stage;
  await world.fund(alice, wad(5_000), 2n);
  const robot = await keeperOn(world);
  await robot.work();
  await world.setPrice(0, wad(94));
  await request("evm_setAutomine", false);
  const sent = watch(robot);
  await robot.tick();
  const { outbox } = robot.keeper.state;
  expect(outbox.filter(isOpen).map(({ key }) => key)).to.have.members(
    accounts.slice(0, 2).map((id) => `liquidate:${id}`),
  );
  const [first, second] = outbox.filter(isOpen);
  const [before] = sent.splice(0);
  return { ...stage, robot, sent, before: before!, first: first!, second: second! };
}

async function priceIs(stage: Awaited<ReturnType<typeof waiting>>, usd: number): Promise<void> {
  await stage.prices.setPrice.send(0, wad(usd));
  await request("evm_mine");
}

/** Nonces, recipients and fees, in the order they were sent. */
function watch({ provider }: InProcess): Transaction[] {
  const seen: Transaction[] = [];
  provider.answer = (method, params) => {
    if (method === "eth_sendRawTransaction") seen.push(Transaction.from(String(params[0])));
  };
  return seen;
}

/** One by one: blocks mined at once are not linked to each other here. */
async function mine(blocks: number): Promise<void> {
  for (let i = 0; i < blocks; i++) await request("evm_mine");
}

async function finish({ robot }: { robot: InProcess }): Promise<void> {
  await request("evm_mine");
  await request("evm_setAutomine", true);
  await robot.work();
  expect(robot.keeper.state.outbox.filter(isOpen)).to.deep.equal([]);
}

describe("Keeper › outbox", function () {
  afterEach(() => request("evm_setAutomine", true));

  describe("when a transaction is stuck", function () {
    it("sends the same again with the same nonce for an eighth more, and one of the two is mined", async function () {
      const stage = await waiting();
      const { robot, clearinghouse, sent, before, first } = stage;
      robot.keeper.config.stuckSeconds = -1;
      await robot.tick();
      const again = sent.find(({ nonce }) => nonce === first.nonce)!;
      expect(sent).to.have.length(2);
      expect([again.to, again.data]).to.deep.equal([before.to, before.data]);
      expect(again.maxFeePerGas! * 1_000n >= before.maxFeePerGas! * 1_125n).to.equal(true);
      expect(again.maxPriorityFeePerGas! * 1_000n >= before.maxPriorityFeePerGas! * 1_125n).to.equal(true);
      expect(first.hashes).to.deep.equal([before.hash, again.hash]);
      robot.keeper.config.stuckSeconds = 30_000;
      await finish(stage);
      expect(first.mined).to.include({ hash: again.hash, isSuccess: true });
      expect(await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated())).to.have.length(2);
    });

    it("replaces what no longer makes sense by a transfer to itself, also the last one", async function () {
      const stage = await waiting();
      const { robot, sent, second, clearinghouse, accounts } = stage;
      const reason = clearinghouse.interface.encodeErrorResult("Clearinghouse_NotLiquidatable", [accounts[1]!, 1n, 0n]);
      const { answer } = robot.provider;
      robot.provider.answer = (method, params) => {
        if (method === "eth_estimateGas" && (params[0] as { data: string }).data === second.data) {
          throw Object.assign(new Error("execution reverted"), { code: "CALL_EXCEPTION", data: reason });
        }
        return answer(method, params);
      };
      robot.keeper.config.stuckSeconds = -1;
      await robot.tick();
      const again = sent.find(({ nonce }) => nonce === second.nonce)!;
      expect([again.to, again.data]).to.deep.equal([robot.address, "0x"]);
      robot.provider.answer = answer;
      robot.keeper.config.stuckSeconds = 30_000;
      await finish(stage);
      expect(second.mined).to.include({ hash: again.hash, isSuccess: true });
    });

    it("waits where that would be more than the cap, and says so once", async function () {
      const stage = await waiting();
      const { robot, sent, first } = stage;
      robot.keeper.config.stuckSeconds = -1;
      robot.keeper.config.maxFeeGwei = BigInt(first.maxFee);
      await robot.tick();
      await robot.tick();
      expect(sent).to.deep.equal([]);
      const said = robot.said("more than --max-fee-gwei would be needed");
      expect(said.map(({ target }) => target)).to.deep.equal([stage.first.key, stage.second.key]);
      const counted = await robot.keeper.metrics.registry.getSingleMetricAsString(
        "keeper_replacement_fees_capped_total",
      );
      expect(counted).to.contain('keeper_replacement_fees_capped_total{kind="liquidate"} 2');
      robot.keeper.config.stuckSeconds = 30_000;
      await finish(stage);
    });
  });

  describe("when the node has forgotten one with others behind it", function () {
    it("sends itself a transfer with its nonce if it no longer makes sense", async function () {
      const stage = await waiting();
      const { robot, sent, first, second, clearinghouse } = stage;
      await request("hardhat_dropTransaction", first.hashes[0]);
      await priceIs(stage, 100);
      await robot.tick();
      expect(sent.map(({ nonce, to, data, value }) => ({ nonce, to, data, value }))).to.deep.equal([
        { nonce: first.nonce, to: robot.address, data: "0x", value: 0n },
      ]);
      await finish(stage);
      expect([first.mined?.isSuccess, second.mined?.isSuccess]).to.deep.equal([true, false]);
      expect(await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated())).to.deep.equal([]);
      // A call that came too late is no fault of its target.
      expect(robot.keeper.state.targets).to.deep.equal({});
    });

    it("fills a nonce that nobody knows of any more in the same way", async function () {
      const stage = await waiting();
      const { robot, sent, first } = stage;
      await request("hardhat_dropTransaction", first.hashes[0]);
      robot.keeper.state.outbox.splice(robot.keeper.state.outbox.indexOf(first), 1);
      await priceIs(stage, 100);
      await robot.tick();
      expect(sent.map(({ nonce, to, data }) => ({ nonce, to, data }))).to.deep.equal([
        { nonce: first.nonce, to: robot.address, data: "0x" },
      ]);
      expect(robot.said("used by nobody")).to.have.length(1);
      await finish(stage);
    });

    it("uses such a nonce for what is to be done, if there is something", async function () {
      const stage = await waiting();
      const { robot, sent, first, clearinghouse } = stage;
      await request("hardhat_dropTransaction", first.hashes[0]);
      robot.keeper.state.outbox.splice(robot.keeper.state.outbox.indexOf(first), 1);
      await robot.tick();
      expect(sent.map(({ nonce, data }) => ({ nonce, data }))).to.deep.equal([
        { nonce: first.nonce, data: first.data },
      ]);
      await finish(stage);
      expect(await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated())).to.have.length(2);
    });
  });

  describe("when a re-org is deeper than what is remembered", function () {
    it("looks twice, and then reads everything anew", async function () {
      const { world, alice, accounts } = await networkHelpers.loadFixture(crowd);
      const robot = await keeperOn(world, { config: { reorgDepth: 8 } });
      const { keeper } = robot;
      await robot.work();
      const snapshot = await request("evm_snapshot");
      await world.trade(alice, accounts[0]!, 0, wad(-100));
      const lost = await world.fund(alice, wad(600), 9n);
      await world.trade(alice, lost, 0, wad(100));
      await mine(12);
      await robot.work();
      expect(Object.keys(keeper.state.accounts)).to.have.members([...accounts.slice(1), lost].map(String));

      await request("evm_revert", snapshot);
      await world.trade(alice, accounts[1]!, 0, wad(-100));
      await mine(18);
      const before = structuredClone(keeper.state.accounts);
      const error = await robot.tick().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(RetryableError);
      expect(keeper.state.accounts).to.deep.equal(before);
      expect(robot.said("a re-org below finality").filter(({ level }) => level === Level.error)).to.have.length(1);

      await robot.work();
      expect(robot.said("everything is read anew")).to.have.length(1);
      const fresh = emptyState(keeper.state.binding, 0);
      const head = await keeper.rpcs[0]!.latest();
      const none = { onPage: async () => {}, onReorg: () => false };
      await scan({ rpc: keeper.rpcs[0]!, book: keeper.book, state: fresh, head, depth: 8, ...none });
      const { accounts: found, orders, scannedTo, blocks } = keeper.state;
      expect(Object.keys(found)).to.have.members([accounts[0], accounts[2]].map(String));
      expect({ found, orders, scannedTo }).to.deep.equal({ found: fresh.accounts, orders: {}, scannedTo: head.number });
      expect(blocks.map(({ hash }) => hash)).to.deep.equal(fresh.blocks.map(({ hash }) => hash));
    });
  });

  describe("when the node does not take a transaction", function () {
    it("says so once, however often it is tried", async function () {
      const stage = await waiting();
      const { robot, first, second } = stage;
      for (const { hashes } of [second, first]) await request("hardhat_dropTransaction", hashes[0]);
      await request("hardhat_setBalance", robot.address, "0x0");
      await robot.tick();
      await robot.tick();
      expect(robot.said("sent again")).to.deep.equal([]);
      expect(robot.said("could not be sent").map(({ nonce }) => nonce)).to.deep.equal([first.nonce, second.nonce]);
      await request("hardhat_setBalance", robot.address, toQuantity(10n ** 18n));
      await robot.tick();
      expect(robot.said("over: could not be sent")).to.have.length(2);
      expect(robot.said("sent again")).to.have.length(2);
      await finish(stage);
    });
  });

  describe("when the node falls silent after --once has sent something", function () {
    it("says what is not mined", async function () {
      const { keeper, provider } = (await waiting()).robot;
      keeper.config.onceSeconds = 200;
      let looks = 0;
      provider.answer = (method, [block]) => {
        if (method === "eth_getBlockByNumber" && block === "latest") looks += 1;
        if (looks > 1) throw Object.assign(new Error("request timeout"), { code: "TIMEOUT" });
      };
      const { pending } = await once(keeper, new AbortController().signal);
      expect(pending.map(({ key }) => key)).to.have.length(2);
    });
  });
});
