import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { untilAnswering } from "./rpc.ts";

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, "../..");
const bin = (name: string): string => path.join(ROOT, "node_modules/.bin", name);

/** Another chain than a node of one's own: its deployment must not be in the way. */
const CHAIN_ID = 31_338;

export type Anvil = { rpc: string; chainId: number; stop(): Promise<void> };

/** Starts anvil on a free port; contracts above the size limit are refused, as on a public chain. */
export async function startAnvil(): Promise<Anvil> {
  const port = await freePort();
  const rpc = `http://127.0.0.1:${port}`;
  const node = spawn(bin("anvil"), ["--port", String(port), "--chain-id", String(CHAIN_ID), "--silent"], {
    stdio: "ignore",
  });
  await untilAnswering(rpc, node);
  return {
    rpc,
    chainId: CHAIN_ID,
    async stop() {
      node.kill();
      if (node.exitCode === null && node.signalCode === null) await once(node, "exit");
    },
  };
}

/** Deploys the devnet as production compiles it; returns the addresses by the names Ignition gives them. */
export async function deployDevnet({ rpc, chainId }: Anvil): Promise<Record<string, string>> {
  const home = path.join(ROOT, `deploy/deployments/chain-${chainId}`);
  await rm(home, { recursive: true, force: true });
  const parameters = ["--parameters", "deploy/parameters/devnet.json5"];
  const config = ["--config", "scripts/shared/production.config.ts"];
  const module = ["ignition", "deploy", "deploy/modules/Devnet.ts"];
  await run(bin("hardhat"), [...config, ...module, "--network", "localhost", ...parameters], {
    cwd: ROOT,
    env: { ...process.env, LOCALHOST_RPC_URL: rpc, HARDHAT_IGNITION_CONFIRM_DEPLOYMENT: "true" },
  });
  const deployed = JSON.parse(await readFile(path.join(home, "deployed_addresses.json"), "utf8"));
  return Object.fromEntries(Object.entries(deployed).map(([id, address]) => [id.split("#")[1], String(address)]));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
