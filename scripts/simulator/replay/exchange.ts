import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkConnection } from "hardhat/types/network";
import type { Crowd } from "../../../typechain-types/index.ts";
import { accountId, type MarketParams, World, wad } from "../../shared/world.ts";
import type { Plan } from "./plan.ts";
import { type Calendar, SEEDING, SETTLE_DELAY } from "./setting.ts";

/** Signers by what they do. One owner holds all traders, each in a sub-account of its own; another one the idle. */
export type Cast = Record<
  "governor" | "treasury" | "keeper" | "traders" | "idle" | "senior1" | "senior2" | "junior1" | "junior2" | "staker",
  HardhatEthersSigner
>;

export type Stage = {
  connection: NetworkConnection;
  world: World;
  cast: Cast;
  /** Reads many views at once. */
  crowd: Crowd;
  market: number;
  params: MarketParams;
  /** Length of an LP epoch, seconds. */
  epochLength: number;
};

/** Chain options for a replay: the chain's clock shows the time of the prices. */
export function chainOptions({ genesis }: Calendar) {
  return {
    initialDate: new Date(genesis * 1_000),
    initialBaseFeePerGas: 0,
    blockGasLimit: 100_000_000_000n,
    allowBlocksWithSameTimestamp: true,
  };
}

/** Deploys through Ignition, lists the market, prints money, and seeds both tranches and the insurance fund. */
export async function setStage(
  connection: NetworkConnection,
  plan: Plan,
  calendar: Calendar,
  params: MarketParams,
  firstPrice: bigint,
): Promise<Stage> {
  const world = await World.deploy(connection);
  const { pool, token, vault } = world.system;
  const { ethers } = connection as NetworkConnection & { ethers: HardhatEthers };
  const [governor, treasury, keeper, traders, idle, senior1, senior2, junior1, junior2, staker] =
    await ethers.getSigners();
  const crowd = (await ethers.deployContract("Crowd")) as unknown as Crowd;
  const cast = { governor, treasury, keeper, traders, idle, senior1, senior2, junior1, junior2, staker } as Cast;
  const market = await world.listMarket(params, firstPrice);
  for (const owner of [cast.traders, cast.idle]) {
    await token.mint(owner.address, 10n ** 30n);
    await token.connect(owner).approve(vault, 2n ** 256n - 1n);
  }
  const genesis = Number(await pool.GENESIS());
  if (genesis !== calendar.genesis) throw new Error(`epoch 0 begins at ${genesis}, not ${calendar.genesis}`);
  await seed(world, cast, plan, genesis);
  return {
    connection,
    world,
    cast,
    crowd,
    market,
    params,
    epochLength: Number(await pool.EPOCH_LENGTH()),
  };
}

/** Through the epochs, as anybody would: request, wait, record, wait, settle, claim. */
async function seed(world: World, cast: Cast, plan: Plan, genesis: number): Promise<void> {
  const { token, vault, senior, junior, insurance, pool } = world.system;
  const { capital } = plan;
  const all = [
    [cast.senior1, senior, capital.senior * 0.7],
    [cast.senior2, senior, capital.senior * 0.3],
    [cast.junior1, junior, capital.junior * 0.6],
    [cast.junior2, junior, capital.junior * 0.4],
    [cast.staker, insurance, capital.insurance],
  ] as const;
  // A fund may be empty; nobody can ask for nothing.
  const requests = all.filter(([, , usd]) => usd > 0);
  for (const [signer, shares, usd] of requests) {
    const amount = world.native(wad(usd.toFixed(2)));
    await token.mint(signer.address, amount);
    await token.connect(signer).approve(vault, 2n ** 256n - 1n);
    await shares.connect(signer).requestDeposit(amount, signer.address, signer.address);
  }
  const at = async (seconds: number) => {
    await world.connection.provider.request({ method: "evm_setNextBlockTimestamp", params: [genesis + seconds] });
  };
  await at(SEEDING + 60);
  await pool.recordEpoch();
  await insurance.recordEpoch();
  await at(SEEDING + 120 + SETTLE_DELAY);
  await pool.settleEpoch();
  await insurance.settleEpoch();
  for (const [signer, shares] of requests) {
    const claimable = await shares.maxDeposit(signer.address);
    await shares.connect(signer)["deposit(uint256,address,address)"](claimable, signer.address, signer.address);
  }
}

export const traderId = (stage: Stage, index: number): bigint =>
  accountId(stage.cast.traders.address, BigInt(index + 1));
export const idleId = (stage: Stage, index: number): bigint => accountId(stage.cast.idle.address, BigInt(index + 1));
