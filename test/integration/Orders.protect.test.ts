import { expect } from "chai";
import hre from "hardhat";
import { wad } from "../../scripts/shared/world.ts";
import { ANY_BUY, DELAY, FEE, longStage, OrderKind, orderStage, proofOf } from "./orderStage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

describe("Orders that protect a position", function () {
  const stage = () => orderStage(connection);
  const long = () => longStage(connection);

  describe("a reduce-only order", function () {
    for (const [name, held, delta, left] of [
      ["closes no more than there is", 100, -150, 0],
      ["closes what was asked for", 100, -60, 40],
      ["closes no more of a short than there is", -100, 101, 0],
    ] as const) {
      it(name, async function () {
        const { clearinghouse, trade, account, btc } = await networkHelpers.loadFixture(stage);
        await trade({ sizeDelta: wad(held) });
        await trade({ sizeDelta: wad(delta), isReduceOnly: true });
        expect((await clearinghouse.position(account, btc)).size).to.equal(wad(left));
      });
    }

    it("goes by what is left when it trades", async function () {
      const { clearinghouse, orders, world, trade, submit, account, btc } = await networkHelpers.loadFixture(long);
      const { id, earliest } = await submit({ sizeDelta: -wad(100), isReduceOnly: true });
      await trade({ sizeDelta: -wad(70) });
      await world.advance(5n);
      await orders.execute(id, proofOf(wad(100), earliest));
      expect((await clearinghouse.position(account, btc)).size).to.equal(0n);
    });

    it("is void after a liquidation of its account, and another account's is not", async function () {
      const { clearinghouse, orders, world, trade, submit, account, other, btc, alice, bob, keeper } =
        await networkHelpers.loadFixture(stage);
      await trade({ sizeDelta: wad(25_000) }); // 2,500,000 with margin 60,000
      await trade({ account: other, sizeDelta: -wad(1_000) }, undefined, bob);
      const stop = { kind: OrderKind.AtOrBelow, triggerPrice: wad(99), isReduceOnly: true };
      const mine = await submit({ sizeDelta: -wad(25_000), ...stop });
      const opening = await submit({ sizeDelta: wad(100), kind: OrderKind.AtOrBelow, triggerPrice: wad(99) });
      const yours = await submit({ account: other, sizeDelta: wad(1_000), ...stop, acceptablePrice: ANY_BUY }, bob);
      expect((await clearinghouse.account(account)).liquidations).to.equal(0n);
      await world.setPrice(btc, wad(98));
      await clearinghouse.connect(keeper).liquidate(account);
      expect((await clearinghouse.account(account)).liquidations).to.equal(1n);

      const reason = orders.interface.encodeErrorResult("Orders_VoidedByLiquidation", [mine.id, account]);
      await expect(orders.connect(keeper).execute(mine.id, "0x"))
        .to.emit(orders, "OrderCancelled")
        .withArgs(mine.id, account, alice.address, 2n * FEE, reason);
      await expect(orders.connect(keeper).execute(yours.id, "0x")).to.emit(orders, "OrderTriggered");
      await expect(orders.connect(keeper).execute(opening.id, "0x")).to.emit(orders, "OrderTriggered");
      // One submitted after the liquidation counts.
      const fresh = await submit({ sizeDelta: -wad(100), isReduceOnly: true });
      await world.advance(5n);
      await expect(orders.execute(fresh.id, proofOf(wad(98), fresh.earliest))).to.emit(orders, "OrderExecuted");
    });
  });

  describe("a trigger order", function () {
    it("reverts when the present price is not younger than the order [C2, C6]", async function () {
      const { orders, prices, submit, btc, now } = await networkHelpers.loadFixture(stage);
      const { id } = await submit({ kind: OrderKind.AtOrBelow, triggerPrice: wad(100) });
      const at = await now();
      await prices.setPriceAt(btc, wad(99), at);
      await expect(orders.execute(id, "0x"))
        .to.be.revertedWithCustomError(orders, "Orders_PriceTooOld")
        .withArgs(id, at, at + 1n);
      await prices.setPriceAt(btc, wad(99), at + 1n);
      await orders.execute(id, "0x");
    });

    for (const [name, kind, not, met] of [
      ["above", OrderKind.AtOrAbove, "109.999", "110"],
      ["below", OrderKind.AtOrBelow, "110.001", "110"],
    ] as const) {
      it(`waits for a price at or ${name} its trigger`, async function () {
        const { orders, submit, world, btc, keeper, now } = await networkHelpers.loadFixture(stage);
        const { id } = await submit({ kind, triggerPrice: wad(110) });
        await world.setPrice(btc, wad(not));
        await expect(orders.execute(id, "0x"))
          .to.be.revertedWithCustomError(orders, "Orders_TriggerNotMet")
          .withArgs(id, wad(not), wad(110));
        await world.setPrice(btc, wad(met));
        const { deadline } = await orders.order(id);
        await expect(orders.connect(keeper).execute(id, "0x"))
          .to.emit(orders, "OrderTriggered")
          .withArgs(id, keeper.address, wad(met), FEE, deadline);
        const { kind: now_, placedAt } = await orders.order(id);
        expect([now_, placedAt]).to.deep.equal([BigInt(OrderKind.Market), await now()]);
        expect(await orders.feesOf(keeper)).to.equal(FEE);
      });
    }

    it("then trades as a market order of that moment: nobody picks the price that met it", async function () {
      const { clearinghouse, orders, submit, world, btc, account, now } = await networkHelpers.loadFixture(stage);
      const { id } = await submit({ kind: OrderKind.AtOrBelow, triggerPrice: wad(100) });
      await world.setPrice(btc, wad(95));
      await orders.execute(id, "0x");
      const at = await now();
      await networkHelpers.time.setNextBlockTimestamp(at + 1n);
      await expect(orders.execute(id, proofOf(wad(95), at)))
        .to.be.revertedWithCustomError(orders, "Orders_TooEarly")
        .withArgs(id, at + 1n, at + DELAY);
      await world.setPrice(btc, wad(97));
      await world.advance(DELAY);
      await orders.execute(id, proofOf(wad(96), at + DELAY));
      expect((await clearinghouse.position(account, btc)).cost).to.equal(wad(9_700));
    });

    it("binds for a day from its trigger, and refunds the step that nobody took", async function () {
      const { orders, submit, alice, keeper, world, account, now } = await networkHelpers.loadFixture(stage);
      const deadline = (await now()) + 1_000_000n;
      const { id } = await submit({ kind: OrderKind.AtOrBelow, triggerPrice: wad(100), deadline });
      await orders.connect(keeper).execute(id, "0x");
      const end = (await now()) + 86_400n;
      expect((await orders.order(id)).deadline).to.equal(end);
      await networkHelpers.time.setNextBlockTimestamp(end + 1n);
      const reason = orders.interface.encodeErrorResult("Orders_Expired", [id, end, end + 1n]);
      await expect(orders.cancel(id))
        .to.emit(orders, "OrderCancelled")
        .withArgs(id, account, alice.address, FEE, reason);
      for (const signer of [alice, keeper]) await orders.connect(signer).claimFees();
      expect((await world.ledgers()).orders).to.equal(0n);
    });

    it("nobody is paid for a trigger that leaves no time to trade [C36]", async function () {
      const { orders, submit, now, keeper } = await networkHelpers.loadFixture(stage);
      const deadline = (await now()) + 100n;
      const { id } = await submit({ kind: OrderKind.AtOrBelow, triggerPrice: wad(100), deadline });
      await networkHelpers.time.setNextBlockTimestamp(deadline - 1n);
      await expect(orders.connect(keeper).execute(id, "0x"))
        .to.be.revertedWithCustomError(orders, "Orders_DeadlineTooEarly")
        .withArgs(deadline, deadline + 1n);
    });
  });
});
