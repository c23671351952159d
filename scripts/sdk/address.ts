import { getAddress } from "ethers";
import { InputError } from "../shared/inputError.ts";

/** 0x and forty digits. Capitals among small letters are a checksum (EIP-55): where it is wrong, so is the address. */
export function parseAddress(text: string, what: string): string {
  const plain = text.trim();
  if (!isAddressLike(plain)) throw new InputError(`${what}: "${text}" is not an address`);
  try {
    return getAddress(plain);
  } catch {
    throw new InputError(`${what}: ${plain} is mistyped: its checksum (the capitals, EIP-55) does not match`);
  }
}

/** Meant as an address, mistyped or not. */
export function isAddressLike(text: string): boolean {
  return /^0x[0-9a-fA-F]{40}$/.test(text);
}
