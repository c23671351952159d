import { describeError } from "../../shared/secrets.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { Keeper } from "../keeper.ts";
import type { Sent } from "../state/state.ts";
import { bumpFees, type Fees, type FirstFeesParameters, firstFees } from "./fees.ts";
import { simulate } from "./simulate.ts";

/** Gas of a plain transfer to oneself: the cheapest way to use a nonce up. */
const TRANSFER_GAS = 21_000n;

/** What the chain asks for now; undefined, and said once: more than the operator pays. */
export async function currentFees(keeper: Keeper, rpc: Rpc, baseFee: bigint) {
  const priorityFee = await rpc.provider
    .send("eth_maxPriorityFeePerGas", [])
    .then(BigInt)
    .catch(() => 10n ** 8n);
  const parameters: FirstFeesParameters = { baseFee, priorityFee, cap: keeper.config.maxFeeGwei };
  const fees = firstFees(parameters);
  const { conditions, metrics } = keeper;
  metrics.feesCapped.set(fees === undefined ? 1 : 0);
  if (fees === undefined) {
    const gwei = (wei: bigint): number => Number(wei) / 1e9;
    conditions.begin("fees", "warn", "gas costs more than --max-fee-gwei: nothing is sent until it falls", {
      asked: gwei(baseFee + priorityFee),
      cap: gwei(keeper.config.maxFeeGwei),
    });
  } else conditions.end("fees");
  return { fees, parameters };
}

/** Puts transactions on disk and then on their way; `sent` are new entries or changed ones. Returns those the node took. */
export async function dispatch(keeper: Keeper, rpc: Rpc, sent: Sent[]): Promise<Sent[]> {
  const { sender, state, save } = keeper;
  if (sender === undefined || sent.length === 0) return [];
  const signed = await Promise.all(sent.map((entry) => sender.sign(entry)));
  sent.forEach((entry, i) => {
    const hash = signed[i]?.hash;
    if (hash !== undefined && !entry.hashes.includes(hash)) entry.hashes.push(hash);
    if (!state.outbox.includes(entry)) state.outbox.push(entry);
  });
  state.outbox.sort((a, b) => a.nonce - b.nonce);
  // From here on a restart finds them, whether or not they were sent.
  await save();
  const taken: Sent[] = [];
  for (const [i, entry] of sent.entries()) {
    if (await broadcast(keeper, rpc, entry, signed[i]?.raw)) taken.push(entry);
  }
  if (signed.some((one) => one === undefined)) await save();
  return taken;
}

async function broadcast(keeper: Keeper, rpc: Rpc, entry: Sent, raw: string | undefined): Promise<boolean> {
  let isTaken = true;
  const { log, metrics, conditions, rpcs, sender } = keeper;
  try {
    const hash = await sender!.send(rpc, entry, raw);
    if (!entry.hashes.includes(hash)) entry.hashes.push(hash);
    conditions.end(`unsent:${entry.nonce}`);
    metrics.sent.inc({ kind: entry.kind });
    log.info({ kind: entry.kind, target: entry.key, nonce: entry.nonce, hash: entry.hashes.at(-1) }, "sent");
  } catch (error) {
    // It is on disk: the next look finds it missing and sends it again, or finds its nonce used.
    const text = describeError(error);
    if (/already known|already imported|known transaction/i.test(text)) return true;
    isTaken = false;
    const details = { kind: entry.kind, target: entry.key, nonce: entry.nonce, error: text };
    conditions.begin(`unsent:${entry.nonce}`, "warn", "could not be sent; tried again and again", details);
  }
  // The other node as well, in case the first forgets it.
  if (raw === undefined) return isTaken;
  await Promise.all(
    rpcs.filter((other) => other !== rpc).map((other) => sender!.send(other, entry, raw).catch(() => undefined)),
  );
  return isTaken;
}

