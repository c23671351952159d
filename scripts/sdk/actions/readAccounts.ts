import type { Breakwater } from "../contracts.ts";
import { readEvents } from "../readEvents.ts";

export type ReadAccountsParameters = {
  /** Of one owner only. */
  owner?: string;
};

/** Ids. */
export type ReadAccountsReturnType = bigint[];

/**
 * Accounts that ever had margin, in the order they first did. No contract lists them: they come from events.
 *
 * @example
 * const mine = await readAccounts(breakwater, { owner: address });
 */
export async function readAccounts(
  breakwater: Breakwater,
  { owner }: ReadAccountsParameters = {},
): Promise<ReadAccountsReturnType> {
  const { clearinghouse } = breakwater;
  const seen: bigint[] = [];
  for await (const { args } of readEvents(breakwater, clearinghouse, clearinghouse.filters.Deposited())) {
    seen.push(args.account);
  }
  for await (const { args } of readEvents(breakwater, clearinghouse, clearinghouse.filters.MarginTransferred())) {
    seen.unshift(args.to);
  }
  const unique = [...new Set(seen.reverse())];
  return owner === undefined ? unique : unique.filter((account) => account >> 96n === BigInt(owner));
}
