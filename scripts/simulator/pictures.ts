import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { newCommand, parse, runCommand } from "../shared/command.ts";
import { replayModel } from "./grid/replayModel.ts";
import { runGrid } from "./grid/runGrid.ts";
import { svgReport as gridSvg } from "./grid/svg.ts";
import { DEFAULT_AXES, DEFAULTS } from "./options.ts";
import { withProgress } from "./output.ts";
import { svgReport } from "./report/pictures.ts";
import { builtinScenario } from "./scenarios/builtin.ts";

const FOLDER = fileURLToPath(new URL("./pictures/", import.meta.url));

const command = newCommand(
  "pictures",
  "Draws scripts/simulator/pictures/*.svg again: the same bytes, unless something has changed.",
)
  .option("--check", "write nothing; exit code 1 and a line for each picture that is not what a run draws")
  .addHelpText(
    "after",
    `
The runs are those of npm run demo and npm run simulate without options, and of the demo with --scenario chasm; in the model,
which is a few seconds. That the chain draws the same is tested: test/integration/Simulate.test.ts.`,
  );

await runCommand(async () => {
  const { check } = parse<{ check?: boolean }>(command);
  const pictures = await withProgress("replaying", async (onProgress) => ({
    "oct-10-2025.svg": await run("oct-10-2025"),
    "chasm.svg": await run("chasm"),
    "parameters.svg": gridSvg(
      await runGrid({ ...DEFAULTS, series: builtinScenario("oct-10-2025") }, DEFAULT_AXES, onProgress),
    ),
  }));
  if (!check) await mkdir(FOLDER, { recursive: true });
  for (const [name, svg] of Object.entries(pictures)) {
    if (!check) await writeFile(`${FOLDER}${name}`, svg);
    else if ((await readFile(`${FOLDER}${name}`, "utf8").catch(() => "")) !== svg) {
      process.stdout.write(`scripts/simulator/pictures/${name}: is not what a run draws (npm run pictures)\n`);
      process.exitCode = 1;
    }
  }
});

async function run(name: string): Promise<string> {
  const series = builtinScenario(name);
  return svgReport(await replayModel({ ...DEFAULTS, series, oiToCapital: series.oiToCapital ?? DEFAULTS.oiToCapital }));
}
