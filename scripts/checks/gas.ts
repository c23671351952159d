import type { Finding } from "./finding.ts";
import { run } from "./repository.ts";

/** The committed gas snapshot is what the production build uses today, within 1%; deleveraging keeps its promises. */
export default async function gas(): Promise<Finding[]> {
  const { code, output } = await run(process.execPath, ["scripts/gas/run.ts", "--check"]);
  if (code === 0) return [];
  const drifted = output.split("\n").filter((line) => /the snapshot says|promise broken/.test(line));
  return (drifted.length > 0 ? drifted : [output.trim().split("\n").at(-1) ?? "failed without a word"]).map((what) => ({
    where: "test/gas/snapshot.json",
    what,
  }));
}
