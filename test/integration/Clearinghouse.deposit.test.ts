import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { Signature, ZeroAddress } from "ethers";
import hre from "hardhat";
import { accountId, wad } from "../../scripts/shared/world.ts";
import { emptyStage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const NEVER = 2n ** 48n;

describe("Clearinghouse, deposit", function () {
  async function empty() {
    const stage = await emptyStage(connection);
    await stage.token.mint(stage.alice, 1_000_000_000n);
    return { ...stage, account: accountId(stage.alice.address) };
  }

  async function approved() {
    const stage = await empty();
    await stage.token.connect(stage.alice).approve(stage.vault, 2n ** 256n - 1n);
    return stage;
  }

  describe("deposit", function () {
    it("reverts when nothing is deposited", async function () {
      const { clearinghouse, alice, account } = await networkHelpers.loadFixture(approved);
      await expect(clearinghouse.connect(alice).deposit(account, 0n)).to.be.revertedWithCustomError(
        clearinghouse,
        "Clearinghouse_ZeroAmount",
      );
    });

    it("reverts when the account has no owner", async function () {
      const { clearinghouse, alice } = await networkHelpers.loadFixture(approved);
      const nobody = accountId(ZeroAddress, 7n);
      await expect(clearinghouse.connect(alice).deposit(nobody, 1n))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_ZeroOwner")
        .withArgs(nobody);
    });

    it("reverts when the vault is not approved", async function () {
      const { clearinghouse, token, vault, alice, account } = await networkHelpers.loadFixture(empty);
      await expect(clearinghouse.connect(alice).deposit(account, 5n))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(await vault.getAddress(), 0n, 5n);
    });

    it("credits the account and says so", async function () {
      const { world, clearinghouse, alice, account } = await networkHelpers.loadFixture(approved);
      await clearinghouse.connect(alice).deposit(account, 1_000_000n);
      await expect(clearinghouse.connect(alice).deposit(account, 500_000n))
        .to.emit(clearinghouse, "Deposited")
        .withArgs(account, alice.address, wad("0.5"), wad("1.5"));
      expect((await clearinghouse.account(account)).margin).to.equal(wad("1.5"));
      expect((await world.ledgers()).margin).to.equal(wad("1.5"));
    });

    it("lets anybody pay for anybody, into any sub-account", async function () {
      const { clearinghouse, alice, bob } = await networkHelpers.loadFixture(approved);
      const theirs = accountId(bob.address, 2n ** 96n - 1n);
      await clearinghouse.connect(alice).deposit(theirs, 1_000_000n);
      expect((await clearinghouse.account(theirs)).margin).to.equal(wad(1));
      expect((await clearinghouse.account(accountId(bob.address))).margin).to.equal(0n);
    });

    it("credits what arrives when the token takes a fee [C32]", async function () {
      const { world, clearinghouse, token, alice, account } = await networkHelpers.loadFixture(approved);
      await token.setFeeBps(100);
      await clearinghouse.connect(alice).deposit(account, 1_000_000n);
      expect((await clearinghouse.account(account)).margin).to.equal(wad("0.99"));
      const { held, sum } = await world.ledgers();
      expect(held).to.equal(sum);
    });

    it("a direct transfer to the vault changes no ledger [C24]", async function () {
      const { world, token, vault, alice } = await networkHelpers.loadFixture(approved);
      await token.connect(alice).transfer(vault, 1_000_000n);
      const { held, sum } = await world.ledgers();
      expect([held, sum]).to.deep.equal([wad(1), 0n]);
    });
  });

  describe("depositWithPermit", function () {
    async function sign(
      stage: Awaited<ReturnType<typeof empty>>,
      owner: HardhatEthersSigner,
      value: bigint,
      deadline = NEVER,
    ) {
      const { token, vault } = stage;
      const spender = await vault.getAddress();
      const domain = {
        name: "Mock USD",
        version: "1",
        chainId: (await connection.ethers.provider.getNetwork()).chainId,
        verifyingContract: await token.getAddress(),
      };
      const types = {
        Permit: ["owner", "spender", "value", "nonce", "deadline"].map((name) => ({
          name,
          type: name === "owner" || name === "spender" ? "address" : "uint256",
        })),
      };
      const message = { owner: owner.address, spender, value, nonce: await token.nonces(owner), deadline };
      const { v, r, s } = Signature.from(await owner.signTypedData(domain, types, message));
      return { spender, deadline, v, r, s };
    }

    it("reverts when the permit is void and nothing was approved", async function () {
      const stage = await networkHelpers.loadFixture(empty);
      const { clearinghouse, token, alice, bob, account } = stage;
      const { spender, deadline, v, r, s } = await sign(stage, bob, 1_000_000n);
      await expect(clearinghouse.connect(alice).depositWithPermit(account, 1_000_000n, deadline, v, r, s))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(spender, 0n, 1_000_000n);
    });

    it("reverts when the permit has expired and nothing was approved", async function () {
      const stage = await networkHelpers.loadFixture(empty);
      const { clearinghouse, token, alice, account } = stage;
      const { deadline, v, r, s } = await sign(stage, alice, 1_000_000n, 1n);
      await expect(
        clearinghouse.connect(alice).depositWithPermit(account, 1_000_000n, deadline, v, r, s),
      ).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance");
    });

    it("deposits without an approval", async function () {
      const stage = await networkHelpers.loadFixture(empty);
      const { clearinghouse, token, vault, alice, account } = stage;
      const { deadline, v, r, s } = await sign(stage, alice, 1_000_000n);
      await clearinghouse.connect(alice).depositWithPermit(account, 1_000_000n, deadline, v, r, s);
      expect((await clearinghouse.account(account)).margin).to.equal(wad(1));
      expect(await token.allowance(alice, vault)).to.equal(0n);
    });

    it("deposits although somebody submitted the permit first", async function () {
      const stage = await networkHelpers.loadFixture(empty);
      const { clearinghouse, token, alice, stranger, account } = stage;
      const { spender, deadline, v, r, s } = await sign(stage, alice, 1_000_000n);
      await token.connect(stranger).permit(alice, spender, 1_000_000n, deadline, v, r, s);
      await clearinghouse.connect(alice).depositWithPermit(account, 1_000_000n, deadline, v, r, s);
      expect((await clearinghouse.account(account)).margin).to.equal(wad(1));
    });

    it("ignores a void permit when the allowance suffices", async function () {
      const stage = await networkHelpers.loadFixture(approved);
      const { clearinghouse, alice, bob, account } = stage;
      const { deadline, v, r, s } = await sign(stage, bob, 1n);
      await clearinghouse.connect(alice).depositWithPermit(account, 1_000_000n, deadline, v, r, s);
      expect((await clearinghouse.account(account)).margin).to.equal(wad(1));
    });

    it("cannot spend a permit of somebody else [C39]", async function () {
      const stage = await networkHelpers.loadFixture(empty);
      const { clearinghouse, token, alice, stranger } = stage;
      const { spender, deadline, v, r, s } = await sign(stage, alice, 1_000_000n);
      await token.permit(alice, spender, 1_000_000n, deadline, v, r, s);
      await expect(
        clearinghouse.connect(stranger).depositWithPermit(accountId(stranger.address), 1_000_000n, deadline, v, r, s),
      ).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance");
    });
  });
});
