import { newCommand, parse, runCommand } from "../shared/command.ts";
import { InputError } from "../shared/inputError.ts";
import { jsonReport } from "./grid/json.ts";
import type { Axes } from "./grid/runGrid.ts";
import { svgReport } from "./grid/svg.ts";
import { textReport } from "./grid/text.ts";
import { choice, DEFAULT_AXES, DEFAULTS, decimal, integer, list } from "./options.ts";
import { checkWritable, reportProblems, withProgress, writePicture } from "./output.ts";
import { SCENARIO_NAMES } from "./scenarios/builtin.ts";
import { readSeries, type SeriesOptions } from "./scenarios/readSeries.ts";

type Options = SeriesOptions &
  Axes & { traders: number; longShare: number; seed: number; speed: number; json?: boolean; svg?: string };

/** Values of one knob, and cells together. */
const MOST_VALUES = 12;
const MOST_CELLS = 400;

const command = newCommand(
  "simulate",
  "Replays one crash under many parameters, in the model of the exchange, and shows who would have paid.",
)
  .option("--prices <file>", "CSV with timestamp,open,high,low,close (unix seconds, ascending)")
  .option("--scenario <name>", `built in: ${SCENARIO_NAMES.join(", ")} (default: oct-10-2025)`)
  .option(
    "--path <kind>",
    "close: each bar's close; ohlc: its extremes, too (needs --prices)",
    choice("close", "ohlc"),
    "close",
  )
  .option(
    "--max-leverage <list>",
    "highest leverage of a long, each 4 to 40",
    list(decimal(4, 40), MOST_VALUES),
    DEFAULT_AXES.maxLeverage,
  )
  .option(
    "--oi-to-capital <list>",
    "open interest of the long side over LP capital, each 0.01 to 20",
    list(decimal(0.01, 20), MOST_VALUES),
    DEFAULT_AXES.oiToCapital,
  )
  .option(
    "--insurance <list>",
    "insurance fund over LP capital, each 0 to 0.5",
    list(decimal(0, 0.5), MOST_VALUES),
    DEFAULT_AXES.insurance,
  )
  .option("--traders <n>", "2 to 2,000", integer(2, 2_000), DEFAULTS.traders)
  .option("--long-share <x>", "longs' part of open interest, 0.2 to 0.8", decimal(0.2, 0.8), DEFAULTS.longShare)
  .option("--seed <n>", "same seed, same grid", integer(0, 2 ** 32 - 1), DEFAULTS.seed)
  .option("--speed <bars>", "bars between two passes of the keeper", integer(1, 1_000), DEFAULTS.speed)
  .option("--json", "print one JSON document and nothing else")
  .option("--svg <file>", "draw it, too: a heat map of the deepest layer that paid")
  .addHelpText(
    "after",
    `
Lists are numbers between commas. Every combination is one run of what npm run demo does, with the model in the place of the
contracts: same traders, same keeper, same prices, same sums to the wei. At most ${MOST_CELLS} cells.

  --max-leverage   who is in the market: longs take 3 to x, shorts 2 to x/2; its imr is 0.8/x
  --oi-to-capital  how full it is: what the caps that follow capital (reserveFactorBps, poolShareBps) let in
  --insurance      what stands before the junior tranche; it pays at most half of itself a day

How to read the result, and what it does not tell: scripts/simulator/README.md`,
  );

await runCommand(async () => {
  const { json, svg, maxLeverage, oiToCapital, insurance, ...options } = parse<Options>(command);
  const count = maxLeverage.length * oiToCapital.length * insurance.length;
  if (count > MOST_CELLS) throw new InputError(`${count} cells; at most ${MOST_CELLS}`);
  checkWritable(svg);
  const series = await readSeries(options);
  const axes = { maxLeverage, oiToCapital, insurance };
  // What replays takes a second to load: wrong input is refused before.
  const { runGrid } = await import("./grid/runGrid.ts");
  const grid = await withProgress("replaying", (onProgress) => runGrid({ ...options, series }, axes, onProgress));
  if (svg !== undefined) await writePicture(svg, svgReport(grid));
  process.stdout.write(json ? `${JSON.stringify(jsonReport(grid), null, 2)}\n` : `${textReport(grid)}\n`);
  reportProblems(grid.problems);
});
