import { expect } from "chai";
import hre from "hardhat";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { emptyStage, plainStage } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

describe("Clearinghouse, fees", function () {
  /** 5 bp, default split: insurance 5 to 30%, treasury 10%; an empty insurance fund. */
  async function market() {
    const stage = await emptyStage(connection, {});
    await stage.world.seed(stage.lp, { senior: wad(400_000), junior: wad(100_000) });
    const btc = await stage.world.listMarket({ ...PLAIN_MARKET, feeBps: 5 }, wad(100_000));
    return { ...stage, btc, account: await stage.world.fund(stage.alice, wad(60_000)) };
  }

  it("gives insurance its least share while nothing is open", async function () {
    const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(market);
    await expect(world.trade(alice, account, btc, wad(1)))
      .to.emit(clearinghouse, "FeeRouted")
      .withArgs(wad(50), wad("42.5"), wad("2.5"), 0n, wad(5));
    const { insurance, fees, cash, margin } = await world.ledgers();
    expect([insurance, fees, cash, margin]).to.deep.equal([wad("2.5"), wad(5), wad("500042.5"), wad(59_948)]);
  });

  it("gives insurance more the further the fund is from its target", async function () {
    const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(market);
    await world.trade(alice, account, btc, wad(1));
    // Target 2% of 100,000; the fund holds 2.50: 30% - 25% * 2.5 / 2,000 = 29.97%.
    await expect(world.trade(alice, account, btc, wad(1)))
      .to.emit(clearinghouse, "FeeRouted")
      .withArgs(wad(50), wad("30.015"), wad("14.985"), 0n, wad(5));
  });

  it("gives senior its coupon of the LPs' part", async function () {
    const { world, pool, alice, account, btc } = await networkHelpers.loadFixture(market);
    await world.trade(alice, account, btc, wad(1));
    const [senior, junior] = [wad(400_000) * 5_000n, wad("100042.5") * 10_000n];
    expect(await pool.principal()).to.equal(wad(400_000) + (wad("42.5") * senior) / (senior + junior));
    expect(await pool.equity()).to.equal(wad("500042.5"));
  });

  it("a close that cannot pay its fee pays what it can", async function () {
    const { world, clearinghouse, alice, account, btc } = await networkHelpers.loadFixture(market);
    await world.trade(alice, account, btc, wad(10));
    await world.setPrice(btc, wad(94_060)); // 59,400 lost of 59,498: 98 and the bond are left for a fee of 470
    await expect(world.trade(alice, account, btc, wad(-10)))
      .to.emit(clearinghouse, "PositionChanged")
      .withArgs(account, btc, wad(-10), 0n, 0n, wad(94_060), 0n, -wad(59_400), wad(100));
    expect((await clearinghouse.account(account)).margin).to.equal(0n);
  });

  describe("claimFees", function () {
    it("reverts when nothing is due", async function () {
      const { clearinghouse, stranger } = await networkHelpers.loadFixture(market);
      await expect(clearinghouse.connect(stranger).claimFees())
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NothingToClaim")
        .withArgs(stranger.address);
    });

    it("pays the keeper its part of the penalty and the bond, the treasury the rest, each once", async function () {
      const { world, clearinghouse, token, treasury, alice, keeper, account, btc } =
        await networkHelpers.loadFixture(market);
      await world.trade(alice, account, btc, wad(10)); // fee 500: treasury 50
      await world.setPrice(btc, wad(94_500));
      await clearinghouse.connect(keeper).liquidate(account);
      // All of it: penalty min(0.5% of 945,000, 59,498 - 55,000); the bond is 2.
      const penalty = wad(4_498);
      const earned = (penalty * 4_000n) / 10_000n + wad(2);
      expect(await clearinghouse.feesOf(keeper)).to.equal(earned);
      expect(await clearinghouse.feesOf(treasury)).to.equal(wad(50));

      await expect(clearinghouse.connect(keeper).claimFees())
        .to.emit(clearinghouse, "FeesClaimed")
        .withArgs(keeper.address, earned);
      await clearinghouse.connect(treasury).claimFees();
      expect(await token.balanceOf(keeper)).to.equal(world.native(earned));
      expect(await token.balanceOf(treasury)).to.equal(50_000_000n);
      expect((await world.ledgers()).fees).to.equal(0n);
      for (const signer of [keeper, treasury]) {
        await expect(clearinghouse.connect(signer).claimFees())
          .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NothingToClaim")
          .withArgs(signer.address);
      }
    });

    it("divides the penalty between keeper, insurance and LPs [C13]", async function () {
      const { world, clearinghouse, keeper, alice, account, btc } = await networkHelpers.loadFixture(market);
      await world.trade(alice, account, btc, wad(10));
      const before = await world.ledgers();
      await world.setPrice(btc, wad(94_500));
      await clearinghouse.connect(keeper).liquidate(account);
      const after = await world.ledgers();
      expect(after.fees - before.fees).to.equal(wad("1801.2"));
      expect(after.insurance - before.insurance).to.equal(wad("1349.4"));
      expect(after.cash - before.cash).to.equal(wad("56349.4"));
      expect(after.margin).to.equal(0n);
    });
  });

  it("funding: the heavy side pays the light side and the pool, nobody else", async function () {
    const stage = await networkHelpers.loadFixture(async function skewed() {
      const base = await plainStage(connection);
      const { world, clearinghouse, alice, bob, btc } = base;
      await clearinghouse.setMarketParams(btc, {
        ...PLAIN_MARKET,
        maxPositionBase: wad(10),
        skewScaleBase: wad(10_000),
        maxFundingBps: 100,
      });
      const long = await world.fund(alice, wad(60_000));
      const short = await world.fund(bob, wad(60_000));
      await world.trade(alice, long, btc, wad(10));
      await world.trade(bob, short, btc, wad(-6));
      return { ...base, long, short };
    });
    const { world, clearinghouse, pool, alice, bob, long, short, btc } = stage;
    await networkHelpers.time.increase(86_400);
    await clearinghouse.mark(btc);
    const { fundingIndex } = await clearinghouse.market(btc);
    // K / scale = 4 / 10,000 of 1% of 100,000: 0.40 a unit and day.
    expect(fundingIndex >= wad("0.4") && fundingIndex < wad("0.4001"), `${fundingIndex}`).to.equal(true);
    await world.trade(alice, long, btc, wad(-10));
    await world.trade(bob, short, btc, wad(6));
    const ledgers = await world.ledgers();
    const [paid, got] = [
      wad(60_000) - (await clearinghouse.account(long)).margin,
      (await clearinghouse.account(short)).margin - wad(60_000),
    ];
    expect(paid > 0n && got > 0n && paid > got, `${paid} ${got}`).to.equal(true);
    expect(ledgers.cash).to.equal(wad(500_000) + paid - got);
    expect(await pool.equity()).to.equal(ledgers.cash);
    const { mark, fundingWeightLong, fundingWeightShort } = await clearinghouse.market(btc);
    expect([mark, fundingWeightLong, fundingWeightShort]).to.deep.equal([0n, 0n, 0n]);
  });
});
