import type { LogDescription } from "ethers";
import type { State, Undo } from "../state/state.ts";

/** An event of the clearinghouse or of the order book, in the order of the chain. */
export type Seen = { block: number; log: LogDescription };

/** Puts the events of one block into the state, and returns how to take them out again. */
export function foldLogs(state: State, logs: LogDescription[]): Undo {
  const undo: Undo = { accounts: {}, orders: {} };
  for (const log of logs) foldOne(state, log, undo);
  return undo;
}

/** Takes out what {@link foldLogs} put in. */
export function unfold(state: State, undo: Undo): void {
  for (const part of ["accounts", "orders"] as const) {
    for (const [id, before] of Object.entries(undo[part])) {
      if (before === null) delete state[part][id];
      else state[part][id] = before;
    }
  }
}

function foldOne(state: State, { name, args }: LogDescription, undo: Undo): void {
  if (name === "OrderSubmitted") setOrder(state, undo, args.orderId, Number(args.request.market));
  else if (name === "OrderExecuted" || name === "OrderCancelled") setOrder(state, undo, args.orderId, undefined);
  else if (name === "PositionOrphaned") {
    setPosition(state, undo, args.account, args.market, false);
    setPosition(state, undo, args.orphan, args.market, true);
  } else if (name === "PositionSettled") setPosition(state, undo, args.account, args.market, false);
  else setPosition(state, undo, args.account, args.market, args.sizeAfter !== 0n);
}

function setPosition(state: State, undo: Undo, account: bigint, market: bigint, isOpen: boolean): void {
  const id = account.toString();
  const before = state.accounts[id] ?? 0;
  const bit = 2 ** Number(market);
  const has = Math.floor(before / bit) % 2 === 1;
  if (has === isOpen) return;
  if (!(id in undo.accounts)) undo.accounts[id] = before === 0 ? null : before;
  const after = isOpen ? before + bit : before - bit;
  if (after === 0) delete state.accounts[id];
  else state.accounts[id] = after;
}

function setOrder(state: State, undo: Undo, order: bigint, market: number | undefined): void {
  const id = order.toString();
  if (!(id in undo.orders)) undo.orders[id] = state.orders[id] ?? null;
  if (market === undefined) delete state.orders[id];
  else state.orders[id] = market;
}

/** Markets of a mask, ascending. */
export function marketsOf(mask: number): number[] {
  return Array.from({ length: 32 }, (_, market) => market).filter((market) => Math.floor(mask / 2 ** market) % 2 === 1);
}
