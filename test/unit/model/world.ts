import { accountId, type Exchange, ModelError } from "../../../scripts/simulator/model/index.ts";
import { type Random, randomFrom } from "../../shared/random.ts";
import { CHARGING, exchangeWith, FREE, FRICTIONLESS, REALISTIC, tokens, usd } from "./setup.ts";

const PRICES = [60_000, 3_000, 20, 1];
export const ACTIONS = [
  "deposit",
  "withdraw",
  "transfer",
  "trade",
  "trade",
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
  "deleverage",
  "deleverage",
  "deleverage",
  "replay",
  "claimLoss",
  "recover",
  "leave",
] as const;
export type ActionName = (typeof ACTIONS)[number];

export interface World {
  exchange: Exchange;
  random: Random;
  prices: bigint[];
  accounts: bigint[];
  held: bigint;
  /** What deleveraging did. */
  seen: Record<"shortfall" | "exposure", number>;
}

export function worldFrom(seed: number): World {
  const random = randomFrom(seed);
  const isRealistic = random(4) !== 0;
  const params = isRealistic ? REALISTIC : FRICTIONLESS;
  // A poor pool that lets too much in: debts, empty tranches and residuals happen.
  const isPoor = random(2) === 0;
  const isLoose = isPoor && random(4) > 0;
  const loose = isLoose ? { reserveFactorBps: 400_000n, poolShareBps: 400_000n } : {};
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
    seen: { shortfall: 0, exposure: 0 },
  };
}

export function act(world: World, action: ActionName): void {
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
      const [holder, id] = holderOf(world);
      const size = exchange.position(holder, id)?.size ?? 0n;
      const part = random(2) === 0 ? size : (size * BigInt(1 + random(150))) / 100n;
      exchange.trade(holder, id, -part);
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
      const wide = random(5) === 0 ? 6_000 : 300;
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
    case "reset": {
      // Mostly once it is due.
      const due = (exchange.state.pool.belowSince ?? exchange.state.now) + 86_400n;
      if (random(2) === 0 && due > exchange.state.now) exchange.advance(due - exchange.state.now);
      if (!exchange.state.prices.includes(null)) exchange.markAll();
      exchange.reset();
      return;
    }
    case "leave":
      everybodyLeaves(world);
      return;
    case "deleverage":
      deleverageAnything(world);
      return;
    case "replay": {
      const [id, held] = holderOf(world);
      exchange.replay(id, held, 1 + random(3));
      return;
    }
    case "claimLoss": {
      const owner = accounts.find((id) => exchange.claimsOf(id).claimable > 0n) ?? account;
      world.held -= exchange.claim(owner);
      return;
    }
    case "recover":
      world.held += exchange.recover(BigInt(1 + random(2_000_000_000)));
      return;
  }
}

/** Somebody with a position who can act, and its market. */
function holderOf({ exchange, random, accounts }: World): [bigint, number] {
  const held = accounts.filter((id) => (exchange.state.accounts.get(id)?.positions.size ?? 0) > 0);
  const id = held[random(held.length)] ?? (accounts[0] as bigint);
  const markets = [...(exchange.state.accounts.get(id)?.positions.keys() ?? [])];
  return [id, markets[random(markets.length)] ?? 0];
}

/** Everybody closes what can be closed; then what the pool still owes is written off. */
function everybodyLeaves({ exchange, random }: World): void {
  if (random(12) > 0) return;
  for (const [id, { positions }] of exchange.state.accounts) {
    for (const [market, { size }] of positions) {
      try {
        exchange.trade(id, market, -size);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        try {
          exchange.liquidate(id);
        } catch (reason) {
          if (!(reason instanceof ModelError)) throw reason;
        }
      }
    }
  }
  exchange.payDebts();
}

/** Like a keeper: the first market, from a random one on, where it is due. */
function deleverageAnything({ exchange, random, seen }: World): void {
  const first = random(PRICES.length);
  let reason: unknown;
  for (let index = 0; index < PRICES.length; index++) {
    const market = (first + index) % PRICES.length;
    const events = exchange.market(market).long.events.length + exchange.market(market).short.events.length;
    try {
      const collected = exchange.deleverage(market);
      const after = exchange.market(market).long.events.length + exchange.market(market).short.events.length;
      if (after > events) seen[collected > 0n ? "shortfall" : "exposure"] += 1;
      return;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      reason = error;
    }
  }
  throw reason;
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
