import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../../shared/inputError.ts";
import { systemErrorLine } from "../../shared/systemError.ts";
import { tryJson } from "../../shared/tryJson.ts";
import { type Binding, emptyState, type State, stateSchema } from "./state.ts";
import { writing } from "./writing.ts";

export type LoadStateParameters = {
  file: string;
  binding: Binding;
  startBlock: number;
  /** Whose key signs; undefined: nothing is to be signed. */
  account?: string;
  /** Told when a file was put aside. */
  onOther?: (why: string, kept: string) => void;
};

/**
 * The state of this very deployment, or an empty one. A file of another chain or deployment is put aside, never
 * overwritten: it may hold transactions that are still on their way. One that cannot be read, or whose transactions another
 * key has signed, stops the keeper.
 */
export async function loadState({ account, ...parameters }: LoadStateParameters): Promise<State> {
  const state = await loadOfAnybody(parameters);
  if (account === undefined) return state;
  state.account ??= account;
  if (state.account.toLowerCase() === account.toLowerCase()) return state;
  throw new InputError(
    `--state ${parameters.file}: holds the transactions of ${state.account}, and this key is of ${account}; use the key of that account, or give this one its own --state`,
  );
}

async function loadOfAnybody({
  file,
  binding,
  startBlock,
  onOther,
}: Omit<LoadStateParameters, "account">): Promise<State> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new InputError(systemErrorLine(error, `--state ${file}`) ?? error.message);
  });
  if (text === undefined) return emptyState(binding, startBlock);

  const json = tryJson(text);
  const parsed = stateSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const what = json === undefined ? "not JSON, or cut off" : issue?.message;
    throw new InputError(
      `--state ${file}: not a state of this keeper (${issue?.path.join(".") || "file"}: ${what}); move it away to start anew`,
    );
  }
  const why = differs(parsed.data.binding, binding);
  if (why === undefined) return parsed.data;

  const kept = `${file}.${parsed.data.binding.genesis.slice(2, 10)}.old`;
  await writing(file, () => rename(file, kept));
  onOther?.(why, kept);
  return emptyState(binding, startBlock);
}

/** Either the old state or the new one is on disk, whenever the process or the machine dies. */
export async function saveState(file: string, state: State): Promise<void> {
  const temporary = `${file}.tmp`;
  await writing(file, async () => {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(temporary, "w", 0o600);
    try {
      await handle.writeFile(JSON.stringify(state));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  });
}

function differs(has: Binding, needs: Binding): string | undefined {
  if (has.chainId !== needs.chainId) return `it is of chain ${has.chainId}`;
  if (has.genesis !== needs.genesis) return "its chain had another first block: the node was started anew";
  if (has.clearinghouse.toLowerCase() !== needs.clearinghouse.toLowerCase()) return "it is of another deployment";
  return undefined;
}
