import { isHexString } from "ethers";
import json5 from "json5";
import { InputError } from "../shared/inputError.ts";
import { MARKET_STATES } from "./actions/readMarkets.ts";
import { ROLES } from "./actions/readRoles.ts";
import { isAddressLike, parseAddress } from "./address.ts";
import type { AddressBook } from "./addressBook.ts";
import { type AbiInput, functionNamed } from "./governedAbis.ts";
import { formatMarket, parseMarket } from "./markets.ts";
import { exactWad, formatBps, formatDuration, withoutSeparators } from "./units.ts";

/** Names of what a number stands for, by the type in Solidity; what the steward moves is called as in the structs. */
export const ENUMS: Record<string, readonly string[]> = {
  "enum MarketState": MARKET_STATES,
  "enum IRiskSteward.MarketParameter": [
    "imrBps",
    "volFactorBps",
    "feeBps",
    "maxFundingBps",
    "reserveFactorBps",
    "poolShareBps",
    "riskWeightBps",
    "maxPositionBase",
    "minNotionalCents",
  ],
  "enum IRiskSteward.RiskParameter": [
    "penaltyBps",
    "keeperFloorCents",
    "maxMarkAge",
    "insuranceFeeMinBps",
    "insuranceFeeMaxBps",
    "insuranceTargetBps",
    "deleverageRewardBps",
    "deleverageRewardCapUsd",
  ],
};

type Value = string | bigint | boolean | Value[];

/** A struct that Solidity left without a name is called after its type; an underscore only keeps names in Solidity apart. */
export function nameOf({ name, type, internalType }: AbiInput): string {
  if (name !== "") return name.replace(/_$/, "");
  const word = internalType?.split(/[ .]/).at(-1) ?? type;
  return `${word[0]!.toLowerCase()}${word.slice(1)}`;
}

/** A text as the value of a parameter: what the contract takes, names where there are some. `path` says where it stands. */
export function parseInput(book: AddressBook, input: AbiInput, text: string, path = nameOf(input)): Value {
  const { type, internalType } = input;
  if (type.endsWith("[]")) {
    const item = {
      ...input,
      name: "",
      type: type.slice(0, -2),
      internalType: internalType?.replace(/\[\]$/, "") ?? "",
    };
    return listOf(text, path).map((one, i) => parseInput(book, item, one, `${path}[${i}]`));
  }
  if (type === "tuple") return parseStruct(book, input, text, path);
  if (type === "address") return addressOf(book, text, path);
  if (type === "string") return text;
  if (type === "bool") return parseBool(text, path);
  if (type.startsWith("bytes")) return parseBytes(type, text, path);
  const name = namedNumber(book, input, text, path);
  return name ?? parseWhole(type, text, path);
}

/** A value in words: markets, roles, addresses, functions and units by their names, the number always with it. */
export function formatInput(book: AddressBook, input: AbiInput, value: unknown): string {
  const { type, internalType, components } = input;
  const name = nameOf(input);
  if (type.endsWith("[]")) {
    const item = { ...input, type: type.slice(0, -2) };
    return `[${(value as unknown[]).map((one) => formatInput(book, item, one)).join(", ")}]`;
  }
  if (type === "tuple") {
    const parts = components!.map((part, i) => `${part.name} ${formatInput(book, part, (value as unknown[])[i])}`);
    return `{${parts.join(", ")}}`;
  }
  if (type === "address") {
    const known = Object.entries(book.addresses).find(([, address]) => address === value);
    return known === undefined ? String(value) : `${value} (${known[0]})`;
  }
  if (type === "bytes4") return `${value} (${functionNamed(String(value)) ?? "a function of no known contract"})`;
  // Quoted and escaped: it is somebody's text, and goes to a terminal.
  if (type === "string") return JSON.stringify(value);
  if (typeof value !== "bigint") return String(value);
  if (internalType === "MarketId") return `${value} (${formatMarket(book, value)})`;
  const names = ENUMS[internalType ?? ""];
  if (names !== undefined) return `${value} (${names[Number(value)] ?? "none there is"})`;
  if (isRole(input)) return `${value} (${roleNamed(value) ?? "a role without a name"})`;
  if (/bps$/i.test(name)) return `${value} (${formatBps(value)})`;
  if (/Cents$/.test(name)) return `${value} (${exactWad(value * 10n ** 16n)} USD)`;
  if (/delay|duration|age|length|heartbeat/i.test(name) && value < 10n ** 9n) {
    return `${value} (${formatDuration(value)})`;
  }
  return value >= 10n ** 12n ? `${value} (${exactWad(value)} if a WAD)` : String(value);
}

