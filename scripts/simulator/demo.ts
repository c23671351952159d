import cliProgress from "cli-progress";
import { Command, CommanderError } from "commander";
import { compile } from "./compile.ts";
import { decimal, integer } from "./options.ts";
import type { ReplayResult } from "./replay/result.ts";
import { jsonReport } from "./report/json.ts";
import { textReport } from "./report/text.ts";
import { builtinScenario, SCENARIO_NAMES } from "./scenarios/builtin.ts";
import { readPrices } from "./scenarios/readPrices.ts";
import { InputError, type PriceSeries } from "./scenarios/series.ts";

type Options = {
  prices?: string;
  scenario?: string;
  traders: number;
  oiToCapital?: number;
  longShare: number;
  seed: number;
  speed: number;
  json?: boolean;
};

const MIN_TRADERS = 2;
const MAX_TRADERS = 5_000;
const OI_TO_CAPITAL = 0.8;

const command = new Command("npm run demo --")
  .description("Boots a chain in this process, deploys Breakwater, replays a crash and shows who paid.")
  .option("--prices <file>", "CSV with timestamp,open,high,low,close (unix seconds, ascending)")
  .option("--scenario <name>", `built in: ${SCENARIO_NAMES.join(", ")} (default: oct-10-2025)`)
  .option(
    "--traders <n>",
    `${MIN_TRADERS} to ${MAX_TRADERS.toLocaleString("en-US")}`,
    integer(MIN_TRADERS, MAX_TRADERS),
    200,
  )
  .option(
    "--oi-to-capital <x>",
    `open interest of the long side over LP capital, 0.01 to 20 (default: ${OI_TO_CAPITAL}; chasm: 4)`,
    decimal(0.01, 20),
  )
  .option("--long-share <x>", "longs' part of open interest, 0.2 to 0.8", decimal(0.2, 0.8), 0.5)
  .option("--seed <n>", "same seed, same run", integer(0, 2 ** 32 - 1), 1)
  .option("--speed <bars>", "bars between two passes of the keeper", integer(1, 1_000), 1)
  .option("--json", "print one JSON document and nothing else")
  .addHelpText(
    "after",
    `
The book follows from the seed. 45% of the traders are long at 3-40x, 45% short at 2-20x, 2,000-400,000 USD each, shorts
scaled to --long-share; entries within 3% of the first price. 10% are arbitrageurs: they start flat, hold as much margin as
there is long interest, and lean against the skew at no more than 1x. A trader is one sub-account. LP capital is long
interest / --oi-to-capital: 80% senior, 20% junior; the insurance fund is 1.5% of it and pays at most half of itself a day.
Above 0.75 the caps that follow capital are raised to let the book in. Market: the defaults of the protocol (imr 2%,
volFactor 2, fee 5 bp, keeper window one bar). Each step shows the close of a bar; a keeper pass and the traders follow.

Who pays, in the default scenario:
  --oi-to-capital 0.2   the insurance fund, everything
  --oi-to-capital 0.8   the insurance fund and the junior tranche (default)
  --oi-to-capital 4     the senior tranche, too
  --long-share 0.7      a one-sided book: mostly profit forgone, nobody pays for it

--scenario chasm goes through all of them, and traders in profit are charged: everybody the same share of its profit.`,
  )
  .configureOutput({ outputError: () => {} })
  .exitOverride();

/** Anything the user can do about is one line and exit code 1. */
async function main(): Promise<void> {
  const options = command.parse().opts<Options>();
  if (command.args.length > 0) throw new InputError(`unexpected argument "${command.args[0]}"`);
  const series = await readSeries(options);
  const bar = new cliProgress.SingleBar(
    { format: "{bar} {percentage}% {doing}", hideCursor: true, clearOnComplete: true, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  bar.start(100, 0, { doing: "compiling" });
  const result = await run(options, series, (share, doing) => bar.update(Math.floor(share * 100), { doing })).finally(
    () => bar.stop(),
  );
  process.stdout.write(options.json ? `${JSON.stringify(jsonReport(result), null, 2)}\n` : `${textReport(result)}\n`);
  for (const problem of result.problems) process.stderr.write(`${problem}\n`);
  if (result.problems.length > 0) process.exitCode = 1;
}

async function readSeries({ prices, scenario }: Options): Promise<PriceSeries> {
  if (prices !== undefined && scenario !== undefined) throw new InputError("--prices or --scenario, not both");
  return prices === undefined ? builtinScenario(scenario ?? "oct-10-2025") : await readPrices(prices);
}

async function run(
  options: Options,
  series: PriceSeries,
  onProgress: (share: number, doing: string) => void,
): Promise<ReplayResult> {
  await compile();
  // Only now are the types and artifacts there that the replay needs.
  const { replay } = await import("./replay/replay.ts");
  const oiToCapital = options.oiToCapital ?? series.oiToCapital ?? OI_TO_CAPITAL;
  return replay({ ...options, oiToCapital, series, onProgress });
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
