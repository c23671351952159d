import { expect } from "chai";
import hre from "hardhat";
import { wad } from "../../scripts/shared/world.ts";
import { orderStage, proofOf } from "./orderStage.ts";
import { REAL_MARKET } from "./stage.ts";

const connection = await hre.network.create();

describe("Orders, gas", function () {
  it("an account with eight positions among 32 markets trades for less than is asked for", async function () {
    const all = await orderStage(connection, {});
    const { world, orders, clearinghouse, submit, trade, keeper, account, bob, other, now } = all;
    const market = { ...REAL_MARKET, skewScaleBase: wad(1_000_000_000), maxPositionBase: wad(1_000) };
    for (let id = 1; id < 32; id++) await world.listMarket(market, wad(100));
    await all.token.mint(bob, world.native(wad(1_000)));
    // Open interest everywhere, so that no mark may be old; eight positions of the account itself.
    const sub: Record<number, bigint> = { 0: other };
    for (let n = 1; n < 4; n++) sub[n] = await world.fund(bob, wad(60_000), BigInt(n));
    for (let id = 0; id < 32; id++) {
      if (id % 4 === 0) await clearinghouse.markAll();
      await trade({ account: sub[id >> 3]!, market: id, sizeDelta: wad(-50) }, undefined, bob);
    }
    for (let id = 24; id < 32; id++) {
      await clearinghouse.markAll();
      await trade({ market: id, sizeDelta: wad(50) });
    }
    const placed = await orders.connect(all.alice).submit(await all.request({ market: 31, sizeDelta: wad(10) }));
    const id = await orders.orderCount();
    const earliest = (await now()) + 2n;
    await world.advance(70n);
    const executed = await orders.connect(keeper).execute(id, proofOf(wad(100), earliest));
    const trigger = await submit({ kind: 2, triggerPrice: wad(100) });
    const triggered = await orders.connect(keeper).execute(trigger.id, "0x");

    const used = await Promise.all([placed, executed, triggered].map(async (tx) => Number((await tx.wait())?.gasUsed)));
    const [submitting, executing, triggering] = used as [number, number, number];
    console.log(`      submit ${submitting}, execute ${executing}, trigger ${triggering}`);
    expect((await clearinghouse.position(account, 31)).size).to.equal(wad(60));
    expect(executing).to.be.lessThan(1_500_000);
    expect(Number(await orders.TRADE_GAS())).to.be.greaterThan(2 * executing);
  });
});
