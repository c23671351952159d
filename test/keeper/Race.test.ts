import { expect } from "chai";
import { HDNodeWallet } from "ethers";
import { wad } from "../../scripts/shared/world.ts";
import { type LocalChain, MARKET, seed, startChain } from "./chain.ts";
import { KeeperProcess } from "./process.ts";
import { FaultyRpc } from "./proxy.ts";
import { openPositions } from "./traders.ts";

const ACCOUNTS = 8;
const wallets = [8, 9].map((index) =>
  HDNodeWallet.fromPhrase(
    "test test test test test test test test test test test junk",
    undefined,
    `m/44'/60'/0'/0/${index}`,
  ),
);

describe("Two keepers on one chain", function () {
  this.timeout(120_000);
  let chain: LocalChain;
  let rpcs: FaultyRpc[] = [];
  let keepers: KeeperProcess[] = [];

  before(async function () {
    chain = await startChain(false);
    await seed(chain);
    await chain.world.listMarket(MARKET, wad(100));
    await openPositions(chain, Array(ACCOUNTS).fill(600));
    rpcs = await Promise.all(wallets.map((_, i) => FaultyRpc.start(chain.node.url, `pr0vider-of-keeper-${i}`)));
    // Neither sees what the other has sent: the race is decided in the block.
    for (const rpc of rpcs) rpc.hidesMempool = true;
    keepers = wallets.map(
      ({ privateKey }, i) =>
        new KeeperProcess({
          url: rpcs[i]!.url,
          key: privateKey,
          deployments: chain.deployments,
          state: `${chain.folder}/state-${i}.json`,
          args: ["--altruistic"],
        }),
    );
    await Promise.all(keepers.map((keeper) => keeper.until("a first look", () => keeper.said("looked").length > 0)));
  });

  after(async function () {
    for (const keeper of keepers) await keeper.kill();
    for (const rpc of rpcs) rpc.stop();
    await chain?.stop();
  });

  it("liquidate each account once; who is slower loses its gas and nothing else", async function () {
    const { clearinghouse } = chain.world.system;
    const balances = await Promise.all(
      wallets.map(({ address }) => chain.world.connection.ethers.provider.getBalance(address)),
    );
    await chain.node.send("evm_setAutomine", false);
    await chain.world.system.prices.setPrice.send(0, wad(93));
    await chain.node.send("evm_mine");
    for (const keeper of keepers) {
      await keeper.until("all sent", async () => (await keeper.state()).outbox.length >= ACCOUNTS);
    }
    await chain.node.send("evm_mine");
    await chain.node.send("evm_setAutomine", true);
    for (const keeper of keepers) {
      await keeper.until("all decided", async () => (await keeper.state()).outbox.every(({ mined }) => mined));
      expect(await keeper.stop()).to.equal(0);
    }

    const events = await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated());
    expect(new Set(events.map(({ args }) => args.account)).size).to.equal(ACCOUNTS);
    expect(events).to.have.length(ACCOUNTS);

    const lost = keepers.map((keeper) => keeper.said("another keeper was faster"));
    expect(lost.flat()).to.have.length(ACCOUNTS);
    expect(lost.flat().every(({ reason }) => /NotLiquidatable|NothingToLiquidate/.test(String(reason)))).to.equal(true);
    for (const [i, keeper] of keepers.entries()) {
      // A lost race is no fault of a target, and nothing to wake anybody.
      expect(keeper.lines().filter(({ level }) => level >= 50)).to.deep.equal([]);
      expect((await keeper.state()).targets).to.deep.equal({});
      const { outbox } = await keeper.state();
      const receipts = await Promise.all(
        outbox.map(({ mined }) => chain.world.connection.ethers.provider.getTransactionReceipt(mined!.hash)),
      );
      const gas = receipts.reduce((total, receipt) => total + receipt!.gasUsed * receipt!.gasPrice, 0n);
      const left = await chain.world.connection.ethers.provider.getBalance(wallets[i]!.address);
      expect(balances[i]! - left).to.equal(gas);
      const earned = events.filter(({ args }) => args.keeper === wallets[i]!.address);
      expect((await clearinghouse.feesOf(wallets[i]!.address)) >= wad(2 * earned.length)).to.equal(true);
    }
  });
});
