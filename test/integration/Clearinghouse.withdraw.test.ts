import { expect } from "chai";
import hre from "hardhat";
import { accountId, MarketState, wad } from "../../scripts/shared/world.ts";
import { plainStage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const USD = 1_000_000n;

describe("Clearinghouse, margin out", function () {
  async function flat() {
    const stage = await plainStage(connection);
    return { ...stage, account: await stage.world.fund(stage.alice, wad(10_000)) };
  }

  async function withPosition() {
    const stage = await flat();
    await stage.world.trade(stage.alice, stage.account, stage.btc, wad(1));
    return stage;
  }

  describe("withdraw", function () {
    it("reverts when the caller is neither owner nor operator", async function () {
      const { clearinghouse, stranger, account } = await networkHelpers.loadFixture(flat);
      await expect(clearinghouse.connect(stranger).withdraw(account, USD))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotAuthorized")
        .withArgs(account, stranger.address);
    });

    it("reverts when nothing is withdrawn", async function () {
      const { clearinghouse, alice, account } = await networkHelpers.loadFixture(flat);
      await expect(clearinghouse.connect(alice).withdraw(account, 0n)).to.be.revertedWithCustomError(
        clearinghouse,
        "Clearinghouse_ZeroAmount",
      );
    });

    it("reverts when the account has less", async function () {
      const { clearinghouse, alice, account } = await networkHelpers.loadFixture(flat);
      await expect(clearinghouse.connect(alice).withdraw(account, 10_001n * USD))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_AboveWithdrawable")
        .withArgs(account, wad(10_000), wad(10_001));
    });

    it("reverts when the rest would not cover the initial requirement", async function () {
      const { clearinghouse, alice, account } = await networkHelpers.loadFixture(withPosition);
      await expect(clearinghouse.connect(alice).withdraw(account, 8_001n * USD))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_AboveWithdrawable")
        .withArgs(account, wad(8_000), wad(8_001));
    });

    it("never pays out unrealised profit [C8]", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(withPosition);
      await world.setPrice(btc, wad(110_000));
      await expect(clearinghouse.connect(alice).withdraw(account, 7_801n * USD))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_AboveWithdrawable")
        .withArgs(account, wad(7_800), wad(7_801));
    });

    it("counts unrealised losses against it", async function () {
      const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(withPosition);
      await world.setPrice(btc, wad(95_000));
      await expect(clearinghouse.connect(alice).withdraw(account, 5_000n * USD))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_AboveWithdrawable")
        .withArgs(account, wad(3_100), wad(5_000));
    });

    it("reverts with an open position when its market has no price", async function () {
      const { clearinghouse, prices, alice, account, btc } = await networkHelpers.loadFixture(withPosition);
      await prices.setDead(btc, true);
      await expect(clearinghouse.connect(alice).withdraw(account, USD))
        .to.be.revertedWithCustomError(prices, "MockPriceSource_Dead")
        .withArgs(btc);
    });

    it("pays the owner everything although the market is halted and its feed dead", async function () {
      const { clearinghouse, prices, token, alice, account, btc } = await networkHelpers.loadFixture(flat);
      await clearinghouse.setMarketState(btc, MarketState.Halted);
      await prices.setDead(btc, true);
      await expect(clearinghouse.connect(alice).withdraw(account, 10_000n * USD))
        .to.emit(clearinghouse, "Withdrawn")
        .withArgs(account, alice.address, wad(10_000), 0n);
      expect(await token.balanceOf(alice)).to.equal(10_000n * USD);
    });

    it("leaves an account that nobody can liquidate at the same price (I14) [C9]", async function () {
      const { clearinghouse, alice, keeper, account } = await networkHelpers.loadFixture(withPosition);
      await clearinghouse.connect(alice).withdraw(account, 8_000n * USD);
      await expect(clearinghouse.connect(keeper).liquidate(account))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotLiquidatable")
        .withArgs(account, wad(2_000), wad(1_000));
    });
  });

  describe("transferMargin", function () {
    it("reverts between different owners", async function () {
      const { clearinghouse, alice, bob, account } = await networkHelpers.loadFixture(flat);
      const theirs = accountId(bob.address);
      await expect(clearinghouse.connect(alice).transferMargin(account, theirs, 1n))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_DifferentOwners")
        .withArgs(account, theirs);
    });

    it("reverts when the caller is neither owner nor operator", async function () {
      const { clearinghouse, alice, stranger, account } = await networkHelpers.loadFixture(flat);
      await expect(clearinghouse.connect(stranger).transferMargin(account, accountId(alice.address, 1n), 1n))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotAuthorized")
        .withArgs(account, stranger.address);
    });

    it("reverts when nothing is moved", async function () {
      const { clearinghouse, alice, account } = await networkHelpers.loadFixture(flat);
      await expect(
        clearinghouse.connect(alice).transferMargin(account, accountId(alice.address, 1n), 0n),
      ).to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_ZeroAmount");
    });

    it("reverts above what could be withdrawn", async function () {
      const { clearinghouse, alice, account } = await networkHelpers.loadFixture(withPosition);
      await expect(clearinghouse.connect(alice).transferMargin(account, accountId(alice.address, 1n), wad(8_000) + 1n))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_AboveWithdrawable")
        .withArgs(account, wad(8_000), wad(8_000) + 1n);
    });

    it("moves margin to the wei and no token", async function () {
      const { clearinghouse, token, vault, alice, account } = await networkHelpers.loadFixture(withPosition);
      const other = accountId(alice.address, 1n);
      const held = await token.balanceOf(vault);
      await expect(clearinghouse.connect(alice).transferMargin(account, other, 7n))
        .to.emit(clearinghouse, "MarginTransferred")
        .withArgs(account, other, 7n);
      expect((await clearinghouse.account(account)).margin).to.equal(wad(10_000) - 7n);
      expect((await clearinghouse.account(other)).margin).to.equal(7n);
      expect(await token.balanceOf(vault)).to.equal(held);
    });

    it("into the same account changes nothing", async function () {
      const { clearinghouse, alice, account } = await networkHelpers.loadFixture(flat);
      await clearinghouse.connect(alice).transferMargin(account, account, wad(10_000));
      expect((await clearinghouse.account(account)).margin).to.equal(wad(10_000));
    });
  });

  describe("setOperator", function () {
    it("a stranger can neither trade nor withdraw", async function () {
      const { world, executor, stranger, account, btc } = await networkHelpers.loadFixture(flat);
      await expect(world.trade(stranger, account, btc, wad("0.1")))
        .to.be.revertedWithCustomError(executor, "DirectExecutor_NotAuthorized")
        .withArgs(account, stranger.address);
    });

    it("an operator trades for every account of its owner and withdraws to the owner only", async function () {
      const { world, clearinghouse, token, alice, stranger, account, btc } = await networkHelpers.loadFixture(flat);
      const second = await world.fund(alice, wad(5_000), 9n);
      await expect(clearinghouse.connect(alice).setOperator(stranger, true))
        .to.emit(clearinghouse, "OperatorSet")
        .withArgs(alice.address, stranger.address, true);
      await world.trade(stranger, account, btc, wad("0.1"));
      await world.trade(stranger, second, btc, wad("-0.1"));
      await clearinghouse.connect(stranger).withdraw(account, 100n * USD);
      expect(await token.balanceOf(alice)).to.equal(100n * USD);
      expect(await token.balanceOf(stranger)).to.equal(0n);
    });

    it("is nobody's operator any more once revoked, and never the other way round", async function () {
      const { clearinghouse, alice, stranger, account } = await networkHelpers.loadFixture(flat);
      await clearinghouse.connect(alice).setOperator(stranger, true);
      expect(await clearinghouse.isAuthorized(accountId(stranger.address), alice)).to.equal(false);
      await clearinghouse.connect(alice).setOperator(stranger, false);
      expect(await clearinghouse.isAuthorized(account, stranger)).to.equal(false);
    });
  });
});
