import { expect } from "chai";
import { type BookPosition, profitAt, seededBook, winnersProfit } from "../../../scripts/simulator/compare/book.ts";
import { bucketedHaircut } from "../../../scripts/simulator/compare/bucketedHaircut.ts";
import { measure } from "../../../scripts/simulator/compare/measure.ts";
import { perUnitIndex } from "../../../scripts/simulator/compare/perUnitIndex.ts";
import {
  comparePolicies,
  POLICY_NAMES,
  type PolicyRow,
  shocksOf,
} from "../../../scripts/simulator/compare/policies.ts";
import { queue } from "../../../scripts/simulator/compare/queue.ts";

const WAD = 10n ** 18n;
const usd = (dollars: number): bigint => BigInt(Math.round(dollars * 100)) * 10n ** 16n;

/** A position of whole units and dollars; margin is a tenth of the cost. */
function held(
  id: number,
  side: "long" | "short",
  size: number,
  entry: number,
  margin = (size * entry) / 10,
): BookPosition {
  return { id, isLong: side === "long", size: usd(size), cost: usd(size * entry), margin: usd(margin) };
}

/** At 80: shorts 1 to 3 have 400, 100 and 20, short 4 loses 10, the longs lose. */
const BOOK = [
  held(0, "long", 20, 100),
  held(1, "short", 10, 120),
  held(2, "short", 5, 100),
  held(3, "short", 1, 100),
  held(4, "short", 1, 70),
  held(5, "long", 1, 95),
];
const AT_80 = { price: usd(80), need: usd(104) };

