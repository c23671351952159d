/** Closing an account that cannot carry its positions, and booking what it could not pay. PROTOCOL §7 and §9. */

import { minNotional } from "./checks.ts";
import { mintLpClaims } from "./claims.ts";
import { coverDeficit, type Part } from "./deleveraging.ts";
import { payDebts, shareOut } from "./flows.ts";
import { cover } from "./fund.ts";
import { debtsTo, unrealised } from "./health.ts";
import { impact, maintenanceRequirement, notionalOf, pricePnl } from "./market.ts";
import { abs, BPS, divDown, divUp, max, min, pos, WAD } from "./math.ts";
import { Operation } from "./operation.ts";
import { MAX_EVENTS } from "./replay.ts";
import type { State } from "./state.ts";
import { type Account, ModelError } from "./types.ts";
import { absorb } from "./waterfall.ts";

/** One live position as the plan sees it. */
interface Leg {
  id: number;
  price: bigint;
  /** Absolute. */
  size: bigint;
  isLong: boolean;
  mmBps: bigint;
  notional: bigint;
  /** Price loss before crystallising, 0 if none. */
  loss: bigint;
  /** Of its market, the position included. */
  skew: bigint;
  /** Impact of closing all of it. */
  fullImpact: bigint;
  close: bigint;
}

export interface Liquidation {
  equity: bigint;
  maintenance: bigint;
  closedNotional: bigint;
  penalty: bigint;
  bonds: bigint;
  deficit: bigint;
}

const isOrphan = (account: Account): boolean => account.id >> 96n === 0n;

export function liquidate(state: State, account: Account, keeper: string): Liquidation {
  const open = [...account.positions.keys()];
  const live = open.filter((id) => !state.isDead(id));
  if (live.length === 0) throw new ModelError("Clearinghouse_NothingToLiquidate", account.id);

  const operation = new Operation(state, account);
  operation.collect();
  // What deleveraging owes the account counts before its deficit, also where there is no price.
  for (const id of open) if (!live.includes(id)) operation.advance(id, MAX_EVENTS);
  for (const id of live) operation.touchPosition(id);
  const legs = live.map((id) => legOf(state, operation, id));
  for (const leg of legs) if (leg.size > 0n) operation.crystallise(leg.id);

  const equity = account.margin + operation.net + debtsTo(state, account).outstanding + deadLosses(state, account);
  const maintenance = sum(legs, (leg) => requirementOf(state, leg, leg.size));
  if (!isOrphan(account) && equity >= maintenance) {
    throw new ModelError("Clearinghouse_NotLiquidatable", account.id, equity, maintenance);
  }
  plan(state, legs, isOrphan(account) ? 0n : equity, maintenance);

  let bonds = 0n;
  for (const leg of legs) {
    if (leg.close > 0n) bonds += operation.close(leg.id, leg.close).bond;
    operation.putBack(leg.id);
  }
  state.move("orders", -bonds);
  state.earn(keeper, bonds);
  if (isOrphan(account)) operation.forfeit(live[0] as number);
  const deficit = operation.settleMoney({ isLiquidation: true });
  const closedNotional = sum(legs, (leg) => notionalOf(leg.close, leg.price));
  const penalty = takePenalty(state, operation, closedNotional, keeper);

  const parts = partsOf(state, legs, deficit);
  operation.post();
  for (const part of parts) {
    const market = state.market(part.id);
    part.matched = min(part.deficit, pos(market.base - (market.realised - market.mark)));
  }
  operation.record();
  payDebts(state);
  if (deficit > 0n) book(state, account, deficit, parts);
  payDebts(state);
  if (account.margin === 0n && legs.every((leg) => leg.close === leg.size)) orphanDead(state, account);
  return { equity, maintenance, closedNotional, penalty, bonds, deficit };
}

function legOf(state: State, operation: Operation, id: number): Leg {
  const price = operation.price(id);
  const position = operation.position(id);
  // Nothing is left to close of what deleveraging has closed.
  const size = position?.size ?? 0n;
  return {
    id,
    price,
    size: abs(size),
    isLong: size > 0n,
    mmBps: position?.mmBps ?? 0n,
    notional: notionalOf(size, price),
    loss: position === undefined ? 0n : pos(-pricePnl(position, price)),
    skew: operation.skewOf(id),
    fullImpact: impact(state.market(id).params, operation.skewOf(id), -size, price),
    close: abs(size),
  };
}

const requirementOf = (state: State, leg: Leg, size: bigint): bigint =>
  maintenanceRequirement(state.market(leg.id), size, leg.mmBps, leg.price);

/** Positions without a price count at their last mark, and only against the account. */
function deadLosses(state: State, account: Account): bigint {
  let losses = 0n;
  for (const [id, position] of account.positions) {
    if (!state.isDead(id)) continue;
    const market = state.market(id);
    losses += min(0n, unrealised(position, market.lastPrice, market.fundingIndex));
  }
  return losses;
}

