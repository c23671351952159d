import { InputError } from "../../shared/inputError.ts";
import { chainTime } from "../chainTime.ts";
import type { Breakwater } from "../contracts.ts";
import type { GovernedCall } from "../governedCalls.ts";
import { readEvents } from "../readEvents.ts";

/** Waiting: announced, and its delay runs. Ready: can be executed until it expires. */
export type OperationStateName = "waiting" | "ready" | "expired" | "executed" | "cancelled";

/** Something that was scheduled at the manager. Times are unix seconds. */
export type OperationState = GovernedCall & {
  operationId: string;
  /** How often the same call of the same caller was scheduled. */
  nonce: bigint;
  state: OperationStateName;
  /** Who scheduled it: nobody else can execute it. */
  caller: string;
  readyAt: bigint;
  expiresAt: bigint;
  /** Where it was scheduled. */
  block: number;
  transaction: string;
};

export type ReadOperationsParameters = {
  /** Those that are over as well; else what waits or is ready. */
  isAll?: boolean;
};

export type ReadOperationsReturnType = OperationState[];

/**
 * What was scheduled, newest first. The manager keeps no list: its events are one.
 *
 * @example
 * const ready = (await readOperations(breakwater)).filter(({ state }) => state === "ready");
 */
export async function readOperations(
  breakwater: Breakwater,
  { isAll = false }: ReadOperationsParameters = {},
): Promise<ReadOperationsReturnType> {
  const { access } = breakwater;
  const [expiration, now] = await Promise.all([access.expiration(), chainTime(access.runner)]);
  const over = new Map<string, OperationStateName>();
  const key = ({ operationId, nonce }: { operationId: string; nonce: bigint }) => `${operationId}:${nonce}`;
  for await (const { args } of readEvents(breakwater, access, access.filters.OperationExecuted())) {
    over.set(key(args), "executed");
  }
  for await (const { args } of readEvents(breakwater, access, access.filters.OperationCanceled())) {
    over.set(key(args), "cancelled");
  }
  const operations: OperationState[] = [];
  for await (const event of readEvents(breakwater, access, access.filters.OperationScheduled())) {
    const { operationId, nonce, schedule: readyAt, caller, target, data } = event.args;
    const expiresAt = readyAt + expiration;
    const state = over.get(key(event.args)) ?? (now >= expiresAt ? "expired" : now >= readyAt ? "ready" : "waiting");
    const { blockNumber: block, transactionHash: transaction } = event;
    operations.push({ operationId, nonce, state, caller, target, data, readyAt, expiresAt, block, transaction });
  }
  return isAll ? operations : operations.filter(({ state }) => state === "waiting" || state === "ready");
}

/** The newest operation whose id begins like this; throws an InputError if there is none, or if there are several. */
export async function findOperation(breakwater: Breakwater, beginning: string): Promise<OperationState> {
  const wanted = beginning.trim().toLowerCase();
  if (!/^0x[0-9a-f]{4,64}$/.test(wanted)) {
    throw new InputError(`operation: "${beginning}" is not an id like 0x1f2e3d4c; \`role operations\` shows them`);
  }
  const found = (await readOperations(breakwater, { isAll: true })).filter((one) => one.operationId.startsWith(wanted));
  const ids = new Set(found.map(({ operationId }) => operationId));
  if (ids.size > 1) throw new InputError(`operation ${beginning}: ${ids.size} begin like this, give more of the id`);
  if (found.length === 0) throw new InputError(`operation ${beginning}: there is none; \`role operations\` shows them`);
  return found[0]!;
}
