import Table from "cli-table3";
import type { AdlWave } from "../replay/adl.ts";
import type { ReplayResult } from "../replay/result.ts";
import { stepName } from "./layers.ts";
import { dollars, fraction } from "./money.ts";

/** Waves printed; the smaller rest is one row. */
const ROWS = 12;
const plain = { head: [], border: [], compact: true };

/** Whom deleveraging charged, and that it charged them alike. */
export function deleveraging({ series, adl, waves }: ReplayResult): string {
  if (waves.length === 0) return "Deleveraging: none. No trader in profit was charged.";
  const size = (wave: AdlWave) => wave.collected + wave.paid;
  const largest = new Set([...waves].sort((a, b) => (size(a) > size(b) ? -1 : 1)).slice(0, ROWS));
  const head = [
    stepName(series),
    "for",
    "events",
    "haircut",
    "closed",
    "charged",
    "least",
    "most",
    "losers",
    "withheld",
    "paid",
  ];
  const table = new Table({ head, colAligns: head.map(() => "right" as const), style: plain });
  for (const wave of waves.filter((one) => largest.has(one))) {
    table.push([
      String(wave.step),
      wave.closeFraction > 0n ? "skew" : wave.isIncident ? "deficits" : "floor",
      String(wave.events),
      fraction(wave.haircut),
      fraction(wave.closeFraction),
      String(wave.charged),
      fraction(wave.smallestShare),
      fraction(wave.largestShare),
      String(wave.losersCharged),
      dollars(wave.collected),
      dollars(wave.paid),
    ]);
  }
  const rest = waves.filter((one) => !largest.has(one));
  const sums = (some: AdlWave[], name: string): string[] => [
    name,
    "",
    String(some.reduce((total, wave) => total + wave.events, 0)),
    ...Array(5).fill(""),
    String(some.reduce((total, wave) => total + wave.losersCharged, 0)),
    dollars(some.reduce((total, wave) => total + wave.collected, 0n)),
    dollars(some.reduce((total, wave) => total + wave.paid, 0n)),
  ];
  if (rest.length > 0) table.push(sums(rest, `... ${rest.length} more`));
  table.push(sums(waves, "total"));
  const gas = Math.max(...adl.map((event) => event.gas)).toLocaleString("en-US");
  return [
    "Deleveraging, read from every position before and after (a row is one pass of the keeper; USD).",
    "  for: deficits past the senior floor, the floor itself, or a skew above its cap (closed at the price, paid in full);",
    "  haircut: of the profit, in all events of the row together; least and most: what a trader lost, as a share of its own;",
    `  losers: charged without a profit. The dearest transaction took ${gas} gas.`,
    String(table),
  ].join("\n");
}

/** What socialised losses are still owed, and what was paid back. */
export function recovery({ claims }: ReplayResult): string {
  const table = new Table({
    head: ["class", "lost", "repaid", "outstanding", "paid out"],
    colAligns: ["left", "right", "right", "right", "right"],
    style: plain,
  });
  for (const [name, { lost, repaid, outstanding, paid }] of Object.entries(claims)) {
    if (lost === 0n) continue;
    table.push([name, ...[lost, repaid, outstanding, paid].map(dollars)]);
  }
  return `Recovery claims, after everybody has claimed (USD)\n${table}`;
}
