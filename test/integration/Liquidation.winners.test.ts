import { expect } from "chai";
import hre from "hardhat";
import { wad } from "../../scripts/shared/world.ts";
import { layerTotals, plainStage, realStage, wealth } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

describe("Winners who leave first", function () {
  /** Three shorts with 800,000 of profit at 20,000, five solvent longs with the loss, and 500,000 of pool cash. */
  async function balancedBook() {
    const stage = await plainStage(connection);
    const { world, alice, bob, carol, dave, btc } = stage;
    const longs: bigint[] = [];
    for (let sub = 0n; sub < 5n; sub++) {
      const account = await world.fund(alice, wad(180_000), sub);
      await world.trade(alice, account, btc, wad(2));
      longs.push(account);
    }
    const shorts = [];
    for (const [signer, size] of [
      [bob, 4],
      [carol, 4],
      [dave, 2],
    ] as const) {
      const account = await world.fund(signer, wad(20_000));
      await world.trade(signer, account, btc, wad(-size));
      shorts.push({ signer, account, size });
    }
    await world.setPrice(btc, wad(20_000));
    return { ...stage, longs, shorts };
  }

  async function allWinnersOut() {
    const stage = await balancedBook();
    const { world, shorts, btc } = stage;
    for (const { signer, account, size } of shorts) await world.trade(signer, account, btc, wad(size));
    return stage;
  }

  async function expectAllPaid(stage: Awaited<ReturnType<typeof balancedBook>>) {
    const { clearinghouse, token, world, shorts } = stage;
    for (const { signer, account, size } of shorts) {
      const due = wad(20_000 + size * 80_000);
      const { withdrawable } = await clearinghouse.health(account);
      expect(due - withdrawable <= 1_000_000_000_000n, `${withdrawable} of ${due}`).to.equal(true); // dust of a pro rata payment
      await clearinghouse.connect(signer).withdraw(account, withdrawable / world.scale);
      expect(await token.balanceOf(signer)).to.equal(withdrawable / world.scale);
    }
  }

  it("are paid from cash in the order they come, and owed the rest", async function () {
    const { world, clearinghouse, pool, shorts } = await networkHelpers.loadFixture(allWinnersOut);
    expect((await world.ledgers()).cash).to.equal(0n);
    const owed = await Promise.all(shorts.map(async ({ account }) => (await clearinghouse.debtsTo(account))[1]));
    expect(owed).to.deep.equal([0n, wad(140_000), wad(160_000)]);
    expect(await clearinghouse.debts()).to.deep.equal([0n, wad(300_000)]);
    expect(await pool.unpaid()).to.equal(wad(300_000));
    // Solvent all along: the losers' unrealised loss stands against it.
    expect(await pool.equity()).to.equal(wad(500_000));
  });

  it("whoever waits settles a loser and all waiting are paid pro rata", async function () {
    const stage = await networkHelpers.loadFixture(allWinnersOut);
    const { world, clearinghouse, longs, shorts, stranger } = stage;
    await expect(clearinghouse.connect(stranger).settle(longs[0]!))
      .to.emit(clearinghouse, "DebtsPaid")
      .withArgs(0n, wad(160_000));
    const collectable = await Promise.all(shorts.map(async ({ account }) => (await clearinghouse.debtsTo(account))[0]));
    expect(collectable[0]).to.equal(0n);
    expect((wad(160_000) * 140n) / 300n - collectable[1]! <= 1n, `${collectable}`).to.equal(true);
    expect((wad(160_000) * 160n) / 300n - collectable[2]! <= 1n, `${collectable}`).to.equal(true);
    expect((await world.ledgers()).recovery).to.equal(wad(160_000));

    await clearinghouse.settle(longs[1]!);
    expect(await clearinghouse.debts()).to.deep.equal([0n, 0n]);
    await expectAllPaid(stage);
  });

  it("collect everything when the losers just close", async function () {
    const stage = await networkHelpers.loadFixture(allWinnersOut);
    const { world, pool, alice, longs, btc } = stage;
    for (const account of longs) await world.trade(alice, account, btc, wad(-2));
    await expectAllPaid(stage);
    expect(await pool.equity()).to.equal(wad(500_000));
    expect((await world.ledgers()).cash).to.equal(wad(500_000));
  });

  it("collect everything when the losers are liquidated with a deficit that the layers carry", async function () {
    const stage = await networkHelpers.loadFixture(allWinnersOut);
    const { world, clearinghouse, pool, longs, btc } = stage;
    await world.setPrice(btc, wad(5_000)); // each long: 190,000 lost of 180,000
    for (const account of longs) await clearinghouse.liquidate(account);
    // The last 15,000 a unit were never anybody's profit: the shorts are gone, so the pool forgoes them.
    expect(await layerTotals(stage)).to.deep.include({ insurance: 0n, forgone: wad(50_000), junior: 0n });
    await expectAllPaid(stage);
    expect(await pool.equity()).to.equal(wad(600_000));
  });

  it("who stays is worth the same whether others leave first or not", async function () {
    const { world, clearinghouse, shorts, longs, btc, alice } = await networkHelpers.loadFixture(balancedBook);
    const dave = shorts[2]!;
    const before = await wealth({ clearinghouse }, dave.account);
    for (const { signer, account, size } of shorts.slice(0, 2)) await world.trade(signer, account, btc, wad(size));
    expect(await wealth({ clearinghouse }, dave.account)).to.equal(before);
    for (const account of longs) await world.trade(alice, account, btc, wad(-2));
    await world.trade(dave.signer, dave.account, btc, wad(2));
    expect((await clearinghouse.account(dave.account)).margin).to.equal(before);
  });

  it("a debt of the pool pays the holder's own later loss before margin runs out", async function () {
    const { world, clearinghouse, shorts, btc } = await networkHelpers.loadFixture(allWinnersOut);
    const dave = shorts[2]!;
    await world.trade(dave.signer, dave.account, btc, wad(4));
    await world.setPrice(btc, wad(10_000));
    await world.trade(dave.signer, dave.account, btc, wad(-4));
    // 20,000 set off; the 20,000 that margin paid in were shared with Carol, who is owed as much.
    expect(await clearinghouse.debtsTo(dave.account)).to.deep.equal([wad(10_000) - 1n, wad(130_000)]);
    expect((await clearinghouse.account(dave.account)).margin).to.equal(0n);
  });
});

