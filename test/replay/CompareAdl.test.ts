import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { profitAt, seededBook } from "../../scripts/simulator/compare/book.ts";
import { bucketedHaircut } from "../../scripts/simulator/compare/bucketedHaircut.ts";
import { type Comparison, compareAdl } from "../../scripts/simulator/compare/compareAdl.ts";
import { apportion, DAY_FOLDER, readDay } from "../../scripts/simulator/compare/day.ts";
import { jsonReport } from "../../scripts/simulator/compare/json.ts";
import { shocksOf } from "../../scripts/simulator/compare/policies.ts";
import { PRICE, positionsOf } from "../../scripts/simulator/compare/replayDay.ts";
import { openSides, type Sides } from "../../scripts/simulator/compare/sides.ts";
import { svgReport } from "../../scripts/simulator/compare/svg.ts";
import { textReport } from "../../scripts/simulator/compare/text.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WAD = 10n ** 18n;
const WAVES = "wave,t_start_ms,t_end_ms,budget_needed_usd,capacity_usd,budget_prod";
const CLUSTERS = "coin,t_start_utc,t_end_utc,capacity_usd";

type Output = { code: number; stdout: string; stderr: string };

/** The script as a user starts it, in a process of its own. */
function run(...args: string[]): Promise<Output> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "scripts/simulator/compare-adl.ts", ...args],
      { cwd: ROOT },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe("CompareAdl", function () {
  let folder: string;
  let sides: Sides;
  before(async function () {
    folder = await mkdtemp(path.join(tmpdir(), "breakwater-"));
    sides = await openSides();
  });
  after(async function () {
    await sides.close();
    await rm(folder, { recursive: true });
  });

  describe("the real day, 10 October 2025", function () {
    let found: Comparison;
    before(async function () {
      if (!existsSync(DAY_FOLDER)) {
        console.log("      skipped: ../shared/data/adl-2025-10-10 is not here");
        return this.skip();
      }
      found = await compareAdl(1, DAY_FOLDER);
    });

    it("takes what each wave needed, within 1e-18 of the profit plus one wei a bucket, and never less", function () {
      expect(found.day!.problems).to.deep.equal([]);
      expect(found.day!.waves).to.have.lengthOf(16);
      for (const { wave, needed, ours, capacity, buckets, tolerance } of found.day!.waves) {
        expect(tolerance, wave).to.equal(capacity / WAD + 1n + BigInt(buckets));
        expect(ours >= needed && ours - needed <= tolerance, `wave ${wave}: ${ours - needed} wei`).to.equal(true);
      }
    });

    it("adds up: 15,079,669.61 needed and taken, 60,108,335.33 in production, 45,028,665.72 between them", function () {
      const { production, needed, ours, overshoot, waves } = jsonReport(found) as Record<string, string>;
      expect([production, needed, overshoot]).to.deep.equal(["60108335.328145", "15079669.609008", "45028665.719137"]);
      expect(ours).to.match(/^15079669\.609008/);
      expect(waves).to.have.lengthOf(16);
    });

    it("charges all positions of a wave the same part of their profit, in at most 96 buckets", function () {
      for (const { wave, haircut, smallestShare, largestShare, buckets, positions } of found.day!.waves) {
        // A cut rounds up by a wei: the smallest group has 2e17 of them.
        expect(smallestShare >= haircut && largestShare - haircut <= 10n, `wave ${wave}`).to.equal(true);
        expect(buckets, `wave ${wave}`).to.equal(Math.min(positions, 96));
      }
      expect(Math.max(...found.day!.waves.map(({ positions }) => positions))).to.equal(433);
    });

    it("agrees with the need of each coin", async function () {
      const rows = (await readFile(path.join(DAY_FOLDER, "wave_coin_needed.csv"), "utf8")).trim().split("\n").slice(1);
      for (const { wave, needed } of found.day!.waves) {
        const coins = rows.map((row) => row.split(",")).filter(([of]) => of === wave);
        const sum = coins.reduce((all, row) => all + Number(row.at(-1)), 0);
        expect(Math.abs(sum - Number(needed) / 1e18) < 1e-5, `wave ${wave}: ${sum}`).to.equal(true);
      }
    });

    it("is told in a table and drawn", function () {
      const text = textReport(found);
      for (const part of ["60,108,335.33", "15,079,669.61", "45,028,665.72", "38,449,033", "per-unit index"]) {
        expect(text).to.include(part);
      }
      const svg = svgReport(found);
      expect(svg).to.match(/^<svg [^>]*viewBox="0 0 900 \d+"/);
      for (const part of [">60,108,335<", ">wave 28<", ">need 60%<", ">per-unit index<"]) expect(svg).to.include(part);
      // 17 groups of three, four of four, and the two legends.
      expect(svg.match(/<rect /g)).to.have.lengthOf(17 * 3 + 4 * 4 + 3 + 4);
    });
  });

  describe("without the day's files", function () {
    it("compares the policies, says what it skipped, and has null for the sums", async function () {
      const found = await compareAdl(1, path.join(folder, "nowhere"));
      const { production, needed, ours, overshoot, skipped, waves, policies } = jsonReport(found);
      expect([production, needed, ours, overshoot, waves]).to.deep.equal([null, null, null, null, []]);
      expect(skipped).to.match(/is not here/);
      expect(policies).to.have.lengthOf(36);
      expect(textReport(found)).to.match(/SKIPPED: the real day/);
      expect(svgReport(found)).to.include(">need 60%<").and.not.include("wave");
    });
  });

  describe("the contracts' haircut", function () {
    it("charges the book of the policies as the model does, to the wei", async function () {
      const book = seededBook(3, 60);
      for (const shock of shocksOf(book)) {
        const model = bucketedHaircut(book, shock);
        const chain = await sides.deleverage(book, shock.price, shock.need);
        expect(chain.collected, "taken").to.equal(model.taken);
        expect(chain.populated, "buckets").to.equal(model.steps);
        expect(chain.cuts).to.deep.equal(book.map(({ id }) => model.charges.get(id) ?? 0n));
      }
    });

    it("takes all the profit and not more when that is not enough, from longs and shorts", async function () {
      const shorts = positionsOf([30n * WAD, 20n * WAD]);
      const longs = [{ isLong: true, size: WAD, cost: 60n * WAD }];
      const loser = { isLong: true, size: WAD, cost: 130n * WAD };
      const done = await sides.deleverage([...shorts, ...longs, loser], PRICE, 1_000n * WAD);
      expect([done.haircut, done.collected, done.buckets, done.populated]).to.deep.equal([WAD, 90n * WAD, 3, 4]);
      expect(done.cuts).to.deep.equal([30n * WAD, 20n * WAD, 40n * WAD, 0n]);
      expect(done.lost).to.deep.equal(done.cuts);
    });
  });

  describe("positions of a wave", function () {
    it("have exactly the profit of their groups, in 96 buckets at most", async function () {
      const groups = Array.from({ length: 100 }, (_, i) => BigInt(i + 1) * 10n ** 17n + 7n);
      const held = positionsOf(groups);
      expect(held.map((one) => profitAt({ id: 0, margin: 0n, ...one }, PRICE))).to.deep.equal(groups);
      const done = await sides.deleverage(held, PRICE, WAD);
      expect([done.populated, done.positions]).to.deep.equal([96, 100]);
      expect(done.profit).to.equal(groups.reduce((all, one) => all + one, 0n));
    });

    it("share what the wave had in the proportions of its clusters, to the wei", function () {
      expect(apportion(100n, [1n, 0n, 2n])).to.deep.equal([34n, 66n]);
      expect(apportion(100n, [0n])).to.deep.equal([]);
      expect(apportion(100n, [])).to.deep.equal([]);
    });

    it("come from the clusters that were there in the wave's time", async function () {
      await writeFile(path.join(folder, "waves.csv"), `${WAVES}\n1,1760130964831,1760130965000,2.5,40,10.000001\n`);
      const clusters = [
        "A,21:16:04.831,21:16:04.831,3",
        "B,21:16:00.000,21:16:04.830,9",
        "C,21:16:05.000,21:17:00.000,1",
      ];
      await writeFile(path.join(folder, "coin_clusters.csv"), `${[CLUSTERS, ...clusters].join("\n")}\n`);
      const wave = { wave: "1", needed: 25n * 10n ** 17n, capacity: 40n * WAD, production: 10_000_001n * 10n ** 12n };
      expect(await readDay(folder)).to.deep.equal([{ ...wave, groups: [30n * WAD, 10n * WAD] }]);
    });
  });

  describe("bad input", function () {
    it("is one line with what to do, and exit code 1", async function () {
      const cases: [args: string[], message: RegExp][] = [
        [["--data", "nowhere"], /nowhere: no such folder; give --data one with waves\.csv/],
        [["--seed", "-1"], /not a whole number from 0 to/],
        [["--svg", path.join(folder, "no", "a.svg")], /cannot be written .*a folder that exists/],
        [["--jsn"], /unknown option/],
      ];
      await Promise.all(
        cases.map(async ([args, message]) => {
          const { code, stdout, stderr } = await run(...args);
          expect([code, stdout]).to.deep.equal([1, ""]);
          expect(stderr).to.match(message);
          expect(stderr.trimEnd().split("\n")).to.have.lengthOf(1);
        }),
      );
    });

    const FILES: [what: string, waves: string, message: RegExp][] = [
      ["an empty file", "", /waves\.csv: no rows/],
      ["a column is missing", "wave\n1\n", /row 1: column t_start_ms is missing/],
      [
        "an amount is no amount",
        `${WAVES}\n1,1760130964831,1760130964831,-2,4,1\n`,
        /budget_needed_usd "-2" is not a decim/,
      ],
      [
        "more decimals than a WAD has",
        `${WAVES}\n1,1760130964831,1760130964831,2,4,1.${"1".repeat(19)}\n`,
        /budget_prod/,
      ],
      ["a row is cut short", `${WAVES}\n1,1\n`, /not a CSV file/],
      ["no cluster at the time", `${WAVES}\n1,1760130000000,1760130000000,2,4,1\n`, /no cluster .* meets wave 1/],
    ];
    for (const [what, waves, message] of FILES) {
      it(`names file, row and column: ${what}`, async function () {
        await writeFile(path.join(folder, "waves.csv"), waves);
        await writeFile(path.join(folder, "coin_clusters.csv"), `${CLUSTERS}\nA,21:16:04.831,21:16:04.831,3\n`);
        const error = await readDay(folder).catch((thrown: Error) => thrown);
        expect(error).to.be.instanceOf(Error).and.have.property("name", "InputError");
        expect((error as Error).message).to.match(message);
      });
    }
  });
});
