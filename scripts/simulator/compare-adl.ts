import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import cliProgress from "cli-progress";
import { Command, CommanderError } from "commander";
import { compareAdl } from "./compare/compareAdl.ts";
import { DAY_FOLDER } from "./compare/day.ts";
import { jsonReport } from "./compare/json.ts";
import { svgReport } from "./compare/svg.ts";
import { textReport } from "./compare/text.ts";
import { integer } from "./options.ts";
import { InputError } from "./scenarios/series.ts";

type Options = { data?: string; seed: number; json?: boolean; svg?: string };

const command = new Command("npm run compare-adl --")
  .description("Who pays under which rule of auto-deleveraging: on one book, and on the real day of 10 October 2025.")
  .option(
    "--data <folder>",
    "the day's waves.csv and coin_clusters.csv (default: beside the project, skipped if absent)",
  )
  .option("--seed <n>", "of the book; same seed, same book", integer(0, 2 ** 32 - 1), 1)
  .option("--json", "print one JSON document and nothing else")
  .option("--svg <file>", "draw it, too")
  .addHelpText(
    "after",
    `
Policies, each asked to raise the same need from the same book:
  queue            winners of the winning side, ranked by PnL% x leverage, give up all their profit one by one until the
                   need is covered; the last one's excess is overshoot (venues close at a bankruptcy price instead, and
                   some split the last position)
  per-unit index   everybody on the winning side owes the same per base unit, profit or not
  ours             everybody in a bucket of entries wholly in profit, on both sides, gives up the same part of it

The real day: each wave's winners go into the buckets of a fresh market, one position per coin cluster of its time, and
HaircutLib is asked for what the wave needed. Production is what the venue took in the same millisecond.`,
  )
  .configureOutput({ outputError: () => {} })
  .exitOverride();

/** Anything the user can do about is one line and exit code 1. */
async function main(): Promise<void> {
  const { data, seed, json, svg } = command.parse().opts<Options>();
  if (command.args.length > 0) throw new InputError(`unexpected argument "${command.args[0]}"`);
  if (data !== undefined && !existsSync(data)) {
    throw new InputError(`${data}: no such folder; give --data one with waves.csv and coin_clusters.csv`);
  }
  // Before a run of some seconds rather than after it.
  if (svg !== undefined && !existsSync(path.dirname(svg))) throw unwritable(svg, "no such folder");

  const bar = new cliProgress.SingleBar(
    { format: "{bar} {percentage}% {doing}", hideCursor: true, clearOnComplete: true, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  bar.start(100, 0, { doing: "policies" });
  const found = await compareAdl(seed, data ?? DAY_FOLDER, (share, doing) =>
    bar.update(Math.floor(share * 100), { doing }),
  ).finally(() => bar.stop());

  if (svg !== undefined) {
    await writeFile(svg, svgReport(found)).catch((error: NodeJS.ErrnoException) => {
      throw unwritable(svg, String(error.code));
    });
  }
  process.stdout.write(json ? `${JSON.stringify(jsonReport(found), null, 2)}\n` : `${textReport(found)}\n`);
  if (json && found.day === null) process.stderr.write(`skipped: ${found.skipped}\n`);
  const problems = found.day?.problems ?? [];
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

function unwritable(file: string, why: string): InputError {
  return new InputError(`${file}: cannot be written (${why}); give --svg a file in a folder that exists`);
}

try {
  await main();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exit(0);
  const isExpected = error instanceof InputError || error instanceof CommanderError;
  const text = (error as Error).message.replace(/^error: /, "").split("\n")[0];
  process.stderr.write(isExpected ? `error: ${text}\n` : `error: unexpected: ${(error as Error).stack}\n`);
  process.exitCode = 1;
}
