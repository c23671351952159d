import { InputError } from "../shared/inputError.ts";
import { formatWad, parsePositive, WAD } from "./units.ts";

/** What one can be a holder of: the two tranches of the pool, and the insurance fund. */
export const SHARE_VAULTS = ["senior", "junior", "insurance"] as const;
export type ShareVault = (typeof SHARE_VAULTS)[number];

/** One whole share: they have 24 decimals. */
export const SHARE = 10n ** 24n;
const SHARE_PER_WAD = SHARE / WAD;

/** "12.5" whole shares, or "all" of `balance`. */
export function parseShares(text: string, balance: bigint): bigint {
  if (text.trim().toLowerCase() !== "all") return parsePositive(text, "shares") * SHARE_PER_WAD;
  if (balance === 0n) throw new InputError("shares: there are none to redeem");
  return balance;
}

/** Every digit. */
export function exactShares(shares: bigint): string {
  const rest = (shares % SHARE).toString().padStart(24, "0").replace(/0+$/, "");
  return `${shares / SHARE}${rest === "" ? "" : `.${rest}`}`;
}

export function formatShares(shares: bigint): string {
  return formatWad(shares / SHARE_PER_WAD, 4);
}
