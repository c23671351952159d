import type { Finding } from "./finding.ts";
import { ROOT, runTool, sourceFiles } from "./repository.ts";

const NOT_FORMATTED = "is not formatted (npm run format)";

/** Solidity is formatted by prettier; TypeScript and JSON are formatted and linted by biome. */
export default async function format(): Promise<Finding[]> {
  return [...(await solidity()), ...(await typescript())];
}

async function solidity(): Promise<Finding[]> {
  const files = await sourceFiles(/^(contracts|test)\/.*\.sol$/);
  if (files.length === 0) return [];
  const { code, output } = await runTool("prettier", ["--list-different", ...files]);
  if (code === 0) return [];
  const different = output.split("\n").filter((line) => files.includes(line));
  const findings = different.map((where) => ({ where, what: NOT_FORMATTED }));
  return findings.length > 0 ? findings : [{ where: "prettier", what: output.trim().split("\n")[0]! }];
}

async function typescript(): Promise<Finding[]> {
  const args = [
    "check",
    "--reporter=github",
    "--max-diagnostics=none",
    "--error-on-warnings",
    "--no-errors-on-unmatched",
  ];
  const { code, output } = await runTool("biome", args);
  if (code === 0) return [];
  const findings = [...output.matchAll(/^::\w+ (.*?)::(.*)$/gm)].map((match) => ({
    where: `${(property(match[1]!, "file") ?? "biome").replace(`${ROOT}/`, "")}:${property(match[1]!, "line") ?? 1}`,
    what: property(match[1]!, "title") === "format" ? NOT_FORMATTED : `${property(match[1]!, "title")}: ${match[2]!}`,
  }));
  return findings.length > 0 ? findings : [{ where: "biome", what: output.trim().split("\n")[0]! }];
}

/** A field of `file=…,line=…,title=…`, which is how biome annotates for a build server. */
function property(fields: string, name: string): string | undefined {
  return new RegExp(`(?:^|,)${name}=([^,]+)`).exec(fields)?.[1];
}
