import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { WAD, wad } from "../../scripts/shared/world.ts";
import { plainStage } from "./stage.ts";

const { networkHelpers } = await hre.network.create();

/** `h` of the fourth row: 210,005 of 800,000. */
const HAIRCUT = wad("0.26250625");

describe("Deleveraging, the fourth worked row", function () {
  /**
   * Alice long 10 from 100,000 with margin 60,000. Shorts of 10 in all: Bob and Carol sold at 100,000 and 110,000, Dave at
   * 15,000, and so does he lose at 20,000.
   */
  async function crowd(connection: NetworkConnection) {
    const stage = await plainStage(connection);
    const { world, alice, bob, carol, dave, btc } = stage;
    const long = await world.fund(alice, wad(60_000));
    await world.trade(alice, long, btc, wad(10));
    const first = await world.fund(bob, wad(100_000));
    const second = await world.fund(bob, wad(100_000), 1n);
    const third = await world.fund(carol, wad(100_000));
    const loser = await world.fund(dave, wad(60_000));
    await world.trade(bob, first, btc, wad(-4));
    await world.setPrice(btc, wad(95_000));
    await world.trade(bob, second, btc, wad(-3));
    await world.setPrice(btc, wad(98_000));
    await world.trade(carol, third, btc, wad(-2));
    return { ...stage, long, loser, winners: [first, second, third] };
  }

  async function gap(connection: NetworkConnection) {
    const stage = await crowd(connection);
    const { world, clearinghouse, waterfall, keeper, long, loser, dave, btc } = stage;
    await world.setPrice(btc, wad(15_000));
    await world.trade(dave, loser, btc, wad(-1));
    await world.setPrice(btc, wad(20_000));
    const profits = [wad(4 * 80_000), wad(3 * 75_000), wad(2 * 78_000)];
    const transaction = clearinghouse.connect(keeper).liquidate(long);
    await (await transaction).wait();
    const incident = await waterfall.incident(1n);
    return { ...stage, transaction, incident, profits };
  }

  it("takes 26.250625% of Bob's 800,000 and leaves the floor whole", async function () {
    const { world, clearinghouse, pool, alice, bob, keeper, btc } = await plainStage(await hre.network.create());
    const long = await world.fund(alice, wad(60_000));
    const short = await world.fund(bob, wad(60_000));
    await world.trade(alice, long, btc, wad(10));
    await world.trade(bob, short, btc, wad(-10));
    await world.setPrice(btc, wad(20_000));
    await expect(clearinghouse.connect(keeper).liquidate(long))
      .to.emit(clearinghouse, "Deleveraged")
      .withArgs(btc, wad(20_000), wad(20_000), 0n, HAIRCUT + 1n, wad(210_005) + 800_000n, 0n, 1n, 1n);
    expect(await pool.equity()).to.equal(wad(20_000) + 800_000n);
    const { cut } = await clearinghouse.replayed(short, btc);
    expect(cut).to.be.within(wad(210_005), wad(210_005) + 800_001n);
    // The profit that is left is Bob's: he closes and leaves with it.
    await world.trade(bob, short, btc, wad(10));
    const { margin } = await clearinghouse.account(short);
    const [, owed] = await clearinghouse.debtsTo(short);
    expect(margin + owed).to.be.within(wad(60_000 + 589_995) - 800_002n, wad(60_000 + 589_995));
  });

  it("charges every winner the same share of its profit, whatever its entry", async function () {
    const { clearinghouse, winners, profits, btc, incident } = await networkHelpers.loadFixture(gap);
    expect(incident.adl).to.be.greaterThan(0n);
    const cuts = await Promise.all(winners.map(async (id) => (await clearinghouse.replayed(id, btc)).cut));
    const total = profits.reduce((sum, profit) => sum + profit, 0n);
    for (const [index, cut] of cuts.entries()) {
      const profit = profits[index] as bigint;
      expect(cut).to.be.at.most(profit);
      // cut / profit is the same for all, to the wei a rounding leaves.
      const fair = (incident.adl * profit) / total;
      expect(cut).to.be.within(fair, fair + profit / WAD + 2n);
    }
    // Together they pay what was missing, and hardly more.
    const sum = cuts.reduce((left, cut) => left + cut, 0n);
    expect(sum).to.be.within(incident.adl, incident.adl + total / WAD + 6n);
  });

  it("tells each trader beforehand what it would be charged at that price", async function () {
    const stage = await networkHelpers.loadFixture(crowd);
    const { world, clearinghouse, waterfall, keeper, long, loser, winners, dave, btc } = stage;
    await world.setPrice(btc, wad(15_000));
    await world.trade(dave, loser, btc, wad(-1));
    const blockTag = await world.connection.ethers.provider.getBlockNumber();
    await world.setPrice(btc, wad(20_000));
    await clearinghouse.connect(keeper).liquidate(long);
    // What was missing is known only now; the previews are those of the block before.
    const { adl } = await waterfall.incident(1n);
    const previews = await Promise.all(
      [...winners, loser].map((id) => clearinghouse.previewHaircut(id, btc, wad(20_000), adl, { blockTag })),
    );
    for (const [index, id] of winners.entries()) {
      const { charge, profit, haircut } = previews[index] as (typeof previews)[number];
      expect(charge).to.equal((await clearinghouse.replayed(id, btc)).cut);
      expect(charge).to.equal((profit * haircut + WAD - 1n) / WAD);
    }
    const shares = previews.reduce((sum, { share }) => sum + share, 0n);
    expect(shares).to.be.within(WAD - 4n, WAD);
    expect(previews[3]?.charge).to.equal(0n);
  });

  it("does not touch a loser on the winning side", async function () {
    const { clearinghouse, loser, btc } = await networkHelpers.loadFixture(gap);
    const before = await clearinghouse.position(loser, btc);
    const { cut, credit, position } = await clearinghouse.replayed(loser, btc);
    expect([cut, credit, position.cost]).to.deep.equal([0n, 0n, before.cost]);
    expect((await clearinghouse.buckets(btc, false, wad(20_000))).filter(({ isReached }) => isReached)).to.have.length(
      3,
    );
  });

  it("leaves no residual and books every dollar", async function () {
    const { world, waterfall, pool, incident } = await networkHelpers.loadFixture(gap);
    const { forgone, insurance, junior, senior, adl, residual } = incident;
    expect(residual).to.equal(0n);
    expect(await waterfall.residual()).to.equal(0n);
    expect(forgone + insurance + junior + senior + adl).to.equal(wad(740_000));
    expect(await pool.equity()).to.be.at.least(await pool.floor());
    const ledgers = await world.ledgers();
    expect(ledgers.held).to.equal(ledgers.sum);
  });

  it("owes back what it took, to those it took it from", async function () {
    const { world, clearinghouse, token, vault, stranger, winners, btc, bob } = await networkHelpers.loadFixture(gap);
    const [outstanding, lost] = await clearinghouse.traderClaims();
    expect(outstanding).to.equal(lost);
    await token.mint(stranger, world.native(lost) + 1n);
    await token.connect(stranger).approve(vault, 2n ** 256n - 1n);
    await clearinghouse.connect(stranger).recover(world.native(lost) / 2n);
    // Registering late loses nothing: the third replays a year after the money came.
    await clearinghouse.replay(winners[0] as bigint, btc, 64n);
    await world.advance(365 * 86_400);
    for (const id of winners.slice(1)) await clearinghouse.replay(id, btc, 64n);
    const due = await Promise.all(winners.map(async (id) => (await clearinghouse.claimsOf(id))[0]));
    const cuts = await Promise.all(winners.map(async (id) => (await clearinghouse.claimsOf(id))[1]));
    for (const [index, amount] of due.entries()) {
      const share = amount + (cuts[index] as bigint);
      expect(amount).to.be.within(share / 2n - 10n ** 12n, share / 2n + 10n ** 12n);
    }
    const before = await token.balanceOf(bob);
    await clearinghouse.claim(winners[0] as bigint);
    expect(await token.balanceOf(bob)).to.equal(before + world.native(due[0] as bigint));
    await expect(clearinghouse.claim(winners[0] as bigint))
      .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NothingToClaim")
      .withArgs(bob.address);
  });
});
