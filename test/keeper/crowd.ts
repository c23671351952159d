import type { NetworkConnection } from "hardhat/types/network";
import { wad } from "../../scripts/shared/world.ts";
import { emptyStage } from "../integration/stage.ts";
import { MARKET } from "./chain.ts";

/** Three accounts of one trader, each long a hundred at 100 dollars with little margin. */
export async function crowd(connection: NetworkConnection) {
  const stage = await emptyStage(connection, {});
  const { world, alice } = stage;
  await world.seed(stage.lp, { senior: wad(400_000), junior: wad(400_000) });
  await world.listMarket(MARKET, wad(100));
  const accounts: bigint[] = [];
  for (let sub = 0n; sub < 3n; sub++) {
    accounts.push(await world.fund(alice, wad(600), sub));
    await world.trade(alice, accounts.at(-1)!, 0, wad(100));
  }
  return { ...stage, accounts };
}
