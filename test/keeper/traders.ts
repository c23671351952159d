import { wad } from "../../scripts/shared/world.ts";
import type { LocalChain } from "./chain.ts";

/** Size of every position, base units; at 100 dollars each is worth 10,000. */
const SIZE = wad(100);

/** One trader with many sub-accounts, each with one long position ordered at 100 and margin of its own. */
export async function orderPositions({ world }: LocalChain, margins: number[]): Promise<bigint[]> {
  const [, , , trader] = await world.connection.ethers.getSigners();
  const { orders, token } = world.system;
  const accounts: bigint[] = [];
  for (const [sub, margin] of margins.entries()) {
    accounts.push(await world.fund(trader!, wad(margin), BigInt(sub)));
  }
  await token.mint(trader!, world.native(wad(100)));
  const { timestamp } = (await world.connection.ethers.provider.getBlock("latest"))!;
  for (const account of accounts) {
    await orders.connect(trader!).submit({
      account,
      market: 0,
      kind: 0,
      sizeDelta: SIZE,
      acceptablePrice: 2n ** 256n - 1n,
      triggerPrice: 0n,
      deadline: timestamp + 7_200,
      isReduceOnly: false,
    });
  }
  return accounts;
}

/** The same at once, where trades need no order. */
export async function openPositions({ world }: LocalChain, margins: number[]): Promise<bigint[]> {
  const [, , , trader] = await world.connection.ethers.getSigners();
  const accounts: bigint[] = [];
  for (const [sub, margin] of margins.entries()) {
    const account = await world.fund(trader!, wad(margin), BigInt(sub));
    await world.trade(trader!, account, 0, SIZE);
    accounts.push(account);
  }
  return accounts;
}
