import assert from "node:assert/strict";
import type { NetworkConnection } from "hardhat/types/network";
import { deployLens } from "../shared/deployLens.ts";
import { PLAIN_MARKET, PLAIN_RISK, World, wad } from "../shared/world.ts";
import { CrowdedMarket } from "./crowd.ts";

/** Pages of the lens: accounts x positions of each. */
export type LensGas = { lens: Record<string, number> };

const CAPITAL = 50_000_000;
const MARKETS = 8;
const PAGE = 50;

/** What a node has to allow for one call that reads a page. */
export async function measureLens(connect: () => Promise<NetworkConnection>): Promise<LensGas> {
  return { lens: { ...(await onePositionEach(await connect())), ...(await eightPositionsEach(await connect())) } };
}

async function onePositionEach(connection: NetworkConnection): Promise<Record<string, number>> {
  const { world, ...crowd } = await crowded(connection);
  const lens = await deployLens(connection, world.system);
  const healths = await lens.healths.estimateGas(crowd.ids);
  const last = crowd.ids.at(-1)!;
  const [seen, { equity, maintenanceMargin }] = [
    await lens.healths([last]),
    await world.system.clearinghouse.health(last),
  ];
  assert.deepEqual([seen[0]!.equity, seen[0]!.maintenance], [equity, maintenanceMargin]);
  await connection.close();
  return { "healths 500 x 1": Number(healths) };
}

async function crowded(connection: NetworkConnection): Promise<{ world: World; ids: bigint[] }> {
  const market = await CrowdedMarket.deploy(connection, CAPITAL);
  const first = await market.open(500, wad(1), wad(200));
  return { world: market.world, ids: Array.from({ length: 500 }, (_, i) => first + BigInt(i)) };
}

async function eightPositionsEach(connection: NetworkConnection): Promise<Record<string, number>> {
  const world = await World.deploy(connection, { maxDrawPerDayBps: 10_000, minTranche: 0n, risk: PLAIN_RISK });
  const [, , lp, trader] = await connection.ethers.getSigners();
  await world.seed(lp!, { senior: wad(400_000), junior: wad(100_000) });
  for (let market = 0; market < MARKETS; market++) await world.listMarket(PLAIN_MARKET, wad(100));
  const ids: bigint[] = [];
  for (let sub = 0n; sub < PAGE; sub++) ids.push(await world.fund(trader!, wad(1_000), sub));
  for (let market = 0; market < MARKETS; market++) {
    await world.system.clearinghouse.markAll();
    for (const id of ids) await world.trade(trader!, id, market, wad(20));
  }
  const lens = await deployLens(connection, world.system);
  const healths = await lens.healths.estimateGas(ids);
  const accounts = await lens.accounts.estimateGas(ids);
  const last = ids.at(-1)!;
  const [[seen], { initialMargin, withdrawable }] = await Promise.all([
    lens.accounts([last]),
    world.system.clearinghouse.health(last),
  ]);
  assert.deepEqual(
    [seen!.positions.length, seen!.initialMargin, seen!.withdrawable],
    [MARKETS, initialMargin, withdrawable],
  );
  await connection.close();
  return { "healths 50 x 8": Number(healths), "accounts 50 x 8": Number(accounts) };
}
