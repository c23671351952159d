/**
 * The one place where text becomes a number of the contracts and the other way round. On chain, USD, prices and sizes have
 * 18 decimals (WAD), rates are basis points or WAD, tokens have their own decimals.
 */
import { InputError } from "../shared/inputError.ts";

export const WAD = 10n ** 18n;
const BPS = 10_000n;
/** A hundredth of a percent, as a WAD fraction. */
export const BP = WAD / BPS;

/** Ten trillion: a slip of the finger, and about what the contracts can hold of the smallest of their numbers, a size. */
const LARGEST = 10n ** 13n * WAD;

/** "1250.5" or "1_250.5" as a WAD. `what` names it in the error. */
export function parseWad(text: string, what: string): bigint {
  const plain = withoutSeparators(text, what);
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(plain);
  if (match === null) throw new InputError(`${what}: "${text}" is not a number like 1250.5`);
  const [, sign, whole = "0", decimals = ""] = match;
  if (decimals.length > 18) throw new InputError(`${what}: "${text}" has more than 18 decimals`);
  const size = BigInt(whole) * WAD + BigInt(decimals.padEnd(18, "0"));
  if (size > LARGEST) throw new InputError(`${what}: "${text}" is more than ${formatExact(LARGEST)}`);
  return sign === "-" ? -size : size;
}

/** A comma is a thousands separator to some and a decimal point to others: neither is guessed. */
export function withoutSeparators(text: string, what: string): string {
  if (text.includes(",")) throw new InputError(`${what}: "${text}" has a comma: write 1250.5 or 1_250.5`);
  return text.trim().replaceAll("_", "");
}

/** USD, a price or a size that has to be more than nothing. */
export function parsePositive(text: string, what: string): bigint {
  const value = parseWad(text, what);
  if (value <= 0n) throw new InputError(`${what}: "${text}" is not more than zero`);
  return value;
}

/** USD to be paid in tokens: what a token cannot hold is refused, not cut off. */
export function parsePayable(text: string, what: string, scale: bigint): bigint {
  const value = parsePositive(text, what);
  if (value % scale === 0n) return value;
  throw new InputError(`${what}: "${text}" is finer than a unit of the token, ${exactWad(scale)} USD`);
}

/** "0.5%", "50bp" or "0.005" as a WAD fraction, from nothing to all. */
export function parseFraction(text: string, what: string): bigint {
  const match = /^(.*?)\s*(%|bps?)?$/.exec(text.trim());
  const value = parseWad(match?.[1] ?? "", `${what} (like 0.5% or 50bp)`);
  const fraction = match?.[2] === undefined ? value : value / (match[2] === "%" ? 100n : BPS);
  if (fraction >= 0n && fraction <= WAD) return fraction;
  // A bare 5 is 500%: who typed it meant 5%.
  const is = match?.[2] === undefined ? ` is ${formatPercent(fraction)}:` : ":";
  throw new InputError(`${what}: "${text}"${is} not from 0% to 100%`);
}

/** Longer is a slip of the finger, and past the calendar of the contracts. */
const LONGEST_DAYS = 3_650n;

/** "90", "90s", "15m", "2h", "3d" in seconds. */
export function parseDuration(text: string, what: string): bigint {
  const match = /^(\d+)\s*([smhd]?)$/.exec(text.trim());
  if (match === null) throw new InputError(`${what}: "${text}" is not a time like 90s, 15m, 2h or 3d`);
  const unit = { "": 1n, s: 1n, m: 60n, h: 3_600n, d: 86_400n }[match[2] as "" | "s" | "m" | "h" | "d"];
  const seconds = BigInt(match[1]!) * unit;
  if (seconds > LONGEST_DAYS * 86_400n) throw new InputError(`${what}: "${text}" is more than ${LONGEST_DAYS}d`);
  return seconds;
}

/** USD WAD to units of the quote token, rounded down: what is not a whole unit stays where it is. */
export function toNative(usd: bigint, scale: bigint): bigint {
  return usd / scale;
}

/** Units of the quote token as USD WAD, exact. */
export function fromNative(amount: bigint, scale: bigint): bigint {
  return amount * scale;
}

/** A WAD with thousands separators and at most `decimals` digits after the point, rounded half away from zero. */
export function formatWad(value: bigint, decimals = 2): string {
  const step = 10n ** BigInt(18 - decimals);
  const size = value < 0n ? -value : value;
  const rounded = (size + step / 2n) / step;
  const whole = (rounded / 10n ** BigInt(decimals)).toLocaleString("en-US");
  const rest = decimals === 0 ? "" : `.${(rounded % 10n ** BigInt(decimals)).toString().padStart(decimals, "0")}`;
  return `${value < 0n && rounded > 0n ? "-" : ""}${whole}${rest}`;
}

/** Dollars and cents. */
export function formatUsd(usd: bigint): string {
  return formatWad(usd, 2);
}

/** Base units: as many of six decimals as say something; all of what is smaller. */
export function formatSize(size: bigint): string {
  const text = formatWad(size, 6).replace(/\.?0+$/, "");
  return text === "0" ? formatExact(size) : text;
}

/** USD per base unit: cents for what costs dollars, six digits for what costs cents. */
export function formatPrice(price: bigint): string {
  return formatWad(price, price < WAD && price > 0n ? 8 : 2);
}

/** A WAD fraction in percent. */
export function formatPercent(fraction: bigint, decimals = 2): string {
  return `${formatWad(fraction * 100n, decimals)}%`;
}

export function formatBps(bps: bigint | number): string {
  return `${Number(bps) / 100}%`;
}

/** Exact decimal text of a WAD, no separators, no trailing zeros: what programs read. */
export function exactWad(value: bigint): string {
  const size = value < 0n ? -value : value;
  const rest = (size % WAD).toString().padStart(18, "0").replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${size / WAD}${rest === "" ? "" : `.${rest}`}`;
}

/** As it was typed: all digits there are, with thousands separators. */
export function formatExact(value: bigint, leastDecimals = 0): string {
  const [whole = "0", decimals = ""] = exactWad(value).split(".");
  const rest = decimals.padEnd(leastDecimals, "0");
  // "-0" of -0.5 has no BigInt.
  const sign = value < 0n ? "-" : "";
  return `${sign}${BigInt(whole.replace("-", "")).toLocaleString("en-US")}${rest === "" ? "" : `.${rest}`}`;
}

/** The last second of the year 9999: later ones have no date that people or `Date` can read. */
const LAST_DATE = 253_402_300_799n;

/** Unix seconds as "2026-11-24 18:30:00 UTC". */
export function formatTime(seconds: bigint | number): string {
  if (BigInt(seconds) > LAST_DATE) return "after the year 9999";
  return new Date(Number(seconds) * 1_000).toISOString().replace("T", " ").replace(".000Z", " UTC");
}

/** Seconds as "2 d 3 h", "15 m", "40 s": the two largest units unless told otherwise. */
export function formatDuration(seconds: bigint | number, units = 2): string {
  let left = BigInt(seconds);
  const parts: string[] = [];
  for (const [name, size] of [
    ["d", 86_400n],
    ["h", 3_600n],
    ["m", 60n],
    ["s", 1n],
  ] as const) {
    if (left >= size) parts.push(`${left / size} ${name}`);
    left %= size;
  }
  return parts.slice(0, units).join(" ") || "0 s";
}
