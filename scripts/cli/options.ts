import { isHexString } from "ethers";
import { InputError } from "../shared/inputError.ts";

/** A number of an order, an incident, a nonce. */
export function parseId(text: string, what: string): bigint {
  if (/^\d{1,40}$/.test(text.trim())) return BigInt(text.trim());
  throw new InputError(`${what}: "${text}" is not a whole number`);
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
