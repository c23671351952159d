import { expect } from "chai";
import { Signature } from "ethers";
import hre from "hardhat";
import { accountId, PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { orderStage } from "./orderStage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

describe("multicall", function () {
  const stage = () => orderStage(connection);

  describe("of the clearinghouse", function () {
    it("deposits with a permit and splits the margin, in one transaction of a wallet without any approval", async function () {
      const { clearinghouse, token, vault, world, carol } = await networkHelpers.loadFixture(stage);
      const account = accountId(carol.address);
      const amount = world.native(wad(900));
      await token.mint(carol, amount);
      const deadline = BigInt(await networkHelpers.time.latest()) + 600n;
      const domain = { name: "Mock USD", version: "1", chainId: 31337n, verifyingContract: String(token.target) };
      const types = {
        Permit: ["address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline"].map(
          (field) => {
            const [type = "", name = ""] = field.split(" ");
            return { type, name };
          },
        ),
      };
      const permit = { owner: carol.address, spender: String(vault.target), value: amount, nonce: 0n, deadline };
      const signature = await carol.signTypedData(domain, types, permit);
      const { r, s, v } = Signature.from(signature);

      await clearinghouse
        .connect(carol)
        .multicall([
          clearinghouse.interface.encodeFunctionData("depositWithPermit", [account, amount, deadline, v, r, s]),
          clearinghouse.interface.encodeFunctionData("transferMargin", [account, account + 1n, wad(300)]),
        ]);

      expect((await clearinghouse.account(account)).margin).to.equal(wad(600));
      expect((await clearinghouse.account(account + 1n)).margin).to.equal(wad(300));
    });

    it("does all or nothing, and says why", async function () {
      const { clearinghouse, account, alice, world } = await networkHelpers.loadFixture(stage);
      const before = (await clearinghouse.account(account)).margin;
      await expect(
        clearinghouse
          .connect(alice)
          .multicall([
            clearinghouse.interface.encodeFunctionData("withdraw", [account, world.native(wad(100))]),
            clearinghouse.interface.encodeFunctionData("withdraw", [account, world.native(wad(1_000_000))]),
          ]),
      )
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_AboveWithdrawable")
        .withArgs(account, before - wad(100), wad(1_000_000));
      expect((await clearinghouse.account(account)).margin).to.equal(before);
    });

    it("lists a market from the call's own bytes, as alone", async function () {
      const { clearinghouse, governor } = await networkHelpers.loadFixture(stage);
      const id = await clearinghouse.marketCount();
      await clearinghouse
        .connect(governor)
        .multicall([clearinghouse.interface.encodeFunctionData("listMarket", [PLAIN_MARKET])]);
      const { params } = await clearinghouse.market(id);
      expect(params.maxPositionBase).to.equal(PLAIN_MARKET.maxPositionBase);
      expect(params.imrBps).to.equal(BigInt(PLAIN_MARKET.imrBps));
    });
  });

  describe("of the orders", function () {
    it("submits a position and what protects it together", async function () {
      const { orders, alice, request } = await networkHelpers.loadFixture(stage);
      const open = await request();
      const stop = await request({ kind: 2, sizeDelta: -wad(100), triggerPrice: wad(90), isReduceOnly: true });
      await orders
        .connect(alice)
        .multicall([open, stop].map((order) => orders.interface.encodeFunctionData("submit", [order])));
      expect(await orders.orderCount()).to.equal(2n);
      expect((await orders.order(2n)).isReduceOnly).to.equal(true);
    });
  });
});
