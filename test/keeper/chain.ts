import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import hre from "hardhat";
import { type MarketParams, PLAIN_MARKET, World, wad } from "../../scripts/shared/world.ts";
import { CHAIN_ID, LocalNode } from "./node.ts";

const FUTURES = {
  access: "AccessManager",
  vault: "Vault",
  oracle: "OracleRouter",
  chainlink: "ChainlinkSource",
  pool: "LiquidityPool",
  senior: "SeniorTranche",
  junior: "JuniorTranche",
  insurance: "InsuranceFund",
  waterfall: "LossWaterfall",
  clearinghouse: "Clearinghouse",
  orders: "Orders",
  steward: "RiskSteward",
  token: "MockUSD",
  prices: "MockPriceSource",
  lens: "Lens",
} as const;

/** A deployment on a node of its own, with the folder a keeper finds its addresses in. */
export type LocalChain = {
  node: LocalNode;
  world: World;
  /** As `--deployments` wants it. */
  deployments: string;
  /** For states and logs; gone at the end. */
  folder: string;
  stop(): Promise<void>;
};

export async function startChain(isTwoStep: boolean, args: string[] = []): Promise<LocalChain> {
  const node = await LocalNode.start(args);
  const folder = await mkdtemp(path.join(tmpdir(), "keeper-"));
  const deploymentId = path.basename(folder);
  const journal = path.join(hre.config.paths.ignition, "deployments", deploymentId);
  const connection = await hre.network.create({ network: "localhost", override: { url: node.url, ignition: {} } });
  try {
    const world = await World.deploy(quick(connection, deploymentId), {}, isTwoStep);
    const deployments = path.join(folder, "deployments");
    await writeBook(deployments, world);
    return {
      node,
      world,
      deployments,
      folder,
      async stop() {
        await connection.close();
        await node.stop();
        for (const left of [folder, journal]) await rm(left, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await node.stop();
    for (const left of [folder, journal]) await rm(left, { recursive: true, force: true });
    throw error;
  }
}

/** The same connection, whose Ignition neither waits for the blocks of a public chain nor leaves anything behind. */
function quick<T extends { ignition: { deploy: (...args: never[]) => unknown } }>(
  connection: T,
  deploymentId: string,
): T {
  const deploy = connection.ignition.deploy.bind(connection.ignition) as (module: unknown, options: object) => unknown;
  const config = { blockPollingInterval: 20, requiredConfirmations: 1, disableFeeBumping: true };
  const ignition = {
    deploy: (module: unknown, options: object) => deploy(module, { ...options, deploymentId, config }),
  };
  return new Proxy(connection, { get: (target, key) => (key === "ignition" ? ignition : Reflect.get(target, key)) });
}

/** What Ignition would have left behind. */
export async function writeBook(folder: string, { system }: World, chainId: number = CHAIN_ID): Promise<void> {
  const home = path.join(folder, `chain-${chainId}`);
  await mkdir(home, { recursive: true });
  const contracts = system as Partial<Record<string, { target: unknown }>>;
  const addresses = Object.entries(FUTURES).flatMap(([name, future]) => {
    const contract = contracts[name];
    return contract === undefined ? [] : [[`Local#${future}`, String(contract.target)]];
  });
  await writeFile(path.join(home, "deployed_addresses.json"), JSON.stringify(Object.fromEntries(addresses)));
}

/** Bonds and penalties on, impact and caps off. */
export const MARKET: MarketParams = { ...PLAIN_MARKET, minNotionalCents: 100_000 };

/** Money in both tranches: more than any test loses. */
export async function seed({ world }: LocalChain): Promise<void> {
  const [, , lp] = await world.connection.ethers.getSigners();
  const { token, vault, senior, junior, pool } = world.system;
  const native = world.native(wad(400_000));
  await token.mint(lp!, 2n * native);
  await token.connect(lp!).approve(vault, 2n ** 256n - 1n);
  for (const shares of [senior, junior]) await shares.connect(lp!).requestDeposit(native, lp!, lp!);
  await world.advance(2n * (await pool.EPOCH_LENGTH()));
  await pool.recordEpoch();
  // The node counts a call's time from its own clock, which may be seconds behind the blocks it was told to mine.
  for (let isSettled = false, tries = 0; !isSettled && tries < 10; tries += 1) {
    await world.advance(1_801n);
    isSettled = await pool.settleEpoch().then(
      () => true,
      () => false,
    );
  }
  for (const shares of [senior, junior]) {
    await shares.connect(lp!)["deposit(uint256,address,address)"](await shares.maxDeposit(lp!), lp!, lp!);
  }
}
