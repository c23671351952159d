import { expect } from "chai";
import { NO_IMPACT, wad } from "../../scripts/shared/world.ts";
import { accountId } from "../../scripts/simulator/model/index.ts";
import type { Chain } from "./chain.ts";
import { differences } from "./compare.ts";
import { Pair } from "./pair.ts";
import { REGIMES, type Regime } from "./regimes.ts";

/** What random actions found, or could find only by luck, frozen. Both sides, every ledger, after every step. */
describe("Clearinghouse › differential, cases", function () {
  const [balanced] = REGIMES as [Regime];
  const [full] = balanced.markets as [Regime["markets"][number]];
  const dollar = { ...full, price: wad(100), params: { ...full.params, maxPositionBase: wad(5_000) } };
  const sized = { ...dollar, params: { ...dollar.params, skewScaleBase: wad(1_000_000), volFactorBps: 0 } };
  const frictionless = { ...sized, params: { ...sized.params, skewScaleBase: NO_IMPACT, feeBps: 0 } };

  async function start(overrides: Partial<Regime>) {
    const pair = await Pair.start({ ...balanced, ...overrides });
    const [alice, bob, carol] = pair.owners as [string, string, string];
    const [a, b, c] = [alice, bob, carol].map((owner) => accountId(BigInt(owner))) as [bigint, bigint, bigint];

    /** The same on both sides; both must succeed and agree on everything. */
    async function both(
      from: string,
      to: Parameters<Chain["send"]>[1],
      call: string,
      args: unknown[],
      model: () => void,
    ) {
      pair.exchange.advance(1n);
      model();
      expect(await pair.chain.send(from, to, call, args, pair.now), call).to.equal(undefined);
      expect(await differences(pair, [a, b, c, 1n]), call).to.deep.equal([]);
    }
    const trade = (from: string, account: bigint, market: number, size: bigint) =>
      both(from, "executor", "trade", [account, market, size, size > 0n ? 1n << 200n : 0n], () => {
        pair.exchange.trade(account, market, size);
      });
    const liquidate = (account: bigint) =>
      both(pair.keeper, "clearinghouse", "liquidate", [account], () => {
        pair.exchange.liquidate(account);
      });
    return { pair, alice, bob, carol, a, b, c, both, trade, liquidate };
  }

  it("closes an ownerless position in profit without an incident, whatever the closing impact", async function () {
    const { pair, alice, bob, a, b, trade, liquidate } = await start({ markets: [sized, sized] });
    await trade(alice, a, 0, wad(80));
    // Alice is on the light side of the second market: closing her costs impact.
    await trade(bob, b, 1, -wad(150));
    await trade(alice, a, 1, wad(90));
    await pair.setPrice(1, wad(100), true);
    await pair.setPrice(0, wad(60), false);
    await liquidate(a);
    expect(pair.exchange.position(1n, 1)?.size).to.equal(wad(90));
    await pair.setPrice(1, wad(110), false);
    await liquidate(1n);
    expect(pair.exchange.incidents()).to.have.length(1);
  });

  it("does not count the time before a loss that insurance paid in full towards a reset", async function () {
    const { pair, alice, bob, carol, a, b, c, both, trade, liquidate } = await start({
      markets: [frictionless, frictionless],
      junior: 1_100,
      minTranche: 0n,
      maxDrawPerDayBps: 10_000,
    });
    const isWhole = (): boolean => pair.exchange.equity() >= pair.exchange.principal();
    await trade(alice, a, 0, wad(100));
    await trade(bob, b, 0, -wad(100));
    // Bob takes more than junior has out of the second market; Carol's paper loss makes up for it.
    await trade(bob, b, 1, -wad(100));
    await pair.setPrice(1, wad(85), false);
    await trade(bob, b, 1, wad(100));
    expect(isWhole()).to.equal(false);
    await trade(carol, c, 1, wad(100));
    await pair.setPrice(1, wad(75), false);
    await both(pair.keeper, "clearinghouse", "mark", [1], () => pair.exchange.mark(1));
    expect(isWhole()).to.equal(true);

    // Alice's default is below the principal until insurance has paid.
    await pair.setPrice(0, wad(75), false);
    await trade(bob, b, 0, wad(100));
    await liquidate(a);
    const incident = pair.exchange.incidents()[0];
    expect(incident?.insurance).to.equal(incident?.deficit);
    expect(isWhole()).to.equal(true);

    // Nothing happens for a day; then Carol's loss is no more, in the same second as somebody resets.
    pair.exchange.advance(90_000n);
    await pair.setPrice(1, wad(85), false);
    pair.exchange.advance(1n);
    expect(() => pair.exchange.reset()).to.throw("LiquidityPool_ResetNotDue");
    const error = await pair.chain.send(pair.keeper, "pool", "reset", [], pair.now);
    expect(error).to.equal("LiquidityPool_ResetNotDue");
  });

  it("carries a loss through every layer: residual, later charged, and debts that nobody is left to pay [C19, C20]", async function () {
    const loose = { ...frictionless, params: { ...frictionless.params, reserveFactorBps: 1_000_000 } };
    const open = { ...loose, params: { ...loose.params, poolShareBps: 1_000_000 } };
    const { pair, alice, bob, carol, a, b, c, both, trade, liquidate } = await start({
      markets: [open, open],
      senior: 20_000,
      junior: 5_000,
      insurance: 1_000,
      minTranche: 0n,
    });
    const { exchange, keeper, lp } = pair;
    for (const [owner, account] of [
      [alice, a],
      [bob, b],
    ] as const) {
      await both(owner, "clearinghouse", "deposit", [account, 10_000_000_000n], () =>
        exchange.deposit(account, 10_000_000_000n),
      );
    }
    await trade(alice, a, 0, wad(800));
    await trade(bob, b, 0, -wad(800));
    await pair.setPrice(0, wad(20), false);
    // Who took Bob's place sold at the price of the event: nobody can be charged.
    await trade(carol, c, 0, -wad(100));
    await trade(bob, b, 0, wad(800));
    await liquidate(a);
    const incident = exchange.incidents()[0];
    expect([incident?.adl, (incident?.residual ?? 0n) > 0n]).to.deep.equal([0n, true]);
    expect(exchange.debtsTo(b).outstanding).to.be.greaterThan(0n);

    // Carol wins: a call charges her, and the residual falls by what she loses.
    const before = exchange.residual();
    await pair.setPrice(0, wad(19), false);
    await both(keeper, "clearinghouse", "deleverage", [0], () => exchange.deleverage(0));
    expect(before - exchange.residual()).to.equal(wad(100));
    await trade(carol, c, 0, wad(100));

    // Nobody is left whose losses could pay Bob: what he is owed becomes a claim, and the pool can start again.
    expect(exchange.state.pool.openNotional).to.equal(0n);
    await both(keeper, "clearinghouse", "payDebts", [], () => exchange.payDebts());
    expect(exchange.state.unpaid).to.equal(0n);
    expect(exchange.equity()).to.be.at.least(0n);
    await both(lp, "clearinghouse", "recover", [1_000_000_000n], () => exchange.recover(1_000_000_000n));
    for (const account of [b, c]) {
      await both(keeper, "clearinghouse", "claim", [account], () => exchange.claim(account));
    }

    // Nothing is left of either tranche, and both take new money.
    expect(exchange.equity()).to.equal(0n);
    await both(keeper, "pool", "reset", [], () => exchange.reset());
    for (const name of ["senior", "junior"] as const) {
      await both(lp, name, "requestDeposit", [20_000_000_000n, lp, lp], () =>
        exchange.lpRequestDeposit(name, 20_000_000_000n),
      );
    }
    exchange.advance(14_400n);
    await both(keeper, "pool", "recordEpoch", [], () => exchange.lpRecord());
    exchange.advance(1_800n);
    await both(keeper, "pool", "settleEpoch", [], () => exchange.lpSettle());
    expect(exchange.equity()).to.equal(wad(40_000));
    expect(exchange.navs().junior).to.equal(wad(20_000));
    await trade(carol, c, 0, wad(30));
  });

  it("makes room for redemptions that three epochs could not pay", async function () {
    const { pair, alice, a, both, trade } = await start({ markets: [frictionless, frictionless], minTranche: 0n });
    const { exchange, keeper, lp } = pair;
    const epoch = async () => {
      exchange.advance(14_400n);
      await both(keeper, "pool", "recordEpoch", [], () => exchange.lpRecord());
      exchange.advance(1_800n);
      await both(keeper, "pool", "settleEpoch", [], () => exchange.lpSettle());
    };
    await both(alice, "clearinghouse", "deposit", [a, 10_000_000_000n], () => exchange.deposit(a, 10_000_000_000n));
    await trade(alice, a, 0, wad(1_000));
    await pair.setPrice(0, wad(102), false);
    await both(keeper, "clearinghouse", "mark", [0], () => exchange.mark(0));

    const shares = exchange.state.tranches.senior.supply;
    await both(lp, "senior", "requestRedeem", [shares, lp, lp], () => exchange.lpRequestRedeem("senior", shares));
    exchange.advance(14_400n);
    for (let passed = 0; passed < 3; passed++) {
      expect(exchange.state.backing, `${passed} passed`).to.equal(exchange.equity());
      expect(() => exchange.deleverage(0), "nothing is due").to.throw("Clearinghouse_NotDeleveragable");
      await epoch();
    }
    const left = exchange.state.tranches.senior.sharesAsked;
    expect(left > 0n && left < shares, "part was paid").to.equal(true);
    expect(exchange.equity() - exchange.state.backing).to.be.greaterThan(wad(50_000));

    // The skew is above the cap of what will remain: a call closes part of Alice, at her profit, and frees the capital.
    await both(keeper, "clearinghouse", "deleverage", [0], () => exchange.deleverage(0));
    const skew = exchange.state.markets[0]?.long.size ?? 0n;
    expect((skew * 102n) / 100n).to.be.within(
      (exchange.state.backing * 79n) / 10_000n,
      (exchange.state.backing * 80n) / 10_000n,
    );
    await epoch();
    expect(exchange.state.tranches.senior.sharesAsked).to.be.lessThan(left / 100n);
    await epoch();
  });

  it("settles a market that has been dead for a week at the mean of its last half hour", async function () {
    const { pair, alice, bob, carol, a, b, c, both, trade } = await start({ markets: [sized, sized] });
    const { exchange, keeper } = pair;
    const settle = () => both(keeper, "clearinghouse", "settleDeadMarket", [0], () => exchange.settleDeadMarket(0));
    const close = (account: bigint) =>
      both(keeper, "clearinghouse", "closeSettled", [account, 0], () => exchange.closeSettled(account, 0));
    await trade(alice, a, 0, wad(60));
    await trade(bob, b, 0, -wad(40));
    await trade(carol, c, 0, -wad(10));
    await trade(carol, c, 1, wad(20));
    for (const price of [101, 103, 105]) {
      await pair.setPrice(0, wad(price), false);
      await both(keeper, "clearinghouse", "mark", [0], () => exchange.mark(0));
      exchange.advance(60n);
    }
    // One jump in the last second, which the mean hardly follows.
    await pair.setPrice(0, wad(150), false);
    await both(keeper, "clearinghouse", "mark", [0], () => exchange.mark(0));
    await pair.setPrice(0, wad(150), true);
    await settle();
    exchange.advance(86_400n * 7n - 10n);
    expect(() => exchange.settleDeadMarket(0)).to.throw("Clearinghouse_TooEarlyToSettle");
    exchange.advance(10n);
    await settle();
    const market = exchange.state.markets[0];
    expect(market?.state).to.equal("Settled");
    // Of six windows one saw the jump, from 105.
    expect(market?.lastPrice).to.be.within(wad(102), wad(112));

    // A price that comes back changes nothing; nobody opens; everybody leaves at one price, without impact.
    await pair.setPrice(0, wad(500), false);
    await both(keeper, "clearinghouse", "mark", [0], () => exchange.mark(0));
    expect(exchange.state.markets[0]?.lastPrice).to.equal(market?.lastPrice);
    expect(() => exchange.trade(a, 0, wad(1))).to.throw("Clearinghouse_MarketNotOpen");
    await close(a);
    await close(b);
    await close(c);
    expect(exchange.state.markets[0]?.mark).to.be.within(0n, 10n);
    expect(() => exchange.closeSettled(a, 0)).to.throw("Clearinghouse_NoPosition");
    await trade(carol, c, 1, -wad(20));
  });

  it("settles a market that is delisted, and liquidates whoever cannot pay there", async function () {
    const { pair, alice, bob, a, b, both, trade, liquidate } = await start({ markets: [sized, sized] });
    const { exchange, keeper, governor } = pair;
    await trade(alice, a, 0, wad(100));
    await trade(bob, b, 0, -wad(100));
    exchange.advance(3_600n);
    await pair.setPrice(0, wad(80), false);
    await both(governor, "clearinghouse", "delistMarket", [0], () => exchange.delistMarket(0));
    // The half hour before had this price only.
    expect(exchange.state.markets[0]?.lastPrice).to.be.within(wad("79.99"), wad("80.01"));
    expect(() => exchange.closeSettled(a, 0)).to.throw("Clearinghouse_MarginBelowZero");
    await liquidate(a);
    expect(exchange.incidents()).to.have.length(1);
    await both(keeper, "clearinghouse", "closeSettled", [b, 0], () => exchange.closeSettled(b, 0));
    expect(exchange.state.pool.openNotional).to.equal(0n);
    for (const call of ["delistMarket", "setMarketState"] as const) {
      const args = call === "delistMarket" ? [0] : [0, 0];
      exchange.advance(1n);
      const error = await pair.chain.send(governor, "clearinghouse", call, args, pair.now);
      expect(error).to.equal("Clearinghouse_StateNotSettable");
    }
  });
});
