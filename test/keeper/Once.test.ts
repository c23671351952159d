import { access, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { toQuantity } from "ethers";
import hre from "hardhat";
import { checkSecond } from "../../scripts/keeper/chain/checkSecond.ts";
import { Rpc } from "../../scripts/keeper/chain/rpc.ts";
import { formatAccount } from "../../scripts/sdk/accountId.ts";
import { wad } from "../../scripts/shared/world.ts";
import { emptyStage } from "../integration/stage.ts";
import { MARKET, writeBook } from "./chain.ts";
import { LOCAL_CHAIN } from "./inProcess.ts";
import { KeeperProcess } from "./process.ts";

const connection = await hre.network.create();

/** The node signs with its own accounts, as `hardhat node` does; this is the tenth. */
const ACCOUNT = 9;

describe("Keeper, one look", function () {
  this.timeout(60_000);
  let server: Server;
  let folder: string;
  let account: bigint;
  let stage: Awaited<ReturnType<typeof emptyStage>>;
  const asked: string[] = [];

  before("an account below maintenance, on the node of this process", async function () {
    folder = await mkdtemp(path.join(tmpdir(), "keeper-once-"));
    server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const calls = [JSON.parse(body)].flat() as { id: number; method: string; params: unknown[] }[];
      const answers = await Promise.all(
        calls.map(async ({ id, method, params }) => {
          asked.push(method);
          try {
            return { jsonrpc: "2.0", id, result: await connection.provider.request({ method, params }) };
          } catch (error) {
            const { code, message, data } = error as { code: number; message: string; data?: unknown };
            return { jsonrpc: "2.0", id, error: { code, message, data } };
          }
        }),
      );
      response.end(JSON.stringify(body.startsWith("[") ? answers : answers[0]));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stage = await emptyStage(connection, {});
    const { world, alice, lp } = stage;
    await world.seed(lp, { senior: wad(400_000), junior: wad(400_000) });
    await world.listMarket(MARKET, wad(100));
    account = await world.fund(alice, wad(600));
    await world.trade(alice, account, 0, wad(100));
    await world.setPrice(0, wad("94.9"));
    await writeBook(folder, world, Number(LOCAL_CHAIN));
  });

  after(async function () {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const portOf = (listening: Server): number => (listening.address() as AddressInfo).port;
  const start = (...args: string[]): KeeperProcess =>
    new KeeperProcess({
      network: "localhost",
      url: `http://127.0.0.1:${portOf(server)}`,
      key: "",
      deployments: folder,
      state: path.join(folder, "state.json"),
      args: ["--account", String(ACCOUNT), "--ether-usd", "2000", ...args],
    });
  const run = async (...args: string[]): Promise<{ code: number | null; output: string }> => {
    const keeper = start(...args);
    return { code: await keeper.ended(), output: keeper.output };
  };
  const nonce = async (): Promise<number> =>
    connection.ethers.provider.getTransactionCount((await connection.ethers.getSigners())[ACCOUNT]!);
  const hasState = (): Promise<boolean> =>
    access(path.join(folder, "state.json")).then(
      () => true,
      () => false,
    );

  it("prints the plan with --dry-run, sends nothing, asks for no account and writes no state", async function () {
    const before = await nonce();
    const { code, output } = await run("--dry-run");
    expect(code).to.equal(0);
    expect(output).to.match(/action +│ target +│ +pays, USD │ costs, USD/);
    const row = output.split("\n").find((line) => line.includes("│ liquidate"))!;
    expect(row).to.include(formatAccount(account));
    expect(row).to.match(/│ +1\d\.\d\d │ +\d\.\d\d │$/);
    expect(asked.filter((method) => /send|sign|eth_accounts/i.test(method))).to.deep.equal([]);
    expect(await nonce()).to.equal(before);
    expect(await hasState()).to.equal(false);
  });

  it("leaves out what does not pay, and says why", async function () {
    const { code, output } = await run("--dry-run", "--min-profit-usd", "500");
    expect(code).to.equal(0);
    expect(output).to.match(/left out: liquidate 0x\w+\/0: costs \$\d\.\d\d and pays \$1\d\.\d\d/);
  });

  it("acts, waits for its transactions and ends well with --once", async function () {
    const { clearinghouse } = stage;
    const { code, output } = await run("--once");
    expect(code, output).to.equal(0);
    const events = await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated(account));
    const [, , , , , , , , , signer] = await connection.ethers.getSigners();
    expect(events.map(({ args }) => args.keeper)).to.deep.equal([signer!.address]);
    expect(output).to.include('"msg":"mined"');
    expect(await hasState()).to.equal(true);
  });

  it("ends with 3 and says what is not mined, and the next run looks after it", async function () {
    const { world, bob } = stage;
    const other = await world.fund(bob, wad(600));
    await world.setPrice(0, wad(100));
    await world.trade(bob, other, 0, wad(100));
    await world.setPrice(0, wad("94.9"));
    const mining = (isOn: boolean) => connection.provider.request({ method: "evm_setAutomine", params: [isOn] });
    await mining(false);
    try {
      const nonceBefore = await nonce();
      const { code, output } = await run("--once", "--once-seconds", "0.5");
      expect(code, output).to.equal(3);
      expect(output).to.include(
        `\nnot mined yet: liquidate ${formatAccount(other)} (nonce ${nonceBefore}); run it again with the same --state`,
      );
      await connection.provider.request({ method: "evm_mine", params: [] });
    } finally {
      await mining(true);
    }
    const { code, output } = await run("--once");
    expect(code, output).to.equal(0);
    expect(output).to.include('"msg":"mined"').and.to.not.include("not mined yet");
    const { clearinghouse } = stage;
    expect((await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated(other))).length).to.equal(1);
  });

  describe("when something is wrong that the operator can mend", function () {
    let chain = "0x1";
    /** A node that says its chain, and nonsense to everything else. */
    const other: Server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const answers = [JSON.parse(body)].flat().map(({ id, method }) => {
        return { jsonrpc: "2.0", id, result: method === "eth_chainId" ? chain : "0x1" };
      });
      response.end(JSON.stringify(body.startsWith("[") ? answers : answers[0]));
    });
    before(() => new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve)));
    after(function () {
      other.closeAllConnections();
      other.close();
    });

    it("says in one line which option, with exit code 1", async function () {
      const { code, output } = await run("--once", "--max-gas", "many");
      expect(code).to.equal(1);
      expect(output.trim()).to.match(/^--max-gas: [^\n]+$/);
    });

    it("names a port that is busy, and leaves the state to the next one", async function () {
      const { code, output } = await run("--once", "--metrics-port", `${portOf(other)}`);
      expect(code).to.equal(1);
      expect(output).to.match(/^--metrics-port \d+: in use by another process; [^\n]+\n$/);
      expect(await access(path.join(folder, "state.json.lock")).catch((error) => error.code)).to.equal("ENOENT");
    });

    it("refuses a second node of another chain, and waits for one that is silent", async function () {
      const look = async (url: string): Promise<string | undefined> => {
        const rpc = new Rpc("second", url, LOCAL_CHAIN, 500);
        return checkSecond(rpc)
          .then(
            () => undefined,
            (error: Error) => `${error.name}: ${error.message}`,
          )
          .finally(() => rpc.close());
      };
      expect(await look(`http://127.0.0.1:${portOf(other)}`)).to.equal(
        "InputError: --rpc-second: serves chain 1, not 31337 as --network does",
      );
      expect(await look(`http://127.0.0.1:${portOf(server)}`)).to.equal(undefined);
      expect(await look("http://127.0.0.1:1")).to.equal(undefined);
    });

    it("ends with 1 where --once could decide nothing", async function () {
      chain = toQuantity(LOCAL_CHAIN);
      const { code, output } = await run("--once", "--rpc-second", `http://127.0.0.1:${portOf(other)}`);
      expect(output).to.include("RPCs show two histories");
      expect(output).to.match(/\nnothing could be decided: the log above says why\n$/);
      expect(code).to.equal(1);
    });

    it("ends where nobody reads its log, and says so", async function () {
      const keeper = start();
      await keeper.until("a first look", () => keeper.said("looked").length > 0);
      keeper.deafen();
      expect(await keeper.ended()).to.equal(1);
      expect(keeper.output.split("\n").filter((text) => text !== "" && !text.startsWith("{"))).to.deep.equal([
        "nobody reads what is logged any more: stopped; send the log to a file, or to a program that goes on reading",
      ]);
    });

    it("prints its help to whoever reads no more of it", async function () {
      const keeper = start("--help");
      keeper.deafen();
      expect([await keeper.ended(), keeper.output]).to.deep.equal([0, ""]);
    });
  });
});
