import type { BaseContract } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import TestnetModule from "../../deploy/modules/Testnet.ts";
import type { System } from "../../scripts/shared/deploySystem.ts";
import { type ModuleParameters, readParametersOf } from "../../scripts/shared/parameters.ts";
import { wad } from "../../scripts/shared/world.ts";
import type { CircuitBreaker, Lens, MockAggregator, MockPyth, PythSource } from "../../typechain-types/index.ts";

export type PublicSystem = Omit<System, "prices" | "executor"> & {
  pythSource: PythSource;
  breaker: CircuitBreaker;
  lens: Lens;
};

export const NETWORKS = ["sepolia", "arbitrumSepolia", "baseSepolia"] as const;

/** Where the prices of the mocks start, USD. */
export const PRICES = { eth: 3_000, btc: 100_000 };

/**
 * The module of public test networks with the parameters of one of them, on a chain of the test's own: mocks stand at the
 * addresses of Pyth and Chainlink, and different people hold the roles, so that a mix-up shows.
 */
export async function publicStage(connection: NetworkConnection, network: (typeof NETWORKS)[number] = "sepolia") {
  const { ethers } = connection;
  const [deployer, treasury, governor, guardian, steward, lp, alice, keeper, stranger] = await ethers.getSigners();
  const people = { treasury, governor, guardian, steward };

  const pyth = (await ethers.deployContract("MockPyth", [60, 1])) as unknown as MockPyth;
  const feeds = {
    eth: (await ethers.deployContract("MockAggregator", [8, 0])) as unknown as MockAggregator,
    btc: (await ethers.deployContract("MockAggregator", [8, 0])) as unknown as MockAggregator,
  };
  const real = (await readParametersOf(new URL(`../../deploy/parameters/${network}.json5`, import.meta.url))).Testnet!;
  const ids = { eth: real.ethPythId as string, btc: real.btcPythId as string };
  // As on the chain itself, where somebody has used these feeds before.
  for (const feed of Object.values(feeds)) await feed.pushAnswer(1n);

  const now = async () => (await ethers.provider.getBlock("latest"))!.timestamp;
  /** What a publisher signs, at `publishedAt`; the update before it is a second older. */
  const update = (market: keyof typeof ids, price: number, publishedAt: number) =>
    pyth.createPriceFeedUpdateData(
      ids[market],
      e8(price),
      e8(price) / 10_000n,
      -8,
      e8(price),
      0,
      publishedAt,
      publishedAt - 1,
    );
  /** Brings prices to both feeds, now. */
  async function bring(prices: { eth: number; btc: number } = PRICES): Promise<void> {
    const at = await now();
    for (const market of ["eth", "btc"] as const) {
      await pyth.updatePriceFeeds([await update(market, prices[market], at)], { value: 1n });
      await feeds[market].pushAnswer(e8(prices[market]));
    }
  }

  const parameters: ModuleParameters = {
    ...real,
    ...Object.fromEntries(Object.entries(people).map(([role, signer]) => [role, signer!.address])),
    pyth: await pyth.getAddress(),
    ethChainlinkFeed: await feeds.eth.getAddress(),
    btcChainlinkFeed: await feeds.btc.getAddress(),
  };
  await bring();
  const deployed = await (connection as unknown as Igniting).ignition.deploy(TestnetModule, {
    parameters: { Testnet: parameters },
  });
  const system = deployed as unknown as PublicSystem;

  /** Puts liquidity in, through the epochs. */
  async function seed(usd: number): Promise<void> {
    const { token, vault, senior, junior, pool } = system;
    const assets = wad(usd) / 10n ** 12n;
    await token.mint(lp!, 2n * assets);
    await token.connect(lp!).approve(vault, 2n * assets);
    for (const shares of [senior, junior]) await shares.connect(lp!).requestDeposit(assets, lp!, lp!);
    await connection.networkHelpers.time.increase(2n * (await pool.EPOCH_LENGTH()));
    await bring();
    await pool.recordEpoch();
    await connection.networkHelpers.time.increase(1_801n);
    await bring();
    await pool.settleEpoch();
  }

  const actors = { deployer: deployer!, lp: lp!, alice: alice!, keeper: keeper!, stranger: stranger! };
  const holders = { treasury: treasury!, governor: governor!, guardian: guardian!, steward: steward! };
  return { connection, system, parameters, pyth, feeds, ids, now, update, bring, seed, ...actors, ...holders };
}

/** USD in the feeds' eight decimals. */
export const e8 = (usd: number): bigint => BigInt(Math.round(usd * 100)) * 10n ** 6n;

type Igniting = {
  ignition: { deploy(module: unknown, options: { parameters: object }): Promise<Record<string, BaseContract>> };
};
