import type { Finding } from "./finding.ts";
import { readSource, readSources } from "./repository.ts";

export const INVARIANTS_FILE = "contracts/INVARIANTS.md";

export interface InvariantRow {
  id: string;
  sentence: string;
  /** Names in backquotes in the last cell: files of `test/`, or tests in them. */
  tests: string[];
  isPlanned: boolean;
}

/** Every promise names a test that exists and says which promise it checks. */
export default async function invariants(): Promise<Finding[]> {
  return findUntested(parseInvariants(readSource(INVARIANTS_FILE)), await readSources(/^test\/.*\.(t\.sol|test\.ts)$/));
}

/** Rows of `| I1 | sentence | test |`; a row whose last cell says "not yet" is a plan. */
export function parseInvariants(markdown: string): InvariantRow[] {
  const rows: InvariantRow[] = [];
  for (const line of markdown.split("\n")) {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const id = /^[*`]*(I\d+)[*`]*$/.exec(cells[1] ?? "")?.[1];
    if (id === undefined) continue;
    const last = cells.slice(3).join(" ");
    const tests = [...last.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
    rows.push({ id, sentence: cells[2] ?? "", tests, isPlanned: /\bnot yet\b/i.test(last) });
  }
  return rows;
}

/** `tests`: text of each test file by its path from the root. */
export function findUntested(rows: InvariantRow[], tests: Map<string, string>): Finding[] {
  const findings: Finding[] = [];
  const report = (what: string): void => void findings.push({ where: INVARIANTS_FILE, what });
  if (rows.length === 0) report("has no row `| I1 | sentence | test |`");

  rows.forEach((row, index) => {
    if (row.id !== `I${index + 1}`) report(`row ${index + 1} is ${row.id}: ids run from I1 without gaps`);
    if (row.sentence === "") report(`${row.id} has no sentence`);
    if (row.isPlanned) return;
    if (row.tests.length === 0) report(`${row.id} names no test in backquotes and does not say "not yet"`);
    for (const test of row.tests) {
      const files = filesOf(test, tests);
      if (files.length === 0) report(`${row.id} names ${test}, which test/ does not have`);
      else if (!files.some((file) => mentions(tests.get(file)!, row.id))) {
        report(`${row.id} names ${test}, which never mentions ${row.id}`);
      }
    }
  });
  return findings;
}

/** A test is named by its file (with or without `test/`), by its function or title, or by `file:function`. */
function filesOf(test: string, tests: Map<string, string>): string[] {
  const [, file, name] = /^([\w./-]+\.(?:t\.sol|test\.ts))(?:[:#](.+))?$/.exec(test) ?? [undefined, undefined, test];
  return [...tests.keys()].filter((candidate) => {
    if (file !== undefined && candidate !== file && !candidate.endsWith(`/${file}`)) return false;
    return name === undefined || hasTest(tests.get(candidate)!, name);
  });
}

function hasTest(source: string, name: string): boolean {
  if (/^\w+$/.test(name)) return new RegExp(`\\bfunction\\s+${name}\\b`).test(source);
  return source.includes(name);
}

/** `I1` alone or in `invariant_I1_…`, but neither in `I10` nor in `API1`. */
function mentions(source: string, id: string): boolean {
  return new RegExp(`(?<![A-Za-z0-9])${id}(?![0-9A-Za-z])`).test(source);
}
