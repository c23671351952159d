import { type JsonRpcApiProvider, toQuantity } from "ethers";
import { adaptivePages } from "../adaptivePages.ts";

export type PagedLogsParameters = {
  provider: JsonRpcApiProvider;
  addresses: string[];
  /** First topics, any of them. */
  topics: string[];
  from: number;
  to: number;
  /** As `adaptivePages`. */
  pageSize?: number;
  maxPageSize?: number;
};

export type FoundLog = {
  blockNumber: number;
  blockHash: string;
  /** In its block. */
  index: number;
  topics: string[];
  data: string;
};

export type LogPage = { logs: FoundLog[]; from: number; to: number };

/**
 * Logs of a long range, page after page in the order of the chain.
 *
 * @example
 * for await (const { logs, to } of pagedLogs({ provider, addresses, topics, from: book.startBlock, to: head })) ...
 */
export async function* pagedLogs({ pageSize, maxPageSize, ...what }: PagedLogsParameters): AsyncGenerator<LogPage> {
  const pages = adaptivePages({
    from: what.from,
    to: what.to,
    ...(pageSize !== undefined && { pageSize }),
    ...(maxPageSize !== undefined && { maxPageSize }),
    read: (from, to) => readLogs({ ...what, from, to }),
  });
  for await (const { items, from, to } of pages) yield { logs: items, from, to };
}

type RawLog = { blockNumber: string; blockHash: string; logIndex: string; topics: string[]; data: string };

/**
 * The logs of one range, in the order of the chain. Asked for without ethers' own objects, which cost a hash of the address
 * for each log: most of the time of a long scan.
 */
async function readLogs({
  provider,
  addresses,
  topics,
  from,
  to,
}: Omit<PagedLogsParameters, "pageSize" | "maxPageSize">): Promise<FoundLog[]> {
  const filter = { address: addresses, topics: [topics], fromBlock: toQuantity(from), toBlock: toQuantity(to) };
  const raw: RawLog[] = await provider.send("eth_getLogs", [filter]);
  return raw
    .map(({ blockNumber, blockHash, logIndex, topics, data }) => {
      return { blockNumber: Number(blockNumber), blockHash, index: Number(logIndex), topics, data };
    })
    .sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index);
}
