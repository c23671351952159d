import { type TransactionReceipt, toQuantity } from "ethers";
import { decodeError } from "../../sdk/errors.ts";
import type { Head, Rpc } from "../chain/rpc.ts";
import type { Keeper } from "../keeper.ts";
import { forget, noteFailure } from "../plan/backoff.ts";
import type { Sent } from "../state/state.ts";
import { currentFees, endConditions, readNonces, sendAgain } from "./outbox.ts";
import { verdictOf } from "./verdict.ts";

type Parameters = Awaited<ReturnType<typeof currentFees>>["parameters"];

/**
 * Looks after what was sent: notes what was mined, takes that back where a re-org took the block, sends again what the node
 * has forgotten, and pays more for what is stuck.
 */
export async function settleOutbox(keeper: Keeper, rpc: Rpc, head: Head): Promise<void> {
  const { state, sender, metrics } = keeper;
  takeBack(keeper, head);
  const open = state.outbox.filter(({ mined }) => mined === undefined);
  metrics.pending.set(open.length);
  if (open.length === 0 || sender === undefined) return;

  const nonces = await readNonces(rpc, sender.address);
  let parameters: Parameters | undefined;
  for (const entry of open) {
    const receipt = await findReceipt(rpc, entry);
    if (receipt !== undefined) await noteMined(keeper, rpc, entry, receipt);
    else if (entry.nonce < nonces.mined) {
      // The same key sends from elsewhere, or this process died before it knew the hash.
      keeper.log.info({ target: entry.key, nonce: entry.nonce }, "its nonce was used by another transaction");
      metrics.results.inc({ kind: entry.kind, result: "superseded" });
      endConditions(keeper, entry);
      remove(state.outbox, entry);
    } else {
      const isKnown = await isInMempool(rpc, entry, nonces.pending);
      const isStuck = Date.now() - entry.sentAt > keeper.config.stuckSeconds;
      if (isKnown && !isStuck) continue;
      parameters ??= (await currentFees(keeper, rpc, head.baseFee)).parameters;
      await sendAgain(keeper, rpc, entry, isKnown ? "stuck" : "dropped", parameters);
    }
  }
  metrics.pending.set(state.outbox.filter(({ mined }) => mined === undefined).length);
}

/** Mined is what a block of the chain says; a re-org can unsay it, until it is too deep. */
function takeBack({ state, log, config }: Keeper, head: Head): void {
  const hashes = new Map(state.blocks.map(({ number, hash }) => [number, hash]));
  const taken: number[] = [];
  for (const entry of [...state.outbox]) {
    if (entry.mined === undefined) continue;
    const { block, blockHash } = entry.mined;
    if (block <= head.number - config.reorgDepth) remove(state.outbox, entry);
    else if (block <= head.number && hashes.has(block) && hashes.get(block) !== blockHash) {
      taken.push(entry.nonce);
      delete entry.mined;
    }
  }
  if (taken.length > 0) log.warn({ nonces: taken }, "a re-org took their blocks: on their way again");
}

async function findReceipt(rpc: Rpc, { hashes }: Sent): Promise<TransactionReceipt | undefined> {
  for (const hash of [...hashes].reverse()) {
    const receipt = await rpc.provider.getTransactionReceipt(hash);
    if (receipt !== null) return receipt;
  }
  return undefined;
}

async function isInMempool(rpc: Rpc, { hashes, nonce }: Sent, pending: number): Promise<boolean> {
  if (hashes.length === 0) return nonce < pending;
  const found = await Promise.all(hashes.map((hash) => rpc.provider.send("eth_getTransactionByHash", [hash])));
  return found.some((transaction) => transaction !== null);
}

async function noteMined(keeper: Keeper, rpc: Rpc, entry: Sent, receipt: TransactionReceipt): Promise<void> {
  const { state, log, metrics } = keeper;
  const isSuccess = receipt.status === 1;
  entry.mined = { block: receipt.blockNumber, blockHash: receipt.blockHash, isSuccess, hash: receipt.hash };
  endConditions(keeper, entry);
  metrics.gasSpent.inc(Number(receipt.gasUsed * receipt.gasPrice) / 1e18);
  const details = { kind: entry.kind, target: entry.key, nonce: entry.nonce, block: receipt.blockNumber };
  if (isSuccess) {
    for (const key of entry.keys) forget(state, key);
    metrics.results.inc({ kind: entry.kind, result: "mined" });
    log.info({ ...details, gas: Number(receipt.gasUsed) }, "mined");
    return;
  }
  const verdict = await whyReverted(rpc, keeper.sender!.address, entry, receipt);
  if (verdict.kind !== "failure") {
    metrics.results.inc({ kind: entry.kind, result: "lost" });
    log.info({ ...details, reason: verdict.reason }, "another keeper was faster");
    return;
  }
  metrics.results.inc({ kind: entry.kind, result: "reverted" });
  for (const key of entry.keys) reportFailure(keeper, entry.kind, key, `reverted on chain: ${verdict.reason}`);
}

/** The same call on the state its block left: an account somebody else has liquidated says so. */
async function whyReverted(rpc: Rpc, from: string, entry: Sent, receipt: TransactionReceipt) {
  const call = { from, to: entry.to, data: entry.data, value: toQuantity(BigInt(entry.value)) };
  try {
    await rpc.provider.send("eth_call", [call, toQuantity(receipt.blockNumber)]);
    return { kind: "failure" as const, reason: "for lack of gas, or of something that came later in its block" };
  } catch (error) {
    return verdictOf(decodeError(error));
  }
}

/** Held against the target: told once, then only counted, and tried ever more seldom. */
export function reportFailure(keeper: Keeper, kind: string, key: string, reason: string): void {
  const { state, log, metrics } = keeper;
  metrics.failures.inc({ kind });
  const isNews = noteFailure(state, key, reason, Date.now());
  const details = { kind, target: key, reason, failures: state.targets[key]!.failures };
  if (isNews) log.error(details, "cannot be done: left alone, and tried again ever more seldom");
  else log.debug(details, "still cannot be done");
}

function remove(outbox: Sent[], entry: Sent): void {
  outbox.splice(outbox.indexOf(entry), 1);
}
