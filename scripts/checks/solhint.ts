import type { Finding } from "./finding.ts";
import { runTool, sourceFiles } from "./repository.ts";

/** Rules of `.solhint.json`; tests call cheatcodes and name functions in their own way, so only contracts are linted. */
export default async function solhint(): Promise<Finding[]> {
  const files = await sourceFiles(/^contracts\/.*\.sol$/);
  if (files.length === 0) return [];
  const { code, output } = await runTool("solhint", [
    "--disc",
    "--noPoster",
    "--max-warnings",
    "0",
    "-f",
    "unix",
    ...files,
  ]);
  if (code === 0) return [];
  const findings = [...output.matchAll(/^(.*\.sol):(\d+):\d+: (.*)$/gm)].map((match) => ({
    where: `${match[1]!}:${match[2]!}`,
    what: match[3]!,
  }));
  return findings.length > 0 ? findings : [{ where: "solhint", what: output.trim().split("\n")[0]! }];
}
