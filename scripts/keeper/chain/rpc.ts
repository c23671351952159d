import { FetchRequest, JsonRpcProvider, Network } from "ethers";
import { originOf } from "../../shared/secrets.ts";

/** A block as far as the keeper cares. */
export type Head = {
  number: number;
  hash: string;
  parentHash: string;
  /** Unix seconds. */
  timestamp: number;
  /** Wei; 0 on chains without one. */
  baseFee: bigint;
};

type RawBlock = { number: string; hash: string; parentHash: string; timestamp: string; baseFeePerGas?: string };

/** One node. */
export class Rpc {
  readonly name: string;
  readonly url: string;
  readonly origin: string;
  readonly chainId: bigint;
  readonly provider: JsonRpcProvider;
  /** Each request by itself, not in a batch: what the node does not answer takes nothing else with it. */
  readonly alone: JsonRpcProvider;
  /** Where calls see what the next block would: not every node has a pending one. Known after {@link nextTime}. */
  next: "pending" | "latest" = "pending";

  constructor(name: string, url: string, chainId: bigint, timeoutMs: number) {
    this.name = name;
    this.url = url;
    this.origin = originOf(url);
    this.chainId = chainId;
    const request = new FetchRequest(url);
    request.timeout = timeoutMs;
    const network = Network.from(chainId);
    // The chain is known: asking for it again would turn an outage into endless retries.
    const options = { staticNetwork: network, cacheTimeout: -1 };
    this.provider = new JsonRpcProvider(request, network, { ...options, batchMaxCount: 100, batchStallTime: 5 });
    this.alone = new JsonRpcProvider(request, network, { ...options, batchMaxCount: 1 });
  }

  async latest(): Promise<Head> {
    return toHead(await this.provider.send("eth_getBlockByNumber", ["latest", false]));
  }

  /** Undefined: it has no such block. */
  async headAt(number: number): Promise<Head | undefined> {
    const block = await this.provider.send("eth_getBlockByNumber", [`0x${number.toString(16)}`, false]);
    return block === null ? undefined : toHead(block);
  }

  /**
   * Time the next block has, unix seconds: on a chain that mines only when asked to, time goes on without blocks. A node that
   * shows no such block simulates on its newest one, at that one's time; what this machine takes for the time of day never
   * counts.
   */
  async nextTime(head: Head): Promise<number> {
    const block = await this.provider.send("eth_getBlockByNumber", ["pending", false]).catch(() => null);
    this.next = block === null ? "latest" : "pending";
    return Math.max(head.timestamp, Number(block?.timestamp ?? 0));
  }

  close(): void {
    this.provider.destroy();
    this.alone.destroy();
  }
}

function toHead(block: RawBlock): Head {
  return {
    number: Number(block.number),
    hash: block.hash,
    parentHash: block.parentHash,
    timestamp: Number(block.timestamp),
    baseFee: BigInt(block.baseFeePerGas ?? 0),
  };
}
