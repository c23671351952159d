import { expect } from "chai";
import hre from "hardhat";
import { MarketState, PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { FEE, longStage, orderStage, proofOf } from "./orderStage.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

describe("Orders, execute", function () {
  const stage = () => orderStage(connection);
  const long = () => longStage(connection);

  describe("a market order", function () {
    it("reverts when there is none", async function () {
      const { orders } = await networkHelpers.loadFixture(stage);
      await expect(orders.execute(7, "0x")).to.be.revertedWithCustomError(orders, "Orders_NoOrder").withArgs(7n);
    });

    it("reverts before the delay is over", async function () {
      const { orders, submit } = await networkHelpers.loadFixture(stage);
      const { id, earliest } = await submit();
      await networkHelpers.time.setNextBlockTimestamp(earliest - 1n);
      await expect(orders.execute(id, proofOf(wad(100), earliest - 1n)))
        .to.be.revertedWithCustomError(orders, "Orders_TooEarly")
        .withArgs(id, earliest - 1n, earliest);
    });

    it("reverts, and stays, when the proof shows a price published before the delay was over [C6]", async function () {
      const { orders, prices, submit, world, btc } = await networkHelpers.loadFixture(stage);
      const { id, earliest } = await submit();
      await world.advance(60n);
      await expect(orders.execute(id, proofOf(wad(100), earliest - 1n)))
        .to.be.revertedWithCustomError(prices, "MockPriceSource_TooEarly")
        .withArgs(btc, earliest - 1n, earliest);
      await orders.execute(id, proofOf(wad(100), earliest));
    });

    it("reverts, and stays, when the market has no present price", async function () {
      const { orders, prices, submit, world, btc } = await networkHelpers.loadFixture(stage);
      const { id, earliest } = await submit();
      await world.advance(5n);
      await prices.setDead(btc, true);
      await expect(orders.execute(id, proofOf(wad(100), earliest)))
        .to.be.revertedWithCustomError(prices, "MockPriceSource_Dead")
        .withArgs(btc);
      await prices.setDead(btc, false);
      await orders.execute(id, proofOf(wad(100), earliest));
    });

    for (const [name, delta, first, present, fill] of [
      ["the first price when the present one is better", 100, 101, 99, 101],
      ["the present price when the first one is better", 100, 99, 101, 101],
      ["the first price, for a sell", -100, 99, 101, 99],
      ["the present price, for a sell", -100, 101, 99, 99],
    ] as const) {
      it(`fills at ${name}`, async function () {
        const { clearinghouse, orders, world, submit, account, btc, keeper } = await networkHelpers.loadFixture(stage);
        const { id, earliest } = await submit({ sizeDelta: wad(delta) });
        await world.advance(5n);
        await world.setPrice(btc, wad(present));
        await expect(orders.connect(keeper).execute(id, proofOf(wad(first), earliest + 1n)))
          .to.emit(orders, "OrderExecuted")
          .withArgs(id, account, keeper.address, wad(delta), wad(first), earliest + 1n, FEE)
          .and.to.emit(clearinghouse, "PositionChanged")
          .withArgs(account, btc, wad(delta), wad(delta), wad(100 * fill), wad(fill), 0n, 0n, 0n);
      });
    }

    it("trades once, and pays whoever executed when it asks", async function () {
      const { orders, world, token, submit, keeper, stranger } = await networkHelpers.loadFixture(stage);
      const { id, earliest } = await submit();
      await world.advance(5n);
      await orders.connect(keeper).execute(id, proofOf(wad(100), earliest));
      await expect(orders.connect(stranger).execute(id, proofOf(wad(100), earliest)))
        .to.be.revertedWithCustomError(orders, "Orders_NoOrder")
        .withArgs(id);
      expect([await orders.feesOf(keeper), await orders.feesOf(stranger)]).to.deep.equal([FEE, 0n]);
      await orders.connect(keeper).claimFees();
      expect(await token.balanceOf(keeper)).to.equal(world.native(FEE));
      expect((await world.ledgers()).orders).to.equal(0n);
    });

    it("a keeper the token refuses to pay blocks nothing and loses nothing [C32, C35]", async function () {
      const { orders, token, trade, keeper, world } = await networkHelpers.loadFixture(stage);
      await token.blocklist(keeper, true);
      await trade();
      await expect(orders.connect(keeper).claimFees())
        .to.be.revertedWithCustomError(token, "MockUSD_Blocked")
        .withArgs(keeper.address);
      await token.blocklist(keeper, false);
      await orders.connect(keeper).claimFees();
      expect(await token.balanceOf(keeper)).to.equal(world.native(FEE));
    });

    it("opens, closes and flips", async function () {
      const { clearinghouse, trade, account, btc, world } = await networkHelpers.loadFixture(long);
      await trade({ sizeDelta: -wad(40) });
      expect((await clearinghouse.position(account, btc)).size).to.equal(wad(60));
      await trade({ sizeDelta: -wad(100) });
      expect((await clearinghouse.position(account, btc)).size).to.equal(-wad(40));
      await trade({ sizeDelta: wad(40) });
      expect((await clearinghouse.position(account, btc)).size).to.equal(0n);
      const { sum, held, margin } = await world.ledgers();
      expect(sum).to.equal(held);
      expect(margin).to.equal(wad(120_000));
    });

    it("what was ordered by an operator who is none any more still trades", async function () {
      const { clearinghouse, alice, bob, trade, account, btc } = await networkHelpers.loadFixture(stage);
      await clearinghouse.connect(alice).setOperator(bob, true);
      await trade({}, undefined, bob);
      expect((await clearinghouse.position(account, btc)).size).to.equal(wad(100));
    });
  });

  describe("a market order that cannot trade is cancelled, and the payer refunded", function () {
    type All = Awaited<ReturnType<typeof stage>>;

    /** Executes; the order must be gone, its fee the payer's, and the reason this error. */
    async function expectCancelled(all: All, id: bigint, proof: string, reason: string, fee = FEE, earned = 0n) {
      const { orders, account, alice, keeper } = all;
      await expect(orders.connect(keeper).execute(id, proof))
        .to.emit(orders, "OrderCancelled")
        .withArgs(id, account, alice.address, fee, reason);
      expect((await orders.order(id)).payer).to.equal(ethers.ZeroAddress);
      expect([await orders.feesOf(alice), await orders.feesOf(keeper)]).to.deep.equal([fee, earned]);
    }

    it("when the fill is not acceptable", async function () {
      const all = await networkHelpers.loadFixture(stage);
      const { clearinghouse, submit, world, btc } = all;
      const { id, earliest } = await submit({ acceptablePrice: wad(100) });
      await world.advance(5n);
      const reason = clearinghouse.interface.encodeErrorResult("Clearinghouse_PriceNotAcceptable", [
        btc,
        wad(101),
        wad(100),
      ]);
      await expectCancelled(all, id, proofOf(wad(101), earliest), reason);
    });

    it("when it has expired", async function () {
      const all = await networkHelpers.loadFixture(stage);
      const { orders, submit, now } = all;
      const deadline = (await now()) + 100n;
      const { id, earliest } = await submit({ deadline });
      await networkHelpers.time.setNextBlockTimestamp(deadline + 1n);
      const reason = orders.interface.encodeErrorResult("Orders_Expired", [id, deadline, deadline + 1n]);
      await expectCancelled(all, id, proofOf(wad(100), earliest), reason);
    });

    it("not in the last second before", async function () {
      const { clearinghouse, orders, submit, now, account, btc } = await networkHelpers.loadFixture(stage);
      const deadline = (await now()) + 100n;
      const { id, earliest } = await submit({ deadline });
      await networkHelpers.time.setNextBlockTimestamp(deadline);
      await orders.execute(id, proofOf(wad(100), earliest));
      expect((await clearinghouse.position(account, btc)).size).to.equal(wad(100));
    });

    it("when margin has left since: its fee is the keeper's", async function () {
      const all = await networkHelpers.loadFixture(stage);
      const { clearinghouse, submit, world, account, alice } = all;
      const { id, earliest } = await submit({ sizeDelta: wad(10_000) }); // needs 20,000
      await clearinghouse.connect(alice).withdraw(account, world.native(wad(40_001)));
      await world.advance(5n);
      const reason = clearinghouse.interface.encodeErrorResult("Clearinghouse_BelowInitialMargin", [
        account,
        wad(19_999),
        wad(20_000),
      ]);
      await expectCancelled(all, id, proofOf(wad(100), earliest), reason, 0n, FEE);
    });

    it("when the market is not open", async function () {
      const all = await networkHelpers.loadFixture(stage);
      const { clearinghouse, submit, world, btc } = all;
      const { id, earliest } = await submit();
      await clearinghouse.setMarketState(btc, MarketState.Halted);
      await world.advance(5n);
      const reason = clearinghouse.interface.encodeErrorResult("Clearinghouse_MarketNotOpen", [btc, 2n]);
      await expectCancelled(all, id, proofOf(wad(100), earliest), reason);
    });

    it("when it is reduce-only and there is nothing to reduce", async function () {
      const all = await networkHelpers.loadFixture(long);
      const { orders, submit, world } = all;
      const { id, earliest } = await submit({ sizeDelta: wad(1), isReduceOnly: true });
      await world.advance(5n);
      const reason = orders.interface.encodeErrorResult("Orders_NothingToReduce", [id, wad(100)]);
      const { keeper, alice } = all;
      await orders.connect(keeper).claimFees();
      await expect(orders.connect(keeper).execute(id, proofOf(wad(100), earliest)))
        .to.emit(orders, "OrderCancelled")
        .withArgs(id, all.account, alice.address, FEE, reason);
      expect([await orders.feesOf(alice), await orders.feesOf(keeper)]).to.deep.equal([FEE, 0n]);
    });

    it("but not when the mark of another market is old: that can be cured", async function () {
      const { clearinghouse, orders, world, trade, submit, btc, account } = await networkHelpers.loadFixture(long);
      const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
      await trade({ market: eth, sizeDelta: wad(1) });
      const { id, earliest } = await submit({ market: eth, sizeDelta: wad(1) });
      await world.advance(301n);
      await expect(orders.execute(id, proofOf(wad(4_000), earliest))).to.be.revertedWithCustomError(
        clearinghouse,
        "Clearinghouse_StaleMark",
      );
      await clearinghouse.mark(btc);
      await orders.execute(id, proofOf(wad(4_000), earliest));
      expect((await clearinghouse.position(account, eth)).size).to.equal(wad(2));
    });

    it("but not when another of the account's markets has no price", async function () {
      const { orders, prices, world, submit, btc } = await networkHelpers.loadFixture(long);
      const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
      const { id, earliest } = await submit({ market: eth, sizeDelta: wad(1) });
      await world.advance(5n);
      await prices.setDead(btc, true);
      await expect(orders.execute(id, proofOf(wad(4_000), earliest)))
        .to.be.revertedWithCustomError(prices, "MockPriceSource_Dead")
        .withArgs(btc);
      expect((await orders.order(id)).fee).to.equal(FEE);
    });

    it("and never for want of gas: with any amount of it, it trades or stays [C36]", async function () {
      const { clearinghouse, orders, world, submit, keeper, account, btc } = await networkHelpers.loadFixture(stage);
      const { id, earliest } = await submit();
      await world.advance(5n);
      let gasLimit = 60_000n;
      for (; (await orders.order(id)).fee !== 0n; gasLimit += 20_000n) {
        const tx = await orders
          .connect(keeper)
          .execute(id, proofOf(wad(100), earliest), { gasLimit })
          .catch(() => undefined);
        await tx?.wait();
      }
      expect((await clearinghouse.position(account, btc)).size).to.equal(wad(100));
      expect(gasLimit).to.be.greaterThan(3_000_000n);
      await expect(orders.execute(id, "0x")).to.be.revertedWithCustomError(orders, "Orders_NoOrder").withArgs(id);
    });
  });
});
