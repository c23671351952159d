import { isHexString } from "ethers";
import { InputError } from "../shared/inputError.ts";

/** A number of an order, an incident, a nonce. */
export function parseId(text: string, what: string): bigint {
  if (!/^\d+$/.test(text.trim())) throw new InputError(`${what}: "${text}" is not a whole number`);
  const id = BigInt(text.trim());
  if (id >= 2n ** 256n) throw new InputError(`${what}: "${text}" is too large`);
  return id;
}

/** How many of something to show. */
export function parseCount(text: string, what: string): number {
  const count = parseId(text, what);
  if (count >= 1n && count <= 10_000n) return Number(count);
  throw new InputError(`${what}: "${text}" is not from 1 to 10,000`);
}

/** "0xab…,0xcd…": signed updates of a price feed. */
export function parseHexList(text: string, what: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.every((part) => isHexString(part) && part.length > 2)) return parts;
  throw new InputError(`${what}: not hexadecimal data like 0x504e4155…`);
}

/** One of a few words. */
export function oneOf<T extends string>(text: string, words: readonly T[], what: string): T {
  if (words.includes(text as T)) return text as T;
  throw new InputError(`${what}: "${text}" is not one of ${words.join(", ")}`);
}
