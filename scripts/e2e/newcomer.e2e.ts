import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { isAnswering, untilAnswering } from "./rpc.ts";

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, "../..");
const RPC = "http://127.0.0.1:8545";

type Block = { what: string; commands: string };

/** The commands of the README's first walk, as they stand there, each with the words in bold above it. */
function newcomersBlocks(readme: string): Block[] {
  const section = /<!-- newcomer -->([\s\S]*?)<!-- \/newcomer -->/.exec(readme)?.[1] ?? "";
  const blocks = section.matchAll(/\*\*([^*]+?)\.?\*\*(?:(?!```)[\s\S])*?```sh\n([\s\S]*?)```/g);
  return [...blocks].map(([, what, commands]) => ({ what: what!, commands: commands!.trim() }));
}

const [node, ...steps] = newcomersBlocks(await readFile(path.join(ROOT, "README.md"), "utf8"));

describe("a newcomer with the README", function () {
  this.timeout(300_000);
  this.bail(true);

  let server: ChildProcess;

  const shell = async (commands: string): Promise<string> => {
    const { stdout, stderr } = await run("bash", ["-eo", "pipefail", "-c", commands], { cwd: ROOT }).catch((error) => {
      throw new Error(`${error.message}\n${error.stdout}`);
    });
    return stdout + stderr;
  };
  const json = async (command: string) => JSON.parse(await shell(`npm run -s breakwater -- ${command} --json`));

  after(async function () {
    if (server === undefined || server.exitCode !== null) return;
    process.kill(-server.pid!);
    await once(server, "exit");
  });

  it(node?.what ?? "starts a node", async function () {
    expect(await isAnswering(RPC), "something else answers on port 8545: stop it first").to.equal(false);
    // A group of its own: the shell, npx and the node end together.
    server = spawn("bash", ["-c", node!.commands], { cwd: ROOT, stdio: "ignore", detached: true });
    await untilAnswering(RPC, server);
  });

  for (const { what, commands } of steps) {
    it(what, async function () {
      await shell(commands);
    });
  }

  it("has seen what the README promises: an incident that adds up, and a claim paid", async function () {
    expect(steps.length).to.be.greaterThan(5);
    const { incidents } = await json("incident list");
    expect(incidents.length).to.equal(1);
    const { deficit, forgone, insurance, junior, senior, adl, residual } = incidents[0];
    const layers = [forgone, insurance, junior, senior, adl, residual].map(wad);
    expect(layers.reduce((sum, layer) => sum + layer, 0n)).to.equal(wad(deficit));
    expect(wad(junior) > wad("4000"), `junior paid ${junior}`).to.equal(true);

    const { total } = await json("claim show --account-index 1");
    const repaid = wad(junior) - wad(total.junior);
    expect(repaid >= wad("1000"), `repaid ${repaid}`).to.equal(true);
    const { margin, positions } = await json("account show --account-index 2");
    expect([margin, positions]).to.deep.equal(["0", []]);
  });
});

/** Exact decimal text of 18 decimals at most. */
function wad(text: string): bigint {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(`${whole}${fraction.padEnd(18, "0")}`);
}
