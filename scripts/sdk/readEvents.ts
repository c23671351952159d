import type { TypedContractEvent, TypedDeferredTopicFilter, TypedEventLog } from "../../typechain-types/common.ts";
import { adaptivePages } from "./adaptivePages.ts";
import type { Breakwater } from "./contracts.ts";

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
  const pages = adaptivePages({
    from: book.startBlock,
    to: latest,
    isNewestFirst: true,
    read: (from, to) => contract.queryFilter(filter, from, to),
  });
  for await (const { items } of pages) yield* items.reverse();
}
