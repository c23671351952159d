import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type State, stateSchema } from "../../scripts/keeper/state/state.ts";

export type KeeperOptions = {
  network?: "sepolia" | "localhost";
  url: string;
  key: string;
  deployments: string;
  state: string;
  args?: string[];
};

export type LogLine = { level: number; msg: string; [field: string]: unknown };

/** Levels of pino. */
export const Level = { warn: 40, error: 50 } as const;

/** A keeper in a process of its own, as an operator runs it; its key and its node come from the environment. */
export class KeeperProcess {
  /** All it has printed. */
  output = "";
  private readonly child: ChildProcess;
  private readonly stateFile: string;

  constructor({ network = "sepolia", url, key, deployments, state, args = [] }: KeeperOptions) {
    this.stateFile = state;
    const variables =
      network === "localhost" ? { LOCALHOST_RPC_URL: url } : { SEPOLIA_RPC_URL: url, SEPOLIA_PRIVATE_KEY: key };
    this.child = spawn(
      process.execPath,
      [
        "scripts/keeper/run.ts",
        ...["--network", network, "--deployments", deployments, "--state", state],
        ...["--log-level", "debug", "--interval", "0.2", ...args],
      ],
      { env: { ...process.env, ...variables, NODE_OPTIONS: "" } },
    );
    this.child.stdout!.on("data", (chunk) => (this.output += chunk));
    this.child.stderr!.on("data", (chunk) => (this.output += chunk));
  }

  /** What it logged, line by line. */
  lines(): LogLine[] {
    return this.output
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  }

  said(text: string): LogLine[] {
    return this.lines().filter(({ msg }) => msg.includes(text));
  }

  /** Its last words, without every look at the chain. */
  private story(): string {
    const lines = this.output.split("\n").filter((line) => !line.includes('"msg":"looked"'));
    return lines.slice(-60).join("\n");
  }

  async state(): Promise<State> {
    return stateSchema.parse(JSON.parse(await readFile(this.stateFile, "utf8")));
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Until something holds; fails with what the keeper said last if it ends or takes too long. */
  async until(what: string, condition: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
    const deadline = Date.now() + seconds * 1_000;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`${what}: not after ${seconds} s\n${this.story()}`);
      if (!this.isRunning) throw new Error(`${what}: the keeper ended\n${this.story()}`);
      await sleep(50);
    }
  }

  /** As an operator ends it. Returns its exit code. */
  async stop(): Promise<number | null> {
    return this.end("SIGTERM");
  }

  /** As a machine ends it. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Nobody reads what it logs any more, as when `| head` has ended. */
  deafen(): void {
    this.child.stdout!.destroy();
  }

  /** Waits for one that ends by itself. */
  async ended(): Promise<number | null> {
    if (this.isRunning) await once(this.child, "exit");
    return this.child.exitCode;
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.isRunning) {
      const exit = once(this.child, "exit");
      this.child.kill(signal);
      await exit;
    }
    return this.child.exitCode;
  }
}
