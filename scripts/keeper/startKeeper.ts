import path from "node:path";
import { Wallet } from "ethers";
import { readAddressBook } from "../sdk/addressBook.ts";
import { type Breakwater, connect } from "../sdk/contracts.ts";
import { hermes, type PythPrices } from "../sdk/pythPrices.ts";
import { InputError } from "../shared/inputError.ts";
import { openNetwork } from "../shared/network.ts";
import { checkSecond } from "./chain/checkSecond.ts";
import { Rpc } from "./chain/rpc.ts";
import { Ending, untilStopped } from "./ending.ts";
import type { Keeper } from "./keeper.ts";
import { Conditions, createLog } from "./log.ts";
import { loop, once } from "./loop.ts";
import { createMetrics, serveMetrics } from "./metrics.ts";
import type { KeeperConfig } from "./options.ts";
import { pendingLine, planTable } from "./printPlan.ts";
import { createSender } from "./send/sender.ts";
import { lockState } from "./state/lockState.ts";
import { loadState, saveState } from "./state/stateFile.ts";

/** `--once` ended, and something it sent is not mined: neither done nor failed. */
const STILL_PENDING = 3;

const UNREAD =
  "nobody reads what is logged any more: stopped; send the log to a file, or to a program that goes on reading";

/** Runs a keeper until it is told to stop; returns its exit code. `pyth` replaces where signed prices come from. */
export async function startKeeper(config: KeeperConfig, pyth?: PythPrices): Promise<number> {
  const ending = new Ending();
  try {
    return await run(config, ending, pyth);
  } finally {
    await ending.all();
  }
}

async function run(config: KeeperConfig, ending: Ending, pyth: PythPrices | undefined): Promise<number> {
  const { rpcSecond } = config;
  const network = await openNetwork({
    name: config.network,
    accountIndex: config.account,
    ...(rpcSecond !== undefined && { otherUrl: rpcSecond }),
  });
  const urls = [network.url, ...(rpcSecond === undefined ? [] : [rpcSecond])];
  ending.add(() => network.provider.destroy());
  const signer = config.dryRun ? undefined : await network.signer();
  // From here on through connections with a timeout.
  const rpcs = urls.map((url, i) => new Rpc(i === 0 ? "first" : "second", url, network.chainId, config.rpcTimeout));
  for (const rpc of rpcs) ending.add(() => rpc.close());
  const [, second] = rpcs;
  if (second !== undefined) await checkSecond(second);
  const sender = signer && (await createSender(signer, network.chainId));

  const log = createLog({
    level: config.logLevel,
    isPretty: process.stdout.isTTY === true,
    secrets: [...urls.flatMap(secretsOf), ...(signer instanceof Wallet ? keyTexts(signer.privateKey) : [])],
  });
  const book = await readAddressBook({
    chainId: network.chainId,
    ...(config.deployments !== undefined && { folder: config.deployments }),
  });
  const genesis = await firstBlock(rpcs);
  if (genesis === undefined) throw new InputError(`--network ${config.network}: no RPC knows block 0`);
  const binding = { chainId: network.chainId.toString(), clearinghouse: book.addresses.clearinghouse, genesis };
  const file = config.state ?? defaultFile(binding.chainId, binding.clearinghouse);
  if (!config.dryRun) ending.add(await lockState(file));
  const { signal, isUnread } = untilStopped(log, ending);
  const metrics = createMetrics();
  if (config.metricsPort !== undefined) {
    const server = await serveMetrics(metrics, config.metricsPort);
    ending.add(() => server.close().closeAllConnections());
  }
  const state = await loadState({
    file,
    binding,
    startBlock: book.startBlock,
    ...(sender && { account: sender.address }),
    onOther: (why, kept) => log.warn({ why, kept: path.basename(kept) }, "the state on disk is put aside"),
  });
  const keeper: Keeper = {
    config,
    book,
    state,
    save: () => saveState(file, state),
    rpcs,
    systemOf: cachedSystems(book),
    sender,
    pyth: pyth ?? (config.hermesUrl === undefined ? undefined : hermes(config.hermesUrl, config.rpcTimeout)),
    log,
    metrics,
    conditions: new Conditions(log),
  };
  log.info(
    {
      chain: binding.chainId,
      address: sender?.address,
      rpcs: rpcs.map(({ origin }) => origin),
      from: state.scannedTo + 1,
    },
    config.dryRun ? "looking, sending nothing" : "keeping",
  );
  let code = 0;
  if (config.dryRun || config.once) code = await lookOnce(keeper, signal);
  else await loop(keeper, signal);
  if (!config.dryRun) await keeper.save();
  log.info("stopped");
  if (isUnread() && !config.dryRun) throw new InputError(UNREAD);
  return code;
}

/** `--once` and `--dry-run`: what came of it, for people. */
async function lookOnce(keeper: Keeper, signal: AbortSignal): Promise<number> {
  const { config, sender, conditions } = keeper;
  const { result, pending } = await once(keeper, signal);
  if (result === undefined && !signal.aborted) throw new InputError("nothing could be decided: the log above says why");
  if (config.dryRun) {
    if (result !== undefined) console.log(planTable(result.plan, result.observation));
  } else if (pending.length > 0) {
    console.error(pendingLine(pending));
    return STILL_PENDING;
  } else if (conditions.names().includes("ether")) {
    throw new InputError(`${sender?.address} has too little ether for gas: send it some, and run it again`);
  }
  return 0;
}

/** Its hash, from whoever answers. */
async function firstBlock(rpcs: Rpc[]): Promise<string | undefined> {
  for (const rpc of rpcs) {
    const hash = (await rpc.headAt(0).catch(() => undefined))?.hash;
    if (hash !== undefined) return hash;
  }
  return undefined;
}

function cachedSystems(book: Keeper["book"]): Keeper["systemOf"] {
  const systems = new Map<Rpc, Promise<Breakwater>>();
  return (rpc) => {
    let system = systems.get(rpc);
    if (system === undefined) {
      system = connect({ book, runner: rpc.provider });
      // An outage is no answer to keep.
      system.catch(() => systems.delete(rpc));
      systems.set(rpc, system);
    }
    return system;
  };
}

function defaultFile(chainId: string, clearinghouse: string): string {
  return path.join(".keeper", `chain-${chainId}-${clearinghouse.slice(2, 10).toLowerCase()}.json`);
}

/** What of a URL may hold a key: everything behind the host, and a password before it. */
function secretsOf(url: string): string[] {
  const { pathname, search, username, password } = new URL(url);
  const parts = pathname.split("/").filter((part) => part.length >= 8);
  return [pathname, search, username, decodeURIComponent(password), ...parts].filter((text) => text.length >= 8);
}

function keyTexts(key: string): string[] {
  return [key, key.replace(/^0x/, "")];
}
