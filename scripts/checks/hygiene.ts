import type { Finding } from "./finding.ts";
import { readSources } from "./repository.ts";

/** Letters in brackets keep this file from breaking its own rules. */
const RULES: { pattern: RegExp; what: string }[] = [
  { pattern: /(?<![\w.~-])\/(work|home|root|Users)\//, what: "names a path of somebody's machine" },
  { pattern: /\b(describe|it|context)\.only\(/, what: "runs only one test" },
  { pattern: /console[.]sol\b/, what: "prints for debugging" },
  { pattern: /\b(TO[D]O|FIX[M]E|XX[X])\b/, what: "leaves work behind: open an issue instead" },
];

/** Nothing that belongs on one machine or to one afternoon. */
export default async function hygiene(): Promise<Finding[]> {
  const files = await readSources(/(\.(sol|ts|json5?|md|ya?ml|sh|patch)|^\.ci\/.*|^\.env\.example)$/);
  files.delete("package-lock.json");
  return findLeftovers(files);
}

export function findLeftovers(sources: Map<string, string>): Finding[] {
  const findings: Finding[] = [];
  for (const [file, source] of sources) {
    source.split("\n").forEach((line, index) => {
      for (const { pattern, what } of RULES) {
        if (pattern.test(line)) findings.push({ where: `${file}:${index + 1}`, what });
      }
    });
  }
  return findings;
}
