import { expect } from "chai";
import { accountId, type Exchange, ModelError } from "../../../scripts/simulator/model/index.ts";
import { digest, expectNothingPromisedTwice, expectSound } from "./invariants.ts";
import { CHARGING, exchangeWith, FREE, FRICTIONLESS, REALISTIC, tokens, usd } from "./setup.ts";

type Random = (below: number) => number;

/** A small seeded generator, so that a failure can be repeated. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PRICES = [60_000, 3_000, 20, 1];
const ACTIONS = [
  "deposit",
  "withdraw",
  "transfer",
  "trade",
  "trade",
  "trade",
  "trade",
  "trade",
  "trade",
  "reduce",
  "reduce",
  "settle",
  "mark",
  "liquidate",
  "liquidate",
  "liquidate",
  "price",
  "price",
  "price",
  "dead",
  "alive",
  "alive",
  "advance",
  "lp",
  "claim",
  "payDebts",
  "reset",
] as const;

interface World {
  exchange: Exchange;
  random: Random;
  prices: bigint[];
  accounts: bigint[];
  held: bigint;
}

function worldFrom(seed: number): World {
  const random = randomFrom(seed);
  const isRealistic = random(4) !== 0;
  const params = isRealistic ? REALISTIC : FRICTIONLESS;
  // A poor pool that lets too much in: debts, empty tranches and residuals happen.
  const isPoor = random(2) === 0;
  const loose = isPoor ? { reserveFactorBps: 400_000n, poolShareBps: 400_000n } : {};
  const scaled = PRICES.map((price) => {
    const perUnit = BigInt(Math.round(60_000 / price));
    const { skewScaleBase, maxPositionBase } = params;
    const skewScale = isRealistic ? skewScaleBase * perUnit : skewScaleBase;
    return { ...params, ...loose, skewScaleBase: skewScale, maxPositionBase: maxPositionBase * perUnit };
  });
  const exchange = exchangeWith(isRealistic ? CHARGING : FREE, scaled, random(2) === 0 ? 10_000n : 3_000n);
  const [senior, junior, insurance] = isPoor ? [6_000, 3_000, 500] : [400_000, 100_000, 20_000];
  exchange.seed(tokens(senior), tokens(junior));
  exchange.insuranceDeposit(tokens(insurance));
  const accounts = Array.from({ length: 24 }, (_, index) => accountId(BigInt(1 + (index >> 1)), BigInt(index & 1)));
  for (const [id, price] of PRICES.entries()) exchange.setPrice(id, usd(price));
  for (const account of accounts) exchange.deposit(account, tokens(5_000));
  return {
    exchange,
    random,
    prices: PRICES.map((price) => usd(price)),
    accounts,
    held: usd(senior + junior + insurance + 24 * 5_000),
  };
}

function act(world: World, action: (typeof ACTIONS)[number]): void {
  const { exchange, random, prices, accounts } = world;
  const account = accounts[random(accounts.length)] as bigint;
  const market = random(PRICES.length);
  const price = prices[market] as bigint;
  switch (action) {
    case "deposit": {
      const amount = BigInt(1 + random(2_000_000_000));
      exchange.deposit(account, amount);
      world.held += amount * 10n ** 12n;
      return;
    }
    case "withdraw": {
      const amount = BigInt(1 + random(random(2) === 0 ? 4_000_000_000 : 50_000_000));
      exchange.withdraw(account, amount);
      world.held -= amount * 10n ** 12n;
      return;
    }
    case "transfer":
      exchange.transferMargin(account, account ^ 1n, BigInt(1 + random(1_000_000_000)) * 10n ** 9n + 7n);
      return;
    case "trade": {
      const notional = usd(200 + random(random(3) === 0 ? 60_000 : 8_000));
      const size = (notional * 10n ** 18n) / price + BigInt(random(1_000));
      exchange.trade(account, market, random(2) === 0 ? size : -size);
      return;
    }
    case "reduce": {
      const held = [...exchange.state.accounts.values()].filter(
        ({ id, positions }) => id >> 96n > 0n && positions.size > 0,
      );
      const holder = held[random(held.length + 1)];
      if (holder === undefined) return;
      const [id, position] = [...holder.positions][random(holder.positions.size)] ?? [0, { size: 0n }];
      const part = random(2) === 0 ? position.size : (position.size * BigInt(1 + random(150))) / 100n;
      exchange.trade(holder.id, id, -part);
      return;
    }
    case "settle":
      exchange.settle(account);
      return;
    case "mark":
      exchange.mark(market);
      return;
    case "liquidate":
      liquidateAnybody(world);
      return;
    case "price": {
      const wide = random(6) === 0 ? 5_000 : 300;
      const isDead = exchange.state.prices[market] === null;
      prices[market] = (price * BigInt(10_000 - wide + random(2 * wide))) / 10_000n + BigInt(random(1_000_000));
      if (!isDead) exchange.setPrice(market, prices[market] as bigint);
      return;
    }
    case "dead":
      exchange.setPrice(market, random(3) === 0 ? null : price);
      return;
    case "alive":
      for (const [id, known] of prices.entries()) exchange.setPrice(id, known);
      return;
    case "advance":
      exchange.advance(BigInt(random(random(4) === 0 ? 40_000 : 600)));
      return;
    case "lp": {
      if (exchange.state.pool.recordedEquity !== undefined) {
        exchange.lpSettle();
        return;
      }
      const name = random(2) === 0 ? "senior" : "junior";
      if (random(2) === 0) {
        exchange.lpRequestDeposit(name, tokens(2_000));
        world.held += usd(2_000);
      } else {
        const { supply, sharesAsked } = exchange.state.tranches[name];
        exchange.lpRequestRedeem(name, (supply - sharesAsked) / BigInt(10 + random(100)));
      }
      exchange.lpRecord();
      return;
    }
    case "claim": {
      world.held -= exchange.lpClaim(random(2) === 0 ? "senior" : "junior");
      world.held -= exchange.claimFees(random(2) === 0 ? "keeper" : "treasury");
      return;
    }
    case "payDebts":
      exchange.payDebts();
      return;
    case "reset":
      exchange.reset();
      return;
  }
}

/** Like a keeper: the first account, from a random one on, that can be liquidated. */
function liquidateAnybody({ exchange, random }: World): void {
  const ids = [...exchange.state.accounts].filter(([, account]) => account.positions.size > 0).map(([id]) => id);
  const first = random(ids.length + 1);
  let reason: unknown = new ModelError("Clearinghouse_NothingToLiquidate", 0n);
  for (let index = 0; index < ids.length; index++) {
    try {
      exchange.liquidate(ids[(first + index) % ids.length] as bigint);
      return;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      reason = error;
    }
  }
  throw reason;
}

