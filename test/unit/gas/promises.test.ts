import { expect } from "chai";
import { brokenPromises, flattened, type GasReport } from "../../../scripts/gas/promises.ts";

/** Figures that keep every promise: flat in positions, 40,000 a bucket. */
const sound = (): Record<string, Record<string, number>> => ({
  adlByPositions: { 10: 800_000, 100: 799_000, 1000: 801_000, 10000: 800_000 },
  adlByBuckets: { 1: 440_000, 10: 800_000, 50: 2_400_000, 96: 4_240_000 },
  adlWorstCase: { deleverage: 8_200_000, liquidate: 8_000_000 },
  worst: { settle: 7_900_000, "shares.redeem": 700_000 },
  lens: { "healths 500 x 1": 13_000_000, "accounts 50 x 8": 12_000_000 },
});
const changed = (group: string, key: string, gas: number): GasReport => {
  const report = sound();
  report[group]![key] = gas;
  return report;
};

describe("Gas promises", function () {
  it("names nested figures by their path", function () {
    expect(flattened({ mark: 1, adlByBuckets: { 1: 2, 96: 3 } })).to.deep.equal({
      mark: 1,
      "adlByBuckets.1": 2,
      "adlByBuckets.96": 3,
    });
  });

  it("finds nothing in figures that keep them", function () {
    expect(brokenPromises(sound())).to.deep.equal([]);
  });

  const BROKEN: [what: string, report: GasReport, message: RegExp][] = [
    ["a cost that grows with positions", changed("adlByPositions", "10000", 816_100), /adlByPositions\.10000.*2%/],
    ["a bucket that costs too much", changed("adlByBuckets", "50", 2_650_000), /adlByBuckets\.50: 46250 gas a bucket/],
    ["a line that bends", changed("adlByBuckets", "10", 700_000), /no line/],
    ["a page of the lens that no node reads", changed("lens", "healths 500 x 1", 15_000_000), /lens\.healths 500 x 1/],
    ["a page of accounts that no node reads", changed("lens", "accounts 50 x 8", 15_000_001), /lens\.accounts 50 x 8/],
    ["96 buckets beyond their bound", changed("adlByBuckets", "96", 4_500_001), /adlByBuckets\.96.*promised 4500000/],
    ["a worst case beyond its bound", changed("adlWorstCase", "liquidate", 9_000_001), /adlWorstCase\.liquidate/],
    ["a call beyond the bound of all", changed("worst", "shares.redeem", 8_000_000), /worst\.shares\.redeem.*8000000/],
    ["a call that was not measured", changed("worst", "settle", 0), /worst\.settle: 0 gas/],
    ["no worst cases", { ...sound(), worst: 1 }, /worst: no figures/],
    ["a figure that is missing", { ...sound(), adlWorstCase: {} }, /adlWorstCase\.deleverage/],
    ["a group that is missing", { ...sound(), adlByPositions: {} }, /too few figures/],
  ];
  for (const [what, report, message] of BROKEN) {
    it(`finds ${what}`, function () {
      expect(brokenPromises(report).join("\n")).to.match(message);
    });
  }
});