/** Decides how much of every leg closes: all, unless a part restores the target health. */
function plan(state: State, legs: Leg[], equity: bigint, maintenance: bigint): void {
  if (equity <= 0n) return;
  const { penaltyBps, targetHealthBps } = state.risk;
  const target = divUp(maintenance * targetHealthBps, BPS);
  const notional = sum(legs, (leg) => leg.notional);
  const freed = target - divUp(notional * penaltyBps, BPS) - sum(legs, (leg) => leg.fullImpact);
  if (freed <= 0n) return;
  const q = min(WAD, divUp((target - equity) * WAD, freed));

  let equityAfter = equity;
  let maintenanceAfter = 0n;
  let closed = 0n;
  const closes: bigint[] = [];
  for (const leg of legs) {
    const market = state.market(leg.id);
    const close = min(leg.size, divUp(leg.size * q, WAD));
    const rest = leg.size - close;
    if (rest > 0n && notionalOf(rest, leg.price) < minNotional(market)) return;
    equityAfter -= impact(market.params, leg.skew, leg.isLong ? -close : close, leg.price);
    maintenanceAfter += requirementOf(state, leg, rest);
    closed += notionalOf(close, leg.price);
    closes.push(close);
  }
  equityAfter -= divUp(closed * penaltyBps, BPS);
  if (equityAfter * maintenance <= equity * maintenanceAfter) return;
  for (const [index, leg] of legs.entries()) leg.close = closes[index] as bigint;
}

function takePenalty(state: State, operation: Operation, closedNotional: bigint, keeper: string): bigint {
  const { penaltyBps, keeperShareBps, insuranceShareBps } = state.risk;
  const penalty = min(divUp(closedNotional * penaltyBps, BPS), pos(operation.account.margin));
  const toKeeper = divDown(penalty * keeperShareBps, BPS);
  const toInsurance = divDown(penalty * insuranceShareBps, BPS);
  operation.credit(-penalty);
  state.earn(keeper, toKeeper);
  state.move("insurance", toInsurance);
  state.move("cash", penalty - toKeeper - toInsurance);
  operation.income += penalty - toKeeper - toInsurance;
  return penalty;
}

/** Divides a deficit over the losing legs and takes it out of what the pool realised there. */
function partsOf(state: State, legs: readonly Leg[], deficit: bigint): Part[] {
  if (deficit === 0n) return [];
  let losing = legs.filter((leg) => leg.loss > 0n);
  if (losing.length === 0) losing = [legs.reduce((best, leg) => (leg.notional > best.notional ? leg : best))];
  const parts = shareOut(
    deficit,
    losing.map((leg) => leg.loss + max(0n, leg.fullImpact)),
  );
  return losing.map(({ id, price }, index) => {
    const part = parts[index] as bigint;
    state.edit(state.market(id)).realised -= part;
    return { id, price, deficit: part, matched: 0n };
  });
}

/** The waterfall, once the ledgers and marks show the loss; what the floor lacks comes from traders in profit. */
function book(state: State, account: Account, deficit: bigint, parts: readonly Part[]): void {
  const matched = sum(parts, (part) => part.matched);
  const insurance = cover(state.edit(state.fund), state.ledgers.insurance, matched, state.now);
  state.move("insurance", -insurance);
  state.move("cash", insurance);
  const { principal } = state.pool;
  const { shortOfFloor, junior, senior } = absorb(matched - insurance, state.equity, principal, state.floor);
  mintLpClaims(state, "junior", junior);
  const weights = parts.map((part) => part.matched);
  for (const [index, paid] of shareOut(insurance, weights).entries()) {
    const { id, matched: insured } = parts[index] as Part;
    const market = state.edit(state.market(id));
    market.realised += paid;
    market.base -= insured - paid;
  }
  const adl = min(shortOfFloor, coverDeficit(state, parts, shortOfFloor));
  const residual = shortOfFloor - adl;
  state.edit(state.waterfall).residual += residual;
  const forgone = deficit - matched;
  state.incidents.push({ account: account.id, deficit, forgone, insurance, junior, senior, adl, residual });
  state.watch();
}

/** Dead positions of an account without margin go, with their bonds, to ownerless accounts of their own. */
function orphanDead(state: State, account: Account): void {
  if (isOrphan(account)) return;
  for (const [id, position] of account.positions) {
    state.edit(state.clock).orphans += 1n;
    state.setPosition(account, id, undefined);
    state.setPosition(state.account(state.clock.orphans), id, position);
  }
}

function sum<T>(items: readonly T[], value: (item: T) => bigint): bigint {
  let total = 0n;
  for (const item of items) total += value(item);
  return total;
}
