import type { NetworkConnection } from "hardhat/types/network";
import type { Crowd } from "../../../typechain-types/index.ts";

export type Receipt = {
  status: boolean;
  gasUsed: number;
  logs: { address: string; topics: string[]; data: string }[];
};

type Sent<T> = { hash: string; tag: T };

/** Far above what a trade or a deposit needs, far below the cap on one transaction. */
const GAS = 4_000_000;
/** As much as one transaction may have: deleveraging visits up to 192 buckets. */
export const MAX_GAS = 16_777_216;
const CALLS_AT_ONCE = 100;

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
  async send(from: string, to: string, data: string, tag: T, gas = GAS): Promise<void> {
    const transaction = { from, to, data, gas: `0x${gas.toString(16)}`, gasPrice: "0x0" };
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

  /** Many views of one contract, some to a call, fewer if each is `work` times as much work; answers in their order. */
  async callAll(crowd: Crowd, to: string, calls: string[], work = 1): Promise<string[]> {
    const answers: string[] = [];
    const size = Math.max(1, Math.floor(CALLS_AT_ONCE / work));
    for (let from = 0; from < calls.length; from += size) {
      const some = calls.slice(from, from + size);
      const data = await this.call(String(crowd.target), crowd.interface.encodeFunctionData("callAll", [to, some]));
      answers.push(...(crowd.interface.decodeFunctionResult("callAll", data)[0] as string[]));
    }
    return answers;
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
