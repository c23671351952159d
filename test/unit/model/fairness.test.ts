import { expect } from "chai";
import { accountId, type Exchange, ModelError } from "../../../scripts/simulator/model/index.ts";
import { exchangeWith, FREE, REALISTIC, tokens, usd } from "./setup.ts";

const MARKETS = [60_000, 3_000];
const attackers = Array.from({ length: 4 }, (_, sub) => accountId(0xbadn, BigInt(sub)));
const honest = Array.from({ length: 6 }, (_, index) => accountId(BigInt(index + 1)));

function generator(seed: number): (below: number) => number {
  let state = BigInt(seed) * 2_654_435_761n + 1n;
  return (below) => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
    return Number((state >> 33n) % BigInt(below));
  };
}

const tries = (action: () => void): void => {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
  }
};

/** A market with impact and funding, no fees, honest traders of both sides, after a move of the price. */
function livedIn(random: (below: number) => number): Exchange {
  const params = { ...REALISTIC, feeBps: 0n, minNotionalCents: 0n };
  const exchange = exchangeWith(FREE, [params, { ...params, skewScaleBase: usd(100_000), maxPositionBase: usd(200) }]);
  const poor = random(2) === 0;
  exchange.seed(tokens(poor ? 30_000 : 800_000), tokens(poor ? 10_000 : 200_000));
  for (const [id, price] of MARKETS.entries()) exchange.setPrice(id, usd(price));
  for (const id of honest) {
    exchange.deposit(id, tokens(8_000));
    tries(() => exchange.trade(id, random(2), usd(random(20_000)) / 30_000n - usd(1) / 3n));
    tries(() => exchange.trade(id, random(2), usd(random(20_000)) / 30_000n - usd(1) / 3n));
  }
  exchange.advance(BigInt(random(100_000)));
  for (const [id, price] of MARKETS.entries())
    exchange.setPrice(id, (usd(price) * BigInt(9_500 + random(1_000))) / 10_000n);
  exchange.markAll();
  for (const id of honest) tries(() => exchange.liquidate(id));
  for (const id of attackers) exchange.deposit(id, tokens(20_000));
  return exchange;
}

const worth = (exchange: Exchange): bigint => attackers.reduce((sum, id) => sum + exchange.health(id).equity, 0n);

describe("model › fairness", function () {
  it("I13: nobody who starts and ends flat profits at constant price and time", function () {
    let opened = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const random = generator(seed);
      const exchange = livedIn(random);
      const before = worth(exchange);
      for (let step = 0; step < 30; step++) {
        const id = attackers[random(attackers.length)] as bigint;
        const anybody = [...attackers, ...honest][random(10)] as bigint;
        const market = random(2);
        const size = usd(random(20_000) - 10_000) / (market === 0 ? 30_000n : 1_500n);
        const actions = [
          () => exchange.trade(id, market, size),
          () => exchange.trade(id, market, size),
          () => exchange.settle(anybody),
          () => exchange.transferMargin(id, id ^ 1n, usd(random(5_000))),
          () => exchange.liquidate(anybody),
          () => exchange.mark(market),
        ];
        tries(actions[random(actions.length)] as () => void);
      }
      for (const id of attackers) {
        for (const market of [0, 1]) {
          const size = exchange.position(id, market)?.size ?? 0n;
          if (size === 0n) continue;
          opened += 1;
          exchange.trade(id, market, -size);
        }
      }
      expect(worth(exchange) <= before, `seed ${seed}: profit of ${worth(exchange) - before}`).to.equal(true);
    }
    expect(opened).to.be.greaterThan(100);
  });

  it("I14: right after an opening or a withdrawal the account is not liquidatable", function () {
    let checked = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const random = generator(seed);
      const exchange = livedIn(random);
      for (let step = 0; step < 20; step++) {
        const id = attackers[random(attackers.length)] as bigint;
        const done = { value: false };
        tries(() => {
          if (random(3) === 0) exchange.withdraw(id, tokens(1 + random(10_000)));
          else exchange.trade(id, random(2), usd(random(20_000) - 10_000) / 15_000n);
          done.value = true;
        });
        if (!done.value) continue;
        checked += 1;
        expect(() => exchange.liquidate(id)).to.throw(/NotLiquidatable|NothingToLiquidate/);
      }
    }
    expect(checked).to.be.greaterThan(200);
  });

  it("P1: settling somebody never changes what they are worth, by more than dust", function () {
    for (let seed = 1; seed <= 60; seed++) {
      const exchange = livedIn(generator(seed));
      for (const id of honest) {
        const before = exchange.health(id).equity;
        tries(() => exchange.settle(id));
        const change = exchange.health(id).equity - before;
        expect(change <= 0n && change > -10n, `seed ${seed}: ${change}`).to.equal(true);
      }
    }
  });
});
