import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import cliProgress from "cli-progress";
import { Command, CommanderError } from "commander";
import { InputError } from "./scenarios/series.ts";

/** Share of the work done, 0..1, and what is being done. */
export type OnProgress = (share: number, doing: string) => void;

/** A command that reports wrong input instead of printing and exiting by itself: see {@link runCommand}. */
export function newCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .configureOutput({ outputError: () => {} })
    .exitOverride();
}

/** What the user typed. A word that is no option is refused: it would be a value somebody meant for one. */
export function parse<Options extends object>(command: Command): Options {
  const options = command.parse().opts<Options>();
  if (command.args.length > 0) throw new InputError(`unexpected argument "${command.args[0]}"`);
  return options;
}

/** Runs a script to its end. Anything the user can do about is one line and exit code 1; anything else a stack trace. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) process.exit(0);
    const isExpected = error instanceof InputError || error instanceof CommanderError;
    const text = (error as Error).message.replace(/^error: /, "").split("\n")[0];
    process.stderr.write(isExpected ? `error: ${text}\n` : `error: unexpected: ${(error as Error).stack}\n`);
    process.exitCode = 1;
  }
}

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
  if (svg !== undefined && !existsSync(path.dirname(svg))) throw unwritable(svg, "no such folder");
}

export async function writePicture(file: string, svg: string): Promise<void> {
  await writeFile(file, svg).catch((error: NodeJS.ErrnoException) => {
    throw unwritable(file, String(error.code));
  });
}

function unwritable(file: string, why: string): InputError {
  return new InputError(`${file}: cannot be written (${why}); give --svg a file in a folder that exists`);
}