describe("model › random actions", function () {
  const tally: Record<string, [number, number]> = {};
  const errors: Record<string, number> = {};
  const seen = {
    incidents: 0,
    forgone: 0,
    insurance: 0,
    junior: 0,
    senior: 0,
    residual: 0,
    orphans: 0,
    debts: 0,
    repaid: 0,
  };

  for (let seed = 1; seed <= 20; seed++) {
    it(`keeps every ledger sound and every failure without effect (seed ${seed})`, function () {
      this.timeout(60_000);
      const world = worldFrom(seed);
      const { exchange, random } = world;
      for (let step = 0; step < 600; step++) {
        const action = ACTIONS[random(ACTIONS.length)] as (typeof ACTIONS)[number];
        tally[action] ??= [0, 0];
        const count = tally[action];
        count[1] += 1;
        const before = step % 4 === 0 ? digest(exchange) : undefined;
        try {
          act(world, action);
          count[0] += 1;
        } catch (error) {
          if (!(error instanceof ModelError))
            throw new Error(`seed ${seed} step ${step} ${action}: ${error}`, { cause: error });
          errors[error.error] = (errors[error.error] ?? 0) + 1;
          if (before !== undefined && action !== "claim" && action !== "lp") {
            expect(digest(exchange), `${action} threw and changed something`).to.equal(before);
          }
        }
        expectSound(exchange, world.held);
        if (step % 20 === 19 && !exchange.state.prices.includes(null)) {
          exchange.markAll();
          expectNothingPromisedTwice(exchange);
        }
        if (exchange.state.unpaid > 0n) seen.debts += 1;
        if (exchange.ledgers().recovery > 0n) seen.repaid += 1;
      }
      for (const incident of exchange.incidents()) {
        seen.incidents += 1;
        for (const layer of ["forgone", "insurance", "junior", "senior", "residual"] as const) {
          if (incident[layer] > 0n) seen[layer] += 1;
        }
      }
      seen.orphans += Number(exchange.state.clock.orphans);
    });
  }

  it("reached what it was meant to reach", function () {
    const share = Object.entries(tally).map(([name, [done, tried]]) => `${name} ${done}/${tried}`);
    console.log(`      ${share.join(", ")}\n      ${JSON.stringify(seen)}\n      ${JSON.stringify(errors)}`);
    for (const [name, [done]] of Object.entries(tally)) expect(done, name).to.be.greaterThan(0);
    for (const [what, times] of Object.entries(seen)) expect(times, what).to.be.greaterThan(0);
  });
});
