import type { NetworkConnection } from "hardhat/types/network";
import { deployLens } from "../../scripts/shared/deployLens.ts";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { plainStage, realStage, type Totals } from "./stage.ts";

/** The layers of a gap preview, in the form of {layerTotals}. */
export function layersOf(totals: Totals): Totals {
  const { forgone, insurance, junior, senior, adl, residual } = totals;
  return { forgone, insurance, junior, senior, adl, residual };
}

/** Alice long 10 and Bob short 10 in one market, both short of a second one. */
export async function traded(connection: NetworkConnection) {
  const stage = await plainStage(connection);
  const { world, alice, bob, btc } = stage;
  const eth = await world.listMarket(PLAIN_MARKET, wad(3_000));
  const long = await world.fund(alice, wad(60_000));
  const short = await world.fund(bob, wad(60_000));
  await world.trade(alice, long, btc, wad(10));
  await world.trade(bob, short, btc, wad(-10));
  await world.trade(alice, long, eth, wad(-20));
  return { ...stage, eth, long, short, lens: await deployLens(connection, world.system) };
}

/** The fourth worked row: Bob's profit has had a haircut. */
export async function deleveraged(connection: NetworkConnection) {
  const stage = await traded(connection);
  const { world, alice, clearinghouse, eth, long, btc } = stage;
  await world.trade(alice, long, eth, wad(20));
  await world.setPrice(btc, wad(20_000));
  await clearinghouse.liquidate(long);
  return stage;
}

export async function real(connection: NetworkConnection) {
  const stage = await realStage(connection);
  const { world, alice, btc } = stage;
  const long = await world.fund(alice, wad(60_000));
  await world.trade(alice, long, btc, wad(2));
  return { ...stage, long, lens: await deployLens(connection, world.system) };
}

export async function eightMarkets(connection: NetworkConnection) {
  const stage = await plainStage(connection);
  await stage.world.setPrice(stage.btc, wad(100));
  for (let m = 1; m < 8; m++) await stage.world.listMarket(PLAIN_MARKET, wad(100));
  return { ...stage, lens: await deployLens(connection, stage.world.system) };
}