describe("Liquidating yourself", function () {
  async function real() {
    return realStage(connection);
  }

  for (const [name, price] of [
    ["in part", 95_400],
    ["wholly, solvent", 94_600],
    ["bankrupt", 93_000],
  ] as const) {
    it(`never pays: ${name} [C31]`, async function () {
      const stage = await networkHelpers.loadFixture(real);
      const { world, clearinghouse, alice, bob, btc } = stage;
      const account = await world.fund(alice, wad(25_300));
      await world.trade(bob, await world.fund(bob, wad(300_000)), btc, wad(-5));
      await world.trade(alice, account, btc, wad(5));
      await world.setPrice(btc, wad(price));
      const liquidatable = await networkHelpers.takeSnapshot();
      const before = await wealth(stage, account);

      await clearinghouse.connect(alice).liquidate(account);
      const left = (await clearinghouse.position(account, btc)).size;
      const after = (await wealth(stage, account)) + (await clearinghouse.feesOf(alice));
      // A bankrupt account holds nothing but its bond, which it had paid in itself.
      const bond = wad(2);
      expect(after <= (before > bond ? before : bond), `${before} -> ${after}`).to.equal(true);
      if (before <= bond) return;

      // Nor does it beat simply closing the same size.
      await liquidatable.restore();
      await world.trade(alice, account, btc, left - wad(5));
      expect(after < (await wealth(stage, account))).to.equal(true);
    });
  }
});
