import { InputError } from "../shared/inputError.ts";
import type { AddressBook } from "./addressBook.ts";

/** "ETH" where the deployment named the market, else "market 5". */
export function formatMarket({ symbols }: AddressBook, market: bigint | number): string {
  return symbols.get(Number(market)) ?? `market ${market}`;
}

/** A symbol in any case, "market 5", or "5". */
export function parseMarket({ symbols }: AddressBook, text: string): number {
  const match = /^(?:market\s*)?(\d{1,3})$/i.exec(text.trim());
  if (match !== null && Number(match[1]) < 256) return Number(match[1]);
  const found = [...symbols].find(([, symbol]) => symbol === text.trim().toUpperCase());
  if (found !== undefined) return found[0];
  const known = symbols.size === 0 ? "a number" : `${[...symbols.values()].join(", ")} or a number`;
  throw new InputError(`market: "${text}" is not ${known}; \`market list\` shows them`);
}
