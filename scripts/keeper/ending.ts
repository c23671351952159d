import type { Log } from "./log.ts";

/** What has to be let go of at the end, the last first. */
export class Ending {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.push(step);
  }

  async all(): Promise<void> {
    for (const step of this.steps.splice(0).reverse()) await step();
  }
}

export type UntilStoppedReturnType = {
  signal: AbortSignal;
  /** It was stopped because whoever read its output has ended. */
  isUnread: () => boolean;
};

/** Aborts when the operator says so, or when there is nobody left to tell. */
export function untilStopped(log: Log, ending: Ending): UntilStoppedReturnType {
  const controller = new AbortController();
  let isUnread = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    log.info({ signal }, "stopping");
    controller.abort();
  };
  const onUnread = (): void => {
    isUnread = true;
    controller.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, onSignal);
    ending.add(() => process.off(name, onSignal));
  }
  process.stdout.once("error", onUnread);
  ending.add(() => process.stdout.off("error", onUnread));
  return { signal: controller.signal, isUnread: () => isUnread };
}
