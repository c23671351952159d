import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runDemo } from "../../scripts/simulator/runDemo.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

type Output = { code: number; stdout: string; stderr: string };

/** The demo as a user starts it, in a process of its own. */
function demo(...args: string[]): Promise<Output> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "scripts/simulator/demo.ts", ...args],
      { cwd: ROOT, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** The same without a process, which is what takes most of the time. */
async function replayed(...args: string[]): Promise<Output> {
  let stdout = "";
  const problems = await runDemo(args, (text) => {
    stdout += text;
  });
  return { code: problems.length === 0 ? 0 : 1, stdout, stderr: problems.join("\n") };
}

const HEADER = "timestamp,open,high,low,close";
const LAYERS = ["deficit", "forgone", "insurance", "junior", "senior", "adl", "residual"];
const GROUPS = ["traders", "junior", "senior", "insurance", "treasury", "keepers"];
const DECIMAL = /^-?\d+(\.\d*[1-9])?$/;

/** Hardhat's `closeTo` is for whole numbers. */
function expectClose(has: number, expected: number, tolerance: number): void {
  expect(Math.abs(has - expected) <= tolerance, `${has}, not ${expected}`).to.equal(true);
}

describe("Demo", function () {
  let folder: string;
  before(async function () {
    folder = await mkdtemp(path.join(tmpdir(), "breakwater-"));
  });
  after(async function () {
    await rm(folder, { recursive: true });
  });

  describe("bad input", function () {
    const FILES: [what: string, text: string, message: RegExp][] = [
      ["an empty file", "", /at least two rows/],
      ["a file without rows", `${HEADER}\n`, /at least two rows/],
      ["other columns", "time,price\n60,1\n120,2\n", /column timestamp is missing/],
      ["a row cut short", `${HEADER}\n60,1,1\n`, /not a CSV file/],
      ["times that go back", `${HEADER}\n120,1,1,1,1\n60,1,1,1,1\n`, /not sorted/],
      ["a price that is not a number", `${HEADER}\n60,1,1,1,1\n120,1,1,1,NaN\n`, /row 2: close "NaN"/],
      ["a price of zero", `${HEADER}\n60,1,1,0,1\n120,1,1,1,1\n`, /row 1: low "0" is not positive/],
      ["a negative price", `${HEADER}\n60,1,1,1,1\n120,1,1,-1,1\n`, /row 2: low "-1" is not positive/],
    ];
    const ARGUMENTS: [what: string, args: string[], message: RegExp][] = [
      ["a missing file", ["--prices", "no-such-file.csv"], /no-such-file\.csv: no such file/],
      ["an unknown scenario", ["--scenario", "picnic", "--json"], /unknown scenario "picnic"/],
      ["one trader", ["--traders", "1"], /from 2 to 5,000/],
      ["5,001 traders", ["--traders", "5001"], /from 2 to 5,000/],
      ["half a trader", ["--traders", "2.5"], /from 2 to 5,000/],
      ["an unknown option", ["--speeed", "2"], /unknown option/],
      ["extremes where there are none", ["--path", "ohlc"], /--path ohlc needs --prices/],
      ["a picture that cannot be written", ["--svg", "no/such/folder/a.svg"], /cannot be written/],
    ];

    function expectOneLine({ code, stdout, stderr }: Output, message: RegExp): void {
      expect(code, "exit code").to.equal(1);
      expect(stdout, "stdout").to.equal("");
      expect(stderr).to.match(message);
      expect(stderr.trimEnd().split("\n"), "stderr").to.have.lengthOf(1);
    }

    for (const [i, [what, text, message]] of FILES.entries()) {
      it(`says so in one line: ${what}`, async function () {
        const file = path.join(folder, `${i}.csv`);
        await writeFile(file, text);
        expectOneLine(await demo("--prices", file), message);
      });
    }
    for (const [what, args, message] of ARGUMENTS) {
      it(`says so in one line: ${what}`, async function () {
        expectOneLine(await demo(...args), message);
      });
    }
  });

  describe("--json", function () {
    const ARGS = ["--json", "--scenario", "gap", "--traders", "40", "--oi-to-capital", "4"];

    it("prints one document with the promised keys and nothing else", async function () {
      const { code, stdout, stderr } = await demo(...ARGS);
      expect(code, stderr).to.equal(0);
      const report = JSON.parse(stdout);
      expect(Object.keys(report)).to.deep.equal([
        "scenario",
        "path",
        "seed",
        "steps",
        "traders",
        "trades",
        "liquidations",
        "incidents",
        "totals",
        "adl",
        "adlWaves",
        "claims",
        "before",
        "after",
        "conservation",
        "seconds",
      ]);
      expect([report.scenario, report.seed, report.steps, report.traders]).to.deep.equal(["gap", 1, 61, 40]);
      expect(report.incidents).to.not.have.lengthOf(0);
      for (const incident of report.incidents) {
        expect(Object.keys(incident)).to.deep.equal(["step", ...LAYERS]);
        for (const layer of LAYERS) expect(incident[layer]).to.match(DECIMAL);
      }
      expect(Object.keys(report.totals)).to.deep.equal(LAYERS);
      expect(Object.keys(report.before)).to.deep.equal(GROUPS);
      expect(Object.keys(report.after)).to.deep.equal(GROUPS);
      expect(Object.keys(report.conservation)).to.deep.equal(["held", "ledgers", "difference"]);
      expect(Number(report.conservation.difference)).to.equal(0);
      expect(report.seconds).to.be.a("number");
    });

    it("is the same for the same seed and another for another", async function () {
      const few = ["--json", "--scenario", "gap", "--traders", "10"];
      const [first, second, other] = [
        await replayed(...few),
        await replayed(...few),
        await replayed(...few, "--seed", "2"),
      ];
      const timeless = ({ code, stdout, stderr }: Output) => {
        expect(code, stderr).to.equal(0);
        return { ...JSON.parse(stdout), seconds: 0 };
      };
      expect(timeless(second)).to.deep.equal(timeless(first));
      expect(timeless(other).totals).to.not.deep.equal(timeless(first).totals);
    });
  });

  describe("--json of the scenario that goes through every layer", function () {
    type Wave = Record<"step" | "events" | "charged" | "losersCharged", number> & Record<string, string>;
    type Entry = Record<"step" | "market" | "charged" | "buckets" | "gas", number> & Record<string, string>;

    let report: { adl: Entry[]; adlWaves: Wave[]; claims: Record<string, Record<string, string>> } & Record<
      "totals" | "before" | "after" | "conservation",
      Record<string, string>
    >;
    before(async function () {
      const { code, stdout, stderr } = await replayed("--json", "--scenario", "chasm", "--traders", "60");
      expect(code, stderr).to.equal(0);
      report = JSON.parse(stdout);
    });

    it("lists each deleveraging: when, where, how much of whom, and its gas", function () {
      expect(report.adl).to.not.have.lengthOf(0);
      for (const event of report.adl) {
        expect(Object.keys(event)).to.deep.equal([
          "step",
          "market",
          "price",
          "closeFraction",
          "haircut",
          "charged",
          "buckets",
          "gas",
          "collected",
          "paid",
        ]);
        for (const key of ["price", "closeFraction", "haircut", "collected", "paid"]) {
          expect(event[key]).to.match(DECIMAL);
        }
        expect(Number(event.haircut) + Number(event.closeFraction)).to.be.greaterThan(0);
        expect(event.charged).to.be.greaterThan(0);
        expect(event.buckets).to.be.within(1, 192);
        expect(event.gas).to.be.within(100_000, 9_000_000);
      }
    });

    it("charges everybody the same share of its profit, and no loser", function () {
      for (const wave of report.adlWaves) {
        expect(wave.losersCharged, `losers charged at step ${wave.step}`).to.equal(0);
        expect(wave.smallestShare, `shares at step ${wave.step}`).to.equal(wave.largestShare);
        expectClose(Number(wave.largestShare), Number(wave.haircut), 1e-9);
      }
      expect(report.adlWaves.some((wave) => wave.charged > 10 && Number(wave.haircut) > 0.01)).to.equal(true);
      const events = report.adlWaves.reduce((total, wave) => total + wave.events, 0);
      expect(events, "events in waves").to.equal(report.adl.length);
    });

    it("counts what was withheld as traders' claims, and pays out what was repaid", function () {
      const { lost, repaid, outstanding, paid } = report.claims.traders!;
      const withheld = report.adl.reduce((total, event) => total + Number(event.collected), 0);
      expectClose(Number(lost), withheld, 1e-6);
      expectClose(Number(repaid) + Number(outstanding), Number(lost), 1e-6);
      expect(Number(paid)).to.be.greaterThan(0);
      expectClose(Number(paid), Number(repaid), 1e-3);
    });

    it("reaches every layer, leaves nothing to nobody, and balances", function () {
      for (const layer of ["insurance", "junior", "senior", "adl"]) {
        expect(Number(report.totals[layer]), layer).to.be.greaterThan(0);
      }
      expect(Number(report.totals.residual), "residual").to.equal(0);
      expect(Number(report.conservation.difference)).to.equal(0);
      const sum = (group: Record<string, string>) =>
        Object.values(group).reduce((total, value) => total + Number(value), 0);
      expectClose(sum(report.after), sum(report.before), 1e-6);
    });
  });

  describe("--path ohlc", function () {
    it("walks along the extremes of every bar on the chain, too", async function () {
      const file = path.join(folder, "wick.csv");
      await writeFile(file, `${HEADER}\n1700000000,100,100,100,100\n1700000060,100,101,85,99\n`);
      const { code, stdout, stderr } = await replayed("--json", "--prices", file, "--path", "ohlc", "--traders", "10");
      expect(code, stderr).to.equal(0);
      const report = JSON.parse(stdout);
      expect([report.path, report.steps]).to.deep.equal(["ohlc", 4]);
      expect(report.liquidations, "by the wick").to.be.greaterThan(0);
    });
  });

  describe("for a person", function () {
    it("shows the path, each layer, each group and the conservation line", async function () {
      const svg = path.join(folder, "gap.svg");
      const { code, stdout, stderr } = await replayed("--scenario", "gap", "--traders", "16", "--svg", svg);
      expect(code, stderr).to.equal(0);
      for (const part of [
        "Price",
        "Liquidations",
        "Incidents",
        "total",
        "insurance fund",
        "senior tranche",
        "before",
      ]) {
        expect(stdout).to.include(part);
      }
      expect(stdout).to.match(/Conservation: .* = 0\n/);
      expect(stdout).to.include("Deleveraging: none");
      const liquidations = /^Liquidations (\d+)/m.exec(stdout)![1];
      expect(await readFile(svg, "utf8")).to.include(`>gap: 16 traders, ${liquidations} liquidations, `);
    });

    it("shows whom deleveraging charged and what they are owed", async function () {
      const { code, stdout, stderr } = await replayed("--scenario", "chasm", "--traders", "24");
      expect(code, stderr).to.equal(0);
      for (const part of ["haircut", "charged", "least", "most", "losers", "traders in profit", "Recovery claims"]) {
        expect(stdout).to.include(part);
      }
      expect(stdout).to.match(/Conservation: .* = 0\n/);
    });
  });
});
