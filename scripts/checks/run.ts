import { Listr } from "listr2";
import checklist from "./checklist.ts";
import type { Check, Finding } from "./finding.ts";
import format from "./format.ts";
import gas from "./gas.ts";
import hygiene from "./hygiene.ts";
import invariants from "./invariants.ts";
import layering from "./layering.ts";
import natspec from "./natspec.ts";
import pictures from "./pictures.ts";
import pins from "./pins.ts";
import reports from "./reports.ts";
import size from "./size.ts";
import solhint from "./solhint.ts";
import types from "./types.ts";

/** `npm run check` runs all, cheapest first; `npm run check -- layering size` runs these two. */
const CHECKS: Record<string, Check> = {
  pins,
  hygiene,
  layering,
  invariants,
  checklist,
  natspec,
  format,
  solhint,
  types,
  pictures,
  reports,
  size,
  gas,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in CHECKS));
if (unknown.length > 0) {
  console.error(`Unknown check: ${unknown.join(", ")}. There are: ${Object.keys(CHECKS).join(", ")}.`);
  process.exit(1);
}

const findings: (Finding & { check: string })[] = [];
const said: string[] = [];
const selected = Object.entries(CHECKS).filter(([name]) => names.length === 0 || names.includes(name));

await new Listr(
  selected.map(([check, look]) => ({
    title: check,
    task: async (_, task): Promise<void> => {
      const found = await look((line) => said.push(line)).catch((error: unknown) => [
        { where: "check", what: `could not look: ${message(error)}` },
      ]);
      findings.push(...found.map((finding) => ({ check, ...finding })));
      if (found.length > 0) throw new Error(`${task.title}: ${found.length} finding${found.length === 1 ? "" : "s"}`);
    },
  })),
  // We print the findings ourselves, one to a line, after all checks have had their turn.
  { exitOnError: false, rendererOptions: { showErrorMessage: false, collapseErrors: false } },
).run();

for (const line of said) console.log(line);
for (const { check, where, what } of findings) console.log(`${check}: ${where}: ${what}`);
console.log(findings.length === 0 ? "No findings." : `${findings.length} findings.`);
process.exitCode = findings.length === 0 ? 0 : 1;

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
