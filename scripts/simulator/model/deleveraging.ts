/** Traders in profit are charged where the pool's floor is short, or closed where the skew is too large. PROTOCOL §8. */
import { deleverageSide, type Eligible, eligible } from "./buckets.ts";
import { enterLoss, nextLoss } from "./claims.ts";
import { coverResidual, payDebts, shareOut } from "./flows.ts";
import { hasInterest, sidesOf, skew, tradeValue } from "./market.ts";
import { abs, BPS, divDown, divUp, min, pos, valueDown, valueUp, WAD } from "./math.ts";
import { Operation } from "./operation.ts";
import type { State } from "./state.ts";
import { type Market, ModelError, NO_IMPACT } from "./types.ts";

/** Buckets one transaction charges, all markets together. */
const MAX_BUCKETS_CHARGED = 192;
/** Part of the skew cap that deleveraging restores. */
const RESTORED_BPS = 9_500n;
/** While redemptions are overdue. */
const RESTORED_FOR_EXITS_BPS = 8_000n;
const HOUR = 3_600n;

/** A market's part of a deficit. */
export interface Part {
  id: number;
  price: bigint;
  deficit: bigint;
  matched: bigint;
}

// --------------------------------------------------------------------------------------------------------- haircut

function eligibleIn(market: Market, price: bigint): Eligible {
  const found = { profit: 0n, size: 0n, buckets: 0n, positions: 0n };
  for (const side of sidesOf(market)) {
    const there = eligible(side, price);
    found.profit += there.profit;
    found.size += there.size;
    found.buckets += there.buckets;
    found.positions += there.positions;
  }
  return found;
}

/** Withholds the smallest part of the profit of both sides, alike for all, that raises `need`; returns what it raised. */
function haircut(state: State, market: Market, price: bigint, need: bigint): bigint {
  const { profit, buckets } = eligibleIn(market, price);
  const h = min(WAD, divUp((need + buckets) * WAD, profit));
  const { fundingIndex } = market;
  const event = { price, closePrice: price, closeFraction: 0n, haircut: h, fundingIndex, lossId: nextLoss(state) };
  let collected = 0n;
  for (const side of sidesOf(market)) collected += deleverageSide(state, side, event).collected;
  if (collected > 0n) enterLoss(state, collected);
  state.storeMark(market, price);
  return collected;
}

/** The waterfall's last step: what a deficit left short of the floor, from its markets, largest part first. */
export function coverDeficit(state: State, parts: readonly Part[], short: bigint): bigint {
  if (short === 0n) return 0n;
  const matched = parts.filter((part) => part.matched > 0n);
  const shares = shareOut(
    short,
    matched.map((part) => part.matched),
  );
  const turns = matched.map((part, index) => ({ ...part, share: shares[index] as bigint }));
  turns.sort((a, b) => (a.matched === b.matched ? 0 : a.matched > b.matched ? -1 : 1));
  let budget = MAX_BUCKETS_CHARGED;
  let carried = 0n;
  let taken = 0n;
  for (const { id, price, share } of turns) {
    const market = state.market(id);
    const need = share + carried;
    const populated = market.long.populated.length + market.short.populated.length;
    carried = need;
    if (populated > budget || eligibleIn(market, price).profit === 0n) continue;
    budget -= populated;
    const collected = haircut(state, market, price, need);
    state.edit(market).base += collected;
    carried = pos(need - collected);
    taken += collected;
  }
  return taken;
}

// ------------------------------------------------------------------------------------------------- permissionless

/** One call, once marks are fresh. */
interface Call {
  market: Market;
  price: bigint;
  /** Markets whose mark is old and cannot be refreshed. */
  dead: ReadonlySet<number>;
  caller: string;
}

/** Restores the floor if E is below it, else the skew cap of a market; returns what was withheld. */
export function deleverage(state: State, id: number, caller: string): bigint {
  const market = state.market(id);
  const operation = new Operation(state, state.account(0n));
  const price = operation.touchMarket(id);
  const dead = refresh(state, operation, id);
  operation.post();
  operation.record();
  payDebts(state);
  const call = { market, price, dead, caller };
  return state.equity < state.floor ? restoreFloor(state, call) : restoreSkew(state, call);
}

/** Marks the other markets whose mark is old; those without a price do not count. */
function refresh(state: State, operation: Operation, except: number): ReadonlySet<number> {
  const dead = new Set<number>();
  for (const market of state.markets) {
    const isFresh = state.now - market.touchedAt <= state.risk.maxMarkAge;
    if (market.id === except || isFresh || !hasInterest(market)) continue;
    if (state.isDead(market.id)) dead.add(market.id);
    else operation.touchMarket(market.id);
  }
  return dead;
}

/** A haircut for this market's share of what the floor lacks. */
function restoreFloor(state: State, { market, price, dead, caller }: Call): bigint {
  const share = takeTurn(state, market, dead);
  const { profit } = eligibleIn(market, price);
  if (profit === 0n) return 0n;
  const reward = rewardFor(state, min(share, profit));
  payReward(state, caller, reward);
  const collected = haircut(state, market, price, share + reward);
  state.watch();
  payDebts(state);
  state.edit(market).base += coverResidual(state, collected);
  if (state.equity >= state.floor) state.edit(state.round).contributed = 0n;
  return collected;
}

