import { expect } from "chai";
import { type Exchange, ModelError } from "../../../scripts/simulator/model/index.ts";
import {
  ALICE,
  BOB,
  CAROL,
  CHARGING,
  exchangeWith,
  FREE,
  FRICTIONLESS,
  REALISTIC,
  tokens,
  usd,
  worked,
} from "./setup.ts";

const errorOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof ModelError) return error.error;
    throw error;
  }
  return "none";
};

/** Two frictionless markets at 100, a large pool, Alice long in both. */
function twoMarkets(): Exchange {
  const exchange = exchangeWith({ ...FREE, keeperFloorCents: 500n }, [FRICTIONLESS, FRICTIONLESS]);
  exchange.seed(tokens(400_000), tokens(100_000));
  exchange.insuranceDeposit(tokens(50_000));
  exchange.setPrice(0, usd(100));
  exchange.setPrice(1, usd(100));
  exchange.deposit(ALICE, tokens(2_010));
  exchange.trade(ALICE, 0, usd(200));
  exchange.trade(ALICE, 1, usd(200));
  return exchange;
}

describe("model › liquidation", function () {
  it("refuses accounts above maintenance and accounts without positions", function () {
    const exchange = twoMarkets();
    expect(errorOf(() => exchange.liquidate(ALICE))).to.equal("Clearinghouse_NotLiquidatable");
    expect(errorOf(() => exchange.liquidate(BOB))).to.equal("Clearinghouse_NothingToLiquidate");
  });

  it("closes only what restores the target health", function () {
    const exchange = exchangeWith(CHARGING, [{ ...REALISTIC, volFactorBps: 0n, skewScaleBase: usd(100_000) }]);
    exchange.seed(tokens(4_000_000), tokens(1_000_000));
    exchange.setPrice(0, usd(10_000));
    exchange.deposit(ALICE, tokens(6_000));
    exchange.trade(ALICE, 0, usd(10));
    exchange.setPrice(0, usd(9_640));
    const done = exchange.liquidate(ALICE);
    const size = exchange.position(ALICE, 0)?.size ?? 0n;
    expect(size > 0n && size < usd(10)).to.equal(true);
    const health = exchange.health(ALICE);
    // Aimed at 1.5 times maintenance; slope makes the rest a little healthier.
    expect(health.equity * 10n >= health.maintenanceMargin * 15n).to.equal(true);
    expect(health.equity * 10n < health.maintenanceMargin * 17n).to.equal(true);
    expect(done.deficit).to.equal(0n);
    expect(done.bonds).to.equal(0n);
    expect(exchange.feesOf("keeper")).to.equal(done.penalty / 2n);
  });

  it("gives the keeper the bonds of a bankrupt account", function () {
    const exchange = twoMarkets();
    exchange.setPrice(0, usd(80));
    const done = exchange.liquidate(ALICE);
    expect(done.deficit).to.equal(usd(2_000));
    expect(exchange.feesOf("keeper")).to.equal(usd(10));
    expect(exchange.ledgers().orders).to.equal(0n);
  });

  it("counts a position without a price only against the account, and moves it when margin is gone", function () {
    const exchange = twoMarkets();
    exchange.setPrice(1, null);
    exchange.setPrice(0, usd(80));
    expect(errorOf(() => exchange.health(ALICE))).to.equal("PriceUnavailable");
    exchange.liquidate(ALICE);
    expect(exchange.position(ALICE, 1)).to.equal(undefined);
    expect(exchange.position(1n, 1)?.size).to.equal(usd(200));
    expect(exchange.ledgers().orders).to.equal(usd(5));
    expect(errorOf(() => exchange.liquidate(1n))).to.equal("Clearinghouse_NothingToLiquidate");
    expect(errorOf(() => exchange.deposit(1n, 1n))).to.equal("Clearinghouse_ZeroOwner");
  });

  it("closes an ownerless position at the first price: profit stays in the pool", function () {
    const exchange = twoMarkets();
    exchange.setPrice(1, null);
    exchange.setPrice(0, usd(80));
    exchange.liquidate(ALICE);
    const before = exchange.ledgers().cash;
    exchange.setPrice(1, usd(130));
    exchange.liquidate(1n, "closer");
    expect(exchange.ledgers().cash).to.equal(before);
    expect(exchange.feesOf("closer")).to.equal(usd(5));
    expect(exchange.incidents()).to.have.length(1);
    expect(exchange.market(1).mark).to.equal(0n);
  });

  it("closes an ownerless position at the first price: a deficit is absorbed", function () {
    const exchange = twoMarkets();
    exchange.setPrice(1, null);
    exchange.setPrice(0, usd(80));
    exchange.liquidate(ALICE);
    exchange.setPrice(1, usd(70));
    exchange.liquidate(1n, "closer");
    expect(exchange.incidents()[1]?.deficit).to.equal(usd(6_000));
    // Nobody was short: what the pool was shown and never had.
    expect(exchange.incidents()[1]?.forgone).to.equal(usd(6_000));
  });

  it("turns other profit into money when a close would leave margin below zero", function () {
    const exchange = twoMarkets();
    exchange.setPrice(0, usd(85));
    exchange.setPrice(1, usd(115));
    exchange.trade(ALICE, 0, -usd(200));
    expect(exchange.position(ALICE, 1)?.cost).to.equal(usd(23_000));
    expect(exchange.margin(ALICE)).to.equal(usd(2_005));
  });

  it("takes back what another position has paid in and no longer loses", function () {
    const exchange = twoMarkets();
    exchange.setPrice(1, usd(90));
    exchange.settle(ALICE);
    exchange.setPrice(0, usd(95));
    exchange.setPrice(1, usd(99));
    const { equity } = exchange.health(ALICE);
    exchange.trade(ALICE, 0, -usd(200));
    expect(exchange.position(ALICE, 1)?.settled).to.equal(usd(200));
    expect(exchange.margin(ALICE)).to.equal(equity + usd(5)); // its bond came back
  });

  it("refuses a close that leaves margin below zero even so", function () {
    const exchange = twoMarkets();
    exchange.setPrice(0, usd(85));
    expect(errorOf(() => exchange.trade(ALICE, 0, -usd(200)))).to.equal("Clearinghouse_MarginBelowZero");
  });

  it("stops insurance at its daily limit and starts again the next day", function () {
    const exchange = exchangeWith(FREE, [FRICTIONLESS], 2_000n);
    exchange.seed(tokens(400_000), tokens(100_000));
    exchange.insuranceDeposit(tokens(50_000));
    exchange.setPrice(0, usd(100));
    for (const id of [ALICE, CAROL]) exchange.deposit(id, tokens(1_000));
    exchange.deposit(BOB, tokens(100_000));
    exchange.trade(BOB, 0, -usd(1_000));
    exchange.trade(ALICE, 0, usd(500));
    exchange.trade(CAROL, 0, usd(500));
    exchange.setPrice(0, usd(82));
    exchange.liquidate(ALICE);
    exchange.liquidate(CAROL);
    expect(exchange.incidents().map(({ insurance }) => insurance)).to.deep.equal([usd(8_000), usd(2_000)]);
    expect(exchange.incidents()[1]?.junior).to.equal(usd(6_000));
    exchange.trade(BOB, 0, usd(500));
    exchange.deposit(ALICE, tokens(1_000));
    exchange.trade(ALICE, 0, usd(500));
    exchange.advance(86_400n);
    exchange.setPrice(0, usd(70));
    exchange.liquidate(ALICE);
    expect(exchange.incidents()[2]?.insurance).to.equal(usd(5_000));
  });

  it("divides a deficit over the markets that lost", function () {
    const exchange = worked();
    exchange.listMarket(FRICTIONLESS);
    exchange.setPrice(1, usd(100));
    exchange.deposit(ALICE, tokens(10_000));
    exchange.deposit(BOB, tokens(1_000_000));
    exchange.trade(ALICE, 0, usd(1));
    exchange.trade(ALICE, 1, usd(1_000));
    exchange.trade(BOB, 0, -usd(1));
    exchange.setPrice(0, usd(80_000));
    exchange.setPrice(1, usd(80));
    exchange.liquidate(ALICE);
    const [incident] = exchange.incidents();
    // 20,000 lost in each; 15,000 of deficit each; only the first had a winner.
    expect(incident?.deficit).to.equal(usd(30_000));
    expect(incident?.insurance).to.equal(usd(15_000));
    expect(incident?.forgone).to.equal(usd(15_000));
  });
});
