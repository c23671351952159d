import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { LogDescription } from "ethers";
import fc from "fast-check";
import { foldLogs, marketsOf, unfold } from "../../scripts/keeper/chain/foldLogs.ts";
import { lockState } from "../../scripts/keeper/state/lockState.ts";
import { type Binding, emptyState, type State } from "../../scripts/keeper/state/state.ts";
import { loadState, saveState } from "../../scripts/keeper/state/stateFile.ts";
import { InputError } from "../../scripts/shared/inputError.ts";

const hash = (digit: string): string => `0x${digit.repeat(64)}`;
const binding: Binding = { chainId: "31337", clearinghouse: `0x${"a".repeat(40)}`, genesis: hash("1") };

describe("state of the keeper", function () {
  let folder: string;
  let file: string;

  beforeEach(async function () {
    folder = await mkdtemp(path.join(tmpdir(), "keeper-state-"));
    file = path.join(folder, "state.json");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const load = (change: Partial<Binding> = {}, onOther?: (why: string, kept: string) => void) =>
    loadState({ file, binding: { ...binding, ...change }, startBlock: 7, ...(onOther && { onOther }) });

  /** Something in every part. */
  function full(): State {
    const state = emptyState(binding, 7);
    state.accounts = { "5": 3 };
    state.orders = { "9": 1 };
    state.scannedTo = 90;
    state.blocks = [{ number: 90, hash: hash("2"), undo: { accounts: { "5": null }, orders: { "9": null } } }];
    state.targets = { "liquidate:5": { failures: 2, until: 5, reason: "reverts", isReported: true } };
    return state;
  }

  it("begins before the first block of the deployment", async function () {
    expect(await load()).to.deep.equal(emptyState(binding, 7));
    expect((await load()).scannedTo).to.equal(6);
  });

  it("comes back as it was saved, and leaves nothing else behind", async function () {
    await saveState(file, full());
    expect(await load()).to.deep.equal(full());
    expect(await readdir(folder)).to.deep.equal(["state.json"]);
  });

  it("survives a file half written beside it", async function () {
    await saveState(file, full());
    await writeFile(`${file}.tmp`, '{"version":1,"bin');
    expect(await load()).to.deep.equal(full());
  });

  it("refuses what is no state, or of another version, in one line", async function () {
    for (const text of [
      "{",
      "[]",
      JSON.stringify({ ...full(), version: 2 }),
      JSON.stringify({ ...full(), extra: 1 }),
    ]) {
      await writeFile(file, text);
      const error = await load().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(InputError);
      expect((error as Error).message).to.match(/^--state .*: not a state of this keeper \(.*\); move it away/);
      expect(await readFile(file, "utf8")).to.equal(text);
    }
  });

  for (const [what, change, why] of [
    ["a node that was started anew", { genesis: hash("9") }, "another first block"],
    ["another chain", { chainId: "1" }, "of chain 31337"],
    ["another deployment", { clearinghouse: `0x${"b".repeat(40)}` }, "another deployment"],
  ] as const) {
    it(`is put aside, not used and not lost, for ${what}`, async function () {
      await saveState(file, full());
      const told: string[] = [];
      const state = await load(change, (reason, kept) => told.push(reason, kept));
      expect(state).to.deep.equal(emptyState({ ...binding, ...change }, 7));
      expect(told[0]).to.contain(why);
      expect(JSON.parse(await readFile(told[1]!, "utf8"))).to.deep.equal(full());
    });
  }

  describe("when another key signs", function () {
    const [alice, bob] = [`0x${"Aa".repeat(20)}`, `0x${"Bb".repeat(20)}`];
    const loadAs = (account?: string) => loadState({ file, binding, startBlock: 7, ...(account && { account }) });

    it("is refused with both accounts and the mend, and left as it is", async function () {
      await saveState(file, await loadAs(alice));
      const before = await readFile(file, "utf8");
      const error = (await loadAs(bob).catch((thrown: unknown) => thrown)) as Error;
      expect(error).to.be.instanceOf(InputError);
      expect(error.message).to.equal(
        `--state ${file}: holds the transactions of ${alice}, and this key is of ${bob}; use the key of that account, or give this one its own --state`,
      );
      expect(await readFile(file, "utf8")).to.equal(before);
    });

    it("is read without a key, and by the same one however it is written", async function () {
      await saveState(file, await loadAs(alice));
      expect((await loadAs()).account).to.equal(alice);
      expect((await loadAs(alice.toLowerCase())).account).to.equal(alice);
    });

    it("is taken by the first key if it was written before states had one", async function () {
      await saveState(file, full());
      expect(await loadAs(bob)).to.deep.equal({ ...full(), account: bob });
    });
  });

  it("names what keeps it from being read or written", async function () {
    await writeFile(file, "");
    const [below, taken] = [path.join(file, "state.json"), path.join(folder, "taken")];
    await mkdir(taken);
    for (const attempt of [
      () => saveState(below, full()),
      () => lockState(below),
      () => loadState({ file: below, binding, startBlock: 7 }),
      () => saveState(taken, full()),
    ]) {
      const error = (await attempt().catch((thrown: unknown) => thrown)) as Error;
      expect(error).to.be.instanceOf(InputError);
      expect(error.message).to.match(/^--state \/[^ ]+: (a part of its path is no|something else has|it is a) /);
    }
  });

  it("says of a file that was cut off that it is", async function () {
    await writeFile(file, JSON.stringify(full()).slice(0, -9));
    expect(await load().catch((error: Error) => error.message)).to.contain("(file: not JSON, or cut off)");
  });

  describe("when several keepers start at once", function () {
    /** Each tries as soon as it can, and holds on to what it got. */
    const script = `
      const { lockState } = await import(process.argv[1]);
      process.send("ready");
      process.on("message", async () => {
        process.send(await lockState(process.argv[2]).then(() => "has it", (error) => error.message));
      });`;
    const locks = path.resolve(import.meta.dirname, "../../scripts/keeper/state/lockState.ts");

    async function race(count: number): Promise<string[]> {
      const children = Array.from({ length: count }, () =>
        spawn(process.execPath, ["--input-type=module", "--eval", script, locks, file], {
          stdio: ["ignore", "inherit", "inherit", "ipc"],
          env: { ...process.env, NODE_OPTIONS: "" },
        }),
      );
      const said = async (child: ChildProcess): Promise<string> => String((await once(child, "message"))[0]);
      try {
        await Promise.all(children.map(said));
        const answers = Promise.all(children.map(said));
        for (const child of children) child.send("go");
        return await answers;
      } finally {
        for (const child of children) child.kill("SIGKILL");
      }
    }

    for (const [what, left] of [
      ["a new state", undefined],
      ["the state of a process that was killed", "4194304999"],
      ["a lock that was never finished", ""],
    ] as const) {
      it(`one gets ${what}, and the others refuse`, async function () {
        if (left !== undefined) await writeFile(`${file}.lock`, left);
        const answers = await race(4);
        expect(answers.filter((answer) => answer === "has it")).to.have.length(1);
        for (const answer of answers) expect(answer).to.match(/^has it$|: process \d+ uses it; /);
        expect(await readdir(folder)).to.deep.equal(["state.json.lock"]);
      });
    }
  });

  it("belongs to one living process", async function () {
    await writeFile(`${file}.lock`, String(process.ppid));
    expect(await lockState(file).catch((error: Error) => error.message)).to.contain(`process ${process.ppid} uses it`);
    // A number no process has: whoever held it was killed.
    await writeFile(`${file}.lock`, "4194304999");
    const unlock = await lockState(file);
    expect(await readFile(`${file}.lock`, "utf8")).to.match(new RegExp(`^${process.pid}\\b`));
    // Nor does it hold twice in one process.
    expect(await lockState(file).catch((error: Error) => error.message)).to.contain(`process ${process.pid} uses it`);
    await unlock();
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it("is not kept by a process that has got the number of a dead one, as after a container's restart", async function () {
    // Started in the first moment of this machine.
    await writeFile(`${file}.lock`, `${process.ppid} 1`);
    const unlock = await lockState(file);
    await unlock();
    expect(await readdir(folder)).to.deep.equal([]);
  });
});

describe("foldLogs", function () {
  const log = (name: string, args: object) => ({ name, args }) as unknown as LogDescription;

  it("follows positions and orders", function () {
    const state = emptyState(binding, 0);
    const changed = (account: bigint, market: bigint, sizeAfter: bigint) =>
      log("PositionChanged", { account, market, sizeAfter });
    foldLogs(state, [changed(1n, 0n, 5n), changed(1n, 31n, -5n), changed(2n, 3n, 1n)]);
    expect(marketsOf(state.accounts["1"]!)).to.deep.equal([0, 31]);
    foldLogs(state, [
      log("PositionLiquidated", { account: 1n, market: 31n, sizeAfter: 0n }),
      log("PositionOrphaned", { account: 2n, market: 3n, orphan: 9n }),
      log("OrderSubmitted", { orderId: 4n, request: { market: 2n } }),
      log("OrderSubmitted", { orderId: 5n, request: { market: 2n } }),
      log("OrderExecuted", { orderId: 4n }),
    ]);
    expect(state.accounts).to.deep.equal({ "1": 1, "9": 8 });
    expect(state.orders).to.deep.equal({ "5": 2 });
    foldLogs(state, [
      log("PositionSettled", { account: 1n, market: 0n }),
      log("DeleveragingReplayed", { account: 9n, market: 3n, sizeAfter: 0n }),
      log("OrderCancelled", { orderId: 5n }),
    ]);
    expect([state.accounts, state.orders]).to.deep.equal([{}, {}]);
  });

  it("can be undone block by block, whatever happened", function () {
    const event = fc.oneof(
      fc
        .record({ account: fc.bigInt(1n, 4n), market: fc.bigInt(0n, 31n), sizeAfter: fc.bigInt(0n, 1n) })
        .map((args) => log("PositionChanged", args)),
      fc
        .record({ account: fc.bigInt(1n, 4n), market: fc.bigInt(0n, 31n), orphan: fc.bigInt(5n, 6n) })
        .map((args) => log("PositionOrphaned", args)),
      fc.bigInt(1n, 5n).map((orderId) => log("OrderSubmitted", { orderId, request: { market: orderId } })),
      fc.bigInt(1n, 5n).map((orderId) => log("OrderCancelled", { orderId })),
    );
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 8 }), { maxLength: 8 }), (blocks) => {
        const state = emptyState(binding, 0);
        const history = blocks.map((logs) => {
          const before = structuredClone({ accounts: state.accounts, orders: state.orders });
          return { before, undo: foldLogs(state, logs) };
        });
        for (const { before, undo } of history.reverse()) {
          unfold(state, undo);
          expect({ accounts: state.accounts, orders: state.orders }).to.deep.equal(before);
        }
      }),
    );
  });
});
