import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../../shared/inputError.ts";
import { type Binding, emptyState, type State, stateSchema } from "./state.ts";

export type LoadStateParameters = {
  file: string;
  binding: Binding;
  startBlock: number;
  /** Told when a file was put aside. */
  onOther?: (why: string, kept: string) => void;
};

/**
 * The state of this very deployment, or an empty one. A file of another chain or deployment is put aside, never
 * overwritten: it may hold transactions that are still on their way. One that cannot be read stops the keeper.
 */
export async function loadState({ file, binding, startBlock, onOther }: LoadStateParameters): Promise<State> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new InputError(`--state ${file}: cannot be read (${error.code})`);
  });
  if (text === undefined) return emptyState(binding, startBlock);

  const parsed = stateSchema.safeParse(tryJson(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(
      `--state ${file}: not a state of this keeper (${issue?.path.join(".") || "file"}: ${issue?.message}); move it away to start anew`,
    );
  }
  const why = differs(parsed.data.binding, binding);
  if (why === undefined) return parsed.data;

  const kept = `${file}.${parsed.data.binding.genesis.slice(2, 10)}.old`;
  await rename(file, kept);
  onOther?.(why, kept);
  return emptyState(binding, startBlock);
}

/** Either the old state or the new one is on disk, whenever the process or the machine dies. */
export async function saveState(file: string, state: State): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(JSON.stringify(state));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/** Two keepers with one state would use one nonce twice. Returns what lets go of it. */
export async function lockState(file: string): Promise<() => Promise<void>> {
  await mkdir(path.dirname(file), { recursive: true });
  const lock = `${file}.lock`;
  const holder = Number(await readFile(lock, "utf8").catch(() => ""));
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new InputError(`--state ${file}: process ${holder} uses it; give this keeper its own file and its own key`);
  }
  await writeFile(lock, String(process.pid));
  return () => rm(lock, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function differs(has: Binding, needs: Binding): string | undefined {
  if (has.chainId !== needs.chainId) return `it is of chain ${has.chainId}`;
  if (has.genesis !== needs.genesis) return "its chain had another first block: the node was started anew";
  if (has.clearinghouse.toLowerCase() !== needs.clearinghouse.toLowerCase()) return "it is of another deployment";
  return undefined;
}
