import { expect } from "chai";
import type { Exchange } from "../../../scripts/simulator/model/index.ts";
import { ALICE, BOB, exchangeWith, FREE, FRICTIONLESS, tokens, usd } from "./setup.ts";

const DAY = 86_400n;

/** A skew of 100 on a scale of 1,000 at 1% a day: 0.1% of the price a day. */
function skewed(): Exchange {
  const params = {
    ...FRICTIONLESS,
    skewScaleBase: usd(1_000),
    maxFundingBps: 100n,
    maxPositionBase: usd(200),
    imrBps: 6_000n,
  };
  const exchange = exchangeWith(FREE, [params]);
  exchange.seed(tokens(4_000_000), tokens(1_000_000));
  exchange.setPrice(0, usd(1_000));
  for (const id of [ALICE, BOB]) exchange.deposit(id, tokens(1_000_000));
  return exchange;
}

function withSkew(exchange: Exchange): Exchange {
  exchange.trade(ALICE, 0, usd(150));
  exchange.trade(BOB, 0, -usd(50));
  return exchange;
}

describe("model › funding", function () {
  it("charges K/scale of the daily maximum", function () {
    const exchange = withSkew(skewed());
    exchange.advance(DAY);
    exchange.mark(0);
    expect(exchange.market(0).fundingIndex).to.equal(usd(1));
  });

  it("is the same to 1e-9 whether poked once or 10,000 times", function () {
    const once = withSkew(skewed());
    const often = withSkew(skewed());
    once.advance(10_000n * 7n);
    once.mark(0);
    for (let poke = 0; poke < 10_000; poke++) {
      often.advance(7n);
      often.mark(0);
    }
    const [one, many] = [once.market(0).fundingIndex, often.market(0).fundingIndex];
    expect(one > 0n && one - many >= 0n && (one - many) * 10n ** 9n <= one).to.equal(true);
  });

  it("gives the pool what the heavy side pays and the light side does not get", function () {
    const exchange = withSkew(skewed());
    const before = exchange.equity();
    exchange.advance(DAY);
    exchange.mark(0);
    const gained = exchange.equity() - before;
    // 150 pay 1 each, 50 receive 1 each.
    expect(gained).to.equal(usd(100));
    exchange.settle(ALICE);
    exchange.settle(BOB);
    const dust = exchange.equity() - before - gained;
    expect(dust >= 0n && dust <= 10n, `${dust}`).to.equal(true);
  });

  it("shows the same equity before and after a touch", function () {
    const exchange = withSkew(skewed());
    exchange.advance(12_345n);
    const shown = [ALICE, BOB].map((id) => exchange.health(id).equity);
    exchange.settle(ALICE);
    exchange.settle(BOB);
    expect([ALICE, BOB].map((id) => exchange.health(id).equity)).to.deep.equal(shown);
  });

  it("does not reward splitting one account into many", function () {
    const whole = withSkew(skewed());
    const parted = skewed();
    const ids = Array.from({ length: 10 }, (_, sub) => ALICE | BigInt(sub));
    for (const id of ids.slice(1)) parted.transferMargin(ALICE, id, usd(100_000));
    for (const id of ids) parted.trade(id, 0, usd(15));
    parted.trade(BOB, 0, -usd(50));
    for (const exchange of [whole, parted]) {
      exchange.advance(3n * DAY);
      exchange.setPrice(0, usd(1_003));
      exchange.mark(0);
    }
    const alone = whole.health(ALICE).equity;
    const together = ids.reduce((sum, id) => sum + parted.health(id).equity, 0n);
    expect(alone >= together && alone - together < 100n, `${alone} ${together}`).to.equal(true);
  });

  it("stops with NO_IMPACT", function () {
    const exchange = exchangeWith(FREE, [{ ...FRICTIONLESS, maxFundingBps: 100n }]);
    exchange.seed(tokens(4_000_000), tokens(1_000_000));
    exchange.setPrice(0, usd(1_000));
    exchange.deposit(ALICE, tokens(1_000_000));
    exchange.trade(ALICE, 0, usd(100));
    exchange.advance(DAY);
    exchange.mark(0);
    expect(exchange.market(0).fundingIndex).to.equal(0n);
  });
});
