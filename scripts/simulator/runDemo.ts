import { newCommand, parse } from "../shared/command.ts";
import { choice, DEFAULTS, decimal, integer } from "./options.ts";
import { checkWritable, type OnProgress, withProgress, writePicture } from "./output.ts";
import { INSURANCE, MAX_LEVERAGE } from "./replay/plan.ts";
import type { ReplayResult } from "./replay/result.ts";
import { jsonReport } from "./report/json.ts";
import { svgReport } from "./report/pictures.ts";
import { textReport } from "./report/text.ts";
import { SCENARIO_NAMES } from "./scenarios/builtin.ts";
import { readSeries, type SeriesOptions } from "./scenarios/readSeries.ts";
import type { PriceSeries } from "./scenarios/series.ts";

type Options = SeriesOptions & {
  traders: number;
  oiToCapital?: number;
  longShare: number;
  seed: number;
  speed: number;
  maxLeverage: number;
  insurance: number;
  json?: boolean;
  svg?: string;
};

const MIN_TRADERS = 2;
const MAX_TRADERS = 5_000;

const newDemo = () =>
  newCommand("demo", "Boots a chain in this process, deploys Breakwater, replays a crash and shows who paid.")
    .option("--prices <file>", "CSV with timestamp,open,high,low,close (unix seconds, ascending)")
    .option("--scenario <name>", `built in: ${SCENARIO_NAMES.join(", ")} (default: oct-10-2025)`)
    .option(
      "--traders <n>",
      `${MIN_TRADERS} to ${MAX_TRADERS.toLocaleString("en-US")}`,
      integer(MIN_TRADERS, MAX_TRADERS),
      DEFAULTS.traders,
    )
    .option(
      "--oi-to-capital <x>",
      `open interest of the long side over LP capital, 0.01 to 20 (default: ${DEFAULTS.oiToCapital}; chasm: 4)`,
      decimal(0.01, 20),
    )
    .option("--long-share <x>", "longs' part of open interest, 0.2 to 0.8", decimal(0.2, 0.8), DEFAULTS.longShare)
    .option("--seed <n>", "same seed, same run", integer(0, 2 ** 32 - 1), DEFAULTS.seed)
    .option("--speed <bars>", "bars between two passes of the keeper", integer(1, 1_000), DEFAULTS.speed)
    .option(
      "--path <kind>",
      "close: each bar's close; ohlc: its extremes, too (needs --prices)",
      choice("close", "ohlc"),
      "close",
    )
    .option("--max-leverage <x>", "highest leverage of a long, 4 to 40; imr follows", decimal(4, 40), MAX_LEVERAGE)
    .option("--insurance <x>", "insurance fund over LP capital, 0 to 0.5", decimal(0, 0.5), INSURANCE)
    .option("--json", "print one JSON document and nothing else")
    .option("--svg <file>", "draw it, too: the price with its liquidations, and who paid")
    .addHelpText(
      "after",
      `
The book follows from the seed. 45% of the traders are long at 3-40x, 45% short at 2-20x, 2,000-400,000 USD each, shorts
scaled to --long-share; entries within 3% of the first price. 10% are arbitrageurs: they start flat, hold as much margin as
there is long interest, and lean against the skew at no more than 1x. A trader is one sub-account. LP capital is long
interest / --oi-to-capital: 80% senior, 20% junior; the insurance fund is 1.5% of it and pays at most half of itself a day.
Above 0.75 the caps that follow capital are raised to let the book in. Market: the defaults of the protocol (imr 2%,
volFactor 2, fee 5 bp, keeper window one bar). Each step shows the close of a bar; a keeper pass and the traders follow.

--path ohlc takes a bar's prices as steps of their own: open, the extreme nearer to the open (the low if both are as near),
the other extreme, close; what repeats the price before it is left out. Each step has its keeper pass (--speed counts
steps) and its traders, so a wick liquidates who could not carry it. --max-leverage x: longs take 3 to x, shorts 2 to x/2,
and the market's imr is 0.8/x, 2% at 40.

Who pays, in the default scenario:
  --oi-to-capital 0.2   the insurance fund, everything
  --oi-to-capital 0.8   the insurance fund and the junior tranche (default)
  --oi-to-capital 4     the senior tranche, too
  --long-share 0.7      a one-sided book: mostly profit forgone, nobody pays for it

--scenario chasm goes through all of them, and traders in profit are charged: everybody the same share of its profit.`,
    );

/**
 * One run of the command: reads its arguments, replays, prints to `out`. The contracts have to be compiled already unless
 * `prepare` does it.
 */
export async function runDemo(
  argv: string[],
  out: (text: string) => void,
  prepare: () => Promise<void> = async () => {},
): Promise<string[]> {
  const options = parse<Options>(newDemo(), argv);
  checkWritable(options.svg);
  const series = await readSeries(options);
  const result = await withProgress("compiling", async (onProgress) => {
    await prepare();
    return run(options, series, onProgress);
  });
  if (options.svg !== undefined) await writePicture(options.svg, svgReport(result));
  out(options.json ? `${JSON.stringify(jsonReport(result), null, 2)}\n` : `${textReport(result)}\n`);
  return result.problems;
}

async function run(options: Options, series: PriceSeries, onProgress: OnProgress): Promise<ReplayResult> {
  // Only now are the types and artifacts there that the replay needs.
  const { replay } = await import("./replay/replay.ts");
  const oiToCapital = options.oiToCapital ?? series.oiToCapital ?? DEFAULTS.oiToCapital;
  return replay({ ...options, oiToCapital, series, onProgress });
}
