/** Debts of the pool to traders: points books, one a class. contracts/README.md, "debt points". */
import { divDown, divUp, min } from "./math.ts";
import type { Account, DebtClass, Stake } from "./types.ts";

const RAY36 = 10n ** 36n;
/** A class owing less than this is closed and the rest forgiven. */
const DUST = 10n ** 9n;

export type ClassId = 0 | 1;
/** Variation margin whose loss did not come true. */
export const SETTLED_RETURN: ClassId = 0;
/** Realised profit that cash could not pay. */
export const UNPAID_PROFIT: ClassId = 1;
export const CLASSES: readonly ClassId[] = [SETTLED_RETURN, UNPAID_PROFIT];

export const NO_STAKE: Stake = { points: 0n, indexSeen: 0n, era: 0n };

export const newClass = (): DebtClass => ({ outstanding: 0n, points: 0n, index: 0n, era: 0n, eraEnd: new Map() });

/** What was paid to a stake and waits in the recovery ledger. */
export function collectable(book: DebtClass, stake: Stake): bigint {
  if (stake.points === 0n) return 0n;
  const upTo = stake.era === book.era ? book.index : (book.eraEnd.get(stake.era) ?? book.index);
  return divDown(stake.points * (upTo - stake.indexSeen), RAY36);
}

/** What is still owed to a stake. */
export function owed(book: DebtClass, stake: Stake): bigint {
  if (stake.points === 0n || stake.era !== book.era || book.points === 0n) return 0n;
  return divDown(stake.points * book.outstanding, book.points);
}

function withStake(account: Account, id: ClassId, stake: Stake): void {
  account.stakes = id === SETTLED_RETURN ? [stake, account.stakes[1]] : [account.stakes[0], stake];
}

/** Takes what waits for the account; its stake starts afresh at the present index. */
export function collect(book: DebtClass, account: Account, id: ClassId): bigint {
  const stake = account.stakes[id];
  const amount = collectable(book, stake);
  const points = stake.era === book.era ? stake.points : 0n;
  withStake(account, id, { points, indexSeen: book.index, era: book.era });
  return amount;
}

/** Books a debt. The account has collected before. */
export function addDebt(book: DebtClass, account: Account, id: ClassId, amount: bigint): void {
  if (amount === 0n) return;
  const points = book.points === 0n ? amount : divDown(amount * book.points, book.outstanding);
  const held = account.stakes[id].era === book.era ? account.stakes[id].points : 0n;
  withStake(account, id, { points: held + points, indexSeen: book.index, era: book.era });
  book.points += points;
  book.outstanding += amount;
}

/** Sets off at most `upTo` of what is owed to the account; it has collected before. Points burnt round up. */
export function setOff(book: DebtClass, account: Account, id: ClassId, upTo: bigint): bigint {
  const stake = account.stakes[id];
  const all = owed(book, stake);
  const amount = min(upTo, all);
  if (amount <= 0n) return 0n;
  const points = amount === all ? stake.points : min(stake.points, divUp(amount * book.points, book.outstanding));
  withStake(account, id, { ...stake, points: stake.points - points });
  book.points -= points;
  book.outstanding -= amount;
  closeIfDust(book);
  return amount;
}

/** Pays at most `cash` to everybody in the class, pro rata; returns what left cash. */
export function pay(book: DebtClass, cash: bigint): bigint {
  const amount = min(cash, book.outstanding);
  if (amount <= 0n) return 0n;
  book.index += divDown(amount * RAY36, book.points);
  book.outstanding -= amount;
  closeIfDust(book);
  return amount;
}

function closeIfDust(book: DebtClass): void {
  if (book.outstanding >= DUST && book.points > 0n) return;
  book.eraEnd = new Map(book.eraEnd).set(book.era, book.index);
  book.era += 1n;
  book.outstanding = 0n;
  book.points = 0n;
}
