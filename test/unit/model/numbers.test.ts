import { expect } from "chai";
import * as market from "../../../scripts/simulator/model/market.ts";
import { divCeil, divDown, divFloor, divUp } from "../../../scripts/simulator/model/math.ts";
import { packDown, packUp, recordPrice, volatilityBps } from "../../../scripts/simulator/model/volatility.ts";
import { ALICE, exchangeWith, FREE, FRICTIONLESS, REALISTIC, START, tokens, usd } from "./setup.ts";

describe("model › numbers", function () {
  it("rounds to the side that was named", function () {
    expect([divDown(-7n, 2n), divUp(-7n, 2n), divFloor(-7n, 2n), divCeil(-7n, 2n)]).to.deep.equal([-3n, -4n, -4n, -3n]);
    expect([divDown(7n, 2n), divUp(7n, 2n), divFloor(7n, 2n), divCeil(7n, 2n)]).to.deep.equal([3n, 4n, 3n, 4n]);
    expect([divUp(-8n, 2n), divFloor(-8n, 2n), divCeil(8n, 2n)]).to.deep.equal([-4n, -4n, 4n]);
  });

  it("keeps 17 significant bits of a price, on the safe side", function () {
    const price = usd(60_000) + 12_345n;
    expect(packDown(price) <= price && packUp(price) >= price).to.equal(true);
    expect((packUp(price) - packDown(price)) * 65_536n <= price).to.equal(true);
    expect(packDown(131_071n)).to.equal(131_071n);
    expect(packUp(262_143n)).to.equal(262_144n);
  });

  describe("volatility", function () {
    const make = () => market.newMarket(0, { ...FRICTIONLESS, volFactorBps: 20_000n }, "Open", START);
    const at = (record: ReturnType<typeof make>, price: bigint, now: bigint) => {
      record.windows = recordPrice(record, price, now);
    };
    const near = (bps: bigint, expected: bigint) =>
      expect(bps >= expected && bps <= expected + 2n, `${bps}`).to.equal(true);

    it("sees a move inside a window and across two adjacent ones", function () {
      const record = make();
      at(record, usd(100), START);
      at(record, usd(110), START + 300n);
      near(volatilityBps(record, START + 300n), 2_000n);
    });

    it("does not join windows with a gap between them", function () {
      const record = make();
      at(record, usd(100), START);
      at(record, usd(110), START + 600n);
      expect(volatilityBps(record, START + 600n) <= 2n).to.equal(true);
    });

    it("remembers eleven windows and forgets the twelfth", function () {
      const record = make();
      at(record, usd(100), START);
      at(record, usd(110), START);
      near(volatilityBps(record, START + 11n * 300n), 2_000n);
      expect(volatilityBps(record, START + 12n * 300n)).to.equal(0n);
    });

    it("forgets after an hour when windows are wide", function () {
      const record = make();
      record.params = { ...record.params, keeperWindow: 900n };
      at(record, usd(100), START);
      at(record, usd(110), START);
      near(volatilityBps(record, START + 4n * 900n), 2_000n);
      expect(volatilityBps(record, START + 5n * 900n)).to.equal(0n);
    });

    it("raises what an opening needs, and the maintenance it keeps", function () {
      const exchange = exchangeWith(FREE, [{ ...FRICTIONLESS, volFactorBps: 10_000n }]);
      exchange.seed(tokens(4_000_000), tokens(1_000_000));
      exchange.setPrice(0, usd(100));
      exchange.mark(0);
      exchange.setPrice(0, usd(110));
      exchange.deposit(ALICE, tokens(1_000));
      expect(() => exchange.trade(ALICE, 0, usd(100))).to.throw("BelowInitialMargin");
      exchange.trade(ALICE, 0, usd(50));
      const mmBps = exchange.position(ALICE, 0)?.mmBps ?? 0n;
      expect(mmBps >= 500n && mmBps <= 501n).to.equal(true);
    });
  });

  it("is path independent: one trade or many move the same value, to dust", function () {
    const price = usd(60_000) + 1n;
    const whole = market.impact(REALISTIC, usd(3), usd(9), price);
    let parts = 0n;
    for (let k = 3; k < 12; k++) parts += market.impact(REALISTIC, usd(k), usd(1), price);
    expect(parts >= whole && parts - whole <= 9n).to.equal(true);
    expect(market.impact(REALISTIC, usd(12), -usd(9), price)).to.equal(-whole + (whole === parts ? 0n : 1n));
  });

  it("splits cost against whoever closes part of a position", function () {
    const exchange = exchangeWith(FREE, [FRICTIONLESS]);
    exchange.seed(tokens(4_000_000), tokens(1_000_000));
    exchange.setPrice(0, 10n ** 20n + 1n);
    exchange.deposit(ALICE, tokens(1_000));
    exchange.trade(ALICE, 0, 3n);
    expect(exchange.position(ALICE, 0)?.cost).to.equal(301n);
    exchange.trade(ALICE, 0, -1n);
    expect(exchange.position(ALICE, 0)?.cost).to.equal(200n);
    exchange.trade(ALICE, 0, -2n);
    exchange.trade(ALICE, 0, -3n);
    expect(exchange.position(ALICE, 0)?.cost).to.equal(300n);
    exchange.trade(ALICE, 0, 2n);
    expect(exchange.position(ALICE, 0)?.cost).to.equal(100n);
  });
});
