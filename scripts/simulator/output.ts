import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import cliProgress from "cli-progress";
import { InputError } from "../shared/inputError.ts";
import { systemErrorLine } from "../shared/systemError.ts";

/** Share of the work done, 0..1, and what is being done. */
export type OnProgress = (share: number, doing: string) => void;

/** A bar on standard error while `work` goes on; standard output stays what was asked for. */
export async function withProgress<T>(doing: string, work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const bar = new cliProgress.SingleBar(
    { format: "{bar} {percentage}% {doing}", hideCursor: true, clearOnComplete: true, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  bar.start(100, 0, { doing });
  return work((share, now) => bar.update(Math.floor(share * 100), { doing: now })).finally(() => bar.stop());
}

/** What a run found wrong with itself: on standard error, and in the exit code. */
export function reportProblems(problems: string[]): void {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

/** Before a run of some seconds rather than after it. */
export function checkWritable(svg: string | undefined): void {
  if (svg !== undefined && !existsSync(path.dirname(svg))) {
    throw new InputError(`${svg}: cannot be written (no such folder); give --svg a file in a folder that exists`);
  }
}

export async function writePicture(file: string, svg: string): Promise<void> {
  await writeFile(file, svg).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(systemErrorLine(error, file) ?? error.message);
  });
}
