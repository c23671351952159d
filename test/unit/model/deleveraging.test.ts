import { expect } from "chai";
import { accountId, type Exchange, type MarketParams, ModelError } from "../../../scripts/simulator/model/index.ts";
import { ALICE, BOB, CAROL, exchangeWith, FREE, FRICTIONLESS, REALISTIC, tokens, usd, worked } from "./setup.ts";

const DAVE = accountId(0xda7en);
const near = (has: bigint, wants: bigint, by: bigint): void => {
  const off = has > wants ? has - wants : wants - has;
  expect(off <= by, `${has} is not ${wants}`).to.equal(true);
};
const errorOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
  return "none";
};

/** Alice long 10 at 100,000 with 60,000; shorts as given, each opened at its price; then the price is 20,000. */
function crash(shorts: readonly { id: bigint; size: bigint; entry: number }[]): Exchange {
  const exchange = worked();
  exchange.deposit(ALICE, tokens(60_000));
  exchange.trade(ALICE, 0, usd(10));
  for (const { id, size, entry } of shorts) {
    exchange.setPrice(0, usd(entry));
    exchange.deposit(id, tokens(1_000_000));
    exchange.trade(id, 0, -size);
  }
  exchange.setPrice(0, usd(20_000));
  return exchange;
}

describe("model › haircut of an incident", function () {
  it("is 26.250625% of Bob's profit in the fourth row of the table", function () {
    const exchange = crash([{ id: BOB, size: usd(10), entry: 100_000 }]);
    const before = exchange.health(BOB).equity;
    exchange.liquidate(ALICE);
    expect(exchange.market(0).short.events.map(({ haircut }) => haircut)).to.deep.equal([262_506_250_000_000_001n]);
    near(before - exchange.health(BOB).equity, usd(210_005), 1_000_000n);
    expect(exchange.incidents()[0]?.adl).to.equal(usd(210_005));
    near(exchange.state.losses.lost, usd(210_005), 800_001n);
    exchange.trade(BOB, 0, usd(10));
    near(exchange.margin(BOB), usd(1_800_000) - usd(210_005), 1_000_000n);
    near(exchange.claimsOf(BOB).outstanding, usd(210_005), 1_000_000n);
  });

  it("takes the same part from winners at different entries, and nothing from a loser on their side", function () {
    const winners = [
      { id: BOB, size: usd(4), entry: 100_000 },
      { id: CAROL, size: usd(6), entry: 88_000 },
    ];
    const exchange = crash([...winners, { id: DAVE, size: usd(2), entry: 15_000 }]);
    const before = [BOB, CAROL, DAVE].map((id) => exchange.health(id).equity);
    exchange.liquidate(ALICE);
    const cuts = [BOB, CAROL, DAVE].map((id, index) => (before[index] as bigint) - exchange.health(id).equity);
    expect(cuts[2]).to.equal(0n);
    const h = exchange.market(0).short.events[0]?.haircut ?? 0n;
    for (const [index, { size, entry }] of winners.entries()) {
      near(cuts[index] as bigint, (size * BigInt(entry - 20_000) * h) / 10n ** 18n, 1n);
    }
    const { adl, residual } = exchange.incidents()[0] ?? { adl: 0n, residual: 1n };
    expect(residual).to.equal(0n);
    near((cuts[0] as bigint) + (cuts[1] as bigint), adl, 10n ** 7n);
    expect(exchange.equity() >= exchange.floor()).to.equal(true);
  });

  it("does not care whether a winner is one account or ten", function () {
    const parted = Array.from({ length: 10 }, (_, sub) => accountId(0xb0bn, BigInt(sub)));
    const whole = crash([{ id: BOB, size: usd(10), entry: 100_000 }]);
    const split = crash(parted.map((id) => ({ id, size: usd(1), entry: 100_000 })));
    for (const exchange of [whole, split]) exchange.liquidate(ALICE);
    const together = parted.reduce((sum, id) => sum + split.health(id).equity, 0n) - usd(9_000_000);
    near(whole.health(BOB).equity, together, 100n);
  });

  it("leaves what nobody in profit is left to pay as residual, and charges it later where it can", function () {
    const exchange = crash([{ id: BOB, size: usd(10), entry: 100_000 }]);
    exchange.deposit(CAROL, tokens(1_000_000));
    exchange.trade(CAROL, 0, usd("0.5"));
    exchange.trade(BOB, 0, usd(10));
    exchange.liquidate(ALICE);
    const { adl, residual } = exchange.incidents()[0] ?? {};
    expect([adl, residual]).to.deep.equal([0n, usd(210_005)]);
    expect(errorOf(() => exchange.deleverage(0))).to.equal("none");
    exchange.setPrice(0, usd(60_000));
    const before = { equity: exchange.equity(), base: exchange.market(0).base };
    const collected = exchange.deleverage(0);
    // Carol's 20,000 are all that there is.
    expect(collected).to.equal(usd(20_000));
    expect(exchange.residual()).to.equal(usd(190_005));
    expect(exchange.market(0).base - before.base).to.equal(usd(20_000));
    expect(exchange.equity()).to.equal(before.equity);
  });

  it("charges at most 192 buckets, largest part first; what is left over is residual", function () {
    const exchange = exchangeWith(FREE, [FRICTIONLESS, FRICTIONLESS, FRICTIONLESS]);
    exchange.seed(tokens(1_000_000), tokens(250_000));
    const start = [usd(300), usd(300), usd(300)];
    for (const [id, price] of start.entries()) exchange.setPrice(id, price);
    for (let step = 0; step < 70; step++) {
      for (const id of [0, 1, 2]) {
        exchange.setPrice(id, (start[id] as bigint) + BigInt(step) * usd(12));
        const short = accountId(1_000n + BigInt(step));
        exchange.deposit(short, tokens(1_000_000));
        exchange.trade(short, id, -usd(40 - 10 * id));
      }
    }
    exchange.deposit(ALICE, tokens(150_000));
    for (const [id, size] of [3_000, 2_000, 1_000].entries()) exchange.trade(ALICE, id, usd(size));
    expect(exchange.market(0).short.populated.length).to.be.greaterThan(64);
    for (const id of [0, 1, 2]) exchange.setPrice(id, usd(1));
    exchange.liquidate(ALICE);
    expect([0, 1, 2].map((id) => exchange.market(id).short.events.length)).to.deep.equal([1, 1, 0]);
  });
});

