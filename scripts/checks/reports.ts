import type { Finding } from "./finding.ts";
import { readSource, run } from "./repository.ts";

const README = "README.md";

/** What the README shows of the demo is what the demo prints today. Parts may be left out, and seconds differ. */
export default async function reports(): Promise<Finding[]> {
  const blocks = [...readSource(README).matchAll(/^```\n(([\w-]+): \d+ traders, [^`]*)^```$/gm)];
  if (blocks.length === 0) return [{ where: README, what: "shows no run of the demo" }];
  const findings: Finding[] = [];
  for (const [, block, scenario] of blocks) {
    const { output } = await run(process.execPath, ["scripts/simulator/demo.ts", "--scenario", scenario!]);
    const printed = new Set(lines(output));
    for (const line of lines(block!)) {
      if (!printed.has(line)) findings.push({ where: README, what: `demo ${scenario} does not print: ${line.trim()}` });
    }
  }
  return findings;
}

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trimEnd().replace(/^(No problems), [\d.]+ s$/, "$1"));
}
