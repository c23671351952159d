import { expect } from "chai";
import hre from "hardhat";
import { wad } from "../../scripts/shared/world.ts";
import { ANY_BUY, DELAY, FEE, OrderKind, type OrderRequest, orderStage } from "./orderStage.ts";
import { fields } from "./stage.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

const DAY = 86_400n;

describe("Orders, submit and cancel", function () {
  const stage = () => orderStage(connection);

  describe("submit", function () {
    it("reverts when the caller may not act for the account", async function () {
      const { orders, request, account, stranger } = await networkHelpers.loadFixture(stage);
      await expect(orders.connect(stranger).submit(await request()))
        .to.be.revertedWithCustomError(orders, "Orders_NotAuthorized")
        .withArgs(account, stranger.address);
    });

    it("reverts when nothing is ordered", async function () {
      const { orders, request, alice } = await networkHelpers.loadFixture(stage);
      await expect(orders.connect(alice).submit({ ...(await request()), sizeDelta: 0n })).to.be.revertedWithCustomError(
        orders,
        "Orders_ZeroSize",
      );
    });

    for (const [name, kind, triggerPrice] of [
      ["a market order has a trigger price", OrderKind.Market, 1n],
      ["a trigger order has none", OrderKind.AtOrBelow, 0n],
    ] as const) {
      it(`reverts when ${name}`, async function () {
        const { orders, request, alice } = await networkHelpers.loadFixture(stage);
        await expect(orders.connect(alice).submit(await request({ kind, triggerPrice })))
          .to.be.revertedWithCustomError(orders, "Orders_TriggerMismatch")
          .withArgs(kind, triggerPrice);
      });
    }

    it("reverts when the deadline leaves no time to trade", async function () {
      const { orders, request, now, alice } = await networkHelpers.loadFixture(stage);
      const at = (await now()) + 10n;
      await networkHelpers.time.setNextBlockTimestamp(at);
      await expect(orders.connect(alice).submit(await request({ deadline: at + DELAY - 1n })))
        .to.be.revertedWithCustomError(orders, "Orders_DeadlineTooEarly")
        .withArgs(at + DELAY - 1n, at + DELAY);
    });

    it("reverts when a market order would bind for more than a day", async function () {
      const { orders, request, now, alice } = await networkHelpers.loadFixture(stage);
      const at = (await now()) + 10n;
      await networkHelpers.time.setNextBlockTimestamp(at);
      await expect(orders.connect(alice).submit(await request({ deadline: at + DAY + 1n })))
        .to.be.revertedWithCustomError(orders, "Orders_DeadlineTooLate")
        .withArgs(at + DAY + 1n, at + DAY);
    });

    it("stores the order, and takes the fee from whoever submits into its ledger", async function () {
      const { orders, world, token, request, clearinghouse, alice, bob, account, btc, now } =
        await networkHelpers.loadFixture(stage);
      await clearinghouse.connect(alice).setOperator(bob, true);
      const asked = await request({ acceptablePrice: wad(101), isReduceOnly: true });
      const before = await token.balanceOf(bob);
      await expect(orders.connect(bob).submit(asked))
        .to.emit(orders, "OrderSubmitted")
        .withArgs(1n, account, bob.address, Object.values(asked), FEE);
      expect(before - (await token.balanceOf(bob))).to.equal(world.native(FEE));
      const ledgers = await world.ledgers();
      expect(ledgers.orders).to.equal(FEE);
      expect(ledgers.sum).to.equal(ledgers.held);
      expect(fields(await orders.order(1))).to.deep.equal({
        account,
        sizeDelta: wad(100),
        acceptablePrice: wad(101),
        market: BigInt(btc),
        kind: 0n,
        isReduceOnly: true,
        payer: bob.address,
        placedAt: await now(),
        deadline: asked.deadline,
        triggerPrice: 0n,
        fee: FEE,
        liquidations: 0n,
      });
    });

    it("takes the fee of two steps for a trigger order, which may wait for years", async function () {
      const { world, orders, submit, now } = await networkHelpers.loadFixture(stage);
      const deadline = (await now()) + 1_000n * DAY;
      const { id } = await submit({ kind: OrderKind.AtOrAbove, triggerPrice: wad(110), deadline });
      expect((await orders.order(id)).fee).to.equal(FEE);
      expect((await world.ledgers()).orders).to.equal(2n * FEE);
    });
  });

  describe("cancel", function () {
    it("reverts when there is no such order", async function () {
      const { orders, alice } = await networkHelpers.loadFixture(stage);
      await expect(orders.connect(alice).cancel(1))
        .to.be.revertedWithCustomError(orders, "Orders_NoOrder")
        .withArgs(1n);
    });

    it("reverts when a stranger cancels before the deadline", async function () {
      const { orders, submit, account, stranger } = await networkHelpers.loadFixture(stage);
      const { id } = await submit();
      await expect(orders.connect(stranger).cancel(id))
        .to.be.revertedWithCustomError(orders, "Orders_NotAuthorized")
        .withArgs(account, stranger.address);
    });

    it("gives the payer its fee back, as something to claim", async function () {
      const { orders, world, token, submit, account, alice } = await networkHelpers.loadFixture(stage);
      const before = await token.balanceOf(alice);
      const { id } = await submit();
      await expect(orders.connect(alice).cancel(id))
        .to.emit(orders, "OrderCancelled")
        .withArgs(id, account, alice.address, FEE, "0x");
      expect((await orders.order(id)).payer).to.equal(ethers.ZeroAddress);
      await expect(orders.connect(alice).claimFees()).to.emit(orders, "FeesClaimed").withArgs(alice.address, FEE);
      expect(await token.balanceOf(alice)).to.equal(before);
      expect((await world.ledgers()).orders).to.equal(0n);
      await expect(orders.connect(alice).claimFees())
        .to.be.revertedWithCustomError(orders, "Orders_NothingToClaim")
        .withArgs(alice.address);
      await expect(orders.connect(alice).cancel(id))
        .to.be.revertedWithCustomError(orders, "Orders_NoOrder")
        .withArgs(id);
    });

    it("a market order is committed from the moment its first price could exist until its deadline", async function () {
      const { orders, submit, now, account, alice, stranger } = await networkHelpers.loadFixture(stage);
      const deadline = (await now()) + 600n;
      const { id, earliest } = await submit({ deadline });
      for (const at of [earliest, deadline]) {
        await networkHelpers.time.setNextBlockTimestamp(at);
        await expect(orders.connect(alice).cancel(id))
          .to.be.revertedWithCustomError(orders, "Orders_Committed")
          .withArgs(id, deadline);
      }
      await networkHelpers.time.setNextBlockTimestamp(deadline + 1n);
      const reason = orders.interface.encodeErrorResult("Orders_Expired", [id, deadline, deadline + 1n]);
      await expect(orders.connect(stranger).cancel(id))
        .to.emit(orders, "OrderCancelled")
        .withArgs(id, account, alice.address, FEE, reason);
    });

    it("a trigger order can be taken back at any time, until it is triggered", async function () {
      const { orders, world, submit, prices, account, btc, alice, keeper } = await networkHelpers.loadFixture(stage);
      const limit = { kind: OrderKind.AtOrBelow, triggerPrice: wad(100) };
      const first = await submit(limit);
      const second = await submit(limit);
      await world.advance(60n);
      await expect(orders.connect(alice).cancel(first.id))
        .to.emit(orders, "OrderCancelled")
        .withArgs(first.id, account, alice.address, 2n * FEE, "0x");
      await prices.setPrice(btc, wad(99));
      await orders.connect(keeper).execute(second.id, "0x");
      const { deadline } = await orders.order(second.id);
      await world.advance(DELAY);
      await expect(orders.connect(alice).cancel(second.id))
        .to.be.revertedWithCustomError(orders, "Orders_Committed")
        .withArgs(second.id, deadline);
    });
  });

  describe("submitSigned", function () {
    const types = {
      Order: [
        { name: "account", type: "uint256" },
        { name: "market", type: "uint8" },
        { name: "kind", type: "uint8" },
        { name: "sizeDelta", type: "int256" },
        { name: "acceptablePrice", type: "uint256" },
        { name: "triggerPrice", type: "uint256" },
        { name: "deadline", type: "uint256" },
        { name: "isReduceOnly", type: "bool" },
        { name: "signer", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "signatureDeadline", type: "uint256" },
      ],
    };

    async function signed(change: Partial<OrderRequest> = {}, nonce = 7n) {
      const all = await networkHelpers.loadFixture(stage);
      const asked = await all.request(change);
      const until = (await all.now()) + 300n;
      const { chainId } = await ethers.provider.getNetwork();
      const domain = {
        name: "Breakwater Orders",
        version: "1",
        chainId,
        verifyingContract: await all.orders.getAddress(),
      };
      const message = { ...asked, signer: all.alice.address, nonce, signatureDeadline: until };
      const signature = await all.alice.signTypedData(domain, types, message);
      return { ...all, asked, until, nonce, domain, message, signature };
    }

    it("places the signer's order whoever brings it, and the signer pays", async function () {
      const { orders, token, world, asked, until, nonce, signature, alice, stranger, account } = await signed();
      const before = await token.balanceOf(alice);
      await expect(orders.connect(stranger).submitSigned(asked, nonce, until, alice, signature))
        .to.emit(orders, "OrderSubmitted")
        .withArgs(1n, account, alice.address, Object.values(asked), FEE);
      expect(before - (await token.balanceOf(alice))).to.equal(world.native(FEE));
      expect(await orders.isNonceUsed(alice, nonce)).to.equal(true);
    });

    it("reverts when it was brought before [C39]", async function () {
      const { orders, asked, until, nonce, signature, alice } = await signed();
      await orders.submitSigned(asked, nonce, until, alice, signature);
      await expect(orders.submitSigned(asked, nonce, until, alice, signature))
        .to.be.revertedWithCustomError(orders, "Orders_NonceUsed")
        .withArgs(alice.address, nonce);
    });

    it("reverts when the signer has cancelled the nonce, and only the signer can", async function () {
      const { orders, asked, until, nonce, signature, alice, stranger } = await signed();
      await orders.connect(stranger).cancelNonce(nonce);
      await expect(orders.connect(alice).cancelNonce(nonce))
        .to.emit(orders, "NonceCancelled")
        .withArgs(alice.address, nonce);
      await expect(orders.submitSigned(asked, nonce, until, alice, signature))
        .to.be.revertedWithCustomError(orders, "Orders_NonceUsed")
        .withArgs(alice.address, nonce);
    });

    it("reverts when the signature is too old [C39]", async function () {
      const { orders, asked, until, nonce, signature, alice } = await signed();
      await networkHelpers.time.setNextBlockTimestamp(until + 1n);
      await expect(orders.submitSigned(asked, nonce, until, alice, signature))
        .to.be.revertedWithCustomError(orders, "Orders_SignatureExpired")
        .withArgs(until, until + 1n);
    });

    it("reverts when any field, the nonce, the deadline, the signer, the chain or the contract is another [C39]", async function () {
      const { orders, asked, until, nonce, signature, domain, message, alice, bob, other } = await signed();
      const others: [OrderRequest, bigint, bigint, string, string][] = [
        [{ ...asked, account: other }, nonce, until, alice.address, signature],
        [{ ...asked, market: asked.market + 1 }, nonce, until, alice.address, signature],
        [{ ...asked, kind: 1 }, nonce, until, alice.address, signature],
        [{ ...asked, sizeDelta: asked.sizeDelta + 1n }, nonce, until, alice.address, signature],
        [{ ...asked, acceptablePrice: asked.acceptablePrice - 1n }, nonce, until, alice.address, signature],
        [{ ...asked, triggerPrice: 1n }, nonce, until, alice.address, signature],
        [{ ...asked, deadline: asked.deadline + 1n }, nonce, until, alice.address, signature],
        [{ ...asked, isReduceOnly: true }, nonce, until, alice.address, signature],
        [asked, nonce + 1n, until, alice.address, signature],
        [asked, nonce, until + 1n, alice.address, signature],
        [asked, nonce, until, bob.address, signature],
        [asked, nonce, until, alice.address, `${signature.slice(0, -2)}00`],
      ];
      for (const change of [{ chainId: 1n }, { verifyingContract: alice.address }, { version: "2" }]) {
        const elsewhere = await alice.signTypedData({ ...domain, ...change }, types, message);
        others.push([asked, nonce, until, alice.address, elsewhere]);
      }
      for (const args of others) {
        await expect(orders.submitSigned(...args))
          .to.be.revertedWithCustomError(orders, "Orders_InvalidSignature")
          .withArgs(args[3]);
      }
    });

    it("reverts when the signer may not act for the account [C39]", async function () {
      const { other } = await networkHelpers.loadFixture(stage);
      const { orders, asked, until, nonce, signature, alice } = await signed({ account: other });
      await expect(orders.submitSigned(asked, nonce, until, alice, signature))
        .to.be.revertedWithCustomError(orders, "Orders_NotAuthorized")
        .withArgs(other, alice.address);
    });

    it("takes the word of a contract that is an operator", async function () {
      const { orders, world, token, request, clearinghouse, vault, alice, now } =
        await networkHelpers.loadFixture(stage);
      const wallet = await ethers.deployContract("MockWallet", [alice]);
      await clearinghouse.connect(alice).setOperator(wallet, true);
      await token.mint(wallet, world.native(wad(1)));
      await wallet.connect(alice).call(token, token.interface.encodeFunctionData("approve", [vault.target, ANY_BUY]));
      const [asked, until] = [await request(), (await now()) + 300n];
      const digest = await orders.digestOf(asked, 1n, until, wallet);
      const signature = new ethers.SigningKey((await alicesKey()).privateKey).sign(digest).serialized;
      await orders.submitSigned(asked, 1n, until, wallet, signature);
      expect((await orders.order(1)).payer).to.equal(wallet.target);
      await wallet.setBurningGas(true);
      await expect(
        orders.submitSigned(asked, 2n, until, wallet, signature, { gasLimit: 1_000_000 }),
      ).to.be.revertedWithCustomError(orders, "Orders_InvalidSignature");
    });
  });

  /** The fifth of the chain's own signers, whose key is known to everybody. */
  async function alicesKey() {
    const phrase = "test test test test test test test test test test test junk";
    return ethers.HDNodeWallet.fromPhrase(phrase, undefined, "m/44'/60'/0'/0/4");
  }

  describe("setKeeperFee", function () {
    it("reverts above ten dollars", async function () {
      const { orders } = await networkHelpers.loadFixture(stage);
      await expect(orders.setKeeperFee(wad(10) + 1n))
        .to.be.revertedWithCustomError(orders, "Orders_KeeperFeeTooHigh")
        .withArgs(wad(10) + 1n, wad(10));
    });

    it("counts for orders to come", async function () {
      const { orders, submit } = await networkHelpers.loadFixture(stage);
      const { id } = await submit();
      await expect(orders.setKeeperFee(wad(2)))
        .to.emit(orders, "KeeperFeeSet")
        .withArgs(wad(2));
      expect((await orders.order(id)).fee).to.equal(FEE);
      expect((await orders.order((await submit()).id)).fee).to.equal(wad(2));
    });

    it("can be nothing", async function () {
      const { orders, world, submit, trade, keeper } = await networkHelpers.loadFixture(stage);
      await orders.setKeeperFee(0n);
      await submit();
      await trade();
      expect([await orders.feesOf(keeper), (await world.ledgers()).orders]).to.deep.equal([0n, 0n]);
    });
  });

  it("what the delay and the fee may be is fixed in the code", async function () {
    const { orders, access, clearinghouse, vault, oracle } = await networkHelpers.loadFixture(stage);
    for (const delay of [0n, 61n]) {
      await expect(ethers.deployContract("Orders", [access, clearinghouse, vault, oracle, delay, 0n]))
        .to.be.revertedWithCustomError(orders, "Orders_DelayOutOfRange")
        .withArgs(delay, 1n, 60n);
    }
  });
});
