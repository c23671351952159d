import { expect } from "chai";
import hre from "hardhat";
import { MarketState, PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { ANY_BUY, DELAY, FEE, OrderKind, orderStage, proofOf } from "./orderStage.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

describe("Orders, execute", function () {
  const stage = () => orderStage(connection);

  async function long() {
    const all = await stage();
    await all.trade({ sizeDelta: wad(100) });
    return all;
  }

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

  describe("ether", function () {
    it("what the proof does not cost comes back", async function () {
      const { orders, prices, submit, world, keeper } = await networkHelpers.loadFixture(stage);
      await prices.setProofFee(7n);
      const { id, earliest } = await submit();
      await world.advance(5n);
      await expect(orders.connect(keeper).execute(id, proofOf(wad(100), earliest), { value: 6n }))
        .to.be.revertedWithCustomError(prices, "MockPriceSource_FeeTooLow")
        .withArgs(6n, 7n);
      const tx = orders.connect(keeper).execute(id, proofOf(wad(100), earliest), { value: 1_000n });
      await expect(tx).to.changeEtherBalances(ethers, [keeper, orders, prices], [-7n, 0n, 7n]);
    });

    it("nobody but the oracle sends any", async function () {
      const { orders, stranger } = await networkHelpers.loadFixture(stage);
      await expect(stranger.sendTransaction({ to: orders, value: 1n }))
        .to.be.revertedWithCustomError(orders, "Orders_NotOracle")
        .withArgs(stranger.address);
    });
  });

  describe("executeBatch", function () {
    it("reverts when proofs are missing, the batch is too long, or somebody calls for a single one", async function () {
      const { orders, stranger } = await networkHelpers.loadFixture(stage);
      await expect(orders.executeBatch([1, 2], ["0x"]))
        .to.be.revertedWithCustomError(orders, "Orders_LengthMismatch")
        .withArgs(2n, 1n);
      const many = Array.from({ length: 17 }, () => 1n);
      await expect(
        orders.executeBatch(
          many,
          many.map(() => "0x"),
        ),
      )
        .to.be.revertedWithCustomError(orders, "Orders_BatchTooLong")
        .withArgs(17n, 16n);
      await expect(orders.connect(stranger).executeOne(1, "0x", stranger))
        .to.be.revertedWithCustomError(orders, "Orders_NotItself")
        .withArgs(stranger.address);
    });

    it("one bad order stops no other: bad proof, none, expired, burning all gas [C35]", async function () {
      const { clearinghouse, orders, prices, oracle, world, submit, now, account, alice, btc, keeper } =
        await networkHelpers.loadFixture(stage);
      const burner = await ethers.deployContract("MockPriceSource");
      const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
      await burner.setPrice(eth, wad(4_000));
      await oracle.setSource(eth, burner);
      await burner.setBurningGas(true);
      await prices.setProofFee(5n);

      const soon = (await now()) + 10n;
      const [good, bad, expired, burning, last] = [
        await submit({ sizeDelta: wad(10) }),
        await submit(),
        await submit({ deadline: soon }),
        await submit({ market: eth, sizeDelta: wad(1) }),
        await submit({ sizeDelta: wad(30) }),
      ];
      await world.advance(60n);
      const proof = proofOf(wad(100), await now());
      const ids = [good.id, bad.id, 99n, expired.id, burning.id, last.id];
      const proofs = [proof, "0x01", proof, proof, proof, proof];
      const tx = orders.connect(keeper).executeBatch(ids, proofs, { value: 100n, gasLimit: 16_000_000n });
      const noOrder = orders.interface.encodeErrorResult("Orders_NoOrder", [99n]);
      await expect(tx)
        .to.emit(orders, "OrderSkipped")
        .withArgs(bad.id, "0x")
        .and.to.emit(orders, "OrderSkipped")
        .withArgs(99n, noOrder)
        .and.to.emit(orders, "OrderSkipped")
        .withArgs(burning.id, "0x")
        .and.to.emit(orders, "OrderCancelled")
        .and.to.emit(orders, "OrderExecuted");
      await expect(tx).to.changeEtherBalances(ethers, [keeper, orders, prices], [-10n, 0n, 10n]);
      expect((await clearinghouse.position(account, btc)).size).to.equal(wad(40));
      expect([await orders.feesOf(keeper), await orders.feesOf(alice)]).to.deep.equal([2n * FEE, FEE]);
      for (const { id } of [bad, burning]) expect((await orders.order(id)).fee).to.equal(FEE);
    });

    it("skips what the gas is not enough for, and keeps what was done [C35]", async function () {
      const { clearinghouse, orders, world, submit, now, account, btc } = await networkHelpers.loadFixture(stage);
      const first = await submit({ sizeDelta: wad(10) });
      const second = await submit({ sizeDelta: wad(10) });
      await world.advance(60n);
      const proof = proofOf(wad(100), await now());
      const tx = await orders.executeBatch([first.id, second.id], [proof, proof], { gasLimit: 4_300_000n });
      const skipped = orders.filters.OrderSkipped();
      const [event] = await orders.queryFilter(skipped, tx.blockNumber ?? undefined);
      expect(event?.args.orderId).to.equal(second.id);
      expect(orders.interface.parseError(event?.args.reason ?? "0x")?.name).to.equal("Orders_NotEnoughGas");
      expect((await clearinghouse.position(account, btc)).size).to.equal(wad(10));
    });
  });

  it("orders that wait stop neither liquidation, nor margin, nor each other [C17]", async function () {
    const { clearinghouse, world, orders, trade, submit, account, alice, btc, keeper } =
      await networkHelpers.loadFixture(stage);
    await trade({ sizeDelta: wad(25_000) });
    const { id, earliest } = await submit({ sizeDelta: -wad(25_000) });
    await clearinghouse.connect(alice).withdraw(account, world.native(wad(1_000)));
    await world.setPrice(btc, wad(98));
    await clearinghouse.connect(keeper).liquidate(account);
    await world.advance(5n);
    await orders.execute(id, proofOf(wad(98), earliest));
  });
});
