import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readAddressBook } from "../../scripts/sdk/addressBook.ts";
import { systemErrorLine } from "../../scripts/shared/systemError.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const refusal = (done: Promise<unknown>): Promise<unknown> => done.catch((reason) => reason);

describe("what the operating system refuses", function () {
  it("is one line with the place", async function () {
    const folder = await mkdtemp(path.join(tmpdir(), "breakwater-"));
    const file = path.join(folder, "file");
    await writeFile(file, "");
    const lines = await Promise.all([
      refusal(writeFile(folder, "")),
      refusal(readFile(path.join(folder, "none"))),
      refusal(writeFile(path.join(file, "below"), "")),
      refusal(writeFile("/dev/full", "x")),
    ]);
    expect(lines.map((error) => systemErrorLine(error))).to.deep.equal([
      `${folder}: it is a folder`,
      `${folder}/none: no such file or folder`,
      `${file}/below: a part of its path is no folder`,
      // A write that fails knows its file no more.
      "write: the disk is full",
    ]);
    expect(systemErrorLine(lines[3], "--out order.json")).to.equal("--out order.json: the disk is full");
  });

  it("may be a port", async function () {
    const first = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => first.once("listening", resolve));
    const { port } = first.address() as { port: number };
    const second = createServer().listen(port, "127.0.0.1");
    const error = await new Promise((resolve) => second.once("error", resolve));
    first.close();
    expect(systemErrorLine(error)).to.equal(`127.0.0.1:${port}: the port is taken`);
  });

  it("is nothing else", function () {
    expect(systemErrorLine(new Error("plain"))).to.equal(undefined);
    expect(systemErrorLine(Object.assign(new Error("of ethers"), { code: "CALL_EXCEPTION" }))).to.equal(undefined);
    expect(systemErrorLine("thrown text")).to.equal(undefined);
  });

  it("is not taken for a deployment that is not there", async function () {
    const folder = await mkdtemp(path.join(tmpdir(), "breakwater-"));
    await writeFile(path.join(folder, "chain-1"), "");
    const error = (await refusal(readAddressBook({ chainId: 1n, folder }))) as Error;
    expect(error.message).to.match(/chain-1\/deployed_addresses\.json: a part of its path is no folder$/);
    const none = (await refusal(readAddressBook({ chainId: 2n, folder }))) as Error;
    expect(none.message).to.match(/^nothing is deployed on chain 2 /);
  });

  for (const [what, script, status, stderr] of [
    ["a full disk", "process.stdout.write('x'.repeat(99))", 1, "error: standard output: the disk is full\n"],
    [
      "a file that cannot be written",
      "await import('node:fs/promises').then((fs) => fs.mkdir('/dev/full/a'))",
      1,
      "error: /dev/full/a: a part of its path is no folder\n",
    ],
  ] as const) {
    it(`ends a program in one line: ${what}`, function () {
      const code = `import { runCommand } from "./scripts/shared/command.ts"; await runCommand(async () => { ${script} });`;
      const program = `${process.execPath} --input-type=module -e '${code.replaceAll("'", `"`)}' > /dev/full`;
      const ended = spawnSync("bash", ["-c", program], { cwd: ROOT, encoding: "utf8" });
      expect([ended.status, ended.stderr]).to.deep.equal([status, stderr]);
    });
  }

  it("leaves a program alone whose reader has gone", function () {
    const code = `import { runCommand } from "./scripts/shared/command.ts"; await runCommand(async () => {
      for (let i = 0; i < 100; i++) { process.stdout.write("x".repeat(1000)); await new Promise(setImmediate); }
      process.stderr.write("to the end");
    });`;
    const program = `set -o pipefail; ${process.execPath} --input-type=module -e '${code}' | head -c 1`;
    const ended = spawnSync("bash", ["-c", program], { cwd: ROOT, encoding: "utf8" });
    expect([ended.status, ended.stderr]).to.deep.equal([0, "to the end"]);
  });
});
