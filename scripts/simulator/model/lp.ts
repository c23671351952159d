/** Tranches at epoch boundaries, reset, free capital. PROTOCOL §6 and §10; ILiquidityPool. */
import { OPENING_SKEW_BPS } from "./checks.ts";
import { mintLpClaims } from "./claims.ts";
import { payDebts } from "./flows.ts";
import { skew } from "./market.ts";
import { abs, BPS, DAY, divDown, divUp, max, min, pos, valueDown, valueUp } from "./math.ts";
import { epochToRecord, requireSettleable, type Settled, settleShares, valueAsked, valueOverdue } from "./shares.ts";
import type { State } from "./state.ts";
import { ModelError, type TrancheName } from "./types.ts";
import { navsAt } from "./waterfall.ts";

const NAME = "LiquidityPool";

/** Throws unless an epoch has ended that is not recorded; the record itself needs fresh marks. */
export const checkRecordable = (state: State): bigint =>
  epochToRecord(state, state.lpEpochs, state.pool.recordedEpochs, NAME);

/** An epoch ends: remembers what the pool is worth and what insurance would cover. Marks are fresh. */
export function recordEpoch(state: State): void {
  for (const market of state.markets) state.edit(market).baseCandidate = market.realised - market.mark;
  const recordedEpochs = checkRecordable(state);
  const pool = state.edit(state.pool);
  pool.recordedEpochs = recordedEpochs;
  pool.recordedAt = state.now;
  pool.recordedEquity = state.equity;
  pool.recordedExit = state.exitValue;
}

/** Throws unless a record waits and keepers had their time. */
export function checkSettleable(state: State): void {
  if (state.pool.recordedEquity === undefined) throw new ModelError("LiquidityPool_NothingRecorded");
  requireSettleable(state, state.lpEpochs, state.pool.recordedAt, NAME);
}

/** Settles what was asked: redemptions at the lower exit value, deposits at the higher E. Marks are fresh. */
export function settleEpoch(state: State): void {
  checkSettleable(state);
  payDebts(state, { mayWriteOff: true });
  const pool = state.edit(state.pool);
  assignSurplus(state);
  const { principal } = pool;
  const epoch = pool.recordedEpochs - 1n;
  const isWhole = state.equity >= principal;
  const navsIn = navsAt(max(pool.recordedEquity ?? 0n, state.equity), principal);
  const navsOut = navsAt(min(pool.recordedExit, state.exitValue), principal);
  const limits = redeemLimits(state, epoch, navsOut);
  pool.recordedEquity = undefined;
  // Nobody owns an empty junior tranche, whatever the record still shows of it.
  if (state.tranches.junior.supply === 0n) navsIn.junior = 0n;

  const settle = (name: TrancheName): Settled =>
    settleShares(state, state.tranches[name], "cash", {
      epoch,
      navIn: navsIn[name],
      navOut: navsOut[name],
      limit: limits[name],
      // Nobody joins before senior is whole again or written down.
      isOpen: isWhole,
    });
  settle("junior");
  movePrincipal(state, settle("senior"));
  for (const market of state.markets) {
    state.edit(market).base = min(market.baseCandidate, market.realised - market.mark);
  }
  payDebts(state);
  const navs = navsAt(state.equity, pool.principal);
  const { senior, junior } = state.tranches;
  pool.overdue = valueOverdue(state, senior, navs.senior) + valueOverdue(state, junior, navs.junior);
  state.watch();
}

/** What no junior share owns is senior's; what no share owns is the insurance fund's. */
function assignSurplus(state: State): void {
  const { senior, junior } = state.tranches;
  if (junior.supply > 0n) return;
  const pool = state.edit(state.pool);
  if (senior.supply > 0n) {
    pool.principal = max(pool.principal, state.equity);
    return;
  }
  pool.principal = 0n;
  pool.floor = 0n;
  const surplus = pool.openNotional === 0n ? min(pos(state.equity), state.ledgers.cash) : 0n;
  state.move("cash", -surplus);
  state.move("insurance", surplus);
}

/** T rises by what was paid in and falls by the shares that left. Floors down. */
function movePrincipal(state: State, { assetsIn, minted, burnt, supplyBefore }: Settled): void {
  const { pool } = state;
  const { principal, floor } = pool;
  if (minted > 0n) {
    pool.principal += assetsIn;
    pool.floor += divDown(assetsIn * pool.params.seniorFloorBps, BPS);
  }
  if (burnt > 0n) {
    pool.principal -= divDown(principal * burnt, supplyBefore);
    pool.floor -= divDown(floor * burnt, supplyBefore);
  }
}

/** Free capital over the tranches, pro rata to the value asked. */
function redeemLimits(state: State, epoch: bigint, navs: Record<TrancheName, bigint>): Record<TrancheName, bigint> {
  const senior = valueAsked(state, state.tranches.senior, epoch, navs.senior);
  const junior = valueAsked(state, state.tranches.junior, epoch, navs.junior);
  const free = freeCapital(state);
  if (senior + junior <= free) return { senior, junior };
  return { senior: divDown(free * senior, senior + junior), junior: divDown(free * junior, senior + junior) };
}

/** What redemptions may take without hurting the floor, a skew cap, or what traders could still ask for. */
export function freeCapital(state: State): bigint {
  const equity = state.equity;
  let free = equity - state.floor;
  let collected = state.ledgers.cash - state.unpaid;
  for (const market of state.markets) {
    const { poolShareBps, riskWeightBps } = market.params;
    const price = market.lastPrice;
    const skewNotional = valueUp(abs(skew(market)), price);
    if (skewNotional > 0n && poolShareBps === 0n) free = 0n;
    else if (skewNotional > 0n) {
      free = min(free, equity - divUp(skewNotional * riskWeightBps * BPS, OPENING_SKEW_BPS * poolShareBps));
    }
    collected -= pos(valueUp(market.long.size, price) - market.long.cost + market.long.settled);
    collected -= pos(market.short.cost - valueDown(market.short.size, price) + market.short.settled);
  }
  return pos(min(free, collected));
}

/** Writes the senior principal down to what is there. Marks are fresh if there is open interest. */
export function reset(state: State): void {
  const { principal, belowSince, openNotional, params } = state.pool;
  const equity = state.equity;
  const isDue = equity < principal && (openNotional === 0n || state.now >= (belowSince ?? state.now) + DAY);
  let value = equity;
  for (const market of state.markets) value += pos(market.mark - market.long.settled - market.short.settled);
  const lower = divDown(pos(value) * (BPS - 1n), BPS);
  if (!isDue || lower >= principal) {
    throw new ModelError("LiquidityPool_ResetNotDue", equity, principal, (belowSince ?? state.now) + DAY);
  }
  if (state.tranches.senior.supply > 0n) mintLpClaims(state, "senior", principal - lower);
  const pool = state.edit(state.pool);
  pool.principal = lower;
  pool.floor = divDown(lower * params.seniorFloorBps, BPS);
  state.watch();
}
