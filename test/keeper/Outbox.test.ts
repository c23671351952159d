import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Transaction, toQuantity } from "ethers";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { RetryableError } from "../../scripts/keeper/chain/errors.ts";
import { Rpc } from "../../scripts/keeper/chain/rpc.ts";
import { scan } from "../../scripts/keeper/chain/scan.ts";
import { once } from "../../scripts/keeper/loop.ts";
import { simulate } from "../../scripts/keeper/send/simulate.ts";
import { emptyState } from "../../scripts/keeper/state/state.ts";
import { InputError } from "../../scripts/shared/inputError.ts";
import { wad } from "../../scripts/shared/world.ts";
import { emptyStage } from "../integration/stage.ts";
import { MARKET } from "./chain.ts";
import { type InProcess, keeperOn, LOCAL_CHAIN } from "./inProcess.ts";
import { Level } from "./process.ts";

const connection = await hre.network.create();
const { networkHelpers, provider: node } = connection;

const request = (method: string, ...params: unknown[]) => node.request({ method, params });
const isOpen = ({ mined }: { mined?: unknown }): boolean => mined === undefined;

/** Three accounts of one trader, each long a hundred at 100 dollars with little margin. */
async function crowd(connection: NetworkConnection) {
  const stage = await emptyStage(connection, {});
  const { world, alice } = stage;
  await world.seed(stage.lp, { senior: wad(400_000), junior: wad(400_000) });
  await world.listMarket(MARKET, wad(100));
  const accounts: bigint[] = [];
  for (let sub = 0n; sub < 3n; sub++) {
    accounts.push(await world.fund(alice, wad(600), sub));
    await world.trade(alice, accounts.at(-1)!, 0, wad(100));
  }
  return { ...stage, accounts };
}

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

  /** All three can be liquidated. */
  async function falling() {
    const stage = await networkHelpers.loadFixture(crowd);
    await stage.world.setPrice(0, wad(94));
    return { ...stage, robot: await keeperOn(stage.world) };
  }

  describe("when the account has too little ether", function () {
    const give = (robot: InProcess, wei: bigint) => request("hardhat_setBalance", robot.address, toQuantity(wei));
    const isShort = (robot: InProcess): boolean => robot.keeper.conditions.names().includes("ether");

    it("says so once, holds it against no target, and goes on when it has some", async function () {
      const { robot, clearinghouse } = await falling();
      await give(robot, 0n);
      await robot.tick();
      await robot.tick();
      expect(robot.keeper.state.outbox).to.deep.equal([]);
      const errors = robot.lines.filter(({ level }) => level >= Level.warn);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.include({ address: robot.address, level: Level.error });
      expect(errors[0]!.msg).to.match(/^the account has too little ether/);
      await give(robot, 10n ** 18n);
      await robot.work();
      expect(await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated())).to.have.length(3);
      expect(robot.said("over: the account has too little ether")).to.have.length(1);
    });

    it("sends what it can pay for, what is on its way counted", async function () {
      const { robot } = await falling();
      await request("evm_setAutomine", false);
      robot.provider.answer = (method) => (method === "eth_estimateGas" ? toQuantity(1_000_000) : undefined);
      await robot.tick();
      const [most] = robot.keeper.state.outbox.map(({ gasLimit, maxFee }) => BigInt(gasLimit) * BigInt(maxFee));
      const planned = robot.keeper.state.outbox.length;
      for (const { hashes } of robot.keeper.state.outbox.splice(0)) {
        await request("hardhat_dropTransaction", hashes[0]);
      }
      await give(robot, 3n * most! - 1n);
      await robot.tick();
      expect(robot.keeper.state.outbox).to.have.length(2);
      await robot.tick();
      expect(robot.keeper.state.outbox).to.have.length(2);
      expect([planned > 2, isShort(robot)]).to.deep.equal([true, true]);
    });

    it("says once that the node does not take a transaction, however often it is tried", async function () {
      const stage = await waiting();
      const { robot, first, second } = stage;
      for (const { hashes } of [second, first]) await request("hardhat_dropTransaction", hashes[0]);
      await give(robot, 0n);
      await robot.tick();
      await robot.tick();
      expect(robot.said("could not be sent").map(({ nonce }) => nonce)).to.deep.equal([first.nonce, second.nonce]);
      await give(robot, 10n ** 18n);
      await robot.tick();
      expect(robot.said("over: could not be sent")).to.have.length(2);
      await finish(stage);
    });
  });

  describe("when nobody knows what an ether is worth", function () {
    it("says so once, and sends nothing that would have to pay", async function () {
      const { robot } = await falling();
      Object.assign(robot.keeper.config, { altruistic: false, etherUsd: "market:7" });
      await robot.tick();
      await robot.tick();
      expect(robot.keeper.state.outbox).to.deep.equal([]);
      const said = robot.lines.filter(({ level }) => level >= Level.warn);
      expect(said.map(({ msg }) => msg)).to.deep.equal([
        "no price of ether (--ether-usd market:7): profit cannot be judged and nothing is sent; give a number, or --altruistic",
      ]);
      robot.keeper.config.altruistic = true;
      await robot.tick();
      expect(robot.said("over: no price of ether")).to.have.length(1);
    });
  });

  describe("when a call takes much gas", function () {
    it("gives it no more than --max-gas", async function () {
      const { robot, clearinghouse } = await falling();
      robot.keeper.config.maxGas = 1_000_000n;
      robot.provider.answer = (method) => (method === "eth_estimateGas" ? toQuantity(900_000) : undefined);
      await robot.tick();
      expect(new Set(robot.keeper.state.outbox.map(({ gasLimit }) => gasLimit))).to.deep.equal(new Set(["1000000"]));
      expect(await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated())).to.have.length(3);
    });

    it("names a target that needs more, and goes on", async function () {
      const { robot, accounts } = await falling();
      robot.keeper.config.maxGas = 100_000n;
      await robot.tick();
      const errors = robot.lines.filter(({ level }) => level === Level.error);
      expect(errors.map(({ target }) => target)).to.include.members(accounts.map((id) => `liquidate:${id}`));
      for (const { reason } of errors) expect(reason).to.match(/^needs \d+ gas, above --max-gas 100000$/);
    });
  });

  describe("when it looks once and the node is silent", function () {
    const timeout = (): never => {
      throw Object.assign(new Error("request timeout"), { code: "TIMEOUT" });
    };
    const { signal } = new AbortController();

    it("gives up after --once-seconds, in one line", async function () {
      const { world } = await networkHelpers.loadFixture(crowd);
      const { keeper, provider } = await keeperOn(world, { config: { onceSeconds: 200 } });
      provider.answer = timeout;
      const error = await once(keeper, signal).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(InputError);
      expect((error as Error).message).to.equal("the node did not answer for 0.2 s: no RPC answers");
    });

    it("says what is not mined if that was sent before", async function () {
      const { robot } = await waiting();
      const { keeper, provider } = robot;
      keeper.config.onceSeconds = 200;
      let looks = 0;
      provider.answer = (method, [block]) => {
        if (method === "eth_getBlockByNumber" && block === "latest") looks += 1;
        return looks > 1 ? timeout() : undefined;
      };
      const { pending } = await once(keeper, signal);
      expect(pending.map(({ key }) => key)).to.have.length(2);
    });
  });

  describe("when the node is further behind than what is remembered", function () {
    it("waits until it has caught up, and forgets nothing", async function () {
      const { world } = await networkHelpers.loadFixture(crowd);
      const robot = await keeperOn(world, { config: { reorgDepth: 8 } });
      const { keeper, provider } = robot;
      await robot.work();
      await mine(20);
      await robot.work();
      const before = structuredClone(keeper.state);
      const past = toQuantity(before.scannedTo - 12);
      const old = await request("eth_getBlockByNumber", past, false);
      provider.answer = (method, [block]) =>
        method === "eth_getBlockByNumber" && block === "latest" ? old : undefined;
      for (let looks = 0; looks < 3; looks += 1) expect(await robot.tick()).to.deep.equal({ sent: 0 });
      expect(keeper.state).to.deep.equal(before);
      const said = robot.lines.filter(({ level }) => level >= Level.warn);
      expect(said.map(({ msg }) => msg)).to.deep.equal([
        "the RPC is behind what was seen already: nothing is decided by it",
      ]);
      provider.answer = () => undefined;
      await robot.work();
      expect(robot.said("over: the RPC is behind")).to.have.length(1);
      expect(keeper.state.accounts).to.deep.equal(before.accounts);
    });

    it("stops with one line if it is another chain", async function () {
      const { world } = await networkHelpers.loadFixture(crowd);
      const robot = await keeperOn(world, { config: { reorgDepth: 8 } });
      await robot.work();
      robot.keeper.state.binding.genesis = `0x${"77".repeat(32)}`;
      const first = await request("eth_getBlockByNumber", "0x0", false);
      robot.provider.answer = (method, [block]) =>
        method === "eth_getBlockByNumber" && block === "latest" ? first : undefined;
      const error = await robot.tick().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(InputError);
      expect((error as Error).message).to.match(
        /^the chain has another first block than before: .*start the keeper again$/,
      );
    });
  });

  describe("when the node does not answer a simulation", function () {
    const timeout = (): never => {
      throw Object.assign(new Error("request timeout"), { code: "TIMEOUT" });
    };

    it("holds it against that target alone: the others are liquidated", async function () {
      const { robot, accounts, clearinghouse } = await falling();
      const hostile = clearinghouse.interface.encodeFunctionData("liquidate", [accounts[1]!]);
      robot.provider.answer = (method, [call]) =>
        method === "eth_estimateGas" && (call as { data: string }).data === hostile ? timeout() : undefined;
      await robot.work();
      const events = await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated());
      expect(events.map(({ args }) => args.account)).to.have.members([accounts[0], accounts[2]]);
      expect(robot.keeper.state.targets).to.have.all.keys(`liquidate:${accounts[1]}`);
      const errors = robot.lines.filter(({ level }) => level === Level.error);
      expect(errors.map(({ target }) => target)).to.deep.equal([`liquidate:${accounts[1]}`]);
    });

    it("holds it against nobody if it answers none", async function () {
      const { robot } = await falling();
      robot.provider.answer = (method) => (method === "eth_estimateGas" ? timeout() : undefined);
      expect(await robot.tick().catch((error: { code?: string }) => error.code)).to.equal("TIMEOUT");
      expect(robot.keeper.state.targets).to.deep.equal({});
    });

    it("asks for each by itself, so that one does not keep the others waiting", async function () {
      const silent = `0x${"ee".repeat(4)}`;
      const server = createServer(async (request, response) => {
        let body = "";
        for await (const chunk of request) body += chunk;
        if (body.includes(silent)) return;
        const asked = JSON.parse(body);
        const answers = [asked].flat().map(({ id }: { id: number }) => ({ jsonrpc: "2.0", id, result: "0x5208" }));
        response.end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const rpc = new Rpc("first", `http://127.0.0.1:${(server.address() as AddressInfo).port}`, LOCAL_CHAIN, 500);
      const to = `0x${"11".repeat(20)}`;
      try {
        const [answered, unanswered] = await Promise.allSettled(
          ["0x01020304", silent].map((data) => simulate(rpc, to, { to, data, value: 0n })),
        );
        expect(answered).to.deep.equal({ status: "fulfilled", value: { gas: 21_000n } });
        expect(unanswered!.status).to.equal("rejected");
      } finally {
        rpc.close();
        server.closeAllConnections();
        server.close();
      }
    });
  });
});
