import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { InputError } from "../shared/inputError.ts";
import { describeError } from "../shared/secrets.ts";
import { isPassing } from "./chain/errors.ts";
import type { Keeper } from "./keeper.ts";
import type { Sent } from "./state/state.ts";
import { type TickReturnType, tick } from "./tick.ts";

/** How soon to look again after something was sent: the next block is worth a look. */
const SOON_MS = 500;

/**
 * Looks at the chain again and again until `signal` aborts. What passes by itself is tried again after 0.5 s, 1 s, 2 s …
 * 30 s; anything else is rethrown: a keeper that does not understand an error must stop loudly rather than trade on a guess.
 */
export async function loop(keeper: Keeper, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { sent } = await tickWithRetries(keeper, signal);
    const wait = sent > 0 ? Math.min(SOON_MS, keeper.config.interval) : keeper.config.interval;
    if (!signal.aborted) await sleep(wait, undefined, { signal }).catch(() => {});
  }
}

export type OnceReturnType = TickReturnType & {
  /** What was sent, by this run or one before, and is not mined. */
  pending: Sent[];
};

/** One look, and then until everything that was sent is decided, or `onceSeconds` are over. A dry run only looks. */
export async function once(keeper: Keeper, signal: AbortSignal): Promise<OnceReturnType> {
  const { config, state } = keeper;
  const first = await tickWithRetries(keeper, signal, config.onceSeconds).catch((error: unknown) => {
    if (!isPassing(error)) throw error;
    throw new InputError(`the node did not answer for ${config.onceSeconds / 1_000} s: ${describeError(error)}`);
  });
  const until = Date.now() + config.onceSeconds;
  const open = (): Sent[] => state.outbox.filter(({ mined }) => mined === undefined);
  const waiting = { ...keeper, config: { ...config, maxPending: 0 } };
  while (!config.dryRun && open().length > 0 && Date.now() < until && !signal.aborted) {
    await sleep(SOON_MS, undefined, { signal }).catch(() => {});
    await tickWithRetries(waiting, signal, until - Date.now()).catch((error: unknown) => {
      // What it has sent is on disk, and not decided.
      if (!isPassing(error)) throw error;
    });
  }
  return { ...first, pending: open() };
}

/** `patienceMs`: for how long a node may fail. */
async function tickWithRetries(
  keeper: Keeper,
  signal: AbortSignal,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<TickReturnType> {
  const { log, metrics, conditions } = keeper;
  const started = Date.now();
  const end = metrics.tick.startTimer();
  try {
    const done = await pRetry(() => tick(keeper), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 500,
      maxTimeout: 30_000,
      factor: 2,
      signal,
      shouldRetry: ({ error }) => isPassing(error) && Date.now() - started < patienceMs,
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (!isPassing(error)) return;
        metrics.retries.inc();
        if (attemptNumber < 3) log.debug({ error: describeError(error), attemptNumber }, "tried again");
        else conditions.begin("retrying", "warn", `tried again and again: ${describeError(error)}`);
      },
    });
    conditions.end("retrying");
    return done;
  } catch (error) {
    if (signal.aborted) return { sent: 0 };
    throw error;
  } finally {
    end();
  }
}
