import { createServer, type Server } from "node:http";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { InputError } from "../shared/inputError.ts";

/** Everything Prometheus sees; README.md here says what each means and what to be woken by. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `keeper_${name}`, help, labelNames, registers });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `keeper_${name}`, help, labelNames, registers });
  return {
    registry,
    headBlock: gauge("head_block", "Newest block decided by"),
    headAge: gauge("head_age_seconds", "Age of that block by this machine's clock"),
    accounts: gauge("accounts", "Accounts with a position"),
    orders: gauge("orders", "Orders that wait"),
    liquidatable: gauge("liquidatable_accounts", "Accounts below maintenance in the last scan"),
    pending: gauge("pending_transactions", "Transactions sent and not mined"),
    poisoned: gauge("poisoned_targets", "Targets that failed and are left alone for a while"),
    balance: gauge("balance_ether", "Ether of the signing account"),
    feesCapped: gauge("fees_capped", "1 while the chain asks for more than --max-fee-gwei"),
    halted: gauge("rpc_split", "1 while two RPCs show different histories and nothing is sent"),
    rpcUp: gauge("rpc_up", "1 if the RPC answered last time", ["rpc"]),
    rpcProblem: gauge("rpc_problem", "1 while the RPC has this problem", ["rpc", "problem"]),
    lastTick: gauge("last_tick_timestamp_seconds", "When the last look at the chain was completed"),
    sent: counter("transactions_sent_total", "Transactions sent, by kind", ["kind"]),
    results: counter(
      "transactions_total",
      "Transactions decided: mined, reverted, lost to another keeper, superseded",
      ["kind", "result"],
    ),
    resent: counter("transactions_resent_total", "Sent again with the same nonce: dropped, stuck, gap", ["why"]),
    replacementsCapped: counter(
      "replacement_fees_capped_total",
      "Stuck transactions whose replacement would cost more than --max-fee-gwei",
      ["kind"],
    ),
    refused: counter("simulations_refused_total", "Actions the node refused before they were sent", ["kind", "why"]),
    failures: counter("target_failures_total", "Failures held against a target", ["kind"]),
    gasSpent: counter("gas_spent_ether_total", "Ether paid for gas"),
    expected: counter("expected_reward_usd_total", "Rewards expected of mined transactions"),
    reorgs: counter("reorgs_total", "Re-orgs seen"),
    undone: counter("reorg_blocks_total", "Blocks undone by re-orgs"),
    retries: counter("retries_total", "Looks at the chain that failed and were repeated"),
    tick: new Histogram({
      name: "keeper_tick_seconds",
      help: "A look at the chain with what followed",
      buckets: [0.1, 0.3, 1, 3, 10, 30],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Serves `/metrics`, and `/healthz` for whoever restarts dead processes. */
export async function serveMetrics({ registry }: Metrics, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === "/metrics") {
      void registry.metrics().then((text) => response.setHeader("content-type", registry.contentType).end(text));
    } else if (request.url === "/healthz") response.end("ok\n");
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === "EADDRINUSE" ? "in use by another process" : `cannot be listened on (${code ?? message})`;
      reject(new InputError(`--metrics-port ${port}: ${why}; name another one`));
    });
    server.listen(port, () => resolve());
  });
  return server;
}
