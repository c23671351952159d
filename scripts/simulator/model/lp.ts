/**
 * Tranches at epoch boundaries, reset, free capital. All requests made before a settlement are taken to be due: who asked
 * in which epoch is the caller's business. PROTOCOL §6 and §10.
 */
import { OPENING_SKEW_BPS } from "./checks.ts";
import { skew } from "./market.ts";
import { abs, BPS, DAY, divDown, divUp, max, min, pos, valueDown, valueUp } from "./math.ts";
import type { State } from "./state.ts";
import { ModelError, type TrancheName } from "./types.ts";
import { navsAt } from "./waterfall.ts";

const NAMES: readonly TrancheName[] = ["senior", "junior"];

/** An epoch ends: remembers what the pool is worth and what insurance would cover. Marks are fresh. */
export function recordEpoch(state: State): void {
  for (const market of state.markets) state.edit(market).baseCandidate = market.realised - market.mark;
  const pool = state.edit(state.pool);
  pool.recordedEquity = state.equity;
  pool.recordedExit = state.exitValue;
}

/** Settles what was asked: redemptions at the lower exit value, deposits at the higher E. Marks are fresh. */
export function settleEpoch(state: State): void {
  const pool = state.edit(state.pool);
  if (pool.recordedEquity === undefined) throw new ModelError("LiquidityPool_NothingRecorded");
  const equity = state.equity;
  const principal = pool.principal;
  const forDeposits = navsAt(max(pool.recordedEquity, equity), principal);
  const forRedemptions = navsAt(min(pool.recordedExit, state.exitValue), principal);
  const limits = redeemLimits(state, forRedemptions);
  pool.recordedEquity = undefined;

  for (const name of NAMES) {
    const tranche = state.edit(state.tranches[name]);
    const supply = tranche.supply;
    const burnt = redeem(state, name, supply, forRedemptions[name], limits[name]);
    const isOpen = name === "senior" || equity >= principal;
    const { assets, minted } = isOpen ? deposit(state, name, supply, forDeposits[name]) : { assets: 0n, minted: 0n };
    if (name === "senior") movePrincipal(state, supply, burnt, minted, assets, equity < principal);
  }
  for (const market of state.markets) {
    state.edit(market).base = min(market.baseCandidate, market.realised - market.mark);
  }
  // Without junior shares nobody else owns the surplus.
  if (state.tranches.junior.supply === 0n && state.tranches.senior.supply > 0n) {
    pool.principal = max(pool.principal, state.equity);
  }
  state.watch();
}

function redeem(state: State, name: TrancheName, supply: bigint, nav: bigint, limit: bigint): bigint {
  const tranche = state.tranches[name];
  const asked = valueOfShares(state, tranche.sharesAsked, supply, nav);
  if (asked === 0n || limit === 0n) return 0n;
  const assets = min(asked, limit);
  const shares = assets === asked ? tranche.sharesAsked : divUp(tranche.sharesAsked * assets, asked);
  tranche.sharesAsked -= shares;
  tranche.supply -= shares;
  tranche.claimable += assets;
  state.move("cash", -assets);
  state.move("queue", assets);
  return shares;
}

function deposit(state: State, name: TrancheName, supply: bigint, nav: bigint): { assets: bigint; minted: bigint } {
  const tranche = state.tranches[name];
  const assets = tranche.depositsAsked;
  const minted = divDown(assets * (supply + state.virtualShares), nav + 1n);
  if (minted === 0n) return { assets: 0n, minted };
  tranche.depositsAsked = 0n;
  tranche.supply += minted;
  state.move("queue", -assets);
  state.move("cash", assets);
  return { assets, minted };
}

/** T moves by shares while E < T, so that newcomers share the write-down; else by what was paid in. */
function movePrincipal(
  state: State,
  supply: bigint,
  burnt: bigint,
  minted: bigint,
  assets: bigint,
  isBelow: boolean,
): void {
  const { pool } = state;
  const floorOf = (amount: bigint): bigint => divDown(amount * pool.params.seniorFloorBps, BPS);
  const before = pool.principal;
  const down = supply > 0n ? divUp(before * burnt, supply) : 0n;
  const up = isBelow && supply > 0n ? divDown(before * minted, supply) : assets;
  pool.principal = before - down + up;
  pool.floor = pos(pool.floor - floorOf(down)) + floorOf(up);
}

const valueOfShares = (state: State, shares: bigint, supply: bigint, nav: bigint): bigint =>
  divDown(shares * (nav + 1n), supply + state.virtualShares);

/** Free capital over the tranches, pro rata to the value asked. */
function redeemLimits(state: State, navs: Record<TrancheName, bigint>): Record<TrancheName, bigint> {
  const asked = (name: TrancheName): bigint => {
    const { sharesAsked, supply } = state.tranches[name];
    return valueOfShares(state, sharesAsked, supply, navs[name]);
  };
  const senior = asked("senior");
  const junior = asked("junior");
  const free = min(freeCapital(state), senior + junior);
  if (free === 0n) return { senior: 0n, junior: 0n };
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
    free = min(free, equity - divUp(skewNotional * riskWeightBps * BPS, OPENING_SKEW_BPS * poolShareBps));
    collected -= pos(valueUp(market.longSize, price) - market.longCost + market.settledLong);
    collected -= pos(market.shortCost - valueDown(market.shortSize, price) + market.settledShort);
  }
  return pos(min(free, collected));
}

/** Writes the senior principal down to what is there. */
export function reset(state: State): void {
  const { principal, belowSince, openNotional, params } = state.pool;
  const equity = state.equity;
  const isDue = openNotional === 0n || (belowSince !== undefined && state.now >= belowSince + DAY);
  let value = equity;
  for (const market of state.markets) value += pos(market.mark - market.settledLong - market.settledShort);
  const lower = divDown(pos(value) * (BPS - 1n), BPS);
  if (!isDue || lower >= principal) {
    throw new ModelError("LiquidityPool_ResetNotDue", equity, principal, (belowSince ?? state.now) + DAY);
  }
  const pool = state.edit(state.pool);
  pool.principal = lower;
  pool.floor = divDown(lower * params.seniorFloorBps, BPS);
  state.watch();
}