/** The same nonce again: as it was if it still makes sense, else as a transfer to oneself, else not at all. */
export async function sendAgain(
  keeper: Keeper,
  rpc: Rpc,
  entry: Sent,
  why: "dropped" | "stuck",
  parameters: FirstFeesParameters,
): Promise<void> {
  const { sender, state, log, metrics, conditions } = keeper;
  const before: Fees = { maxFee: BigInt(entry.maxFee), priorityFee: BigInt(entry.priorityFee) };
  const fees = why === "stuck" ? bumpFees(before, parameters) : largerFees(before, firstFees(parameters));
  if (fees === undefined) {
    const message = "a transaction waits: more than --max-fee-gwei would be needed";
    const details = { target: entry.key, cap: Number(parameters.cap) / 1e9 };
    if (conditions.begin(`stuck:${entry.nonce}`, "warn", message, details)) {
      metrics.replacementsCapped.inc({ kind: entry.kind });
    }
    return;
  }
  conditions.end(`stuck:${entry.nonce}`);
  if (entry.key !== "fill") {
    const call = { to: entry.to, data: entry.data, value: BigInt(entry.value) };
    const simulated = await simulate(rpc, sender!.address, call, "latest");
    if ("verdict" in simulated && simulated.verdict.kind !== "wait") {
      const isNeeded = why === "stuck" || state.outbox.some(({ nonce }) => nonce > entry.nonce);
      log.info({ target: entry.key, nonce: entry.nonce, reason: simulated.verdict.reason }, "no longer makes sense");
      if (!isNeeded) {
        endConditions(keeper, entry);
        state.outbox.splice(state.outbox.indexOf(entry), 1);
        return;
      }
      Object.assign(entry, fillerContent(sender!.address));
    }
  }
  Object.assign(entry, {
    maxFee: fees.maxFee.toString(),
    priorityFee: fees.priorityFee.toString(),
    sentAt: Date.now(),
  });
  const [taken] = await dispatch(keeper, rpc, [entry]);
  if (taken === undefined) return;
  metrics.resent.inc({ why });
  log.info({ target: entry.key, nonce: entry.nonce, why, maxFeeGwei: Number(fees.maxFee) / 1e9 }, "sent again");
}

/** It is decided: nothing that was wrong with it holds any more. */
export function endConditions({ conditions }: Keeper, { nonce }: Sent): void {
  for (const name of ["stuck", "unsent"]) conditions.end(`${name}:${nonce}`);
}

/** Uses up a nonce nobody else has, so that those behind it can be mined. */
export function filler(address: string, nonce: number, fees: Fees): Sent {
  return {
    nonce,
    ...fillerContent(address),
    maxFee: fees.maxFee.toString(),
    priorityFee: fees.priorityFee.toString(),
    sentAt: Date.now(),
    hashes: [],
  };
}

function fillerContent(address: string) {
  const gasLimit = TRANSFER_GAS.toString();
  return { key: "fill", keys: ["fill"], kind: "fill", to: address, data: "0x", value: "0", gasLimit };
}

function largerFees(before: Fees, fresh: Fees | undefined): Fees | undefined {
  if (fresh === undefined) return undefined;
  return before.maxFee >= fresh.maxFee && before.priorityFee >= fresh.priorityFee
    ? before
    : {
        maxFee: before.maxFee > fresh.maxFee ? before.maxFee : fresh.maxFee,
        priorityFee: before.priorityFee > fresh.priorityFee ? before.priorityFee : fresh.priorityFee,
      };
}

/** Nonces of the signing account: by mined blocks, and with the mempool. */
export async function readNonces(rpc: Rpc, address: string): Promise<{ mined: number; pending: number }> {
  const [mined, pending] = await Promise.all(
    ["latest", "pending"].map((block) => rpc.provider.send("eth_getTransactionCount", [address, block]).then(Number)),
  );
  return { mined: mined!, pending: Math.max(mined!, pending!) };
}
