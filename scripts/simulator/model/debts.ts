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

/** Walks a stake through the eras that ended since it was last seen: what was paid to it, and its points today. */
function present(book: DebtClass, stake: Stake): { paid: bigint; points: bigint } {
  let { points, indexSeen } = stake;
  let paid = 0n;
  for (const end of book.ends.slice(Number(stake.era))) {
    paid += divDown(points * (end.index - indexSeen), RAY36);
    points = end.points === 0n ? 0n : divDown(points * end.outstanding, end.points);
    indexSeen = end.index;
  }
  return { paid: paid + divDown(points * (book.index - indexSeen), RAY36), points };
}

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
  const points = book.points === 0n ? amount : divDown(amount * book.points, book.outstanding);
  const held = account.stakes[id].era === book.era ? account.stakes[id].points : 0n;
  withStake(account, id, { points: held + points, indexSeen: book.index, era: book.era });
  book.points += points;
  book.outstanding += amount;
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
  const outstanding = isClosed ? 0n : book.outstanding;
  book.ends = [...book.ends, { index: book.index, outstanding, points: book.points }];
  book.era += 1n;
  book.outstanding = outstanding;
  book.points = outstanding;
}
