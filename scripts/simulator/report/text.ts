import Table from "cli-table3";
import { LAYERS, type ReplayResult, type StepIncident } from "../replay/result.ts";
import { deleveraging, recovery } from "./deleveraging.ts";
import { carriedBy, LAYER_NAMES, stepName } from "./layers.ts";
import { change, dollars, percent } from "./money.ts";
import { sparkline } from "./sparkline.ts";

/** Incident rows printed; the smaller rest is one row, so that columns still add up. */
const ROWS = 12;
const WIDTH = 64;

/** What a person reads: the path, what was liquidated, who carried it, and what everybody has left. */
export function textReport(result: ReplayResult): string {
  return [
    heading(result),
    path(result),
    liquidations(result),
    incidents(result),
    deleveraging(result),
    layers(result),
    ...(Object.values(result.claims).some(({ lost }) => lost > 0n) ? [recovery(result)] : []),
    groups(result),
    ending(result),
  ].join("\n\n");
}

function heading({ series, options, plan }: ReplayResult): string {
  const { capital } = plan;
  const usd = (value: number) => Math.round(value).toLocaleString("en-US");
  return [
    `${series.name}: ${options.traders} traders, seed ${options.seed}, keeper every ${plural(options.speed, stepName(series))}`,
    ...series.sources.map((source) => `  ${source}`),
    `Open interest ${usd(plan.longInterest)} long, ${usd(plan.shortInterest)} short = ${options.oiToCapital} x LP capital.`,
    `Behind it: insurance ${usd(capital.insurance)}, junior ${usd(capital.junior)}, senior ${usd(capital.senior)}.`,
  ].join("\n");
}

function path({ series }: ReplayResult): string {
  const prices = series.bars.map((bar) => Number(bar.price));
  const first = prices[0]!;
  const low = Math.min(...prices);
  const last = prices.at(-1)!;
  const at = series.bars[prices.indexOf(low)]!.time;
  const clock = new Date(at * 1_000).toISOString().slice(0, 16).replace("T", " ");
  const off = (price: number) => `${price} (${((price / first - 1) * 100).toFixed(1)}%)`;
  return [
    series.path === "close" ? "Price (at each bar's close)" : "Price (open, extremes and close of each bar)",
    `  ${sparkline(prices, WIDTH)}`,
    `  ${first} -> low ${off(low)} at ${clock} UTC -> ${off(last)}`,
  ].join("\n");
}

function liquidations(result: ReplayResult): string {
  return [
    `Liquidations ${result.liquidations} (${result.partial} partial), ${dollars(result.closedNotional)} USD closed`,
    `Trades ${result.trades}, refused by the rules ${result.refused}`,
  ].join("\n");
}

function incidents({ series, incidents: all, totals }: ReplayResult): string {
  if (all.length === 0) return "Incidents: none. Every liquidation left the account at zero or better.";
  const largest = new Set([...all].sort((a, b) => (a.deficit > b.deficit ? -1 : 1)).slice(0, ROWS));
  const table = new Table({
    head: [stepName(series), "deficit", ...LAYERS],
    colAligns: ["right", ...Array(LAYERS.length + 1).fill("right")],
    style: plain,
  });
  for (const incident of all.filter((one) => largest.has(one))) {
    table.push([String(incident.step), ...amounts(incident)]);
  }
  const rest = all.filter((one) => !largest.has(one));
  if (rest.length > 0) table.push([`... ${rest.length} more`, ...amounts(sum(rest))]);
  table.push(["total", ...amounts(totals)]);
  const which = rest.length > 0 ? `, the ${ROWS} largest` : "";
  return `Incidents ${all.length}${which} (USD; a row is one bankrupt account)\n${table}`;
}

function layers(result: ReplayResult): string {
  const totals = carriedBy(result);
  const { plan } = result;
  const { capital } = plan;
  const start: Partial<Record<(typeof LAYERS)[number], number>> = {
    insurance: capital.insurance,
    junior: capital.junior,
    senior: capital.senior,
  };
  const table = new Table({
    head: ["layer", "carried", "of all deficits", "of its capital"],
    colAligns: ["left", "right", "right", "right"],
    style: plain,
  });
  for (const layer of LAYERS) {
    const capitalOf = start[layer];
    const share = capitalOf === undefined ? "" : percent(totals[layer], BigInt(Math.round(capitalOf)) * 10n ** 18n);
    table.push([LAYER_NAMES[layer], dollars(totals[layer]), percent(totals[layer], totals.deficit), share]);
  }
  return `Who carried the deficits\n${table}`;
}

function groups({ before, after }: ReplayResult): string {
  const table = new Table({
    head: ["group", "before", "after", "change", ""],
    colAligns: ["left", "right", "right", "right", "right"],
    style: plain,
  });
  const all = { before: 0n, after: 0n };
  for (const group of Object.keys(before) as (keyof typeof before)[]) {
    all.before += before[group];
    all.after += after[group];
    const moved = after[group] - before[group];
    table.push([group, dollars(before[group]), dollars(after[group]), change(moved), percent(moved, before[group])]);
  }
  table.push(["all", dollars(all.before), dollars(all.after), change(all.after - all.before), ""]);
  return `Value of each group at the first and the last price (trading results included)\n${table}`;
}

function ending({ conservation, idle, problems, seconds }: ReplayResult): string {
  const kept = idle.before.filter((margin, i) => margin === idle.after[i]).length;
  return [
    `Idle accounts: ${kept} of ${idle.before.length} kept every cent`,
    `Conservation: ${dollars(conservation.held)} held - ${dollars(conservation.ledgers)} in ledgers = ${conservation.difference}`,
    `${problems.length === 0 ? "No" : problems.length} problem${problems.length === 1 ? "" : "s"}, ${seconds.toFixed(1)} s`,
  ].join("\n");
}

const plain = { head: [], border: [], compact: true };

const amounts = (parts: Omit<StepIncident, "step">): string[] =>
  [parts.deficit, ...LAYERS.map((layer) => parts[layer])].map(dollars);

function sum(some: StepIncident[]): Omit<StepIncident, "step"> {
  const total = { deficit: 0n, forgone: 0n, insurance: 0n, junior: 0n, senior: 0n, adl: 0n, residual: 0n };
  for (const one of some) for (const key of ["deficit", ...LAYERS] as const) total[key] += one[key];
  return total;
}

const plural = (count: number, what: string): string => (count === 1 ? what : `${count} ${what}s`);
