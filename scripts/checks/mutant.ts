import type { Finding } from "./finding.ts";
import type { InvariantRow } from "./invariants.ts";

/**
 * A planted bug: a unified diff against `contracts/` with a header of its own.
 *
 *     # invariant: I1, I4
 *     # breaks: the insurance leg is posted twice
 *     # killed by: test/invariant/Ledgers.t.sol
 */
export interface Mutant {
  /** Its file without `.patch`. */
  name: string;
  file: string;
  invariants: string[];
  breaks: string;
  /** Test files of which at least one must fail. */
  killers: string[];
  /** The files it changes. */
  targets: string[];
}

/** Totals that the test runner printed; undefined when it never came to run a test. */
export interface Totals {
  passed: number;
  failed: number;
}

/** An invariant with one way to break it is hardly tested at all. */
const MUTANTS_PER_INVARIANT = 2;

/** Reads the header of a patch. What is wrong with it comes back as findings. */
export function parseMutant(file: string, patch: string, testFiles: string[]): { mutant: Mutant; findings: Finding[] } {
  const header = patch.split(/^(?:diff --git|--- )/m)[0]!;
  const field = (name: string): string => new RegExp(`^#\\s*${name}:\\s*(.+)$`, "m").exec(header)?.[1]?.trim() ?? "";
  const list = (name: string): string[] =>
    field(name)
      .split(/[\s,]+/)
      .filter((item) => item !== "");

  const mutant: Mutant = {
    name: file.replace(/^.*\//, "").replace(/\.patch$/, ""),
    file,
    invariants: list("invariant"),
    breaks: field("breaks"),
    killers: list("killed by"),
    targets: [...patch.matchAll(/^\+\+\+ (?:b\/)?(\S+)/gm)].map((match) => match[1]!),
  };
  const findings: Finding[] = [];
  const report = (what: string): void => void findings.push({ where: file, what });
  if (mutant.invariants.length === 0) report("names no invariant (# invariant: I1)");
  if (mutant.breaks === "") report("does not say what is broken (# breaks: …)");
  if (mutant.killers.length === 0) report("names no test (# killed by: test/…)");
  for (const id of mutant.invariants) if (!/^I\d+$/.test(id)) report(`${id} is no id of an invariant`);
  for (const killer of mutant.killers)
    if (!testFiles.includes(killer)) report(`is killed by ${killer}, which does not exist`);

  if (mutant.targets.length === 0) report("changes nothing");
  for (const target of mutant.targets)
    if (!target.startsWith("contracts/")) report(`changes ${target}, outside contracts/`);
  return { mutant, findings };
}

/** Every invariant that claims a test has bugs planted against it. */
export function findUnmutated(rows: InvariantRow[], mutants: Mutant[]): Finding[] {
  return rows
    .filter(({ isPlanned }) => !isPlanned)
    .map(({ id }) => ({ id, count: mutants.filter(({ invariants }) => invariants.includes(id)).length }))
    .filter(({ count }) => count < MUTANTS_PER_INVARIANT)
    .map(({ id, count }) => ({
      where: "test/mutants",
      what: `${id} has ${count} of ${MUTANTS_PER_INVARIANT} mutants`,
    }));
}

/**
 * Adds up `N passing` and `N failing` of Hardhat's runners. When several ran, it prints their sum last, and only that
 * line says who they were.
 */
export function parseTotals(output: string): Totals | undefined {
  const lines = [...output.matchAll(/^\s*(\d+) (passing|failing)( \([^)]*(?:solidity|mocha)[^)]*\))?/gm)];
  if (lines.length === 0) return undefined;
  const sums = lines.filter((line) => line[3] !== undefined);
  const counted = sums.length > 0 ? sums : lines;
  const total = (word: string): number =>
    counted.filter((line) => line[2] === word).reduce((sum, line) => sum + Number(line[1]), 0);
  return { passed: total("passing"), failed: total("failing") };
}
