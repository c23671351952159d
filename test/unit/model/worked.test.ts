import { expect } from "chai";
import { accountId, type Exchange, type Incident } from "../../../scripts/simulator/model/index.ts";
import { ALICE, BOB, CAROL, tokens, usd, worked } from "./setup.ts";

const short = (size: number): bigint => -usd(size);

function openBoth(exchange: Exchange, bobSize = 10): void {
  exchange.deposit(ALICE, tokens(60_000));
  exchange.deposit(BOB, tokens(1_000_000));
  exchange.trade(ALICE, 0, usd(10));
  exchange.trade(BOB, 0, short(bobSize));
}

function parts(incident: Incident | undefined): Record<string, bigint> {
  if (incident === undefined) throw new Error("no incident");
  const { account: _, ...amounts } = incident;
  return amounts;
}

function totals(exchange: Exchange): Record<string, bigint> {
  const sum: Record<string, bigint> = {};
  for (const incident of exchange.incidents()) {
    for (const [layer, amount] of Object.entries(parts(incident))) sum[layer] = (sum[layer] ?? 0n) + amount;
  }
  return sum;
}

const layers = (
  deficit: number,
  forgone: number,
  insurance: number,
  junior: number,
  senior: number,
  adl: number,
): Record<string, bigint> => ({
  deficit: usd(deficit),
  forgone: usd(forgone),
  insurance: usd(insurance),
  junior: usd(junior),
  senior: usd(senior),
  adl: usd(adl),
  residual: 0n,
});

describe("model › PROTOCOL §9 worked numbers", function () {
  const rows = [
    { price: 93_000, layers: layers(10_000, 0, 10_000, 0, 0, 0), equity: 500_000, senior: 400_000, junior: 100_000 },
    {
      price: 80_000,
      layers: layers(140_000, 0, 49_995, 90_005, 0, 0),
      equity: 409_995,
      senior: 400_000,
      junior: 9_995,
    },
    {
      price: 60_000,
      layers: layers(340_000, 0, 49_995, 100_000, 190_005, 0),
      equity: 209_995,
      senior: 209_995,
      junior: 0,
    },
    {
      price: 20_000,
      layers: layers(740_000, 0, 49_995, 100_000, 380_000, 210_005),
      equity: 20_000,
      senior: 20_000,
      junior: 0,
    },
  ];
  for (const row of rows) {
    it(`divides the deficit of a gap to ${row.price} as the table says`, function () {
      const exchange = worked();
      openBoth(exchange);
      exchange.setPrice(0, usd(row.price));
      exchange.liquidate(ALICE);

      expect(exchange.incidents()).to.have.length(1);
      expect(parts(exchange.incidents()[0])).to.deep.equal(row.layers);
      // A haircut overshoots by less than 1e-18 of the profit, 800,000, and one wei a bucket.
      const over = exchange.equity() - usd(row.equity);
      expect(over >= 0n && over <= (row.price === 20_000 ? 800_001n : 0n), `${over}`).to.equal(true);
      expect(exchange.navs()).to.deep.equal({ senior: usd(row.senior) + over, junior: usd(row.junior) });
    });
  }

  it("resets after the third row as the text says", function () {
    const exchange = worked();
    openBoth(exchange);
    exchange.setPrice(0, usd(60_000));
    exchange.liquidate(ALICE);
    expect(() => exchange.reset()).to.throw("LiquidityPool_ResetNotDue");
    exchange.trade(BOB, 0, usd(10));
    exchange.reset();

    expect(exchange.principal()).to.equal(usd("209974.0005"));
    expect(exchange.navs().junior).to.equal(usd("20.9995"));
  });

  it("insures nothing twice: what LPs bore lowers the insured level", function () {
    const exchange = worked();
    openBoth(exchange);
    exchange.setPrice(0, usd(80_000));
    exchange.liquidate(ALICE);
    exchange.trade(BOB, 0, usd(10));
    exchange.deposit(CAROL, tokens(5_000));
    exchange.trade(CAROL, 0, usd(1));
    exchange.setPrice(0, usd(60_000));
    exchange.liquidate(CAROL);
    expect(parts(exchange.incidents()[1])).to.deep.equal(layers(15_000, 15_000, 0, 0, 0, 0));
  });

  it("raises the insured level at an epoch, to the lower of record and settlement", function () {
    const exchange = worked();
    openBoth(exchange, 4);
    exchange.setPrice(0, usd(98_000));
    exchange.lpRecord();
    exchange.setPrice(0, usd(97_000));
    exchange.lpSettle();
    expect(exchange.market(0).base).to.equal(usd(12_000));
    exchange.setPrice(0, usd(80_000));
    exchange.liquidate(ALICE);
    expect(totals(exchange)).to.deep.equal(layers(140_000, 108_000, 32_000, 0, 0, 0));
  });

  it("pays the winner of the first row in full", function () {
    const exchange = worked();
    openBoth(exchange);
    exchange.setPrice(0, usd(93_000));
    exchange.liquidate(ALICE);
    exchange.trade(BOB, 0, usd(10));
    expect(exchange.margin(BOB)).to.equal(usd(1_070_000));
    expect(exchange.equity()).to.equal(usd(500_000));
  });
});

describe("model › PROTOCOL §9 one-sided market", function () {
  const expected = layers(140_000, 120_000, 20_000, 0, 0, 0);

  it("forgoes what was never there: one account", function () {
    const exchange = worked();
    openBoth(exchange, 4);
    exchange.setPrice(0, usd(80_000));
    exchange.liquidate(ALICE);
    expect(totals(exchange)).to.deep.equal(expected);
    expect(exchange.equity()).to.equal(usd(500_000));
  });

  it("gives the same when Alice is ten accounts", function () {
    const exchange = worked();
    exchange.deposit(BOB, tokens(1_000_000));
    exchange.trade(BOB, 0, short(4));
    const parted = Array.from({ length: 10 }, (_, sub) => accountId(0xa11cen, BigInt(sub)));
    for (const id of parted) {
      exchange.deposit(id, tokens(6_000));
      exchange.trade(id, 0, usd(1));
    }
    exchange.setPrice(0, usd(80_000));
    for (const id of parted) exchange.liquidate(id);
    expect(totals(exchange)).to.deep.equal(expected);
    expect(exchange.equity()).to.equal(usd(500_000));
  });

  it("gives the same when Bob leaves first", function () {
    const exchange = worked();
    openBoth(exchange, 4);
    exchange.setPrice(0, usd(80_000));
    exchange.trade(BOB, 0, usd(4));
    exchange.liquidate(ALICE);
    expect(totals(exchange)).to.deep.equal(expected);
    expect(exchange.equity()).to.equal(usd(500_000));
  });

  it("gives the same when somebody opens the other side at the last moment", function () {
    const exchange = worked();
    openBoth(exchange, 4);
    exchange.deposit(CAROL, tokens(1_000_000));
    exchange.setPrice(0, usd(80_000));
    exchange.trade(CAROL, 0, short(6));
    exchange.liquidate(ALICE);
    expect(totals(exchange)).to.deep.equal(expected);
    expect(exchange.equity()).to.equal(usd(500_000));
  });

  it("gives the same when Alice is settled on the way down", function () {
    const exchange = worked();
    openBoth(exchange, 4);
    exchange.setPrice(0, usd(96_000));
    exchange.settle(ALICE);
    expect(exchange.margin(ALICE)).to.equal(usd(20_000));
    exchange.setPrice(0, usd(80_000));
    exchange.liquidate(ALICE);
    expect(totals(exchange)).to.deep.equal(expected);
    expect(exchange.equity()).to.equal(usd(500_000));
  });
});
