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

/** The name appears with the process in it, or not at all: of several that try, one gets it. */
async function acquire(lock: string, file: string): Promise<void> {
  const own = `${lock}.${process.pid}`;
  await writeFile(own, (await identityOf(process.pid)) ?? "");
  try {
    while (!(await linked(own, lock))) {
      const holder = await holderOf(lock);
      if (holder === undefined) continue;
      if (await isAlive(holder)) {
        throw new InputError(
          `--state ${file}: process ${pidOf(holder)} uses it; give this keeper its own file and its own key, or delete ${lock} if that process is no keeper`,
        );
      }
      await takeAway(lock, holder, file);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Of a dead process. One at a time: the next one would take away the lock of the first. */
async function takeAway(lock: string, dead: string, file: string): Promise<void> {
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

/** Undefined: the lock is gone. */
async function holderOf(lock: string): Promise<string | undefined> {
  return readFile(lock, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** A number alone is from a machine that does not say when its processes started. */
async function isAlive(holder: string): Promise<boolean> {
  const pid = pidOf(holder);
  if (!(pid > 0)) return false;
  const identity = await identityOf(pid);
  return identity !== undefined && (holder === identity || holder === String(pid));
}

function pidOf(holder: string): number {
  return Number(holder.split(" ")[0]);
}

/** Number and start of a process: a machine, and sooner a container, gives numbers again. Undefined: there is none. */
async function identityOf(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The 22nd field, see proc(5); the second is a name, which may have anything in it.
  const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return started === undefined ? String(pid) : `${pid} ${started}`;
}
