import assert from "node:assert/strict";
import { CLASSES, collectable, owed, writtenOff } from "../../../scripts/simulator/model/debts.ts";
import {
  type Account,
  type Bucket,
  type Exchange,
  LEDGERS,
  type Position,
  type Side,
} from "../../../scripts/simulator/model/index.ts";
import { fundingWeight, impactReserve, sideOf, sidesOf } from "../../../scripts/simulator/model/market.ts";
import { replay } from "../../../scripts/simulator/model/replay.ts";

/** Asked millions of times: chai's `expect`, which Hardhat wraps for its matchers, takes longer than the model itself. */
const expect = (has: unknown, what?: string) => ({
  to: {
    equal: (expected: unknown): void => assert.equal(has, expected, what),
    deep: { equal: (expected: unknown): void => assert.deepEqual(has, expected, what) },
  },
});

const sum = (values: Iterable<bigint>): bigint => [...values].reduce((total, value) => total + value, 0n);
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** Everything that must hold after any operation; `held` is what went in less what went out. */
export function expectSound(exchange: Exchange, held: bigint): void {
  const { state } = exchange;
  const ledgers = exchange.ledgers();
  const accounts = [...state.accounts.values()];
  const positions = accounts.flatMap((account) => [...account.positions]);

  expect(sum(Object.values(ledgers)), "I1: ledgers add up").to.equal(held);
  for (const name of LEDGERS) expect(ledgers[name] >= 0n, `I2: ${name}`).to.equal(true);
  expect(sum(accounts.map((account) => account.margin)), "margin by account").to.equal(ledgers.margin);
  for (const account of accounts) expect(account.margin >= 0n, "I8: margin").to.equal(true);
  expect(sum(positions.map(([, position]) => position.bondCents)) * 10n ** 16n, "bonds").to.equal(ledgers.orders);
  expect(sum(Object.values(state.feesDue)), "fees").to.equal(ledgers.fees);

  for (const incident of exchange.incidents()) {
    const { forgone, insurance, junior, senior, adl, residual } = incident;
    expect(forgone + insurance + junior + senior + adl + residual, "I4").to.equal(incident.deficit);
    expect([forgone, insurance, junior, senior, adl, residual].every((part) => part >= 0n)).to.equal(true);
  }

  let marks = 0n;
  let credits = 0n;
  for (const market of state.markets) {
    const here = positions.filter(([id]) => id === market.id).map(([, position]) => position);
    for (const side of sidesOf(market)) {
      credits += expectSideSound(
        side,
        here.filter(({ size }) => size > 0n === side.isLong),
        market.lastPrice,
      );
    }
    marks += market.mark;
    if (here.length === 0) {
      expect(market.mark >= 0n && market.mark < 10n, `an empty market owes nothing: ${market.mark}`).to.equal(true);
      expect(market.long.weight + market.short.weight).to.equal(0n);
    }
  }
  expect(ledgers.pendingPnl >= credits, `credits waiting ${credits} <= held ${ledgers.pendingPnl}`).to.equal(true);
  expect(exchange.equity(), "E is a running sum").to.equal(ledgers.cash - state.unpaid - marks);
  expect(state.pool.openNotional).to.equal(sum(state.markets.map(({ long, short }) => long.cost + short.cost)));

  const debts = accounts.map((account) => exchange.debtsTo(account.id));
  expect(sum(debts.map(({ outstanding }) => outstanding)) <= state.unpaid, "debts owed <= debts booked").to.equal(true);
  const { losses, lpClaims } = state;
  const claims = accounts.map((account) => claimsWithUnseen(exchange, account));
  const recoverable = sum(debts.map(({ collectable }) => collectable)) + sum(claims.map(({ claimable }) => claimable));
  expect(recoverable <= ledgers.recovery, "collectable and claimable <= held").to.equal(true);
  const claimed = sum(claims.map(({ outstanding }) => outstanding));
  expect(claimed <= losses.book.outstanding, "claims of all <= claims on record").to.equal(true);
  for (const { outstanding, repaid, lost } of [{ ...losses, ...losses.book }, lpClaims.senior, lpClaims.junior]) {
    expect(outstanding + repaid <= lost, "I11: repaid and outstanding <= lost").to.equal(true);
  }
  const slack = state.unpaid - sum(debts.map(({ outstanding }) => outstanding));
  expect(abs(slack) < 10n ** 12n, `debts nobody holds: ${slack}`).to.equal(true);
}

