import { Command, CommanderError } from "commander";
import { whenUnread } from "../shared/unread.ts";
import { lastWords } from "./lastWords.ts";
import { parseConfig } from "./options.ts";
import { startKeeper } from "./startKeeper.ts";

const command = new Command("npm run keeper --")
  .description("Liquidates, executes orders, settles epochs, deleverages: whatever anybody may do and somebody has to.")
  .requiredOption("--network <name>", "a network of hardhat.config.ts, as in `hardhat --network`")
  .option("--account <n>", "which of the network's accounts signs (default: 0)")
  .option("--rpc-second <url>", "another node: compared with the first, and used where that one fails")
  .option("--once", "look once, wait for what was sent, and end; exit code 3 if some of it was not mined by then")
  .option("--once-seconds <seconds>", "how long --once waits for what it sent (default: 120)")
  .option("--dry-run", "print what would be done and send nothing; needs no key")
  .option("--altruistic", "liquidate and keep the protocol going whatever the gas costs")
  .option("--interval <seconds>", "between two looks (default: 2)")
  .option("--min-profit-usd <usd>", "what a paid action has to leave after gas (default: 0)")
  .option("--max-unpaid-usd <usd>", "what an action that pays nothing may cost: epochs, marks (default: 1)")
  .option("--ether-usd <price>", "for gas: a number, or market:ID for that market's price (default: market:0)")
  .option("--max-fee-gwei <gwei>", "the most a unit of gas may cost (default: 100)")
  .option("--max-gas <gas>", "the most gas one transaction may take (default: 15000000)")
  .option("--max-pending <n>", "transactions on their way at once (default: 32)")
  .option("--stuck-seconds <seconds>", "after which a transaction is sent again for more (default: 30)")
  .option("--max-lag <blocks>", "a node this far behind the other is not decided by (default: 2)")
  .option("--reorg-depth <blocks>", "blocks that may still change; at least 64 (default: 64)")
  .option("--rpc-timeout <seconds>", "(default: 10)")
  .option("--hermes-url <url>", "where signed Pyth prices come from, for markets that need them")
  .option("--state <file>", "where it remembers (default: .keeper/chain-ID-CLEARINGHOUSE.json)")
  .option("--deployments <folder>", "where Ignition left the addresses (default: deploy/deployments)")
  .option("--metrics-port <port>", "serve Prometheus metrics at /metrics")
  .option("--log-level <level>", "trace, debug, info, warn, error, silent (default: info)")
  .exitOverride();

// A keeper that works ends by itself then, see `untilStopped`.
whenUnread();
// Node would print such an error as it is.
process.on("uncaughtException", (error) => process.exit(told(error)));

try {
  command.parse();
  process.exitCode = await startKeeper(parseConfig(command.opts()));
} catch (error) {
  process.exitCode = error instanceof CommanderError ? error.exitCode : told(error);
}

function told(error: unknown): number {
  const { code, text } = lastWords(error);
  console.error(text);
  return code;
}
