import { AbiCoder, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import type { SystemParameters } from "../../scripts/shared/deploySystem.ts";
import { PLAIN_MARKET, PLAIN_RISK, wad } from "../../scripts/shared/world.ts";
import { emptyStage } from "./stage.ts";

export const DELAY = 2n;
export const FEE = wad("0.5");
export const ANY_BUY = 2n ** 256n - 1n;
export const OrderKind = { Market: 0, AtOrAbove: 1, AtOrBelow: 2 } as const;

/** `OrderRequest` of `contracts/types/Order.sol`. */
export type OrderRequest = {
  account: bigint;
  market: number;
  kind: number;
  sizeDelta: bigint;
  acceptablePrice: bigint;
  triggerPrice: bigint;
  deadline: bigint;
  isReduceOnly: boolean;
};

/** What the mock source takes for the first price. */
export const proofOf = (price: bigint, publishedAt: bigint): string =>
  AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [price, publishedAt]);

/** Money as in the worked numbers, one market at 100, and trades that need orders. */
export async function orderStage(
  connection: NetworkConnection,
  overrides: Partial<SystemParameters> = { risk: PLAIN_RISK as SystemParameters["risk"] },
) {
  const stage = await emptyStage(connection, overrides, true);
  const { world, orders, prices, alice, bob } = stage;
  await world.seed(stage.staker, { insurance: wad(50_000) });
  await world.seed(stage.lp, { senior: wad(400_000), junior: wad(100_000) });
  const btc = await world.listMarket(PLAIN_MARKET, wad(100));
  const account = await world.fund(alice, wad(60_000));
  const other = await world.fund(bob, wad(60_000));
  // For their order fees.
  for (const signer of [alice, bob]) await stage.token.mint(signer, world.native(wad(100)));

  const { time } = await connection.networkHelpers.time.latest().then((t: number) => ({ time: BigInt(t) }));
  const now = async (): Promise<bigint> => BigInt(await connection.networkHelpers.time.latest());

  /** A market order for one unit of the first account; anything else overridden. */
  async function request(change: Partial<OrderRequest> = {}): Promise<OrderRequest> {
    const sizeDelta = change.sizeDelta ?? wad(100);
    return {
      account,
      market: btc,
      kind: OrderKind.Market,
      sizeDelta,
      acceptablePrice: sizeDelta > 0n ? ANY_BUY : 0n,
      triggerPrice: 0n,
      deadline: (await now()) + 600n,
      isReduceOnly: false,
      ...change,
    };
  }

  /** Submits; returns the order's id and the first second a price can fill it. */
  async function submit(change: Partial<OrderRequest> = {}, signer: Signer = alice) {
    await orders.connect(signer).submit(await request(change));
    const id = await orders.orderCount();
    return { id, earliest: (await now()) + DELAY };
  }

  /** Submits, waits, and executes with a first price that is the present one unless given. */
  async function trade(change: Partial<OrderRequest> = {}, first?: bigint, signer: Signer = alice) {
    const { id, earliest } = await submit(change, signer);
    await world.advance(5n);
    const [present] = await prices.priceFor(btc, 0);
    return orders.connect(stage.keeper).execute(id, proofOf(first ?? present, earliest));
  }

  return { ...stage, btc, account, other, start: time, now, request, submit, trade };
}

/** The same with Alice long 100. */
export async function longStage(connection: NetworkConnection) {
  const all = await orderStage(connection);
  await all.trade({ sizeDelta: wad(100) });
  return all;
}
