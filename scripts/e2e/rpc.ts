import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether a node is there. */
export async function isAnswering(rpc: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const headers = { "content-type": "application/json" };
  const response = await fetch(rpc, { method: "POST", headers, body }).catch(() => undefined);
  return response?.ok ?? false;
}

/** Waits for a node that was just started, a minute at most. */
export async function untilAnswering(rpc: string, node: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (node.exitCode !== null) throw new Error(`the node ended with exit code ${node.exitCode}`);
    if (await isAnswering(rpc)) return;
    await sleep(100);
  }
  throw new Error(`no answer from ${rpc} within a minute`);
}