function parseStruct(book: AddressBook, { components = [] }: AbiInput, text: string, path: string): Value {
  const names = components.map(({ name }) => name);
  const given = read(text, path, `an object like {${names[0]}: …} or a list of its ${names.length} values`);
  const fields = Array.isArray(given) ? Object.fromEntries(given.map((one, i) => [names[i] ?? String(i), one])) : given;
  if (typeof fields !== "object" || fields === null) throw new InputError(`${path}: neither an object nor a list`);
  const missing = names.filter((name) => !(name in fields));
  const unknown = Object.keys(fields).filter((name) => !names.includes(name));
  if (missing.length > 0) throw new InputError(`${path}: ${missing.join(", ")} missing`);
  if (unknown.length > 0) throw new InputError(`${path}: there is no ${unknown.join(", ")}`);
  return components.map((part) => {
    const where = `${path}.${part.name}`;
    return parseInput(book, part, textOf((fields as Record<string, unknown>)[part.name], where), where);
  });
}

function listOf(text: string, path: string): string[] {
  const given = read(text, path, "a list like [1, 2]");
  if (!Array.isArray(given)) throw new InputError(`${path}: not a list like [1, 2]`);
  return given.map((one, i) => textOf(one, `${path}[${i}]`));
}

function read(text: string, path: string, what: string): unknown {
  try {
    return json5.parse(text);
  } catch {
    throw new InputError(`${path}: not ${what}`);
  }
}

/** JSON cannot hold large numbers: they would arrive rounded. */
function textOf(value: unknown, path: string): string {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new InputError(`${path}: write a number as large as this in quotes`);
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function addressOf({ addresses }: AddressBook, text: string, path: string): string {
  if (isAddressLike(text.trim())) return parseAddress(text, path);
  const known = Object.entries(addresses).find(([name]) => name.toLowerCase() === text.trim().toLowerCase());
  if (known !== undefined) return known[1];
  throw new InputError(`${path}: "${text}" is neither an address nor one of ${Object.keys(addresses).join(", ")}`);
}

function parseBool(text: string, path: string): boolean {
  if (/^(true|yes)$/i.test(text.trim())) return true;
  if (/^(false|no)$/i.test(text.trim())) return false;
  throw new InputError(`${path}: "${text}" is neither true nor false`);
}

function parseBytes(type: string, text: string, path: string): string {
  const length = type === "bytes" ? true : Number(type.slice("bytes".length));
  const data = text.trim();
  const isRight: boolean = isHexString(data, length);
  if (isRight) return data;
  throw new InputError(`${path}: "${text}" is not hexadecimal data${length === true ? "" : ` of ${length} bytes`}`);
}

/** Markets, roles, and what an enum has, by name. */
function namedNumber(book: AddressBook, input: AbiInput, text: string, path: string): bigint | undefined {
  const word = text.trim().toLowerCase();
  const names = ENUMS[input.internalType ?? ""];
  if (names !== undefined) {
    const found = names.findIndex((name, i) => name.toLowerCase() === word || String(i) === word);
    if (found >= 0) return BigInt(found);
    throw new InputError(`${path}: "${text}" is not one of ${names.join(", ")}`);
  }
  if (/^\d/.test(word)) return undefined;
  if (input.internalType === "MarketId") return BigInt(parseMarket(book, text));
  return isRole(input) ? ROLES[word as keyof typeof ROLES] : undefined;
}

function isRole({ type, name }: AbiInput): boolean {
  return type === "uint64" && /^(roleId|admin|guardian)$/.test(name);
}

function roleNamed(id: bigint): string | undefined {
  return Object.entries(ROLES).find(([, known]) => known === id)?.[0];
}

/** "1000000", "1_000_000", "1e18", "1.5e18": exact, and within the type. */
function parseWhole(type: string, text: string, path: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e(\d{1,2}))?$/i.exec(withoutSeparators(text, path));
  const [, sign, whole = "", decimals = "", exponent = "0"] = match ?? [];
  if (match === null || decimals.length > Number(exponent)) {
    throw new InputError(`${path}: "${text}" is not a whole number like 5000 or 1.5e18`);
  }
  const size = BigInt(whole + decimals) * 10n ** BigInt(Number(exponent) - decimals.length);
  const value = sign === "-" ? -size : size;
  const bits = BigInt(type.replace(/^u?int/, ""));
  const [min, max] = type.startsWith("u") ? [0n, 2n ** bits] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n)];
  if (value < min || value >= max) throw new InputError(`${path}: ${text} does not fit ${type}`);
  return value;
}
