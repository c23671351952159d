import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { expect } from "chai";
import { deployLens } from "../../deploy/modules/Lens.ts";
import { Rpc } from "../../scripts/keeper/chain/rpc.ts";
import { scan } from "../../scripts/keeper/chain/scan.ts";
import { emptyState } from "../../scripts/keeper/state/state.ts";
import { readHealths } from "../../scripts/sdk/actions/readHealths.ts";
import { readAddressBook } from "../../scripts/sdk/addressBook.ts";
import { connect } from "../../scripts/sdk/contracts.ts";
import { accountId, wad } from "../../scripts/shared/world.ts";
import type { Crowd } from "../../typechain-types/index.ts";
import { type LocalChain, MARKET, seed, startChain } from "./chain.ts";
import { CHAIN_ID } from "./node.ts";

/** `npm run test:deep` scans as many as the promise names. */
const ACCOUNTS = process.env.DEEP === "1" ? 10_000 : 1_000;
const PROMISED_SECONDS = 20;
/** What a scan takes however few there are, on a busy machine. */
const FIXED_SECONDS = ACCOUNTS === 10_000 ? 0 : 4;
/** Of one transaction. */
const PAGE = 100;

describe("Scan of a keeper", function () {
  this.timeout(600_000);
  let chain: LocalChain;

  before(`${ACCOUNTS} accounts with a position each`, async function () {
    chain = await startChain(false, ["--gas-limit", "200000000"]);
    await seed(chain);
    const { world } = chain;
    const { token, vault, clearinghouse, executor } = world.system;
    await world.listMarket(MARKET, wad(100));
    const crowd = (await world.connection.ethers.deployContract("Crowd")) as unknown as Crowd;
    const address = await crowd.getAddress();
    await token.mint(address, world.native(wad(1_000 * ACCOUNTS)));
    await crowd.callAll(token, [
      token.interface.encodeFunctionData("approve", [String(vault.target), 2n ** 256n - 1n]),
    ]);
    for (let from = 0; from < ACCOUNTS; from += PAGE) {
      const ids = Array.from({ length: PAGE }, (_, i) => accountId(address, BigInt(from + i)));
      const deposits = ids.map((id, i) =>
        clearinghouse.interface.encodeFunctionData("deposit", [id, world.native(wad(i % 10 === 0 ? 50 : 500))]),
      );
      const trades = ids.map((id) => executor.interface.encodeFunctionData("trade", [id, 0, wad(10), 2n ** 200n]));
      await crowd.callAll(clearinghouse, deposits, { gasLimit: 60_000_000 });
      // Large blocks take the node longer than an answer.
      await (await crowd.callAll(executor, trades, { gasLimit: 120_000_000 })).wait();
    }
    await world.setPrice(0, wad(95));
  });

  after(() => chain?.stop());

  for (const withLens of [false, true]) {
    it(`finds and reads all of them ${withLens ? "through the Lens" : "one by one"}, fast enough for ten thousand in ${PROMISED_SECONDS} s`, async function () {
      const book = await readAddressBook({ chainId: BigInt(CHAIN_ID), folder: chain.deployments });
      if (withLens) {
        const lens = buildModule("ScanLens", (m) => ({ lens: deployLens(m, book.addresses) }));
        const { ignition } = chain.world.connection as unknown as {
          ignition: { deploy: (module: unknown) => Promise<{ lens: { target: unknown } }> };
        };
        book.addresses.lens = String((await ignition.deploy(lens)).lens.target);
      }
      const rpc = new Rpc("first", chain.node.url, BigInt(CHAIN_ID), 30_000);
      const system = await connect({ book, runner: rpc.provider });
      const state = emptyState({ chainId: "1", clearinghouse: book.addresses.clearinghouse, genesis: "" }, 0);
      const head = await rpc.latest();

      const started = performance.now();
      await scan({ rpc, book, state, head, depth: 64, onPage: async () => {}, onReorg: () => false });
      const found = performance.now();
      const healths = await readHealths(system, {
        accounts: Object.keys(state.accounts).map(BigInt),
        block: head.number,
      });
      const seconds = (performance.now() - started) / 1_000;
      console.log(
        `      ${healths.length} accounts: found in ${((found - started) / 1_000).toFixed(1)} s, in all ${seconds.toFixed(1)} s`,
      );
      rpc.close();

      expect(healths).to.have.length(ACCOUNTS);
      // Ten units bought at 100 have lost 50: with as much margin nothing is left.
      expect(healths.filter(({ isLiquidatable }) => isLiquidatable)).to.have.length(ACCOUNTS / 10);
      expect(seconds).to.be.below(FIXED_SECONDS + (PROMISED_SECONDS * ACCOUNTS) / 10_000);
    });
  }
});
