import Table from "cli-table3";
import type { FactsSection, Figure, Report, TableSection } from "./report.ts";

/** Plain lines: they can be copied into a message, and read in a log. */
const CHARS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};
const STYLE = { head: [], border: [], "padding-left": 0, "padding-right": 0 };

/** Tables for people: figures to the right, units in the header. */
export function render(report: Report): string {
  return `${partsOf(report).join("\n\n")}\n`;
}

function partsOf(report: Report): string[] {
  return report.flatMap((section) => {
    if ("note" in section) return [section.note];
    if ("group" in section) return partsOf(section.group);
    const body = "rows" in section ? tableOf(section) : factsOf(section);
    return [section.title === undefined ? body : `${section.title}\n${body}`];
  });
}

function tableOf({ columns, rows, foot, empty }: TableSection): string {
  if (rows.length === 0) return empty ?? "(none)";
  const shown = columns.filter((column): column is { key: string; head: string } => column.head !== undefined);
  const isRight = shown.map(({ key }) => rows.some((row) => row[key]?.isRight));
  const table = new Table({
    head: shown.map(({ head }) => head),
    colAligns: isRight.map((right) => (right ? "right" : "left")),
    chars: CHARS,
    style: STYLE,
  });
  const cells = (row: Record<string, Figure>) => shown.map(({ key }) => row[key]?.text ?? "");
  table.push(...rows.map(cells));
  if (foot !== undefined) table.push(cells(foot));
  const lines = trimmed(table.toString());
  const rule = "-".repeat(Math.max(...lines.map((line) => line.length)));
  lines.splice(1, 0, rule);
  if (foot !== undefined) lines.splice(-1, 0, rule);
  return lines.join("\n");
}

/** Figures line up at their right end; words begin where figures do and may run on. */
function factsOf({ facts }: FactsSection): string {
  const figures = facts.filter(({ value }) => value.isRight);
  const width = Math.max(0, ...figures.map(({ value }) => value.text.length));
  const table = new Table({ chars: CHARS, style: STYLE });
  table.push(...facts.map(({ name, value }) => [name, value.isRight ? value.text.padStart(width) : value.text]));
  return trimmed(table.toString()).join("\n");
}

function trimmed(table: string): string[] {
  return table.split("\n").map((line) => line.trimEnd());
}
