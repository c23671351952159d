import { expect } from "chai";
import hre from "hardhat";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { FEE, orderStage, proofOf } from "./orderStage.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

describe("Orders, many and what they pay", function () {
  const stage = () => orderStage(connection);

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