describe("compare › policies", function () {
  describe("the book", function () {
    it("is the same for the same seed, another for another", function () {
      expect(seededBook(7, 50)).to.deep.equal(seededBook(7, 50));
      expect(seededBook(8, 50)).to.not.deep.equal(seededBook(7, 50));
      expect(seededBook(7, 100).slice(0, 50)).to.deep.equal(seededBook(7, 50));
    });

    it("has as many longs as shorts, sizes over orders of magnitude, entries around 100", function () {
      const book = seededBook(1, 400);
      expect(book.filter(({ isLong }) => isLong)).to.have.lengthOf(200);
      const costs = book.map(({ cost }) => cost).sort((a, b) => (a < b ? -1 : 1));
      expect(costs.at(-1)! / costs[0]!).to.be.greaterThan(1_000n);
      for (const { size, cost, margin } of book) {
        const entry = (cost * WAD) / size;
        expect(entry > usd(60) && entry < usd(160), `entry ${entry}`).to.equal(true);
        expect(margin > 0n && margin <= cost / 2n + 1n, `margin ${margin} of ${cost}`).to.equal(true);
      }
    });

    it("rounds profit towards less", function () {
      const odd = { id: 0, size: 1n, cost: 10n, margin: 1n };
      expect(profitAt({ ...odd, isLong: true }, WAD / 2n)).to.equal(-10n);
      expect(profitAt({ ...odd, isLong: false }, WAD / 2n)).to.equal(9n);
    });
  });

  describe("queue", function () {
    it("closes whole winners of the winning side until the need is covered, and takes the last one's excess", function () {
      const outcome = queue(BOOK, AT_80);
      // PnL% x leverage: 400/1200 x 800/520 = 0.51; 100/500 x 400/150 = 0.53; 20/100 x 80/30 = 0.53, the same: by number.
      expect([...outcome.charges]).to.deep.equal([
        [2, usd(100)],
        [3, usd(20)],
      ]);
      expect(outcome.taken).to.equal(usd(120));
      expect(outcome.steps, "three ranked, two closed").to.equal(5);
    });

    it("puts more leverage first", function () {
      const levered = BOOK.map((one) => (one.id === 3 ? { ...one, margin: usd(1) } : one));
      expect([...queue(levered, AT_80).charges.keys()]).to.deep.equal([3, 2]);
    });

    it("takes all there is when the need is more", function () {
      const outcome = queue(BOOK, { ...AT_80, need: usd(1_000) });
      expect(outcome.taken).to.equal(usd(520));
    });
  });

  describe("per-unit index", function () {
    it("charges the whole winning side by size: losers, and more than some have", function () {
      // 17 units; 204 / 17 = 12 a unit: 120 of 400, 60 of 100, 12 of 20, 12 of a loser.
      const shock = { price: usd(80), need: usd(204) };
      const outcome = perUnitIndex(BOOK, shock);
      expect([...outcome.charges]).to.deep.equal([
        [1, usd(120)],
        [2, usd(60)],
        [3, usd(12)],
        [4, usd(12)],
      ]);
      const { losersCharged, beyondProfit, charged, overshoot } = measure(BOOK, shock, outcome);
      expect({ losersCharged, beyondProfit, charged, overshoot }).to.deep.equal({
        losersCharged: 1,
        beyondProfit: 0,
        charged: 3,
        overshoot: 0n,
      });
      // 24 a unit: 120 of 100, and 24 of 20.
      const double = { ...shock, need: usd(408) };
      expect(measure(BOOK, double, perUnitIndex(BOOK, double)).beyondProfit).to.equal(2);
    });
  });

  describe("ours", function () {
    it("charges every winner the same part of its profit and nobody else", function () {
      const outcome = bucketedHaircut(BOOK, AT_80);
      // 104 of 520 is a fifth; one wei a bucket more is asked for, and a position rounds up.
      expect([...outcome.charges.keys()]).to.deep.equal([1, 2, 3]);
      for (const [id, fifth] of [80, 20, 4].entries()) {
        const excess = outcome.charges.get(id + 1)! - usd(fifth);
        expect(excess >= 0n && excess <= 400n, `position ${id + 1}: ${excess} wei`).to.equal(true);
      }
      expect(outcome.taken - AT_80.need <= 520n + 2n && outcome.taken >= AT_80.need).to.equal(true);
      expect(outcome.steps, "buckets: entries 100, 95 | 120, 100, 70").to.equal(5);
    });

    it("asks winners of both sides", function () {
      const both = [held(0, "long", 1, 50), held(1, "short", 1, 110)];
      const { charges, taken } = bucketedHaircut(both, { price: usd(80), need: usd(30) });
      expect([...charges.keys()]).to.deep.equal([0, 1]);
      expect(taken >= usd(30) && taken <= usd(30) + 62n).to.equal(true);
    });

    it("takes nothing when nobody has a profit or nothing is needed", function () {
      expect(bucketedHaircut([held(0, "long", 1, 100)], AT_80).taken).to.equal(0n);
      expect(bucketedHaircut(BOOK, { ...AT_80, need: 0n }).taken).to.equal(0n);
    });
  });

  describe("the comparison", function () {
    const { rows, growth } = comparePolicies(1);
    const of = (policy: PolicyRow["policy"]) => rows.filter((row) => row.policy === policy);

    it("asks all policies for the same under twelve shocks", function () {
      expect(rows).to.have.lengthOf(12 * POLICY_NAMES.length);
      const book = seededBook(1, 400);
      for (const [i, { need, price, needPercent }] of shocksOf(book).entries()) {
        expect(need).to.equal((winnersProfit(book, price) * needPercent) / 100n);
        for (const policy of POLICY_NAMES) expect(of(policy)[i]!.needed, policy).to.equal(need);
      }
    });

    it("finds that ours takes the need to the dust, charges no loser, and all alike", function () {
      for (const row of of("ours")) {
        expect(row.overshoot >= 0n && row.overshoot <= 2_000_000n, `overshoot ${row.overshoot}`).to.equal(true);
        expect([row.losersCharged, row.beyondProfit]).to.deep.equal([0, 0]);
        expect(row.largestShare! - row.smallestShare! <= 100n).to.equal(true);
        expect(row.charged).to.be.greaterThan(180);
      }
    });

    it("finds that the queue always overshoots and takes everything from few", function () {
      for (const row of of("queue")) {
        expect(row.overshoot > usd(100), `overshoot ${row.overshoot}`).to.equal(true);
        expect([row.smallestShare, row.largestShare]).to.deep.equal([WAD, WAD]);
        expect(row.charged).to.be.lessThan(row.winners);
      }
    });

    it("finds that the index charges losers and beyond the profit", function () {
      const index = of("per-unit index");
      expect(index.filter(({ losersCharged }) => losersCharged > 0)).to.not.have.lengthOf(0);
      expect(index.filter(({ beyondProfit }) => beyondProfit > 0)).to.not.have.lengthOf(0);
      // A wei a base unit, and one a position.
      for (const row of index) expect(row.overshoot >= 0n && row.overshoot < 100_000n).to.equal(true);
    });

    it("finds that only the queue's steps follow the number of positions", function () {
      const [short, long] = growth.map(({ steps }) => steps);
      expect(long!.queue).to.be.greaterThan(short!.queue * 8);
      expect(long!.ours).to.be.lessThan(short!.ours * 2);
      expect(long!.ours).to.be.at.most(192);
      expect([short!["per-unit index"], long!["per-unit index"]]).to.deep.equal([1, 1]);
    });
  });
});
