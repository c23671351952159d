import type { Finding } from "./finding.ts";
import { runTool } from "./repository.ts";

/** TypeScript is sound against the contracts as they are now: their types are generated first. */
export default async function types(): Promise<Finding[]> {
  const build = await runTool("hardhat", ["build", "--no-tests", "--quiet"]);
  if (build.code !== 0)
    return [{ where: "hardhat build", what: build.output.trim().replace(/\s+/g, " ").slice(0, 400) }];

  const { code, output } = await runTool("tsc", ["--noEmit", "--pretty", "false"]);
  if (code === 0) return [];
  const findings = [...output.matchAll(/^(\S+)\((\d+),\d+\): error (.*)$/gm)].map((match) => ({
    where: `${match[1]!}:${match[2]!}`,
    what: match[3]!,
  }));
  return findings.length > 0 ? findings : [{ where: "tsc", what: output.trim().split("\n")[0]! }];
}
