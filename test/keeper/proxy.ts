import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Request = { id: number; method: string; params: unknown[] };
type Response = { id: number; result?: unknown; error?: { code: number; message: string; data?: string } };

/** A node with faults, between a keeper and the real one: what public RPCs do on bad days, on demand. */
export class FaultyRpc {
  /** Blocks it is behind. */
  lag = 0;
  /** Answers nothing at all. */
  isDown = false;
  /** Shows block hashes of its own, below and above any re-org. */
  isLying = false;
  /** Takes transactions, returns their hash and forgets them. */
  isForgetful = false;
  /** Base and priority fees are this many times the real ones. */
  feeFactor = 1n;
  /** Shows "pending" as it was in the last block, as most public nodes do. */
  hidesMempool = false;
  /** Call data whose simulation it refuses, as a broken or hostile target would. */
  poison: string | undefined;
  /** What was asked of it, by method. */
  readonly seen: Request[] = [];
  readonly url: string;
  private readonly server: Server;
  private readonly target: string;

  private constructor(server: Server, target: string, secret: string) {
    this.server = server;
    this.target = target;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/${secret}`;
  }

  /** `secret` is the part of its URL that nobody may see, as providers put keys there. */
  static async start(target: string, secret: string): Promise<FaultyRpc> {
    let rpc: FaultyRpc;
    const server = createServer(async (request, response) => {
      const body = await read(request);
      if (rpc.isDown) return void request.socket.destroy();
      const asked = JSON.parse(body) as Request | Request[];
      const answers = await Promise.all([asked].flat().map((one) => rpc.answer(one)));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    rpc = new FaultyRpc(server, target, secret);
    return rpc;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Raw transactions, in the order they came. */
  get sent(): string[] {
    return this.seen.filter(({ method }) => method === "eth_sendRawTransaction").map(({ params }) => String(params[0]));
  }

  private async answer(request: Request): Promise<Response> {
    this.seen.push(request);
    const { id, method } = request;
    if (this.isPoisoned(request)) {
      return { id, error: { code: 3, message: "execution reverted", data: "0xdeadbeef" } };
    }
    if (method === "eth_sendRawTransaction" && this.isForgetful) {
      const { keccak256 } = await import("ethers");
      return { id, result: keccak256(String(request.params[0])) };
    }
    const answer = await this.forward(await this.intoThePast(request));
    if (answer.result === undefined || answer.result === null) return answer;
    if (method === "eth_getBlockByNumber") answer.result = this.distorted(answer.result as Record<string, string>);
    if (method === "eth_maxPriorityFeePerGas") answer.result = this.times(String(answer.result));
    return answer;
  }

  private isPoisoned({ method, params }: Request): boolean {
    if (this.poison === undefined || (method !== "eth_estimateGas" && method !== "eth_call")) return false;
    return (params[0] as { data?: string }).data?.toLowerCase() === this.poison.toLowerCase();
  }

  /** What a node that has not seen the last blocks would have been asked. */
  private async intoThePast(request: Request): Promise<Request> {
    if (this.lag === 0) {
      if (!this.hidesMempool || request.method === "eth_getTransactionCount") return request;
      return { ...request, params: request.params.map((param) => (param === "pending" ? "latest" : param)) };
    }
    const head = Number((await this.forward({ id: 0, method: "eth_blockNumber", params: [] })).result);
    const latest = `0x${Math.max(0, head - this.lag).toString(16)}`;
    const params = request.params.map((param) => (param === "latest" || param === "pending" ? latest : param));
    return { ...request, params };
  }

  private distorted(block: Record<string, string>): Record<string, string> {
    const { baseFeePerGas, hash, parentHash } = block;
    return {
      ...block,
      ...(baseFeePerGas !== undefined && { baseFeePerGas: this.times(baseFeePerGas) }),
      ...(this.isLying && { hash: flipped(hash!), parentHash: flipped(parentHash!) }),
    };
  }

  private times(fee: string): string {
    return `0x${(BigInt(fee) * this.feeFactor).toString(16)}`;
  }

  private async forward(request: Request): Promise<Response> {
    const response = await fetch(this.target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", ...request }),
    });
    return (await response.json()) as Response;
  }
}

function flipped(hash: string): string {
  return `0x${hash.slice(2).split("").reverse().join("")}`;
}

async function read(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}
