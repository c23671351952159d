import { Interface, type LogDescription } from "ethers";
import { Clearinghouse__factory } from "../../../typechain-types/factories/contracts/core/Clearinghouse__factory.ts";
import { Orders__factory } from "../../../typechain-types/factories/contracts/orders/Orders__factory.ts";
import { type FoundLog, type LogPage, pagedLogs } from "../../sdk/actions/pagedLogs.ts";
import type { AddressBook } from "../../sdk/addressBook.ts";
import type { State } from "../state/state.ts";
import { RetryableError } from "./errors.ts";
import { foldLogs, unfold } from "./foldLogs.ts";
import type { Head, Rpc } from "./rpc.ts";

const EVENTS = [
  "PositionChanged",
  "PositionLiquidated",
  "PositionOrphaned",
  "PositionSettled",
  "DeleveragingReplayed",
  "OrderSubmitted",
  "OrderExecuted",
  "OrderCancelled",
];

const INTERFACE = new Interface(
  [...Clearinghouse__factory.abi, ...Orders__factory.abi].filter(
    (fragment) => fragment.type === "event" && EVENTS.includes(fragment.name),
  ),
);
const TOPICS = EVENTS.map((name) => INTERFACE.getEvent(name)!.topicHash);

export type ScanParameters = {
  rpc: Rpc;
  book: AddressBook;
  state: State;
  head: Head;
  /** Blocks that are remembered, and that a re-org may undo. */
  depth: number;
  /** Told after every page of a long scan: a kill in between loses one page. */
  onPage: () => Promise<void>;
  /**
   * Told before blocks are undone. `isFromScratch`: none that is remembered is in the chain, and everything would be read
   * anew; false puts that off.
   */
  onReorg: (undone: number, isFromScratch: boolean) => boolean;
};

/**
 * Brings `state.accounts` and `state.orders` up to `head`. The last blocks are remembered by hash with what each changed;
 * where the chain no longer knows one, it is undone, back to the newest block both know.
 */
export async function scan({ rpc, book, state, head, depth, onPage, onReorg }: ScanParameters): Promise<void> {
  await rollBack(rpc, state, head, book.startBlock, onReorg);
  const firstKept = Math.max(state.scannedTo + 1, head.number - depth + 1);
  for await (const { logs, to } of logsOf(rpc, book, state.scannedTo + 1, firstKept - 1)) {
    // Too deep for a re-org: no undo.
    foldLogs(
      state,
      logs.map((log) => INTERFACE.parseLog(log)!),
    );
    state.scannedTo = to;
    await onPage();
  }
  await scanRecent(rpc, book, state, head);
  state.blocks = state.blocks.filter(({ number }) => number > head.number - depth);
}

function logsOf(rpc: Rpc, { addresses }: AddressBook, from: number, to: number): AsyncGenerator<LogPage> {
  const { provider } = rpc;
  return pagedLogs({ provider, addresses: [addresses.clearinghouse, addresses.orders], topics: TOPICS, from, to });
}

/** As many requests as the node wants. */
async function allLogs(rpc: Rpc, book: AddressBook, from: number, to: number): Promise<FoundLog[]> {
  const all: FoundLog[] = [];
  for await (const { logs } of logsOf(rpc, book, from, to)) all.push(...logs);
  return all;
}

/** The newest blocks, each with its hash, linked to the one before. */
async function scanRecent(rpc: Rpc, book: AddressBook, state: State, head: Head): Promise<void> {
  const from = state.scannedTo + 1;
  if (from > head.number) return;
  const numbers = Array.from({ length: head.number - from + 1 }, (_, i) => from + i);
  const [headers, logs] = await Promise.all([
    Promise.all(numbers.map((number) => rpc.headAt(number))),
    allLogs(rpc, book, from, head.number),
  ]);
  const newest = state.blocks.at(-1);
  // After a long pause what is remembered ends far below.
  let parent = newest?.number === from - 1 ? newest.hash : undefined;
  const hashes = new Map<number, string>();
  for (const header of headers) {
    if (header === undefined || (parent !== undefined && header.parentHash !== parent)) {
      throw new RetryableError("the chain moved while it was read");
    }
    hashes.set(header.number, header.hash);
    parent = header.hash;
  }
  if (parent !== head.hash || logs.some((log) => hashes.get(log.blockNumber) !== log.blockHash)) {
    throw new RetryableError("the chain moved while it was read");
  }

  const byBlock = new Map<number, LogDescription[]>();
  for (const log of logs) {
    const parsed = INTERFACE.parseLog(log)!;
    byBlock.set(log.blockNumber, [...(byBlock.get(log.blockNumber) ?? []), parsed]);
  }
  for (const [number, hash] of hashes) {
    state.blocks.push({ number, hash, undo: foldLogs(state, byBlock.get(number) ?? []) });
    state.scannedTo = number;
  }
}

/** Undoes blocks the chain no longer has. */
async function rollBack(
  rpc: Rpc,
  state: State,
  head: Head,
  startBlock: number,
  onReorg: ScanParameters["onReorg"],
): Promise<void> {
  let undone = 0;
  for (const { number, hash } of [...state.blocks].reverse()) {
    const there = number > head.number ? undefined : await rpc.headAt(number);
    if (there?.hash === hash) break;
    undone += 1;
  }
  if (undone === 0) return;
  const isFromScratch = undone === state.blocks.length;
  if (!onReorg(undone, isFromScratch)) throw new RetryableError("a re-org below finality is looked at again");
  for (const { number, undo } of state.blocks.splice(-undone).reverse()) {
    unfold(state, undo);
    state.scannedTo = number - 1;
  }
  if (!isFromScratch) return;
  // Below what is remembered nothing can be undone, only read again.
  state.accounts = {};
  state.orders = {};
  state.scannedTo = startBlock - 1;
}
