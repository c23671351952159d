import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Finding } from "./finding.ts";
import { ROOT, readSource, readSources } from "./repository.ts";
import { THREATS, type Threat } from "./threats.ts";

export const CHECKLIST_FILE = "test/security/README.md";

/** A test and the lines it covers. */
export interface TaggedTest {
  file: string;
  name: string;
  lines: number[];
}

/** Every line of the security checklist has a test that says so, and the page that lists them is what the tests say. */
export default async function checklist(say: (line: string) => void = () => {}): Promise<Finding[]> {
  const { tests, findings } = collect(await readSources(/^test\/.*\.(t\.sol|test\.ts)$/));
  const covered = Object.keys(THREATS).filter((line) => tests.some(({ lines }) => lines.includes(Number(line))));
  say(`checklist: ${covered.length} of ${Object.keys(THREATS).length} covered`);
  findings.push(...findUncovered(THREATS, tests));
  if (readSource(CHECKLIST_FILE) !== page(THREATS, tests)) {
    findings.push({
      where: CHECKLIST_FILE,
      what: "is not what the tests say: node scripts/checks/checklist.ts --update",
    });
  }
  return findings;
}

export function findUncovered(threats: Record<number, Threat>, tests: TaggedTest[]): Finding[] {
  const findings: Finding[] = [];
  for (const line of Object.keys(threats).map(Number)) {
    if (tests.some(({ lines }) => lines.includes(line))) continue;
    findings.push({ where: CHECKLIST_FILE, what: `line ${line} has no test: ${threats[line]!.threat}` });
  }
  for (const { file, name, lines } of tests) {
    for (const line of lines) {
      if (!(line in threats))
        findings.push({ where: file, what: `"${name}" covers line ${line}, which does not exist` });
    }
  }
  return findings;
}

/**
 * Tags are where the tests are, so that they move, are renamed, and go with them: `[C18]` or `[C18, C19]` at the end of the
 * title of an `it`, `/// @custom:checklist 18, 19` above a Solidity test. A tag anywhere else covers nothing and is a finding.
 */
export function collect(sources: Map<string, string>): { tests: TaggedTest[]; findings: Finding[] } {
  const tests: TaggedTest[] = [];
  const findings: Finding[] = [];
  for (const [file, source] of sources) {
    const found = file.endsWith(".sol") ? inSolidity(source) : inTypeScript(source);
    const tags = source.match(file.endsWith(".sol") ? /@custom:checklist\b/g : /\[C\d+/g)?.length ?? 0;
    if (tags !== found.length) findings.push({ where: file, what: "a checklist tag that belongs to no test" });
    tests.push(...found.map((test) => ({ file, ...test })));
  }
  return { tests, findings };
}

function inSolidity(source: string): Omit<TaggedTest, "file">[] {
  // The tag's comment may go on, but nothing comes between it and its test.
  const tagged = /@custom:checklist ([\d, ]+)\n(?:[ \t]*\/\/\/[^\n]*\n)*[ \t]*function ((?:test|invariant)\w*)\(/g;
  return [...source.matchAll(tagged)].map(([, lines, name]) => ({ name: name!, lines: numbers(lines!) }));
}

function inTypeScript(source: string): Omit<TaggedTest, "file">[] {
  const tagged = /\bit\(\s*(["'`])((?:(?!\1).)*?) \[((?:C\d+(?:, )?)+)\]\1/g;
  return [...source.matchAll(tagged)].map(([, , name, lines]) => ({ name: name!, lines: numbers(lines!) }));
}

const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);

export function page(threats: Record<number, Threat>, tests: TaggedTest[]): string {
  const rows = Object.keys(threats).map((key) => {
    const { threat, notHere } = threats[Number(key)]!;
    const byFile = new Map<string, string[]>();
    for (const { file, name, lines } of tests) {
      if (lines.includes(Number(key))) byFile.set(file, [...(byFile.get(file) ?? []), escaped(name)]);
    }
    const covered = [...byFile].map(([file, names]) => `\`${file.replace(/^test\//, "")}\`: ${names.join(" · ")}`);
    if (notHere !== undefined) covered.push(`Not applicable: ${notHere}`);
    return `| ${key} | ${threat} | ${covered.join("<br>")} |`;
  });
  return `${HEAD}\n| line | threat | tests, or why there is none |\n|---|---|---|\n${rows.join("\n")}\n`;
}

/** Names of Solidity tests as they are, titles of TypeScript tests as sentences; a bar would end the cell. */
const escaped = (name: string): string => (/^\w+$/.test(name) ? `\`${name}\`` : name.replaceAll("|", "\\|"));

const HEAD = `# Security checklist

Forty ways in which exchanges of this kind have been robbed or broken, and the tests that show how each ends here. Where
\`test/\` says how the protocol behaves, this page says what that behaviour is for.

Written by \`node scripts/checks/checklist.ts --update\` from the tests' own tags (\`[C18]\` in a title,
\`/// @custom:checklist 18\` above a Solidity test) and from \`scripts/checks/threats.ts\`; \`npm run check\` compares.
`;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { tests } = collect(await readSources(/^test\/.*\.(t\.sol|test\.ts)$/));
  if (process.argv.includes("--update")) await writeFile(path.join(ROOT, CHECKLIST_FILE), page(THREATS, tests));
  const findings = await checklist((line) => console.log(line));
  for (const { where, what } of findings) console.log(`${where}: ${what}`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
