import type { Finding } from "./finding.ts";
import { run } from "./repository.ts";

/** Pictures that are committed are what a run of today draws. */
export default async function pictures(): Promise<Finding[]> {
  const { code, output } = await run(process.execPath, ["scripts/simulator/pictures.ts", "--check"]);
  if (code === 0) return [];
  const different = [...output.matchAll(/^(scripts\/simulator\/pictures\/[\w.-]+): (.*)$/gm)];
  const findings = different.map(([, where, what]) => ({ where: where!, what: what! }));
  return findings.length > 0 ? findings : [{ where: "pictures", what: output.trim().split("\n")[0]! }];
}
