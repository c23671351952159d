import { expect } from "chai";
import { accountId, type Exchange } from "../../../scripts/simulator/model/index.ts";
import { ALICE, BOB, CAROL, exchangeWith, FREE, FRICTIONLESS, tokens, usd, worked } from "./setup.ts";

const near = (has: bigint, wants: bigint, by = 10n ** 7n): void => {
  const off = has > wants ? has - wants : wants - has;
  expect(off <= by, `${has} is not ${wants}`).to.equal(true);
};

/** The fourth row of PROTOCOL §9 with Bob and Carol as winners: 210,005 from traders, 100,000 from junior. */
function charged(): Exchange {
  const exchange = worked();
  exchange.deposit(ALICE, tokens(60_000));
  for (const id of [BOB, CAROL]) exchange.deposit(id, tokens(1_000_000));
  exchange.trade(ALICE, 0, usd(10));
  exchange.trade(BOB, 0, -usd(6));
  exchange.trade(CAROL, 0, -usd(4));
  exchange.setPrice(0, usd(20_000));
  exchange.liquidate(ALICE);
  return exchange;
}

describe("model › recovery claims", function () {
  it("belong to who was charged, pro rata, from the moment they are touched", function () {
    const exchange = charged();
    expect(exchange.claimsOf(BOB)).to.deep.equal({ claimable: 0n, outstanding: 0n });
    exchange.settle(BOB);
    near(exchange.claimsOf(BOB).outstanding, (usd(210_005) * 6n) / 10n);
    exchange.replay(CAROL, 0, 64);
    near(exchange.claimsOf(CAROL).outstanding, (usd(210_005) * 4n) / 10n);
    const { outstanding } = exchange.state.losses.book;
    const known = exchange.claimsOf(BOB).outstanding + exchange.claimsOf(CAROL).outstanding;
    expect(known <= outstanding && outstanding - known < 10n ** 7n).to.equal(true);
  });

  it("lose nothing by registering late", function () {
    const exchange = charged();
    exchange.settle(BOB);
    expect(exchange.recover(tokens(105_002.5))).to.equal(usd("105002.5"));
    expect(exchange.state.losses.repaid).to.equal(usd("105002.5"));
    // Carol has not been touched since.
    expect(() => exchange.claim(CAROL)).to.throw("Clearinghouse_NothingToClaim");
    exchange.settle(CAROL);
    near(exchange.claim(BOB), usd("63001.5"), 10n ** 12n);
    near(exchange.claim(CAROL), usd(42_001), 10n ** 12n);
    near(exchange.claimsOf(CAROL).outstanding, usd(42_001));
    expect(() => exchange.claim(CAROL)).to.throw("Clearinghouse_NothingToClaim");
  });

  it("are repaid traders first, then senior, then junior, and never more than was lost", function () {
    const exchange = charged();
    for (const id of [BOB, CAROL]) exchange.trade(id, 0, -(exchange.position(id, 0)?.size ?? 0n));
    exchange.reset();
    const { losses, lpClaims } = exchange.state;
    near(lpClaims.senior.lost, usd(380_002));
    expect(lpClaims.junior.lost).to.equal(usd(100_000));
    expect(exchange.recover(tokens(100_000))).to.equal(usd(100_000));
    expect([losses.repaid, lpClaims.senior.repaid]).to.deep.equal([usd(100_000), 0n]);
    exchange.recover(tokens(210_005));
    near(losses.repaid, usd(210_005));
    near(lpClaims.senior.repaid, usd(100_000));
    exchange.recover(tokens(300_000));
    expect(lpClaims.senior.outstanding).to.equal(0n);
    near(lpClaims.junior.repaid, usd(19_998));
    near(exchange.recover(tokens(1_000_000)), usd(80_002), 10n ** 12n);
    expect(() => exchange.recover(1n)).to.throw("Clearinghouse_ZeroAmount");
    expect(losses.repaid <= losses.lost).to.equal(true);
    expect(lpClaims.junior.repaid).to.equal(usd(100_000));
  });

  it("get their part of fees while something is outstanding, ahead of the treasury", function () {
    const exchange = charged();
    exchange.setRiskParams({ ...exchange.state.risk, recoveryFeeBps: 5_000n, insuranceFeeMaxBps: 4_000n });
    exchange.state.market(0).params = { ...exchange.market(0).params, feeBps: 100n };
    exchange.trade(BOB, 0, usd(6));
    // 1% of 120,000: 40% to the empty fund, 50% to claims, of the treasury's 10% what is left.
    expect(exchange.state.losses.repaid).to.equal(usd(600));
    expect(exchange.feesOf("treasury")).to.equal(usd(120));
    expect(exchange.ledgers().recovery).to.equal(usd(600));
    exchange.recover(tokens(1_000_000));
    exchange.trade(CAROL, 0, usd(4));
    expect(exchange.feesOf("treasury")).to.equal(usd(200));
  });

  it("are not margin: an account can owe and claim at once", function () {
    const exchange = charged();
    exchange.recover(tokens(210_005));
    const before = exchange.health(BOB);
    exchange.settle(BOB);
    const { margin, equity } = { margin: exchange.margin(BOB), equity: exchange.health(BOB).equity };
    exchange.claim(BOB);
    expect([exchange.margin(BOB), exchange.health(BOB).equity]).to.deep.equal([margin, equity]);
    expect(exchange.health(BOB)).to.deep.equal(before);
  });
});

