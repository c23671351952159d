import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { replay } from "../../scripts/simulator/replay/replay.ts";
import { LAYERS, type ReplayOptions, type ReplayResult } from "../../scripts/simulator/replay/result.ts";
import { builtinScenario } from "../../scripts/simulator/scenarios/builtin.ts";
import { readPrices } from "../../scripts/simulator/scenarios/readPrices.ts";

const PRICES = fileURLToPath(new URL("../../../shared/data/prices/", import.meta.url));

const DEFAULTS = { traders: 80, seed: 1, oiToCapital: 0.8, speed: 1, longShare: 0.5 };
const run = async (series: ReplayOptions["series"], options: Partial<ReplayOptions> = {}): Promise<ReplayResult> =>
  replay({ ...DEFAULTS, ...options, series });

/**
 * I1, I4, I6, I7, I8 at the end of a crash, and no liquidation that reverted on the way. Among the problems a run finds by
 * itself: a trader charged without profit, or another share of it than others; a residual while a bucket wholly in profit
 * was left, seen in the buckets of the block that booked it; claims that do not add up with `Ledger.Recovery`; traders'
 * equity, position by position, that is not what the market's sums say.
 */
function expectSound(result: ReplayResult): void {
  expect(result.problems, "problems").to.deep.equal([]);
  expect(result.conservation.difference, "I1: held - ledgers").to.equal(0n);
  expect(result.conservation.held).to.be.greaterThan(0n);
  for (const incident of result.incidents) {
    const sum = LAYERS.reduce((total, layer) => total + incident[layer], 0n);
    expect(sum, `I4: layers of the incident at step ${incident.step}`).to.equal(incident.deficit);
  }
  for (const wave of result.waves) {
    expect(wave.losersCharged, `I7: losers charged at step ${wave.step}`).to.equal(0);
    expect(wave.smallestShare, `I7: shares at step ${wave.step}`).to.equal(wave.largestShare);
  }
  for (const [name, { lost, repaid, outstanding, paid }] of Object.entries(result.claims)) {
    expect(lost, `claims of ${name}`).to.be.greaterThanOrEqual(repaid + outstanding);
    expect(paid, `I11: claims paid to ${name}`).to.be.lessThanOrEqual(repaid);
  }
  expect(result.idle.after, "I6: idle accounts").to.deep.equal(result.idle.before);
  expect(result.idle.before.every((margin) => margin > 0n)).to.equal(true);
  const owned = Object.values(result.after).reduce((total, value) => total + value, 0n);
  expect(owned, "what the groups own").to.equal(result.conservation.held);
  expect(result.trades, "trades").to.be.greaterThan(result.options.traders / 2);
}

