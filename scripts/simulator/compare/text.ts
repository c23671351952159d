import Table from "cli-table3";
import { change, dollars, exact } from "../report/money.ts";
import type { Comparison } from "./compareAdl.ts";
import { POLICY_NAMES, type PolicyComparison } from "./policies.ts";
import type { DayResult } from "./replayDay.ts";

/** What a person reads: the policies on one book, then the real day. */
export function textReport({ policies, day, skipped }: Comparison): string {
  const second = day === null ? [`SKIPPED: ${skipped}`] : [waves(day), totals(day)];
  return [shocks(policies), growth(policies), ...second].join("\n\n");
}

function shocks({ seed, positions, rows }: PolicyComparison): string {
  const table = new Table({
    head: ["price", "need", "policy", "needed", "taken", "too much", "paid", "losers", "> profit", "least", "most"],
    colAligns: ["right", "right", "left", ...Array<"right">(8).fill("right")],
    style: plain,
  });
  for (const row of rows) {
    const isFirst = row.policy === POLICY_NAMES[0];
    table.push([
      isFirst ? exact(row.price) : "",
      isFirst ? `${row.needPercent}%` : "",
      row.policy,
      dollars(row.needed),
      dollars(row.taken),
      dollars(row.overshoot),
      `${row.charged} of ${row.winners}`,
      String(row.losersCharged),
      String(row.beyondProfit),
      share(row.smallestShare, 2),
      share(row.largestShare, 2),
    ]);
  }
  return [
    `One book of ${positions} positions (seed ${seed}) under three policies. USD; the need is a part of the winners' profit.`,
    "paid: winners charged · losers: positions at a loss charged · > profit: winners charged more than they had ·",
    "least, most: part of their profit that the winners charged paid. Ours spares who is within a bucket (1.57%) of the price.",
    `${table}`,
  ].join("\n");
}

function growth({ growth: books }: PolicyComparison): string {
  const table = new Table({
    head: ["positions", ...POLICY_NAMES],
    colAligns: Array(POLICY_NAMES.length + 1).fill("right"),
    style: plain,
  });
  for (const { positions, steps } of books) {
    table.push([count(positions), ...POLICY_NAMES.map((policy) => count(steps[policy]))]);
  }
  return `Records the transaction that books the first shock looks at (ours: buckets, at most 96 a side)\n${table}`;
}

function waves(day: DayResult): string {
  const table = new Table({
    head: ["wave", "groups", "buckets", "needed", "ours", "of profit", "production", "difference", "gas"],
    colAligns: Array(9).fill("right"),
    style: plain,
  });
  for (const wave of day.waves) {
    table.push([
      wave.wave,
      String(wave.positions),
      String(wave.buckets),
      dollars(wave.needed),
      dollars(wave.ours),
      share(wave.haircut, 4),
      dollars(wave.production),
      change(wave.production - wave.needed),
      count(wave.gas),
    ]);
  }
  const sums = [day.needed, day.ours].map(dollars);
  table.push(["all", "", "", ...sums, "", dollars(day.production), change(day.overshoot), ""]);
  return [
    "10 October 2025, one venue's deleveraging, wave by wave (USD). ours: the contracts' own haircut on a chain in this process",
    `${table}`,
  ].join("\n");
}

function totals(day: DayResult): string {
  const gaps = day.waves.map(({ production, needed }) => production - needed);
  const over = gaps.filter((gap) => gap > 0n);
  const under = gaps.filter((gap) => gap < 0n);
  const sum = (some: bigint[]) => dollars(some.reduce((all, one) => all + one, 0n));
  return [
    `Production took   ${cents(day.production)}`,
    `needed            ${cents(day.needed)}`,
    `ours takes        ${cents(day.ours)}, ${day.ours - day.needed} wei (1e-18 USD) more than needed`,
    `difference        ${cents(day.overshoot)}: ${sum(over)} too much in ${over.length} waves, ${sum(under)} in the other ${under.length}`,
    day.problems.length === 0
      ? "Every wave within 1e-18 of the profit plus one wei a bucket; every position lost the same part of its profit."
      : `${day.problems.length} broken promises`,
  ].join("\n");
}

const plain = { head: [], border: [], compact: true };

const count = (value: number): string => value.toLocaleString("en-US");

/** WAD as percent. */
function share(part: bigint | undefined, digits: number): string {
  return part === undefined ? "-" : `${(Number(part / 10n ** 10n) / 1e6).toFixed(digits)}%`;
}

/** With cents, half away from zero. */
function cents(amount: bigint): string {
  const rounded = (amount + 5n * 10n ** 15n) / 10n ** 16n;
  return `${(rounded / 100n).toLocaleString("en-US")}.${(rounded % 100n).toString().padStart(2, "0")}`.padStart(15);
}