describe("model › payout backstop", function () {
  /** Bob has won 100,000 of a pool of 60,000; the loser had 5,000. */
  function unpaid(): Exchange {
    const exchange = exchangeWith(FREE, [FRICTIONLESS]);
    exchange.seed(tokens(50_000), tokens(10_000));
    exchange.setPrice(0, usd(100));
    exchange.deposit(ALICE, tokens(5_000));
    exchange.deposit(BOB, tokens(200_000));
    exchange.trade(ALICE, 0, usd(2_000));
    exchange.trade(BOB, 0, -usd(2_000));
    exchange.setPrice(0, usd(50));
    exchange.trade(BOB, 0, usd(2_000));
    return exchange;
  }

  it("leaves debts alone while a loser could still pay", function () {
    const exchange = unpaid();
    exchange.payDebts();
    expect(exchange.debtsTo(BOB).outstanding).to.equal(usd(40_000));
  });

  it("turns what is owed into claims once nobody has a position, and the pool starts again", function () {
    const exchange = unpaid();
    exchange.liquidate(ALICE);
    expect(exchange.debtsTo(BOB)).to.deep.equal({ collectable: usd(5_000), outstanding: usd(35_000) });
    expect([exchange.residual(), exchange.equity()]).to.deep.equal([usd(35_000), -usd(35_000)]);
    exchange.payDebts();
    expect(exchange.debtsTo(BOB)).to.deep.equal({ collectable: usd(5_000), outstanding: 0n });
    expect([exchange.residual(), exchange.equity(), exchange.state.unpaid]).to.deep.equal([0n, 0n, 0n]);
    exchange.recover(tokens(7_000));
    // The claim joins when Bob is next touched, and loses nothing by it.
    // A billionth of a dollar is kept back, and whole token units are paid.
    expect(exchange.claim(BOB)).to.equal(usd(7_000) - 10n ** 12n);
    expect(exchange.margin(BOB)).to.equal(usd(265_000));
    expect(exchange.claimsOf(BOB).outstanding).to.equal(usd(28_000));
  });

  it("happens before an epoch is settled", function () {
    const exchange = unpaid();
    exchange.liquidate(ALICE);
    exchange.lpRecord();
    exchange.lpSettle();
    expect([exchange.state.unpaid, exchange.equity()]).to.deep.equal([0n, 0n]);
    expect(exchange.state.losses.lost).to.equal(usd(35_000));
  });

  it("does not mix a new debt with what was written off", function () {
    const exchange = unpaid();
    exchange.liquidate(ALICE);
    exchange.payDebts();
    // Somebody's gift lets the pool go on.
    exchange.state.atomically(() => {
      exchange.insuranceDeposit(tokens(100_000));
      exchange.state.move("insurance", -usd(100_000));
      exchange.state.move("cash", usd(100_000));
      exchange.state.pool.principal = usd(50_000);
    });
    const dave = accountId(0xda7en);
    exchange.deposit(dave, tokens(50_000));
    exchange.deposit(CAROL, tokens(200_000));
    exchange.trade(dave, 0, usd(4_000));
    exchange.trade(CAROL, 0, -usd(4_000));
    exchange.setPrice(0, usd(20));
    exchange.trade(CAROL, 0, usd(4_000));
    expect(exchange.debtsTo(CAROL).outstanding > 0n).to.equal(true);
    expect(exchange.debtsTo(BOB).outstanding).to.equal(0n);
    exchange.settle(BOB);
    expect(exchange.claimsOf(BOB).outstanding).to.equal(usd(35_000));
  });
});
