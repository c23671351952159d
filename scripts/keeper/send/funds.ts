import type { Sent } from "../state/state.ts";

/** What a node wants to see on the account before it takes a transaction, wei: used or not. */
export function mostOf({ value, gasLimit, maxFee }: Pick<Sent, "value" | "gasLimit" | "maxFee">): bigint {
  return BigInt(value) + BigInt(gasLimit) * BigInt(maxFee);
}

/** Those that can be paid for together, the first ones first. */
export function affordable<T>(all: T[], wei: bigint, costOf: (one: T) => bigint): T[] {
  let left = wei;
  return all.filter((one) => {
    const cost = costOf(one);
    if (cost > left) return false;
    left -= cost;
    return true;
  });
}
