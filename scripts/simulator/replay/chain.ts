import type { NetworkConnection } from "hardhat/types/network";

export type Receipt = {
  status: boolean;
  gasUsed: number;
  logs: { address: string; topics: string[]; data: string }[];
};

type Sent<T> = { hash: string; tag: T };

/** Far above what any call here needs, far below the cap on one transaction. */
const GAS = `0x${(4_000_000).toString(16)}`;

/**
 * Transactions collected into blocks whose time is given: fast, and the same on every machine, because no block takes its
 * time from the clock on the wall.
 */
export class Chain<T> {
  private readonly provider: NetworkConnection["provider"];
  private sent: Sent<T>[] = [];

  constructor(connection: NetworkConnection) {
    this.provider = connection.provider;
  }

  /** Queues a transaction for the next block. Order is kept. */
  async send(from: string, to: string, data: string, tag: T): Promise<void> {
    const transaction = { from, to, data, gas: GAS, gasPrice: "0x0" };
    const hash = (await this.provider.request({ method: "eth_sendTransaction", params: [transaction] })) as string;
    this.sent.push({ hash, tag });
  }

  /** Mines everything queued into one block at `time` (unix seconds). */
  async mine(time: number): Promise<{ tag: T; receipt: Receipt }[]> {
    const batch = this.sent;
    this.sent = [];
    await this.provider.request({ method: "evm_mine", params: [time] });
    const mined: { tag: T; receipt: Receipt }[] = [];
    for (const { hash, tag } of batch) mined.push({ tag, receipt: await this.receipt(hash) });
    return mined;
  }

  async call(to: string, data: string): Promise<string> {
    return (await this.provider.request({ method: "eth_call", params: [{ to, data }, "latest"] })) as string;
  }

  private async receipt(hash: string): Promise<Receipt> {
    const raw = (await this.provider.request({ method: "eth_getTransactionReceipt", params: [hash] })) as null | {
      status: string;
      gasUsed: string;
      logs: Receipt["logs"];
    };
    if (raw === null) throw new Error(`transaction ${hash} was not mined`);
    return { status: raw.status === "0x1", gasUsed: Number(raw.gasUsed), logs: raw.logs };
  }
}
