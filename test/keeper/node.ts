import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** The chain id of a public network, so that a keeper takes its URL and its key from where it would there. */
export const CHAIN_ID = 11_155_111;

/** A node in a process of its own, on a free port. */
export class LocalNode {
  readonly url: string;
  private readonly process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.process = process;
  }

  static async start(args: string[] = []): Promise<LocalNode> {
    const anvil = spawn(
      "node_modules/.bin/anvil",
      ["--port", "0", "--chain-id", String(CHAIN_ID), "--disable-code-size-limit", ...args],
      // The command of the package starts the node as its child: both are in a group of their own.
      { stdio: ["ignore", "pipe", "inherit"], detached: true },
    );
    for await (const line of createInterface({ input: anvil.stdout! })) {
      const match = /Listening on (127\.0\.0\.1:\d+)/.exec(line);
      if (match !== null) {
        anvil.stdout!.resume();
        return new LocalNode(`http://${match[1]}`, anvil);
      }
    }
    throw new Error("anvil did not start");
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, "exit");
    process.kill(-this.process.pid!, "SIGKILL");
    await exit;
  }

  /** One JSON-RPC call, as a client without a library makes it. */
  async send<T = unknown>(method: string, ...params: unknown[]): Promise<T> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}
