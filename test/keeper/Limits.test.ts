import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { toQuantity } from "ethers";
import hre from "hardhat";
import { Rpc } from "../../scripts/keeper/chain/rpc.ts";
import { once } from "../../scripts/keeper/loop.ts";
import { simulate } from "../../scripts/keeper/send/simulate.ts";
import { InputError } from "../../scripts/shared/inputError.ts";
import { wad } from "../../scripts/shared/world.ts";
import { crowd } from "./crowd.ts";
import { type InProcess, keeperOn, LOCAL_CHAIN } from "./inProcess.ts";
import { Level } from "./process.ts";

const connection = await hre.network.create();
const { networkHelpers, provider: node } = connection;

const request = (method: string, ...params: unknown[]) => node.request({ method, params });

describe("Keeper › limits", function () {
  afterEach(() => request("evm_setAutomine", true));

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
  });

  describe("when the node gives the logs of few blocks at once", function () {
    it("asks for fewer, also for the newest blocks", async function () {
      const { world, accounts } = await networkHelpers.loadFixture(crowd);
      const robot = await keeperOn(world);
      const ranges: number[] = [];
      robot.provider.answer = (method, [filter]) => {
        if (method !== "eth_getLogs") return undefined;
        const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string };
        const range = Number(toBlock) - Number(fromBlock) + 1;
        if (range > 10) throw Object.assign(new Error("up to a 10 block range is allowed"), { code: "UNKNOWN_ERROR" });
        ranges.push(range);
        return undefined;
      };
      await robot.tick();
      expect(Object.keys(robot.keeper.state.accounts)).to.have.members(accounts.map(String));
      expect(ranges.reduce((total, range) => total + range, 0)).to.be.greaterThan(64);
    });
  });

  describe("when the node is further behind than what is remembered", function () {
    it("waits until it has caught up, and forgets nothing", async function () {
      const { world } = await networkHelpers.loadFixture(crowd);
      const robot = await keeperOn(world, { config: { reorgDepth: 8 } });
      const { keeper, provider } = robot;
      await robot.work();
      // One by one: blocks mined at once are not linked to each other here.
      for (let i = 0; i < 20; i++) await request("evm_mine");
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