/** Every market where the pool owes traders contributes once before any does again; returns this one's share. */
function takeTurn(state: State, market: Market, dead: ReadonlySet<number>): bigint {
  const round = state.edit(state.round);
  const need = state.floor - state.equity;
  const weights = state.markets.map((one) => (dead.has(one.id) || !hasInterest(one) ? 0n : pos(one.mark)));
  const own = weights[market.id] as bigint;
  const bit = (id: number): bigint => 1n << BigInt(id);
  const waiting = weights.findIndex((w, id) => id !== market.id && w > 0n && (round.contributed & bit(id)) === 0n);
  const mustWait = waiting >= 0 && ((round.contributed & bit(market.id)) !== 0n || own === 0n);
  if (mustWait) throw new ModelError("Clearinghouse_ContributedAlready", market.id, waiting);
  if ((round.contributed & bit(market.id)) !== 0n) round.contributed = 0n;
  if (round.contributed === 0n) {
    round.need = need;
    round.weight = weights.reduce((sum, weight) => sum + weight, 0n);
  }
  round.contributed |= bit(market.id);
  // The pool may owe traders nowhere when a round begins, and somewhere as it goes on.
  return own === 0n || round.weight === 0n ? need : min(need, divUp(round.need * own, round.weight));
}

/** Closes the smallest part of the heavy side that brings the skew from above its cap to 95% of it. */
function restoreSkew(state: State, { market, price, caller }: Call): bigint {
  const { params } = market;
  const k = skew(market);
  const side = k > 0n ? market.long : market.short;
  const capAt = (backing: bigint): bigint => divDown(pos(backing) * params.poolShareBps, params.riskWeightBps);
  const notional = valueUp(abs(k), price);
  const cap = capAt(state.backing);
  const refused = new ModelError("Clearinghouse_NotDeleveragable", market.id, state.equity, state.floor, notional, cap);
  if (notional <= cap) throw refused;
  // What is above the floor: a reward below it would be taken from traders by the next call.
  const reward = min(rewardFor(state, notional - cap), state.equity - state.floor);
  const restored = state.pool.overdue > 0n ? RESTORED_FOR_EXITS_BPS : RESTORED_BPS;
  const target = divDown(divDown(capAt(state.backing - reward) * restored, BPS) * WAD, price);
  const found = eligible(side, price);
  if (found.size === 0n) throw refused;
  const wanted = min(WAD, divUp((abs(k) - target) * WAD, found.size));
  const closeFraction = min(wanted, affordable(state, market, price, found, reward));
  const block = valueDown(found.size, closeFraction);
  if (block === 0n) throw refused;

  const value = tradeValue(params, k, side.isLong ? -block : block, price);
  const atImpact = side.isLong ? divDown(value * WAD, block) : divUp(value * WAD, block);
  const closePrice = params.skewScaleBase === NO_IMPACT ? price : atImpact;
  payReward(state, caller, reward);
  const { fundingIndex } = market;
  const { pended } = deleverageSide(state, side, {
    price,
    closePrice,
    closeFraction,
    haircut: 0n,
    fundingIndex,
    lossId: 0,
  });
  state.move("cash", -pended);
  state.move("pendingPnl", pended);
  state.edit(market).realised -= pended;
  state.storeMark(market, price);
  state.watch();
  payDebts(state);
  return 0n;
}

/** The part of what is eligible that cash can pay, whatever the closing price turns out to be. */
function affordable(state: State, market: Market, price: bigint, found: Eligible, reward: bigint): bigint {
  const { skewScaleBase } = market.params;
  const step = skewScaleBase === NO_IMPACT ? 0n : divUp(price * abs(skew(market)), skewScaleBase);
  const available = state.unpaid === 0n ? state.ledgers.cash - reward : 0n;
  const slack = found.positions * ((price + step) / WAD + 1n) + 4n * found.buckets;
  const most = found.profit + valueUp(found.size, step);
  if (most === 0n) return WAD;
  return available <= slack ? 0n : divDown((available - slack) * WAD, most);
}

// ---------------------------------------------------------------------------------------------------------- reward

/** What the caller earns for restoring `excess`: capped by the hour, and by what cash there is. */
function rewardFor(state: State, excess: bigint): bigint {
  const { deleverageRewardBps, deleverageRewardCapUsd } = state.risk;
  const { hour, rewarded } = state.round;
  const spent = hour === state.now / HOUR ? rewarded : 0n;
  const left = pos(deleverageRewardCapUsd * WAD - spent);
  const cash = state.unpaid === 0n ? state.ledgers.cash : 0n;
  return min(min(divDown(excess * deleverageRewardBps, BPS), left), cash);
}

function payReward(state: State, caller: string, amount: bigint): void {
  if (amount === 0n) return;
  const round = state.edit(state.round);
  const hour = state.now / HOUR;
  round.rewarded = (round.hour === hour ? round.rewarded : 0n) + amount;
  round.hour = hour;
  state.move("cash", -amount);
  state.earn(caller, amount);
}
