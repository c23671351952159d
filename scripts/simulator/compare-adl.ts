import { existsSync } from "node:fs";
import { newCommand, parse, runCommand } from "../shared/command.ts";
import { InputError } from "../shared/inputError.ts";
import { compareAdl } from "./compare/compareAdl.ts";
import { DAY_FOLDER } from "./compare/day.ts";
import { jsonReport } from "./compare/json.ts";
import { svgReport } from "./compare/svg.ts";
import { textReport } from "./compare/text.ts";
import { integer } from "./options.ts";
import { checkWritable, reportProblems, withProgress, writePicture } from "./output.ts";

type Options = { data?: string; seed: number; json?: boolean; svg?: string };

const command = newCommand(
  "compare-adl",
  "Who pays under which rule of auto-deleveraging: on one book, and on the real day of 10 October 2025.",
)
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
  );

await runCommand(async () => {
  const { data, seed, json, svg } = parse<Options>(command);
  if (data !== undefined && !existsSync(data)) {
    throw new InputError(`${data}: no such folder; give --data one with waves.csv and coin_clusters.csv`);
  }
  checkWritable(svg);
  const found = await withProgress("policies", (onProgress) => compareAdl(seed, data ?? DAY_FOLDER, onProgress));
  if (svg !== undefined) await writePicture(svg, svgReport(found));
  process.stdout.write(json ? `${JSON.stringify(jsonReport(found), null, 2)}\n` : `${textReport(found)}\n`);
  if (json && found.day === null) process.stderr.write(`skipped: ${found.skipped}\n`);
  reportProblems(found.day?.problems ?? []);
});