describe("model › deleverage, shortfall", function () {
  /** Two markets that owe 300,000 and 200,000 to one trader each, of a pool that had 500,000. */
  function short(): Exchange {
    const exchange = exchangeWith(FREE, [FRICTIONLESS, FRICTIONLESS]);
    exchange.seed(tokens(400_000), tokens(100_000));
    for (const id of [0, 1]) exchange.setPrice(id, usd(100));
    for (const id of [BOB, CAROL]) exchange.deposit(id, tokens(500_000));
    exchange.trade(BOB, 0, usd(3_000));
    exchange.trade(CAROL, 1, usd(2_000));
    for (const id of [0, 1]) exchange.setPrice(id, usd(200));
    exchange.markAll();
    return exchange;
  }

  it("shares what the floor lacks over the markets, each once a round", function () {
    const exchange = short();
    expect([exchange.equity(), exchange.floor()]).to.deep.equal([0n, usd(20_000)]);
    near(exchange.deleverage(0), usd(12_000), 300_001n);
    expect(exchange.state.round.contributed).to.equal(1n);
    expect(errorOf(() => exchange.deleverage(0))).to.equal("Clearinghouse_ContributedAlready(0, 1)");
    near(exchange.deleverage(1), usd(8_000), 600_000n);
    expect(exchange.equity() >= exchange.floor() && exchange.equity() < exchange.floor() + 10n ** 6n).to.equal(true);
    expect(exchange.state.round.contributed).to.equal(0n);
    expect(errorOf(() => exchange.deleverage(0))).to.match(/^Clearinghouse_NotDeleveragable/);
    near(exchange.health(BOB).equity, usd(800_000 - 12_000), 300_002n);
  });

  it("starts another round once every market has had its turn", function () {
    const exchange = short();
    exchange.deleverage(0);
    exchange.setPrice(1, usd(205));
    exchange.deleverage(1);
    expect(exchange.equity() < exchange.floor()).to.equal(true);
    expect(exchange.state.round.contributed).to.equal(3n);
    exchange.deleverage(1);
    expect(exchange.state.round.contributed).to.equal(2n);
    exchange.deleverage(0);
    expect(exchange.equity() >= exchange.floor()).to.equal(true);
  });

  it("passes over a market that has no price and an old mark", function () {
    const exchange = short();
    exchange.setPrice(1, null);
    exchange.deleverage(0);
    expect(errorOf(() => exchange.deleverage(0))).to.equal("Clearinghouse_ContributedAlready(0, 1)");
    exchange.advance(3_601n);
    exchange.deleverage(0);
    expect(exchange.equity() >= exchange.floor()).to.equal(true);
  });

  it("divides by nothing when a round began while nothing was owed anywhere", function () {
    const exchange = short();
    exchange.state.round.contributed = 2n;
    near(exchange.deleverage(0), usd(20_000), 300_001n);
  });

  it("pays the caller a share, capped by the hour", function () {
    const exchange = short();
    exchange.setRiskParams({ ...exchange.state.risk, deleverageRewardBps: 100n, deleverageRewardCapUsd: 150n });
    const before = exchange.health(BOB).equity;
    exchange.deleverage(0, "first");
    expect(exchange.feesOf("first")).to.equal(usd(120));
    near(before - exchange.health(BOB).equity, usd(12_120), 300_002n);
    exchange.deleverage(1, "second");
    expect(exchange.feesOf("second")).to.equal(usd(30));
    expect(exchange.equity() >= exchange.floor()).to.equal(true);
  });
});

