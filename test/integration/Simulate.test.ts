import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Cell, cellOf } from "../../scripts/simulator/grid/cell.ts";
import { replayModel } from "../../scripts/simulator/grid/replayModel.ts";
import { choice, decimal, list } from "../../scripts/simulator/options.ts";
import { replay } from "../../scripts/simulator/replay/replay.ts";
import { LAYERS, type ReplayOptions, type RunResult } from "../../scripts/simulator/replay/result.ts";
import { svgReport } from "../../scripts/simulator/report/pictures.ts";
import { builtinScenario } from "../../scripts/simulator/scenarios/builtin.ts";
import { readPrices } from "../../scripts/simulator/scenarios/readPrices.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

type Output = { code: number; stdout: string; stderr: string };

/** The script as a user starts it, in a process of its own. */
function simulate(...args: string[]): Promise<Output> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "scripts/simulator/simulate.ts", ...args],
      { cwd: ROOT },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const BASE = { traders: 24, seed: 1, oiToCapital: 4, speed: 1, longShare: 0.5 };

describe("Simulate", function () {
  let folder: string;
  before(async function () {
    folder = await mkdtemp(path.join(tmpdir(), "breakwater-"));
  });
  after(async function () {
    await rm(folder, { recursive: true });
  });

  describe("a cell in the model and the same replay on the chain", function () {
    const CASES: [what: string, options: ReplayOptions, isReached: (cell: Cell) => boolean][] = [
      [
        "through every layer, with another leverage and insurance",
        { ...BASE, series: builtinScenario("chasm"), maxLeverage: 20, insurance: 0.03 },
        ({ carried, worstHaircut }) =>
          carried.insurance > 0n && carried.junior > 0n && carried.senior > 0n && carried.adl > 0n && worstHaircut > 0n,
      ],
      [
        "with a one-sided book, a slow keeper and no insurance",
        { ...BASE, traders: 16, series: builtinScenario("oct-10-2025"), longShare: 0.7, speed: 3, insurance: 0 },
        ({ carried, partial }) => carried.forgone > 0n && carried.insurance > 0n && carried.senior > 0n && partial > 0,
      ],
    ];
    for (const [what, options, isReached] of CASES) {
      it(`are equal to the wei: ${what}`, async function () {
        const [model, chain] = [await replayModel(options), await replay(options)];
        expect([...model.problems, ...chain.problems], "problems").to.deep.equal([]);
        const { lpAfter, ...cell } = cellOf(model);
        const { lpAfter: lpOfChain, ...cellOfChain } = cellOf(chain);
        expect(cell).to.deep.equal(cellOfChain);
        // What LPs can claim is rounded down for each of four holders.
        expect(lpAfter - lpOfChain >= 0n && lpAfter - lpOfChain <= 8n, `${lpAfter}, not ${lpOfChain}`).to.equal(true);
        expect(model.incidents).to.deep.equal(chain.incidents);
        expect(model.liquidated).to.deep.equal(chain.liquidated);
        expect(model.waves).to.deep.equal(chain.waves);
        expect(svgReport(model), "picture").to.equal(svgReport(chain));
        expect(isReached(cellOf(model)), "what the case is about").to.equal(true);
      });
    }
  });

  describe("the picture of a run", function () {
    const whole = (text: string) => Number(text.replace("\u2212", "-").replaceAll(",", ""));
    const figures = (svg: string) =>
      [...svg.matchAll(/class="figure">(\u2212?[\d,]+)(?: USD)?</g)].map((match) => whole(match[1]!));

    it("adds up to nothing: what was missing, less what each layer carried", async function () {
      const svg = svgReport(await replayModel({ ...BASE, series: builtinScenario("chasm") }));
      const [deficits, ...carried] = figures(svg);
      expect(carried).to.have.lengthOf(LAYERS.length);
      expect(carried.reduce((sum, part) => sum + part, deficits!)).to.equal(0);
      expect(deficits).to.be.greaterThan(0);
      const shares = [...svg.matchAll(/>(\u2212?[\d.]+)%</g)].map((match) => whole(match[1]!));
      expect(Math.round(shares.reduce((sum, part) => sum + part, 0) * 10)).to.equal(0);
      expect(svg).to.match(/^<svg [^>]* role="img">\n<title>chasm: /);
      expect(svg).to.include(">deleveraging: ").and.include("<polygon ");
      expect(svg).to.not.match(/<script|@import|url\(|<image|href/);
    });

    it("says so where nobody was missing anything", async function () {
      const svg = svgReport(await replayModel({ ...BASE, series: builtinScenario("grind"), oiToCapital: 0.8 }));
      expect(svg).to.include("No deficits").and.include("<circle ");
      expect(figures(svg)).to.deep.equal([]);
    });

    it("is drawn of a price that does not move, too", async function () {
      const bars = [0, 60, 120].map((time) => ({ time: 1_700_000_000 + time, price: "5" }));
      const series: ReplayOptions["series"] = { name: "flat", bars, sources: [], path: "close" };
      const svg = svgReport(await replayModel({ ...BASE, traders: 2, oiToCapital: 0.8, series }));
      expect(svg).to.include(": 2 traders, no liquidation").and.include("no deleveraging").and.include("No deficits");
      expect(svg).to.not.match(/NaN|Infinity|undefined/);
    });
  });

  describe("--path ohlc", function () {
    const CANDLES = [
      "timestamp,open,high,low,close",
      "1700000000,100,100.5,99.5,100",
      "1700000060,100,101,85,99",
      "1700000120,99.5,130,99.2,99.5",
    ].join("\n");
    let file: string;
    before(async function () {
      file = path.join(folder, "wick.csv");
      await writeFile(file, CANDLES);
    });

    it("takes open, the nearer extreme, the other one, close; the low first if both are as near", async function () {
      const { bars, path: kind } = await readPrices(file, "ohlc");
      expect(kind).to.equal("ohlc");
      expect(bars.map(({ time, price }) => [time - 1_700_000_000, price])).to.deep.equal([
        [0, "100"],
        [20, "99.5"],
        [40, "100.5"],
        [60, "100"],
        [80, "101"],
        [100, "85"],
        [120, "99"],
        [120, "99.5"],
        [140, "99.2"],
        [160, "130"],
        [180, "99.5"],
      ]);
    });

    it("liquidates whom a wick reaches and the closes do not", async function () {
      const run = async (kind: "close" | "ohlc"): Promise<RunResult> =>
        replayModel({ ...BASE, oiToCapital: 0.8, series: await readPrices(file, kind) });
      const [close, ohlc] = [await run("close"), await run("ohlc")];
      expect([...close.problems, ...ohlc.problems]).to.deep.equal([]);
      expect(close.liquidations).to.equal(0);
      const steps = new Set(ohlc.liquidated.map(({ step }) => step));
      expect(steps, "longs at the low of 85, shorts at the high of 130").to.include(5).and.include(9);
      expect(ohlc.totals.deficit).to.be.greaterThan(0n);
    });
  });

  describe("bad input", function () {
    it("is refused by the option: lists and words", function () {
      const leverages = list(decimal(4, 40), 3);
      expect(leverages("10, 20,40")).to.deep.equal([10, 20, 40]);
      expect(() => leverages("10,400")).to.throw("not a number from 4 to 40");
      expect(() => leverages("10,,20")).to.throw("not a number from 4 to 40");
      expect(() => leverages("10,10")).to.throw("a value is there twice");
      expect(() => leverages("10,11,12,13")).to.throw("4 values; at most 3");
      expect(choice("close", "ohlc")("ohlc")).to.equal("ohlc");
      expect(() => choice("close", "ohlc")("vwap")).to.throw("not one of close, ohlc");
    });

    const LISTS = ["4,5,6,7,8,9", "1,2,3,4,5,6,7", "0,0.1,0.2,0.3,0.4,0.5,0.01,0.02,0.03,0.04"] as const;
    const ARGUMENTS: [what: string, args: string[], message: RegExp][] = [
      ["a leverage nobody may have", ["--max-leverage", "10,400"], /not a number from 4 to 40/],
      [
        "a picture that cannot be written",
        ["--svg", "no/such/folder/a.svg"],
        /cannot be written .*a folder that exists/,
      ],
      [
        "too many cells",
        ["--max-leverage", LISTS[0], "--oi-to-capital", LISTS[1], "--insurance", LISTS[2]],
        /420 cells; at most 400/,
      ],
    ];
    for (const [what, args, message] of ARGUMENTS) {
      it(`says so in one line: ${what}`, async function () {
        const { code, stdout, stderr } = await simulate(...args);
        expect([code, stdout]).to.deep.equal([1, ""]);
        expect(stderr).to.match(message);
        expect(stderr.trimEnd().split("\n"), "stderr").to.have.lengthOf(1);
      });
    }
  });

  describe("the command", function () {
    const GRID = ["--scenario", "chasm", "--traders", "16", "--oi-to-capital", "0.8,8", "--insurance", "0,0.05"];

    it("prints a document of a cell for each combination, and draws them", async function () {
      const file = path.join(folder, "heat.svg");
      const { code, stdout, stderr } = await simulate(...GRID, "--max-leverage", "20", "--json", "--svg", file);
      expect(code, stderr).to.equal(0);
      const { axes, cells, ...report } = JSON.parse(stdout);
      expect(Object.keys(report)).to.deep.equal([
        "scenario",
        "path",
        "seed",
        "traders",
        "longShare",
        "speed",
        "seconds",
      ]);
      expect(axes).to.deep.equal({ maxLeverage: [20], oiToCapital: [0.8, 8], insurance: [0, 0.05] });
      const knobs = cells.map((cell: Cell) => [cell.insurance, cell.maxLeverage, cell.oiToCapital]);
      expect(knobs).to.deep.equal([0, 0.05].flatMap((insurance) => [0.8, 8].map((oi) => [insurance, 20, oi])));
      const deepest = cells.map((cell: Cell) => cell.deepest);
      expect(deepest[1], "interest of eight times the capital").to.equal("adl");
      expect(deepest[0], "of less than the capital").to.not.equal("adl");
      const svg = await readFile(file, "utf8");
      expect(svg).to.match(/^<svg [^>]* role="img">\n<title>chasm: /);
      expect(svg.match(/ rx="3"/g)).to.have.lengthOf(4);
      expect(svg).to.include("Insurance fund 5% of LP capital").and.include("interest 8x capital");
    });

    it("prints a row for each combination to a person", async function () {
      const { code, stdout, stderr } = await simulate(...GRID, "--max-leverage", "40");
      expect(code, stderr).to.equal(0);
      expect(stdout).to.include("chasm: 4 cells in the model, 16 traders, seed 1, a keeper pass every bar\n");
      expect(stdout.match(/^│ .*x │/gm)).to.have.lengthOf(4);
    });
  });
});
