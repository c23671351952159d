import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { toAccountId } from "../../scripts/sdk/accountId.ts";
import { readOrder } from "../../scripts/sdk/actions/readOrder.ts";
import { wad } from "../../scripts/shared/world.ts";
import { fields } from "../integration/stage.ts";
import { seededStage } from "./cliStage.ts";
import { deployPull, updateAt } from "./pull.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const PULLED = 2;
const KEEPER = ["--account-index", "6"];

describe("order execute --update", function () {
  /** A third market with a pull feed, and alice's order for ten of it; its price may be published from `earliest` on. */
  async function orderedStage(connection: NetworkConnection) {
    const stage = await networkHelpers.loadFixture(seededStage);
    const { breakwater, governor, alice, advance, provider } = stage;
    const { clearinghouse, oracle, orders, token, vault } = breakwater;
    const { pyth, source, deployments } = await deployPull(stage, PULLED);
    await oracle.connect(governor).setSource(PULLED, source);
    const { params } = await clearinghouse.market(0);
    await clearinghouse.connect(governor).listMarket(fields(params));
    await clearinghouse.connect(governor).setMarketState(PULLED, 0);
    const owner = await alice.getAddress();
    const account = toAccountId(owner);
    await token.connect(alice).mint(owner, 20_000n * 10n ** 6n);
    await token.connect(alice).approve(vault, 2n ** 255n);
    await clearinghouse.connect(alice).deposit(account, 10_000n * 10n ** 6n);
    const { timestamp } = (await provider.getBlock("latest"))!;
    await orders.connect(alice).submit({
      account,
      market: PULLED,
      kind: 0,
      sizeDelta: wad(10),
      acceptablePrice: 2n ** 200n,
      triggerPrice: 0n,
      deadline: timestamp + 600,
      isReduceOnly: false,
    });
    await advance(10);
    const { earliest } = (await readOrder(breakwater, { orderId: 1n }))!;
    const cli = (argv: string[]) => stage.cli(["--deployments", deployments, ...argv]);
    const sizeOf = async () => (await clearinghouse.position(account, PULLED)).size;
    const ether = (address: string) => connection.ethers.provider.getBalance(address);
    return { ...stage, pyth, source, cli, earliest: Number(earliest), sizeOf, ether };
  }
  const stage = () => networkHelpers.loadFixture(orderedStage);

  it("trades at the price of the update, which stays on the chain, and pays the feed its fee", async function () {
    const { cli, earliest, sizeOf, ether, pyth, source, breakwater } = await stage();
    const before = await ether(await pyth.getAddress());
    const argv = ["order", "execute", "1", "--update", updateAt(earliest, 3_123), "--json", ...KEEPER];
    const { code, stdout, stderr } = await cli(argv);
    expect([code, stderr]).to.deep.equal([0, ""]);
    const { result, changes } = JSON.parse(stdout);
    expect(result).to.include({ outcome: "executed", sizeDelta: "10", firstPrice: "3123", publishedAt: earliest });
    expect(changes.keeperFees).to.deep.equal({ before: "0", after: "0.5" });
    expect(await sizeOf()).to.equal(wad(10));
    expect(await breakwater.oracle.priceFor(PULLED, 0)).to.deep.equal([wad(3_123), BigInt(earliest)]);
    expect((await ether(await pyth.getAddress())) - before).to.equal(1n);
    // Nothing of what went along is left between keeper and feed.
    for (const contract of [source, breakwater.oracle, breakwater.orders]) {
      expect(await ether(await contract.getAddress())).to.equal(0n);
    }
  });

  it("takes several updates, commas between them, and pays for each", async function () {
    const { cli, earliest, ether, pyth } = await stage();
    const before = await ether(await pyth.getAddress());
    const updates = [updateAt(earliest, 3_123), updateAt(earliest, 3_123)].join(",");
    const { code } = await cli(["order", "execute", "1", "--update", updates, ...KEEPER]);
    expect(code).to.equal(0);
    expect((await ether(await pyth.getAddress())) - before).to.equal(2n);
  });

  it("sends nothing with --dry-run", async function () {
    const { cli, earliest, sizeOf, breakwater } = await stage();
    const argv = ["order", "execute", "1", "--update", updateAt(earliest, 3_123), "--dry-run", ...KEEPER];
    const { code, stdout } = await cli(argv);
    expect(code).to.equal(0);
    expect(stdout).to.include("would  execute order 1").and.to.include("nothing (dry run)");
    expect(await sizeOf()).to.equal(0n);
    expect((await breakwater.oracle.priceFor(PULLED, 0))[0]).to.equal(wad(3_000));
  });

  for (const [what, argv, line] of [
    ["there is no update", () => [], /^market 2 has a pull feed: its signed update published at \d+ .*\(--update\)$/],
    [
      "an update is older than the order",
      (earliest: number) => ["--update", updateAt(earliest - 1)],
      /^PriceFeedNotFoundWithinRange\(\): the update is not the first one published at or after the moment asked for/,
    ],
    [
      "an earlier update would have been late enough",
      (earliest: number) => ["--update", updateAt(earliest + 1, 3_000, BigInt(earliest))],
      /^PriceFeedNotFoundWithinRange\(\): the update is not the first one published at or after the moment asked for/,
    ],
    [
      "an update is published in the future",
      (earliest: number) => ["--update", updateAt(earliest + 1_000, 3_000, 1n)],
      /^PythSource_FuturePrice\(/,
    ],
  ] as const) {
    it(`says in one line what is wrong where ${what}, and the order waits on`, async function () {
      const { cli, earliest, sizeOf, breakwater } = await stage();
      const { code, stdout, stderr } = await cli(["order", "execute", "1", ...argv(earliest), ...KEEPER]);
      expect([code, stdout]).to.deep.equal([1, ""]);
      expect(stderr).to.match(/^error: [^\n]+\n$/);
      expect(stderr.slice("error: ".length, -1)).to.match(line);
      expect(await sizeOf()).to.equal(0n);
      expect((await breakwater.orders.order(1)).sizeDelta).to.equal(wad(10));
    });
  }
});
