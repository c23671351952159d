import { getAddress } from "ethers";
import { InputError } from "../shared/inputError.ts";
import { parseAddress } from "./address.ts";

const SUB_BITS = 96n;

/** Owner address and sub-account number as the one number the contracts know: `owner << 96 | sub`. */
export function toAccountId(owner: string, sub: bigint | number = 0n): bigint {
  return (BigInt(owner) << SUB_BITS) | BigInt(sub);
}

export function ownerOf(account: bigint): string {
  return getAddress(`0x${(account >> SUB_BITS).toString(16).padStart(40, "0")}`);
}

export function subOf(account: bigint): bigint {
  return account & ((1n << SUB_BITS) - 1n);
}

/** "0xOwner/1": how an account is written everywhere people read it. */
export function formatAccount(account: bigint): string {
  return `${ownerOf(account)}/${subOf(account)}`;
}

/** "0xOwner", "0xOwner/1", "1" (a sub-account of `self`) or the whole number. */
export function parseAccount(text: string, self?: string): bigint {
  const match = /^(0x[0-9a-fA-F]{40})(?:\/(\d{1,29}))?$/.exec(text.trim());
  if (match !== null) return toAccountId(parseAddress(match[1]!, "account"), checkedSub(BigInt(match[2] ?? "0")));
  if (/^\d+$/.test(text.trim())) {
    const number = BigInt(text.trim());
    if (number >> SUB_BITS > 0n && number < 1n << 256n) return number;
    if (self !== undefined) return toAccountId(self, checkedSub(number));
  }
  throw new InputError(`account: "${text}" is neither 0xOwner, 0xOwner/sub-account nor a sub-account number`);
}

function checkedSub(sub: bigint): bigint {
  if (sub >> SUB_BITS === 0n) return sub;
  throw new InputError(`account: sub-account ${sub} does not fit 96 bits`);
}
