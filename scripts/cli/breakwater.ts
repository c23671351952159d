import { existsSync } from "node:fs";
import path from "node:path";
import { describeError } from "../shared/secrets.ts";
import { whenUnread } from "../shared/unread.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Nothing below can be imported before the contracts have types. */
async function compile(): Promise<void> {
  if (existsSync(path.join(ROOT, "typechain-types/index.ts"))) return;
  process.stderr.write("compiling the contracts, once: a minute or two\n");
  const { default: hre } = await import("hardhat");
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
}

async function main(): Promise<number> {
  await compile();
  const [{ run }, { openNetwork }, { ask }] = await Promise.all([
    import("./run.ts"),
    import("../shared/network.ts"),
    import("./ask.ts"),
  ]);
  return run(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    ask,
    openNetwork,
  });
}

whenUnread();
try {
  const code = await main();
  if (code !== 0) process.exitCode = code;
} catch (error) {
  process.stderr.write(`error: unexpected: ${describeError(error)}\n`);
  process.exitCode = 1;
}
