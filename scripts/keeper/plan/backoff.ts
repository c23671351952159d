import type { State, Target } from "../state/state.ts";

const FIRST_MS = 15_000;
const LONGEST_MS = 3_600_000;

/** After the n-th failure a target waits 15 s, 30 s, 1 min … 1 h: it costs little, and is not given up. */
export function waitAfter(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
}

/** Notes a failure. True: people have not been told yet. */
export function noteFailure(state: State, key: string, reason: string, nowMs: number): boolean {
  const before = state.targets[key];
  const failures = (before?.failures ?? 0) + 1;
  const target: Target = { failures, until: nowMs + waitAfter(failures), reason, isReported: true };
  state.targets[key] = target;
  return before?.isReported !== true;
}

/** It worked, or is gone. */
export function forget(state: State, key: string): void {
  delete state.targets[key];
}

export function isWaiting(state: Pick<State, "targets">, key: string, nowMs: number): boolean {
  return (state.targets[key]?.until ?? 0) > nowMs;
}
