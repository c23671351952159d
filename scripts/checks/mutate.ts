import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Table from "cli-table3";
import { Command } from "commander";
import type { Finding } from "./finding.ts";
import { INVARIANTS_FILE, parseInvariants } from "./invariants.ts";
import { findUnmutated, type Mutant, parseMutant, parseTotals } from "./mutant.ts";
import { ROOT, readSource, run, runTool, sourceFiles } from "./repository.ts";

/** A mutant may loop for ever; a test that hangs is no test that fails. */
// Read by hardhat.config.ts in the processes started below.
process.env.MUTATION = "1";

const MUTANT_TIMEOUT_MS = 10 * 60_000;

type Fate = "killed" | "survived" | "does not apply" | "does not compile" | "timeout";

interface Result {
  mutant: string;
  invariants: string[];
  breaks: string;
  fate: Fate;
  /** The file whose test failed. */
  killedBy: string | null;
  seconds: number;
}

const { only, json } = new Command("mutate")
  .description("Applies each planted bug of test/mutants to a copy of the repository and requires a test to fail")
  .option("--only <text>", "mutants whose name contains this, or whose invariant is this")
  .option("--json", "one document on standard output")
  .parse()
  .opts<{ only?: string; json?: boolean }>();

const files = await sourceFiles();
const testFiles = files.filter((file) => /^test\/.*\.(t\.sol|test\.ts)$/.test(file));
const parsed = files
  .filter((file) => /^test\/mutants\/.*\.patch$/.test(file))
  .map((file) => parseMutant(file, readSource(file), testFiles));
const all = parsed.map(({ mutant }) => mutant);
const selected = all.filter(({ name, invariants }) => !only || name.includes(only) || invariants.includes(only));

const findings = parsed.flatMap((entry) => (selected.includes(entry.mutant) ? entry.findings : []));
if (!only && existsSync(path.join(ROOT, INVARIANTS_FILE))) {
  findings.push(...findUnmutated(parseInvariants(readSource(INVARIANTS_FILE)), all));
}
if (selected.length === 0)
  findings.push({ where: "test/mutants", what: only ? `has nothing like ${only}` : "is empty" });

const runnable = selected.filter(({ file }) => !findings.some(({ where }) => where === file));
const results = runnable.length === 0 ? [] : await tryAll(runnable, findings);
const killed = results.filter(({ fate }) => fate === "killed").length;
report(results, findings);
process.exitCode = findings.length === 0 && killed === results.length ? 0 : 1;

/** One copy and one compiler cache for all: only what a patch touches is compiled again. */
async function tryAll(mutants: Mutant[], problems: Finding[]): Promise<Result[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), "breakwater-mutants-"));
  try {
    for (const file of files) {
      mkdirSync(path.dirname(path.join(scratch, file)), { recursive: true });
      copyFileSync(path.join(ROOT, file), path.join(scratch, file));
    }
    symlinkSync(path.join(ROOT, "node_modules"), path.join(scratch, "node_modules"));

    // A test that fails without a bug kills everything and proves nothing.
    const killers = [...new Set(mutants.flatMap((mutant) => mutant.killers))];
    for (const killer of killers) {
      progress(`without a bug: ${killer}`);
      const { code, output } = await runTest(killer, scratch);
      const failed = parseTotals(output)?.failed;
      const why = failed === undefined ? lastLine(output) : `${failed} tests fail`;
      if (code !== 0) problems.push({ where: killer, what: `is not green without a bug: ${why}` });
    }
    if (problems.some(({ where }) => killers.includes(where))) return [];

    const results: Result[] = [];
    for (const mutant of mutants) {
      progress(`${results.length + 1}/${mutants.length} ${mutant.name}`);
      results.push(await tryOne(mutant, scratch));
    }
    return results;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function tryOne(mutant: Mutant, scratch: string): Promise<Result> {
  const startedAt = Date.now();
  const patch = path.join(ROOT, mutant.file);
  const end = (fate: Fate, killedBy: string | null = null): Result => {
    const { name, invariants, breaks } = mutant;
    return {
      mutant: name,
      invariants,
      breaks,
      fate,
      killedBy,
      seconds: Math.round((Date.now() - startedAt) / 100) / 10,
    };
  };

  const before = mutant.targets.map((target) => {
    const file = path.join(scratch, target);
    return { file, text: existsSync(file) ? readFileSync(file) : undefined };
  });
  // `git apply` wants no repository, and refuses a patch whose context is not there.
  if ((await run("git", ["apply", patch], scratch)).code !== 0) return end("does not apply");
  try {
    for (const killer of mutant.killers) {
      const { code, output } = await runTest(killer, scratch);
      if (code === -1) return end("timeout");
      const totals = parseTotals(output);
      // No totals: the compiler found the bug, so no test had to.
      if (totals === undefined) {
        progress(`${mutant.name}: ${lastLine(output)}`);
        return end("does not compile");
      }
      if (code !== 0 && totals.failed > 0) return end("killed", killer);
    }
    return end("survived");
  } finally {
    // Not by the patch: the lines around a line that is gone may stand in two places.
    for (const { file, text } of before) if (text !== undefined) writeFileSync(file, text);
  }
}

async function runTest(file: string, scratch: string): ReturnType<typeof runTool> {
  if (!file.endsWith(".t.sol")) return runTool("hardhat", ["test", "mocha", file], scratch, MUTANT_TIMEOUT_MS);
  // A run of one file compiles that file only, and links it with whatever libraries the last build left.
  const built = await runTool("hardhat", ["--no-typechain", "build", "--no-tests"], scratch, MUTANT_TIMEOUT_MS);
  if (built.code !== 0) return built;
  return runTool("hardhat", ["--no-typechain", "test", "solidity", file], scratch, MUTANT_TIMEOUT_MS);
}

function report(rows: Result[], problems: Finding[]): void {
  const survived = rows.length - killed;
  if (json) {
    console.log(JSON.stringify({ killed, survived, mutants: rows, findings: problems }, undefined, 2));
    return;
  }
  const table = new Table({
    head: ["mutant", "invariant", "fate", "killed by", "seconds"],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    table.push([row.mutant, row.invariants.join(", "), row.fate, row.killedBy ?? "", row.seconds.toFixed(1)]);
  }
  if (rows.length > 0) console.log(table.toString());
  for (const { where, what } of problems) console.log(`mutate: ${where}: ${what}`);
  console.log(`${killed} killed, ${survived} survived`);
}

/** On standard error, so that `--json` has standard output for itself. */
function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1)?.trim() ?? "";
}
