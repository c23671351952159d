import type { Breakwater } from "../contracts.ts";
import { readEvents } from "../readEvents.ts";

export type ReadAccountsParameters = {
  /** Of one owner only. */
  owner?: string;
};

/** Ids. */
export type ReadAccountsReturnType = bigint[];

/**
 * Accounts that ever had margin, or a position that nobody owns any more, in the order they came up. No contract lists
 * them: they come from events.
 *
 * @example
 * const mine = await readAccounts(breakwater, { owner: address });
 */
export async function readAccounts(
  breakwater: Breakwater,
  { owner }: ReadAccountsParameters = {},
): Promise<ReadAccountsReturnType> {
  const { clearinghouse } = breakwater;
  const { Deposited, MarginTransferred, PositionOrphaned } = clearinghouse.filters;
  const seen = await Promise.all([
    collect(readEvents(breakwater, clearinghouse, Deposited()), ({ account }) => account),
    collect(readEvents(breakwater, clearinghouse, MarginTransferred()), ({ to }) => to),
    collect(readEvents(breakwater, clearinghouse, PositionOrphaned()), ({ orphan }) => orphan),
  ]);
  const inOrder = seen.flat().sort((a, b) => a.block - b.block || a.index - b.index);
  const unique = [...new Set(inOrder.map(({ account }) => account))];
  return owner === undefined ? unique : unique.filter((account) => account >> 96n === BigInt(owner));
}

type Seen = { account: bigint; block: number; index: number };
type Event<Args> = { args: Args; blockNumber: number; index: number };

async function collect<Args>(events: AsyncIterable<Event<Args>>, accountOf: (args: Args) => bigint): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const { args, blockNumber: block, index } of events) seen.push({ account: accountOf(args), block, index });
  return seen;
}
