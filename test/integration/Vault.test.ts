import { expect } from "chai";
import hre from "hardhat";
import { wad } from "../../scripts/shared/world.ts";
import { actors } from "./stage.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

const MARGIN = 0;
const CASH = 1;
const QUEUE = 4;
const bit = (ledger: number) => 1n << BigInt(ledger);
const post = (...changes: [number, bigint][]) => {
  const deltas = Array.from({ length: 8 }, () => 0n) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  for (const [ledger, delta] of changes) deltas[ledger] = delta;
  return deltas;
};

describe("Vault", function () {
  async function unwired() {
    const token = await ethers.deployContract("MockUSD", [6]);
    const vault = await ethers.deployContract("Vault", [token]);
    const { governor, alice, bob, stranger } = await actors(connection);
    for (const module of [alice, bob]) {
      await token.mint(module, 1_000_000_000n);
      await token.connect(module).approve(vault, 2n ** 256n - 1n);
    }
    return { token, vault, governor, alice, bob, stranger };
  }

  /** Alice may post to margin and cash, Bob to the queue and cash; 100 USD of margin. */
  async function wired() {
    const stage = await unwired();
    const { vault, alice, bob } = stage;
    await vault.wire([alice, bob], [bit(MARGIN) | bit(CASH), bit(QUEUE) | bit(CASH)]);
    await vault.connect(alice).receiveFrom(MARGIN, alice, 100_000_000n);
    return stage;
  }

  it("refuses a token of more than 18 decimals [C32]", async function () {
    const { vault } = await networkHelpers.loadFixture(unwired);
    const token = await ethers.deployContract("MockUSD", [19]);
    await expect(ethers.deployContract("Vault", [token]))
      .to.be.revertedWithCustomError(vault, "Vault_TooManyDecimals")
      .withArgs(19n, 18n);
  });

  describe("wire", function () {
    it("reverts for whoever did not deploy it", async function () {
      const { vault, governor, stranger } = await networkHelpers.loadFixture(unwired);
      await expect(vault.connect(stranger).wire([stranger], [255n]))
        .to.be.revertedWithCustomError(vault, "Wired_NotDeployer")
        .withArgs(stranger.address, governor.address);
    });

    it("reverts the second time", async function () {
      const { vault, alice } = await networkHelpers.loadFixture(wired);
      await expect(vault.wire([alice], [255n])).to.be.revertedWithCustomError(vault, "Wired_AlreadyWired");
    });

    it("reverts when modules and masks differ in number", async function () {
      const { vault, alice, bob } = await networkHelpers.loadFixture(unwired);
      await expect(vault.wire([alice, bob], [255n]))
        .to.be.revertedWithCustomError(vault, "Vault_LengthMismatch")
        .withArgs(2n, 1n);
    });

    it("gives each module its ledgers", async function () {
      const { vault, alice, bob, stranger } = await networkHelpers.loadFixture(wired);
      expect(await vault.ledgersOf(alice)).to.equal(3n);
      expect(await vault.ledgersOf(bob)).to.equal(18n);
      expect(await vault.ledgersOf(stranger)).to.equal(0n);
    });
  });

  describe("post", function () {
    it("reverts for a stranger and for a ledger that is not the module's own", async function () {
      const { vault, alice, stranger } = await networkHelpers.loadFixture(wired);
      await expect(vault.connect(stranger).post(post([MARGIN, -1n], [CASH, 1n])))
        .to.be.revertedWithCustomError(vault, "Vault_NotAllowed")
        .withArgs(stranger.address, 3n, 0n);
      await expect(vault.connect(alice).post(post([MARGIN, -1n], [QUEUE, 1n])))
        .to.be.revertedWithCustomError(vault, "Vault_NotAllowed")
        .withArgs(alice.address, 17n, 3n);
    });

    it("reverts when it creates or destroys money", async function () {
      const { vault, alice } = await networkHelpers.loadFixture(wired);
      for (const sum of [1n, -1n]) {
        await expect(vault.connect(alice).post(post([MARGIN, -5n], [CASH, 5n + sum])))
          .to.be.revertedWithCustomError(vault, "Vault_Unbalanced")
          .withArgs(sum);
      }
    });

    it("reverts when a ledger has less", async function () {
      const { vault, alice } = await networkHelpers.loadFixture(wired);
      await expect(vault.connect(alice).post(post([MARGIN, -wad(101)], [CASH, wad(101)])))
        .to.be.revertedWithCustomError(vault, "Vault_Insufficient")
        .withArgs(MARGIN, wad(100), wad(101));
    });

    it("reverts when a ledger would not fit its storage [C34]", async function () {
      const { vault, alice } = await networkHelpers.loadFixture(wired);
      await expect(vault.connect(alice).post(post([MARGIN, 2n ** 128n], [CASH, -(2n ** 128n)])))
        .to.be.revertedWithCustomError(vault, "Vault_Overflow")
        .withArgs(MARGIN, 2n ** 128n + wad(100));
    });

    it("moves money between ledgers and touches no other", async function () {
      const { vault, alice, bob } = await networkHelpers.loadFixture(wired);
      await vault.connect(alice).post(post([MARGIN, -wad(30)], [CASH, wad(30)]));
      await vault.connect(bob).post(post([CASH, -wad(10)], [QUEUE, wad(10)]));
      expect(await vault.balances()).to.deep.equal([wad(70), wad(20), 0n, 0n, wad(10), 0n, 0n, 0n]);
      expect(await vault.held()).to.equal(wad(100));
    });
  });

  describe("receiveFrom and payTo", function () {
    it("revert for a ledger that is not the module's own", async function () {
      const { vault, alice, stranger } = await networkHelpers.loadFixture(wired);
      await expect(vault.connect(stranger).receiveFrom(MARGIN, alice, 1n))
        .to.be.revertedWithCustomError(vault, "Vault_NotAllowed")
        .withArgs(stranger.address, 1n, 0n);
      await expect(vault.connect(stranger).payTo(MARGIN, stranger, wad(1)))
        .to.be.revertedWithCustomError(vault, "Vault_NotAllowed")
        .withArgs(stranger.address, 1n, 0n);
    });

    it("pays no more than the ledger has", async function () {
      const { vault, alice } = await networkHelpers.loadFixture(wired);
      await expect(vault.connect(alice).payTo(MARGIN, alice, wad(101)))
        .to.be.revertedWithCustomError(vault, "Vault_Insufficient")
        .withArgs(MARGIN, wad(100), wad(101));
    });

    it("floors what it pays to whole token units; the rest stays in the ledger [C32]", async function () {
      const { vault, token, alice, stranger } = await networkHelpers.loadFixture(wired);
      await expect(vault.connect(alice).payTo(MARGIN, stranger, wad("1.0000019")))
        .to.emit(vault, "Paid")
        .withArgs(MARGIN, stranger.address, 1_000_001n);
      expect(await token.balanceOf(stranger)).to.equal(1_000_001n);
      expect(await vault.balanceOf(MARGIN)).to.equal(wad("98.999999"));
      await vault.connect(alice).payTo(MARGIN, stranger, 999_999_999_999n); // less than a unit: nothing
      expect(await vault.balanceOf(MARGIN)).to.equal(wad("98.999999"));
    });

    it("credits what arrives [C32]", async function () {
      const { vault, token, bob } = await networkHelpers.loadFixture(wired);
      await token.setFeeBps(1_000);
      await expect(vault.connect(bob).receiveFrom(QUEUE, bob, 1_000_000n))
        .to.emit(vault, "Received")
        .withArgs(QUEUE, bob.address, 900_000n);
      expect(await vault.balanceOf(QUEUE)).to.equal(wad("0.9"));
    });
  });
});
