import { expect } from "chai";
import { HDNodeWallet, Transaction } from "ethers";
import { marketsOf } from "../../scripts/keeper/chain/foldLogs.ts";
import { wad } from "../../scripts/shared/world.ts";
import { type LocalChain, MARKET, seed, startChain } from "./chain.ts";
import { KeeperProcess, Level } from "./process.ts";
import { FaultyRpc } from "./proxy.ts";
import { orderPositions } from "./traders.ts";

const WEAK = 20;
const HEALTHY = 5;
const SECRETS = ["f1rst-pr0vider-key-7733", "sec0nd-pr0vider-key-9911"];
const wallet = HDNodeWallet.fromPhrase(
  "test test test test test test test test test test test junk",
  undefined,
  "m/44'/60'/0'/0/9",
);

/** One bad day, in order: each test goes on where the one before has left the chain and the keeper. */
describe("Keeper on a live node", function () {
  this.timeout(180_000);
  this.bail(true);
  let chain: LocalChain;
  let rpcs: FaultyRpc[];
  let keeper: KeeperProcess;
  let outputs = "";
  let weak: bigint[] = [];
  let healthy: bigint[] = [];
  let poisoned: bigint;

  const start = (): KeeperProcess =>
    new KeeperProcess({
      url: rpcs[0]!.url,
      key: wallet.privateKey,
      deployments: chain.deployments,
      state: `${chain.folder}/state.json`,
      args: ["--rpc-second", rpcs[1]!.url, "--altruistic", "--max-fee-gwei", "20", "--stuck-seconds", "60"],
    });
  const pending = async (): Promise<number> => (await keeper.state()).outbox.filter(({ mined }) => !mined).length;
  const inMempool = async (): Promise<number> =>
    Number((await chain.node.send<{ pending: string }>("txpool_status")).pending);
  const nonceOnChain = async (): Promise<number> =>
    Number(await chain.node.send("eth_getTransactionCount", wallet.address, "latest"));
  const isOpen = async (account: bigint): Promise<boolean> =>
    (await chain.world.system.clearinghouse.account(account)).openMarkets !== 0n;
  const isAtHead = async (): Promise<boolean> =>
    (await keeper.state()).scannedTo === Number(await chain.node.send("eth_blockNumber"));
  const all = (change: (rpc: FaultyRpc) => void): void => rpcs.forEach(change);

  before("twenty accounts with little margin, five with plenty, and their orders", async function () {
    chain = await startChain(true);
    await seed(chain);
    await chain.world.listMarket(MARKET, wad(100));
    const margins = [...Array(WEAK).fill(600), ...Array(HEALTHY).fill(5_000)];
    const accounts = await orderPositions(chain, margins);
    [weak, healthy] = [accounts.slice(0, WEAK), accounts.slice(WEAK)];
    poisoned = weak[7]!;
    rpcs = await Promise.all(SECRETS.map((secret) => FaultyRpc.start(chain.node.url, secret)));
    const { interface: abi } = chain.world.system.clearinghouse;
    all((rpc) => (rpc.poison = abi.encodeFunctionData("liquidate", [poisoned])));
    keeper = start();
  });

  after(async function () {
    await keeper?.kill();
    for (const rpc of rpcs ?? []) rpc.stop();
    await chain?.stop();
  });

  it("finds the orders that wait and executes them in batches", async function () {
    await keeper.until("25 positions", async () => {
      const open = await Promise.all([...weak, ...healthy].map(isOpen));
      return open.every(Boolean);
    });
    expect(await nonceOnChain()).to.equal(2);
    await keeper.until("25 accounts", async () => Object.keys((await keeper.state()).accounts).length === 25);
    expect((await keeper.state()).orders).to.deep.equal({});
  });

  it("waits while gas costs fifty times as much, and says so once [C40]", async function () {
    all((rpc) => (rpc.feeFactor = 50n));
    await chain.node.send("evm_setAutomine", false);
    await chain.world.system.prices.setPrice.send(0, wad(93));
    await chain.node.send("evm_mine");
    await keeper.until("a word about fees", () => keeper.said("gas costs more than").length > 0);
    // Several more looks at the chain.
    const looks = rpcs[0]!.seen.length;
    await keeper.until("further looks", () => rpcs[0]!.seen.length > looks + 60);
    expect(
      keeper.said("gas costs more than --max-fee-gwei").filter(({ msg }) => !msg.startsWith("over")),
    ).to.have.length(1);
    expect(await pending()).to.equal(0);
    all((rpc) => (rpc.feeFactor = 1n));
  });

  it("goes on when gas is cheap again: nineteen of twenty, the twentieth reported", async function () {
    await keeper.until("19 on their way", async () => (await inMempool()) === 19);
    expect(keeper.said("over: gas costs more")).to.have.length(1);
    expect(keeper.lines().filter(({ level }) => level >= Level.error)).to.have.length(1);
  });

  it("sends again, with the same nonces, what the node has forgotten [C40]", async function () {
    await chain.node.send("anvil_dropAllTransactions");
    await keeper.until("19 on their way again", async () => (await inMempool()) === 19);
    const nonces = new Set(rpcs.flatMap(({ sent }) => sent).map((raw) => Transaction.from(raw).nonce));
    expect([...nonces].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 21 }, (_, nonce) => nonce));
  });

  it("fills the gap when one in the middle is forgotten [C40]", async function () {
    const entry = (await keeper.state()).outbox.find(({ nonce }) => nonce === 8)!;
    await chain.node.send("anvil_dropTransaction", entry.hashes.at(-1));
    expect(await inMempool()).to.be.lessThan(19);
    await keeper.until("no gap", async () => (await inMempool()) === 19);
  });

  it("takes back what a re-org of three blocks undid, and does it again [C40]", async function () {
    await chain.node.send("evm_mine");
    await keeper.until("all mined", async () => (await pending()) === 0);
    await chain.node.send("anvil_mine", "0x2");
    await keeper.until("the head", isAtHead);
    expect(Object.keys((await keeper.state()).accounts)).to.have.length(WEAK - 19 + HEALTHY);

    await chain.node.send("anvil_reorg", 3, []);
    expect(await isOpen(weak[0]!)).to.equal(true);
    await keeper.until("the re-org", () => keeper.said("re-org").some(({ undone }) => Number(undone) >= 3));
    await keeper.until("19 on their way", async () => (await inMempool()) === 19);
    expect(Object.keys((await keeper.state()).accounts)).to.have.length(25);
  });

  it("is killed and started again, and sends nothing twice", async function () {
    await keeper.kill();
    outputs += keeper.output;
    const before = rpcs.flatMap(({ sent }) => sent).length;
    keeper = start();
    const looks = rpcs[0]!.seen.length;
    await keeper.until("a look", () => rpcs[0]!.seen.length > looks + 60);
    expect(rpcs.flatMap(({ sent }) => sent)).to.have.length(before);
    expect(keeper.said("scanning")).to.deep.equal([]);

    await chain.node.send("evm_mine");
    await chain.node.send("evm_setAutomine", true);
    await keeper.until("all mined", async () => (await pending()) === 0);
    expect(await nonceOnChain()).to.equal(21);
  });

  it("does not decide by a node that is two blocks behind [C40]", async function () {
    await keeper.kill();
    outputs += keeper.output;
    // In the past the healthy are not: whoever looks there liquidates them.
    await chain.world.setPrice(0, wad(40));
    await chain.world.setPrice(0, wad(93));
    await chain.node.send("evm_mine");
    rpcs[0]!.lag = 2;
    keeper = start();
    await keeper.until("a word about it", () => keeper.said("first RPC 2 blocks behind second").length > 0);
    const looks = rpcs[1]!.seen.length;
    await keeper.until("further looks", () => rpcs[1]!.seen.length > looks + 60);
    expect(await nonceOnChain()).to.equal(21);
    rpcs[0]!.lag = 0;
    await keeper.until("it has caught up", () => keeper.said("over: first RPC").length > 0);
  });

  it("goes on with the second node when the first is silent, and starts with it", async function () {
    const goesOn = async (): Promise<void> => {
      await keeper.until("a word about it", () => keeper.said("first RPC does not answer").length > 0);
      const looks = rpcs[1]!.seen.length;
      await keeper.until("further looks", () => rpcs[1]!.seen.length > looks + 40);
    };
    rpcs[0]!.isDown = true;
    await goesOn();
    await keeper.kill();
    outputs += keeper.output;
    keeper = start();
    await goesOn();
    rpcs[0]!.isDown = false;
    await keeper.until("it is back", () => keeper.said("over: first RPC does not answer").length > 0);
  });

  it("sends nothing while two nodes show two histories [C40]", async function () {
    rpcs[1]!.isLying = true;
    await keeper.until("a word about it", () => keeper.said("RPCs show two histories").length > 0);
    await chain.world.setPrice(0, wad(40));
    const looks = rpcs[1]!.seen.length;
    await keeper.until("further looks", () => rpcs[1]!.seen.length > looks + 20);
    expect(await nonceOnChain()).to.equal(21);
    await chain.world.setPrice(0, wad(93));
    rpcs[1]!.isLying = false;
    await keeper.until("they agree", () => keeper.said("over: RPCs show two histories").length > 0);
  });

  it("ends as the chain does: nineteen liquidated, no healthy one touched, its state and the chain the same [C40]", async function () {
    const { clearinghouse } = chain.world.system;
    await keeper.until("the head", isAtHead);
    expect(await keeper.stop()).to.equal(0);
    outputs += keeper.output;

    const events = await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated());
    expect(events.map(({ args }) => args.account).sort()).to.deep.equal(weak.filter((id) => id !== poisoned).sort());

    const targets = rpcs
      .flatMap(({ sent }) => sent)
      .map((raw) => clearinghouse.interface.parseTransaction(Transaction.from(raw)))
      .flatMap((call) => (call?.name === "liquidate" ? [BigInt(call.args[0])] : []));
    expect(targets.filter((id) => healthy.includes(id) || id === poisoned)).to.deep.equal([]);

    const state = await keeper.state();
    const onChain = await Promise.all(
      [...weak, ...healthy].map(async (id) => [id.toString(), Number((await clearinghouse.account(id)).openMarkets)]),
    );
    expect(state.accounts).to.deep.equal(Object.fromEntries(onChain.filter(([, mask]) => mask !== 0)));
    expect(Object.values(state.accounts).map(marketsOf)).to.deep.equal(Array(HEALTHY + 1).fill([0]));
    expect(state.outbox.every(({ mined }) => mined?.isSuccess)).to.equal(true);
  });

  it("has reported the one that cannot be liquidated once, through every restart [C40]", function () {
    const lines = outputs.split("\n").filter((line) => line.includes('"level":50') && line.includes(String(poisoned)));
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain("0xdeadbeef");
  });

  it("shows neither its key nor what follows the host of its nodes", function () {
    for (const secret of [wallet.privateKey.slice(2), ...SECRETS, "/v2/"]) expect(outputs).not.to.contain(secret);
    expect(outputs).to.contain(new URL(rpcs[0]!.url).origin);
  });
});
