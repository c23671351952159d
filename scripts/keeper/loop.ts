import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { describeError, isPassing } from "./chain/errors.ts";
import type { Keeper } from "./keeper.ts";
import { type TickReturnType, tick } from "./tick.ts";

/** How soon to look again after something was sent: the next block is worth a look. */
const SOON_MS = 500;
/** How long `--once` waits for what it sent. */
const ONCE_MS = 120_000;

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

/** One look, and then until everything that was sent is decided. */
export async function once(keeper: Keeper, signal: AbortSignal): Promise<TickReturnType> {
  const first = await tickWithRetries(keeper, signal);
  const until = Date.now() + ONCE_MS;
  const isOpen = (): boolean => keeper.state.outbox.some(({ mined }) => mined === undefined);
  while (isOpen() && Date.now() < until && !signal.aborted) {
    await sleep(SOON_MS, undefined, { signal }).catch(() => {});
    await tickWithRetries({ ...keeper, config: { ...keeper.config, maxPending: 0 } }, signal);
  }
  return first;
}

async function tickWithRetries(keeper: Keeper, signal: AbortSignal): Promise<TickReturnType> {
  const { log, metrics, conditions } = keeper;
  const end = metrics.tick.startTimer();
  try {
    const done = await pRetry(() => tick(keeper), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 500,
      maxTimeout: 30_000,
      factor: 2,
      signal,
      shouldRetry: ({ error }) => isPassing(error),
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
