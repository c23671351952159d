import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkConnection } from "hardhat/types/network";
import type { Crowd } from "../../../typechain-types/index.ts";
import { accountId, type MarketParams, World, wad } from "../../shared/world.ts";
import type { Plan } from "./plan.ts";

const DAY = 86_400;
/** Requests settle with the epoch after theirs, and insurance epochs are a week long. */
const SEEDING = 14 * DAY;
const SETTLE_DELAY = 1_800;

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
  /** Unix seconds on the chain. */
  opensAt: number;
  roundSeconds: number;
  /** Length of an LP epoch and where epoch 0 began. */
  epoch: { genesis: number; length: number };
};

/** From the start of the chain to the first bar, in seconds: seeding, opening rounds, one LP epoch's end. */
function leadTime(roundSeconds: number, rounds: number): number {
  const opened = SEEDING + 2 * 3_600 + rounds * roundSeconds;
  return Math.ceil(opened / DAY) * DAY + 2 * 3_600;
}

const roundLength = (window: number): number => Math.max(600, 3 * window);

/** Chain options for a replay whose first bar is at `start`: the chain's clock shows the time of the prices. */
export function chainOptions(start: number, window: number, rounds: number) {
  const begins = start - leadTime(roundLength(window), rounds);
  return {
    initialDate: new Date(begins * 1_000),
    initialBaseFeePerGas: 0,
    blockGasLimit: 100_000_000_000n,
    allowBlocksWithSameTimestamp: true,
  };
}

/**
 * Parameters of the replayed market: the defaults of PROTOCOL section 17. `skewScale` is 400 times one side's open
 * interest, so that impact stays under its hard bound even when a whole side is gone; the caps that follow capital let in
 * what `--oi-to-capital` asks for.
 */
export function marketParams(plan: Plan, price: string, window: number, oiToCapital: number): MarketParams {
  const interest = Math.max(plan.longInterest, plan.shortInterest) / Number(price);
  const room = Math.ceil(
    Math.max(1, oiToCapital * (plan.shortInterest / plan.longInterest), oiToCapital) * 1.25 * 10_000,
  );
  return {
    skewScaleBase: wad((400 * interest).toFixed(6)),
    maxPositionBase: wad((1.1 * interest).toFixed(6)),
    imrBps: 200,
    volFactorBps: 20_000,
    slopeBpsPerMillion: 10,
    feeBps: 5,
    maxFundingBps: 500,
    keeperWindow: window,
    reserveFactorBps: oiToCapital > 0.75 ? room : 10_000,
    poolShareBps: oiToCapital > 0.75 ? room : 10_000,
    riskWeightBps: 10_000,
    minNotionalCents: 100_000,
  };
}

/** Deploys through Ignition, lists the market, prints money, and seeds both tranches and the insurance fund. */
export async function setStage(
  connection: NetworkConnection,
  plan: Plan,
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
  await seed(world, cast, plan, genesis);
  return {
    connection,
    world,
    cast,
    crowd,
    market,
    params,
    opensAt: genesis + SEEDING + 2 * 3_600,
    roundSeconds: roundLength(params.keeperWindow),
    epoch: { genesis, length: Number(await pool.EPOCH_LENGTH()) },
  };
}

/** Through the epochs, as anybody would: request, wait, record, wait, settle, claim. */
async function seed(world: World, cast: Cast, plan: Plan, genesis: number): Promise<void> {
  const { token, vault, senior, junior, insurance, pool } = world.system;
  const { capital } = plan;
  const requests = [
    [cast.senior1, senior, capital.senior * 0.7],
    [cast.senior2, senior, capital.senior * 0.3],
    [cast.junior1, junior, capital.junior * 0.6],
    [cast.junior2, junior, capital.junior * 0.4],
    [cast.staker, insurance, capital.insurance],
  ] as const;
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
