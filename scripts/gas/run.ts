import { readFile, writeFile } from "node:fs/promises";
import Table from "cli-table3";
import { Command } from "commander";
import { brokenPromises, flattened, type GasReport, promised } from "./promises.ts";

/** How far a figure may drift from the snapshot before somebody has to look. */
const TOLERANCE = 0.01;

const SNAPSHOT = new URL("../../test/gas/snapshot.json", import.meta.url);

const options = new Command("gas")
  .description(
    "Measures the gas of every operation on the production build, four markets listed; and of its worst case.",
  )
  .option("--json", "print one JSON document")
  .option("--update", "write the committed snapshot")
  .option("--check", "fail if a figure differs from the snapshot by more than 1%, or a promise is broken")
  .parse()
  .opts<{ json?: boolean; update?: boolean; check?: boolean }>();

// Read before Hardhat is: artifacts of the production profile, in folders of their own.
process.env.HARDHAT_CONFIG = "scripts/shared/production.config.ts";
const { default: hre } = await import("hardhat");
const build = { force: false, quiet: true, noTests: true, files: [], defaultBuildProfile: "production" };
await hre.tasks.getTask("build").run(build);
const { measureGas } = await import("./measure.ts");
const { measureDeleveraging } = await import("./deleveraging.ts");
const { measureLens } = await import("./lens.ts");
const { measureWorst } = await import("./worst.ts");
// A fixed clock: which volatility word is written depends on the minute.
const connect = () =>
  hre.network.create({ network: "default", override: { initialDate: new Date("2026-01-01T00:00:10Z") } });
const report: GasReport = {
  ...(await measureGas(await connect())),
  ...(await measureDeleveraging(connect)),
  ...(await measureWorst(connect)),
  ...(await measureLens(connect)),
};
const lines = flattened(report);

const before = flattened(JSON.parse(await readFile(SNAPSHOT, "utf8").catch(() => "{}")) as GasReport);
if (options.update) await writeFile(SNAPSHOT, `${JSON.stringify(report, null, 2)}\n`);
if (options.json) {
  console.log(JSON.stringify(report));
} else {
  const table = new Table({
    head: ["operation", "gas", "snapshot", "promised"],
    colAligns: ["left", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  const figure = (value: number | undefined) => (value === undefined ? "" : value.toLocaleString("en"));
  for (const [name, gas] of Object.entries(lines)) {
    table.push([name, figure(gas), figure(before[name]), figure(promised(name))]);
  }
  console.log(table.toString());
}
if (options.check) {
  const drifted = Object.entries(lines).filter(([name, gas]) => {
    const was = before[name];
    return was === undefined || Math.abs(gas - was) > was * TOLERANCE;
  });
  for (const [name, gas] of drifted) {
    console.error(
      `${name}: ${gas} gas, the snapshot says ${before[name] ?? "nothing"}; look, then npm run gas -- --update`,
    );
  }
  const broken = brokenPromises(report);
  for (const what of broken) console.error(`promise broken: ${what}`);
  process.exitCode = drifted.length + broken.length === 0 ? 0 : 1;
}