describe("Replay", function () {
  describe("candle files of real crashes", function () {
    // Thin: capital that some of the crashes go through, so that traders in profit are charged.
    const THIN = { traders: 60, oiToCapital: 20 };
    const FILES = [
      { name: "avax-2025-10-10-1m", options: {}, steps: 110, isCharged: false },
      // The keeper looks every third minute: a slow keeper, and a shorter test.
      { name: "luna-2022-05-11-1m", options: { traders: 40, speed: 3 }, steps: 1_440, isCharged: false },
      { name: "btc-2020-03-13-leg2-1m", options: THIN, steps: 300, isCharged: true },
      { name: "btc-2021-05-19-1m", options: THIN, isCharged: true },
      { name: "eth-2021-05-19-1m", options: THIN, isCharged: true },
      { name: "btc-2022-11-08-5m", options: { traders: 40, oiToCapital: 20 }, isCharged: false },
      { name: "btc-2025-10-10-1m", options: { traders: 40, oiToCapital: 20 }, isCharged: false },
      { name: "eth-2025-10-10-5m", options: { traders: 40, oiToCapital: 20 }, isCharged: false },
    ];
    for (const { name, options, steps, isCharged } of FILES) {
      const { oiToCapital } = { ...DEFAULTS, ...options };
      it(`${name}, interest ${oiToCapital} x capital: every ledger adds up, every incident is carried, nobody idle pays`, async function () {
        const file = `${PRICES}${name}.csv`;
        if (!existsSync(file)) {
          console.log(`      skipped: ../shared/data/prices/${name}.csv is not here`);
          return this.skip();
        }
        const result = await run(await readPrices(file), options);
        expectSound(result);
        if (steps !== undefined) expect(result.steps).to.equal(steps);
        expect(result.totals.residual, "residual").to.equal(0n);
        expect(result.adl.length > 0, "deleveraging").to.equal(isCharged);
        expect(result.liquidations).to.be.greaterThan(10);
        expect(result.incidents.length).to.be.greaterThan(0);
      });
    }
  });

  describe("how far a crash reaches", function () {
    it("is covered by insurance alone when capital is plenty", async function () {
      const result = await run(builtinScenario("oct-10-2025"), { oiToCapital: 0.2 });
      expectSound(result);
      const { totals } = result;
      expect(totals.insurance).to.be.greaterThan(0n);
      expect(totals.insurance).to.equal(totals.deficit);
    });

    it("reaches the senior tranche when capital is thin", async function () {
      const result = await run(builtinScenario("oct-10-2025"), { oiToCapital: 4 });
      expectSound(result);
      expect(result.totals.insurance).to.be.greaterThan(0n);
      expect(result.totals.senior).to.be.greaterThan(0n);
    });

    it("takes junior before senior in a gap", async function () {
      const result = await run(builtinScenario("gap"), { oiToCapital: 4 });
      expectSound(result);
      const senior = result.incidents.findIndex((incident) => incident.senior > 0n);
      expect(senior, "an incident that reaches senior").to.be.greaterThan(0);
      expect(result.incidents[senior - 1]!.junior).to.be.greaterThan(0n);
      expect(result.after.junior).to.be.lessThan(result.before.junior);
    });

    it("reaches traders in profit through a chasm, all by the same share", async function () {
      const result = await run(builtinScenario("chasm"), { oiToCapital: 4 });
      expectSound(result);
      expect(result.totals.senior).to.be.greaterThan(0n);
      expect(result.totals.adl).to.be.greaterThan(0n);
      expect(result.totals.residual).to.equal(0n);
      expect(Math.max(...result.waves.map((wave) => wave.charged))).to.be.greaterThan(20);
      expect(result.claims.traders.paid, "claims paid").to.be.greaterThan(0n);
    });

    it("leaves a residual only when nobody is left in profit, as with keepers ten bars late", async function () {
      const result = await run(builtinScenario("chasm"), { traders: 60, oiToCapital: 4, speed: 10 });
      expectSound(result);
      expect(result.totals.residual).to.be.greaterThan(0n);
    });

    it("is mostly forgone profit when the book is one-sided", async function () {
      const result = await run(builtinScenario("oct-10-2025"), { longShare: 0.7 });
      expectSound(result);
      expect(result.totals.forgone * 2n).to.be.greaterThan(result.totals.deficit);
    });

    it("leaves no deficit in a grind that keepers can follow", async function () {
      const result = await run(builtinScenario("grind"));
      expectSound(result);
      expect(result.liquidations).to.be.greaterThan(10);
      expect(result.totals.deficit).to.equal(0n);
    });

    it("costs more when keepers are slow", async function () {
      const fast = await run(builtinScenario("oct-10-2025"));
      const slow = await run(builtinScenario("oct-10-2025"), { speed: 5 });
      expectSound(fast);
      expectSound(slow);
      expect(slow.totals.deficit).to.be.greaterThan(fast.totals.deficit);
    });

    it("works with two traders", async function () {
      const result = await run(builtinScenario("gap"), { traders: 2 });
      expectSound(result);
    });
  });
});
