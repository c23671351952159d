import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../../shared/inputError.ts";
import { writing } from "./writing.ts";

/** Two keepers with one state would use one nonce twice. Returns what lets go of it. */
export async function lockState(file: string): Promise<() => Promise<void>> {
  const lock = `${file}.lock`;
  await writing(file, async () => {
    await mkdir(path.dirname(file), { recursive: true });
    await acquire(lock, file);
  });
  return () => rm(lock, { force: true });
}

/** The name appears with the number of the process in it, or not at all: of several that try, one gets it. */
async function acquire(lock: string, file: string): Promise<void> {
  const own = `${lock}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    while (!(await linked(own, lock))) {
      const holder = await holderOf(lock);
      if (holder === undefined) continue;
      if (holder !== process.pid && isAlive(holder)) {
        throw new InputError(
          `--state ${file}: process ${holder} uses it; give this keeper its own file and its own key, or delete ${lock} if that process is no keeper`,
        );
      }
      await takeAway(lock, holder, file);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Of a dead process. One at a time: the next one would take away the lock of the first. */
async function takeAway(lock: string, dead: number, file: string): Promise<void> {
  const turn = `${lock}.turn`;
  await acquire(turn, file);
  try {
    if ((await holderOf(lock)) === dead) await rm(lock);
  } finally {
    await rm(turn, { force: true });
  }
}

async function linked(own: string, lock: string): Promise<boolean> {
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Zero: the file says nothing. Undefined: it is gone. */
async function holderOf(lock: string): Promise<number | undefined> {
  const text = await readFile(lock, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : Number(text) || 0;
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
