import { expect } from "chai";
import { type Exchange, LEDGERS } from "../../../scripts/simulator/model/index.ts";
import { impactReserve } from "../../../scripts/simulator/model/market.ts";

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
  for (const market of state.markets) {
    const here = positions.filter(([id]) => id === market.id).map(([, position]) => position);
    const long = here.filter(({ size }) => size > 0n);
    const short = here.filter(({ size }) => size < 0n);
    expect(sum(long.map(({ size }) => size)), "I3: S long").to.equal(market.longSize);
    expect(-sum(short.map(({ size }) => size)), "I3: S short").to.equal(market.shortSize);
    expect(sum(long.map(({ cost }) => cost)), "I3: N long").to.equal(market.longCost);
    expect(sum(short.map(({ cost }) => cost)), "I3: N short").to.equal(market.shortCost);
    expect(sum(here.map(({ settled }) => settled)), "W").to.equal(market.settledLong + market.settledShort);
    expect(here.every(({ settled }) => settled >= 0n)).to.equal(true);
    marks += market.mark;
    if (here.length === 0) {
      expect(market.mark >= 0n && market.mark < 10n, `an empty market owes nothing: ${market.mark}`).to.equal(true);
      expect(market.fundingWeightLong + market.fundingWeightShort).to.equal(0n);
    }
  }
  expect(exchange.equity(), "E is a running sum").to.equal(ledgers.cash - state.unpaid - marks);
  expect(state.pool.openNotional).to.equal(sum(state.markets.map((market) => market.longCost + market.shortCost)));

  const owed = accounts.map((account) => exchange.debtsTo(account.id));
  expect(sum(owed.map(({ outstanding }) => outstanding)) <= state.unpaid, "debts owed <= debts booked").to.equal(true);
  expect(sum(owed.map(({ collectable }) => collectable)) <= ledgers.recovery, "collectable <= held").to.equal(true);
  const slack = state.unpaid - sum(owed.map(({ outstanding }) => outstanding));
  expect(abs(slack) < 10n ** 12n, `debts nobody holds: ${slack}`).to.equal(true);
}

/** Everything, as text: two states are the same if and only if their digests are. */
export function digest(exchange: Exchange): string {
  const { state } = exchange;
  const plain = (_: string, value: unknown): unknown =>
    typeof value === "bigint" ? value.toString() : value instanceof Map ? [...value].sort() : value;
  const accounts = [...state.accounts.values()].filter(
    ({ margin, positions, stakes }) => margin > 0n || positions.size > 0 || stakes.some(({ points }) => points > 0n),
  );
  const { ledgers, pool, debts, fund, feesDue, markets, clock, tranches, incidents } = state;
  return JSON.stringify([ledgers, pool, debts, fund, feesDue, markets, clock, tranches, accounts, incidents], plain);
}

/**
 * With fresh marks the pool's E, summed in O(1), and the equities of all accounts, summed one by one, are everything
 * there is: `Σ equity + E + Σ R_imp = margin + C + R`, short of it by rounding dust only, never above.
 */
export function expectNothingPromisedTwice(exchange: Exchange): void {
  const { cash, margin, recovery } = exchange.ledgers();
  let promised = exchange.equity();
  let positions = 0n;
  for (const [id, account] of exchange.state.accounts) {
    promised += exchange.health(id).equity;
    positions += BigInt(account.positions.size);
  }
  for (const market of exchange.state.markets) promised += impactReserve(market, market.lastPrice);
  const slack = margin + cash + recovery - promised;
  expect(slack >= 0n && slack < 10n ** 12n + positions * 100n, `slack ${slack}`).to.equal(true);
}