/** I3: sums of a side against its buckets and against its replayed positions; returns the credits these wait for. */
function expectSideSound(side: Side, positions: readonly Position[], price: bigint): bigint {
  const buckets = [...side.buckets.values()];
  for (const name of ["size", "cost", "weight"] as const) {
    expect(sum(buckets.map((bucket) => bucket[name])), `I3: ${name} of buckets`).to.equal(side[name]);
  }
  expect([...side.populated].sort()).to.deep.equal(
    buckets
      .filter(({ size }) => size > 0n)
      .map(({ id }) => id)
      .sort(),
  );
  for (const { id, count } of buckets) {
    expect(BigInt(positions.filter(({ bucket }) => bucket === id).length), "who points there").to.equal(count);
  }
  expect(sum(positions.map(({ settled }) => settled)), "W").to.equal(side.settled);
  expect(positions.every(({ settled }) => settled >= 0n)).to.equal(true);

  const seen = positions.map((position) => replay(side, position));
  const size = sum(seen.map(({ position }) => abs(position.size)));
  const cost = sum(seen.map(({ position }) => position.cost));
  const weight = sum(seen.map(({ position, fundingOwed }) => fundingWeight(position) - fundingOwed));
  // What the sums promise beyond what the positions have: dust, on the safe side. Only a haircut on the dust in S takes
  // more from N than from the positions.
  const sign = side.isLong ? 1n : -1n;
  const excess = [sign * (side.size - size), sign * (cost - side.cost), side.weight - weight];
  const from = [0n, -(10n ** 7n), 0n];
  for (const [index, dust] of excess.entries()) {
    const isDust = dust >= (from[index] as bigint) && dust < 10n ** 9n;
    expect(isDust, `I3: ${["S", "N", "Z"][index]} off by ${dust} at ${price}`).to.equal(true);
  }
  return sum(seen.map(({ credit }) => credit));
}

/** A claim as it will be once the account has joined every loss it has a part in. */
function claimsWithUnseen(exchange: Exchange, account: Account): { claimable: bigint; outstanding: bigint } {
  const { state } = exchange;
  const { book, events } = state.losses;
  let { claimable, outstanding } = exchange.claimsOf(account.id);
  const parts = [...account.positions].flatMap(([id, position]) => {
    return replay(sideOf(state.market(id), position.size), position).losses;
  });
  for (const id of CLASSES) parts.push(writtenOff(state.debts[id], account.stakes[id]) ?? { lossId: 0, amount: 0n });
  for (const { lossId, amount } of parts) {
    const event = events[lossId - 1];
    if (event === undefined) continue;
    const stake = { points: (amount * event.rate) / 10n ** 36n, indexSeen: event.index, era: event.era };
    claimable += collectable(book, stake);
    outstanding += owed(book, stake);
  }
  return { claimable, outstanding };
}

/** Everything, as text: two states are the same if and only if their digests are. */
export function digest(exchange: Exchange): string {
  const { state } = exchange;
  const plain = (_: string, value: unknown): unknown =>
    typeof value === "bigint" ? value.toString() : value instanceof Map ? [...value].filter(isSomething).sort() : value;
  const accounts = [...state.accounts.values()].filter(
    ({ margin, positions, stakes, lossStake, lossRepaid }) =>
      margin > 0n ||
      positions.size > 0 ||
      lossRepaid > 0n ||
      [...stakes, lossStake].some(({ points, era }) => points > 0n || era > 0n),
  );
  const { ledgers, pool, debts, fund, feesDue, markets, clock, tranches, incidents } = state;
  const { losses, lpClaims, waterfall, round } = state;
  const money = [ledgers, pool, debts, fund, feesDue, tranches, losses, lpClaims];
  return JSON.stringify([money, markets, clock, accounts, incidents, waterfall, round], plain);
}

/** A bucket that was only looked at is nothing. */
const isSomething = ([, value]: [unknown, unknown]): boolean => {
  const bucket = value as Bucket | undefined;
  return bucket?.events === undefined || bucket.count > 0n || bucket.events.length > 0;
};

/**
 * With fresh marks the pool's E, summed in O(1), and the equities of all accounts, summed one by one, are everything
 * there is: `Σ equity + E + Σ R_imp = margin + C + pendingPnl + what of R is debts`, short of it by rounding dust only, never above.
 */
export function expectNothingPromisedTwice(exchange: Exchange): void {
  const { cash, margin, pendingPnl } = exchange.ledgers();
  let promised = exchange.equity();
  let positions = 0n;
  let repaid = 0n;
  for (const [id, account] of exchange.state.accounts) {
    promised += exchange.health(id).equity;
    repaid += exchange.debtsTo(id).collectable;
    positions += BigInt(account.positions.size);
  }
  for (const market of exchange.state.markets) promised += impactReserve(market, market.lastPrice);
  const slack = margin + cash + pendingPnl + repaid - promised;
  expect(slack >= 0n && slack < 10n ** 12n + positions * 100n, `slack ${slack}`).to.equal(true);
}