describe("model › deleverage, exposure", function () {
  /** Bob long 400,000 against a pool of 500,000 that caps skew at its worth. */
  function heavy(overrides: Partial<MarketParams> = {}): Exchange {
    const exchange = exchangeWith(FREE, [{ ...FRICTIONLESS, poolShareBps: 10_000n, ...overrides }]);
    exchange.seed(tokens(400_000), tokens(100_000));
    exchange.setPrice(0, usd(100_000));
    exchange.deposit(BOB, tokens(500_000));
    exchange.trade(BOB, 0, usd("3.9"));
    return exchange;
  }

  it("does nothing below the cap", function () {
    const exchange = heavy();
    exchange.setPrice(0, usd(110_000));
    expect(errorOf(() => exchange.deleverage(0))).to.match(/^Clearinghouse_NotDeleveragable\(0, 461/);
  });

  it("closes what brings the skew to 95% of the cap, paid in full", function () {
    const exchange = heavy();
    exchange.setPrice(0, usd(118_000));
    exchange.mark(0);
    const before = { equity: exchange.equity(), bob: exchange.health(BOB).equity };
    expect(before.equity).to.equal(usd(500_000 - 70_200));
    expect(exchange.deleverage(0)).to.equal(0n);
    const { long } = exchange.market(0);
    near(long.size * 118_000n, (before.equity * 95n) / 100n, 200_000n);
    near(exchange.equity(), before.equity, 10n ** 6n);
    near(exchange.health(BOB).equity, before.bob, 10n ** 6n);
    // Profit of what was closed waits; the rest of the position shows the rest.
    const waiting = exchange.ledgers().pendingPnl;
    const closed = usd("3.9") - long.size;
    near(waiting, closed * 18_000n, 10n ** 6n);
    exchange.replay(BOB, 0, 64);
    near(exchange.margin(BOB), usd(500_000) + closed * 18_000n, 10n ** 6n);
    expect(exchange.ledgers().pendingPnl < 10n ** 6n).to.equal(true);
    expect(errorOf(() => exchange.deleverage(0))).to.match(/^Clearinghouse_NotDeleveragable/);
  });

  it("closes at the impact price of the block, so that E does not move", function () {
    const exchange = heavy({
      ...REALISTIC,
      skewScaleBase: usd(400),
      feeBps: 0n,
      maxFundingBps: 0n,
      poolShareBps: 10_000n,
    });
    exchange.setPrice(0, usd(118_000));
    exchange.mark(0);
    const before = exchange.equity();
    exchange.deleverage(0);
    const { closePrice, price } = exchange.market(0).long.events[0] ?? { closePrice: 0n, price: 0n };
    // Who unwinds the skew is paid for it.
    expect(price > 0n && closePrice > price).to.equal(true);
    near(exchange.equity(), before, 10n ** 6n);
  });

  it("closes the whole position of who is in profit if that is not enough; the bond comes back at replay", function () {
    const exchange = heavy();
    exchange.setRiskParams({ ...exchange.state.risk, keeperFloorCents: 500n });
    exchange.setPrice(0, usd(118_000));
    exchange.deposit(CAROL, tokens(500_000));
    exchange.state.market(0).params = { ...exchange.market(0).params, poolShareBps: 1_000_000n };
    exchange.trade(CAROL, 0, usd("0.1"));
    exchange.state.market(0).params = { ...exchange.market(0).params, poolShareBps: 0n };
    exchange.setPrice(0, usd(119_000));
    exchange.deleverage(0);
    expect(exchange.market(0).long.populated).to.deep.equal([]);
    expect(exchange.health(CAROL).notional).to.equal(0n);
    exchange.settle(CAROL);
    expect(exchange.position(CAROL, 0)).to.equal(undefined);
    near(exchange.margin(CAROL), usd(500_100), 10n ** 6n);
    expect(exchange.ledgers().orders).to.equal(0n);
    expect(exchange.market(0).long.buckets.size > 0 && exchange.market(0).long.cost < 10n).to.equal(true);
  });

  it("closes no more than cash can pay, and nothing of who loses", function () {
    const exchange = heavy();
    exchange.deposit(CAROL, tokens(500_000));
    exchange.setPrice(0, usd(90_000));
    expect(errorOf(() => exchange.deleverage(0))).to.match(/NotDeleveragable/);
    exchange.state.market(0).params = { ...exchange.market(0).params, poolShareBps: 10n };
    expect(errorOf(() => exchange.deleverage(0))).to.match(/NotDeleveragable/);
    // Hardly any cash is left: the others won in cash.
    exchange.state.atomically(() => {
      exchange.state.move("cash", -usd(499_999));
      exchange.state.move("insurance", usd(499_999));
      exchange.state.pool.floor = 0n;
    });
    exchange.setPrice(0, usd(100_000) + 10n ** 17n);
    exchange.deleverage(0);
    expect(exchange.ledgers().cash >= 0n).to.equal(true);
    expect(exchange.market(0).long.size < usd("3.9")).to.equal(true);
  });
});
