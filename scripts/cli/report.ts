import { formatAccount } from "../sdk/accountId.ts";
import { exactShares, formatShares } from "../sdk/shares.ts";
import {
  exactWad,
  formatBps,
  formatDuration,
  formatPercent,
  formatPrice,
  formatSize,
  formatTime,
  formatUsd,
  WAD,
} from "../sdk/units.ts";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One value, as people read it and as programs do. */
export type Figure = { text: string; json: Json; isRight?: boolean };

/** `head` names the unit. A column without a head is only for programs. */
export type Column = { key: string; head?: string };
export type Row = Record<string, Figure>;

/** A list of things: an array for programs. */
export type TableSection = {
  key: string;
  /** Column whose value names the row: an object for programs instead of an array. */
  keyedBy?: string;
  title?: string;
  columns: Column[];
  rows: Row[];
  foot?: Row;
  empty?: string;
};
/** One thing with names: fields for programs, under `key` if there is one. */
export type FactsSection = { key?: string; title?: string; facts: Fact[] };
export type Fact = { key: string; name: string; value: Figure };
/** Several reports in one: one after the other for people, each under its key for programs. */
export type GroupSection = { key: string; group: Report };
/** For people only. */
export type NoteSection = { note: string };

/** What a command has to say. */
export type Report = (TableSection | FactsSection | GroupSection | NoteSection)[];

export const none: Figure = { text: "-", json: null, isRight: true };

function number(text: string, json: Json): Figure {
  return { text, json, isRight: true };
}

/** A figure of a value that may not be there. */
export function maybe<T>(value: T | undefined, figure: (value: T) => Figure): Figure {
  return value === undefined ? none : figure(value);
}

export const usd = (value: bigint): Figure => number(formatUsd(value), exactWad(value));
export const price = (value: bigint): Figure => number(formatPrice(value), exactWad(value));
export const size = (value: bigint): Figure => number(formatSize(value), exactWad(value));
export const percent = (value: bigint): Figure => number(formatPercent(value), exactWad(value));
export const bps = (value: bigint): Figure => number(formatBps(value), Number(value));
export const count = (value: bigint | number): Figure => number(Number(value).toLocaleString("en-US"), Number(value));
/** A number that only names something: no separators. */
export const ordinal = (value: bigint | number): Figure => number(String(value), Number(value));
export const duration = (value: bigint): Figure => number(formatDuration(value), Number(value));
export const text = (value: string): Figure => ({ text: value, json: value });
export const yesNo = (value: boolean): Figure => ({ text: value ? "yes" : "no", json: value });
export const account = (value: bigint): Figure => text(formatAccount(value));

/** 24 decimals. */
export function shares(value: bigint): Figure {
  return number(formatShares(value), exactShares(value));
}

/** Funding and other small rates. */
export const fineBps = (value: bigint): Figure => number(`${formatPercent(value, 4)}`, exactWad(value));

/** Unix seconds; nothing if 0. */
export function time(value: bigint): Figure {
  return value === 0n ? none : { text: formatTime(value), json: Number(value) };
}

/** "longs 1,234.00" style sign that shows: + or -. */
export function signedUsd(value: bigint): Figure {
  return number(`${value > 0n ? "+" : ""}${formatUsd(value)}`, exactWad(value));
}

/** A leverage, WAD. */
export const times = (value: bigint): Figure => number(`${formatUsd(value)}x`, exactWad(value));

export const ratio = (value: bigint, of: bigint): Figure => (of === 0n ? none : percent((value * WAD) / of));

export function fact(key: string, name: string, value: Figure): Fact {
  return { key, name, value };
}

/** One document, keys as the columns and facts have them. */
export function toJson(report: Report): Json {
  const document: { [key: string]: Json } = {};
  for (const section of report) {
    if ("rows" in section) {
      document[section.key] = rowsOf(section);
    } else if ("group" in section) {
      document[section.key] = toJson(section.group);
    } else if ("facts" in section) {
      const fields = Object.fromEntries(section.facts.map(({ key, value }) => [key, value.json]));
      if (section.key === undefined) Object.assign(document, fields);
      else document[section.key] = fields;
    }
  }
  return document;
}

function rowsOf({ columns, rows, keyedBy }: TableSection): Json {
  if (keyedBy === undefined) return rows.map((row) => pick(columns, row));
  const rest = columns.filter(({ key }) => key !== keyedBy);
  return Object.fromEntries(rows.map((row) => [String(row[keyedBy]!.json), pick(rest, row)]));
}

function pick(columns: Column[], row: Row): Json {
  return Object.fromEntries(columns.map(({ key }) => [key, row[key]?.json ?? null]));
}
