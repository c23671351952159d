import type { TypedContractEvent, TypedDeferredTopicFilter, TypedEventLog } from "../../typechain-types/common.ts";
import type { Breakwater } from "./contracts.ts";

/** Public RPCs answer for ten thousand blocks at most. */
const PAGE_BLOCKS = 10_000;

type Queryable<E extends TypedContractEvent> = {
  runner: Breakwater["vault"]["runner"];
  queryFilter(filter: TypedDeferredTopicFilter<E>, from: number, to: number): Promise<TypedEventLog<E>[]>;
};

/**
 * Events of one kind since the deployment, newest first, page by page: who has seen enough stops, and no more is asked for.
 */
export async function* readEvents<E extends TypedContractEvent>(
  { book }: Breakwater,
  contract: Queryable<E>,
  filter: TypedDeferredTopicFilter<E>,
): AsyncGenerator<TypedEventLog<E>> {
  const latest = (await contract.runner?.provider?.getBlockNumber()) ?? 0;
  for (let to = latest; to >= book.startBlock; to -= PAGE_BLOCKS) {
    const from = Math.max(book.startBlock, to - PAGE_BLOCKS + 1);
    yield* (await contract.queryFilter(filter, from, to)).reverse();
  }
}
