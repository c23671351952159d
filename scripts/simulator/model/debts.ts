/** Debts of the pool to traders: points books, one a class. contracts/README.md, "debt points". */
import { divDown, divUp, min } from "./math.ts";
import type { Account, DebtClass, Stake } from "./types.ts";

const RAY36 = 10n ** 36n;
/** A class owing less than this is closed and the rest forgiven. */
const DUST = 10n ** 9n;
/** Points are issued anew once this many of them are worth no more than one wei each. */
const REISSUE = 10n ** 9n;

export type ClassId = 0 | 1;
/** Variation margin whose loss did not come true. */
export const SETTLED_RETURN: ClassId = 0;
/** Realised profit that cash could not pay. */
export const UNPAID_PROFIT: ClassId = 1;
export const CLASSES: readonly ClassId[] = [SETTLED_RETURN, UNPAID_PROFIT];

export const NO_STAKE: Stake = { points: 0n, indexSeen: 0n, era: 0n };

export const newClass = (): DebtClass => ({ outstanding: 0n, points: 0n, index: 0n, era: 0n, ends: [] });

/** A part of a class that was written off; what it was owed is now part of a loss. */
export interface WrittenOff {
  lossId: number;
  amount: bigint;
}

/**
 * Walks a stake through the eras that ended since it was last seen: what was paid to it, its points today, and what was
 * written off.
 */
export function present(book: DebtClass, stake: Stake): { paid: bigint; points: bigint; lost?: WrittenOff } {
  let { points, indexSeen } = stake;
  let paid = 0n;
  let lost: WrittenOff | undefined;
  for (const end of book.ends.slice(Number(stake.era))) {
    paid += divDown(points * (end.index - indexSeen), RAY36);
    const left = end.points === 0n ? 0n : divDown(points * end.outstanding, end.points);
    if (end.lossId !== 0 && left > 0n) lost = { lossId: end.lossId, amount: left };
    points = end.lossId === 0 ? left : 0n;
    indexSeen = end.index;
  }
  paid += divDown(points * (book.index - indexSeen), RAY36);
  return lost === undefined ? { paid, points } : { paid, points, lost };
}

/** What a stake had in an era that was written off. */
export const writtenOff = (book: DebtClass, stake: Stake): WrittenOff | undefined => present(book, stake).lost;

/** What was paid to a stake and waits in the recovery ledger. */
export const collectable = (book: DebtClass, stake: Stake): bigint => present(book, stake).paid;

/** What is still owed to a stake. */
export function owed(book: DebtClass, stake: Stake): bigint {
  const { points } = present(book, stake);
  return points === 0n ? 0n : divDown(points * book.outstanding, book.points);
}

function withStake(account: Account, id: ClassId, stake: Stake): void {
  account.stakes = id === SETTLED_RETURN ? [stake, account.stakes[1]] : [account.stakes[0], stake];
}

/** Takes what waits for the account; its stake starts afresh at the present index. */
export function collect(book: DebtClass, account: Account, id: ClassId): bigint {
  const { paid, points } = present(book, account.stakes[id]);
  withStake(account, id, { points, indexSeen: book.index, era: book.era });
  return paid;
}

/** Books a debt. The account has collected before. */
export function addDebt(book: DebtClass, account: Account, id: ClassId, amount: bigint): void {
  if (amount === 0n) return;
  const held = account.stakes[id].era === book.era ? account.stakes[id].points : 0n;
  const points = held + issue(book, amount);
  withStake(account, id, { points, indexSeen: book.index, era: book.era });
}

/** Books `amount` and returns the points it buys; who holds them is the caller's business. */
export function issue(book: DebtClass, amount: bigint): bigint {
  const points = book.outstanding === 0n ? amount : divDown(amount * book.points, book.outstanding);
  book.points += points;
  book.outstanding += amount;
  return points;
}

/** All that is outstanding becomes part of a loss. */
export function writeOff(book: DebtClass, lossId: number): void {
  endEra(book, 0n, lossId);
}

/** Sets off at most `upTo` of what is owed to the account; it has collected before. Points burnt round up. */
export function setOff(book: DebtClass, account: Account, id: ClassId, upTo: bigint): bigint {
  const stake = account.stakes[id];
  const amount = min(upTo, owed(book, stake));
  if (amount <= 0n) return 0n;
  const points = min(stake.points, divUp(amount * book.points, book.outstanding));
  withStake(account, id, { ...stake, points: stake.points - points });
  book.points -= points;
  book.outstanding -= amount;
  endEraIfDue(book);
  return amount;
}

/** Pays at most `cash` to everybody in the class, pro rata; returns what left cash. */
export function pay(book: DebtClass, cash: bigint): bigint {
  const amount = min(cash, book.outstanding);
  if (amount <= 0n) return 0n;
  book.index += divDown(amount * RAY36, book.points);
  book.outstanding -= amount;
  endEraIfDue(book);
  return amount;
}

/** After a payment or a set-off: forgives dust, and issues points anew when they are worth too little. */
function endEraIfDue(book: DebtClass): void {
  const isClosed = book.outstanding < DUST || book.points === 0n;
  if (!isClosed && divDown(book.points, REISSUE) < book.outstanding) return;
  endEra(book, isClosed ? 0n : book.outstanding, 0);
}

/** Old points become `outstanding` new ones, or that part of what is written off. */
function endEra(book: DebtClass, outstanding: bigint, lossId: number): void {
  const end = {
    index: book.index,
    outstanding: lossId === 0 ? outstanding : book.outstanding,
    points: book.points,
    lossId,
  };
  book.ends = [...book.ends, end];
  book.era += 1n;
  book.outstanding = outstanding;
  book.points = outstanding;
}
