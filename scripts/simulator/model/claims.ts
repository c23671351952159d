/** Recovery claims: what was socialised is owed back. PROTOCOL §11. */
import { type ClassId, issue, pay, present, writeOff, writtenOff } from "./debts.ts";
import { divDown, min, pos } from "./math.ts";
import type { State } from "./state.ts";
import type { Account, LossEvent, Stake, TrancheName } from "./types.ts";

const RAY36 = 10n ** 36n;
/** A class owing less than this is closed and the rest forgiven. */
const DUST = 10n ** 9n;
/** What stays of every trader's claim, so that roundings never leave the last to collect short. */
const HELD_BACK = 10n ** 9n;

// --------------------------------------------------------------------------------------------------------- traders

/** Under which number the next loss will be on record. */
export const nextLoss = (state: State): number => state.losses.events.length + 1;

/** Puts a loss of traders on record; whose it is turns out as they are touched. */
export function enterLoss(state: State, amount: bigint): void {
  const losses = state.edit(state.losses);
  const { index, era } = losses.book;
  const bought = issue(state.edit(losses.book), amount);
  losses.events = [...losses.events, { rate: divDown(bought * RAY36, amount), index, era }];
  losses.lost += amount;
}

/** Brings an account's stake to the present: what was repaid to it waits to be claimed. */
function bringUp(state: State, account: Account, stake: Stake): bigint {
  const { paid, points } = present(state.losses.book, stake);
  state.edit(account).lossRepaid += paid;
  return points;
}

/** An account joins a loss, counted from when it happened. */
export function joinLoss(state: State, account: Account, lossId: number, amount: bigint): void {
  const { book, events } = state.losses;
  const { rate, index, era } = events[lossId - 1] as LossEvent;
  const held = bringUp(state, account, account.lossStake);
  const joined = bringUp(state, account, { points: divDown(amount * rate, RAY36), indexSeen: index, era });
  account.lossStake = { points: held + joined, indexSeen: book.index, era: book.era };
}

/** Joins the losses that debts to an account have become. */
export function joinWriteOff(state: State, account: Account, id: ClassId): void {
  const lost = writtenOff(state.debts[id], account.stakes[id]);
  if (lost !== undefined) joinLoss(state, account, lost.lossId, lost.amount);
}

/** Every debt of the pool becomes a claim of those it was owed to; returns how much. */
export function writeOffDebts(state: State): bigint {
  let amount = 0n;
  for (const book of state.debts) {
    if (book.outstanding === 0n) continue;
    const { outstanding } = book;
    writeOff(state.edit(book), nextLoss(state));
    enterLoss(state, outstanding);
    amount += outstanding;
  }
  return amount;
}

/** What can be paid out to an account, and what is not repaid yet; of what it has joined. */
export function claimsOf(state: State, account: Account): { claimable: bigint; outstanding: bigint } {
  const { book } = state.losses;
  const { paid, points } = present(book, account.lossStake);
  const outstanding = points === 0n ? 0n : divDown(points * book.outstanding, book.points);
  return { claimable: pos(account.lossRepaid + paid - HELD_BACK), outstanding };
}

/** Takes what can be paid out, in whole token units. */
export function takeClaim(state: State, account: Account): bigint {
  const { book } = state.losses;
  const points = bringUp(state, account, account.lossStake);
  account.lossStake = { points, indexSeen: book.index, era: book.era };
  const due = pos(account.lossRepaid - HELD_BACK);
  const paid = due - (due % state.scale);
  account.lossRepaid -= paid;
  return paid;
}

/** Repays traders from money that is in the recovery ledger; returns what they took. */
export function repayTraders(state: State, amount: bigint): bigint {
  if (amount === 0n || state.losses.book.outstanding === 0n) return 0n;
  const losses = state.edit(state.losses);
  const paid = pay(state.edit(losses.book), amount);
  losses.repaid += paid;
  return paid;
}

// ------------------------------------------------------------------------------------------------------------- LPs

/** A loss of a tranche, owed to whoever holds its shares now. Nobody holds any: owed to nobody. */
export function mintLpClaims(state: State, name: TrancheName, amount: bigint): void {
  if (amount === 0n || state.tranches[name].supply === 0n) return;
  const claims = state.edit(state.lpClaims[name]);
  claims.outstanding += amount;
  claims.lost += amount;
}

/** Repays LPs from money that is in the recovery ledger, senior first. */
export function repayLps(state: State, amount: bigint): void {
  let left = amount;
  for (const name of ["senior", "junior"] as const) {
    const paid = min(left, state.lpClaims[name].outstanding);
    if (paid === 0n) continue;
    const claims = state.edit(state.lpClaims[name]);
    claims.repaid += paid;
    claims.outstanding -= paid;
    if (claims.outstanding < DUST) claims.outstanding = 0n;
    left -= paid;
  }
}

export const claimsOutstanding = (state: State): bigint =>
  state.losses.book.outstanding + state.lpClaims.senior.outstanding + state.lpClaims.junior.outstanding;
