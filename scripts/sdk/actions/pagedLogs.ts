import { type JsonRpcApiProvider, toQuantity } from "ethers";

export type PagedLogsParameters = {
  provider: JsonRpcApiProvider;
  addresses: string[];
  /** First topics, any of them. */
  topics: string[];
  from: number;
  to: number;
  /** Blocks of the first request; later ones adapt to what the node bears. */
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

/** Many logs in one answer make a page too large for the next node; few make it too small. */
const MANY_LOGS = 5_000;
const FEW_LOGS = 1_000;

/**
 * Logs of a long range, page after page in the order of the chain. Nodes bound a request by blocks, by logs or by time and
 * say so each in their own words: whatever a node refuses is asked for again in halves, and pages grow while they are
 * light.
 *
 * @example
 * for await (const { logs, to } of pagedLogs({ provider, addresses, topics, from: book.startBlock, to: head })) ...
 */
export async function* pagedLogs({
  provider,
  addresses,
  topics,
  from,
  to,
  pageSize = 2_000,
  maxPageSize = 50_000,
}: PagedLogsParameters): AsyncGenerator<LogPage> {
  let size = pageSize;
  let next = from;
  while (next <= to) {
    const last = Math.min(to, next + size - 1);
    try {
      const logs = await readLogs({ provider, addresses, topics, from: next, to: last });
      yield { logs, from: next, to: last };
      next = last + 1;
      if (logs.length > MANY_LOGS) size = Math.max(1, Math.floor(size / 2));
      else if (logs.length < FEW_LOGS) size = Math.min(maxPageSize, size * 2);
    } catch (error) {
      // One block that cannot be had is no matter of its size.
      if (last === next) throw error;
      size = Math.max(1, Math.floor((last - next + 1) / 2));
    }
  }
}

type RawLog = { blockNumber: string; blockHash: string; logIndex: string; topics: string[]; data: string };

/**
 * The logs of one range, in the order of the chain. Asked for without ethers' own objects, which cost a hash of the address
 * for each log: most of the time of a long scan.
 */
export async function readLogs({
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
