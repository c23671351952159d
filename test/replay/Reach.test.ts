import { expect } from "chai";
import { builtinScenario } from "../../scripts/simulator/scenarios/builtin.ts";
import { expectCarried, expectSound, run, runInModel } from "./sound.ts";

describe("Replay", function () {
  // `Simulate.test.ts` holds the model to the chain, cell by cell, to the wei.
  describe("how far a crash reaches, in the model", function () {
    it("is covered by insurance alone when capital is plenty", async function () {
      const result = await runInModel(builtinScenario("oct-10-2025"), { oiToCapital: 0.2 });
      expectCarried(result);
      const { totals } = result;
      expect(totals.insurance).to.be.greaterThan(0n);
      expect(totals.insurance).to.equal(totals.deficit);
    });

    it("reaches the senior tranche when capital is thin", async function () {
      const result = await runInModel(builtinScenario("oct-10-2025"), { oiToCapital: 4 });
      expectCarried(result);
      expect(result.totals.insurance).to.be.greaterThan(0n);
      expect(result.totals.senior).to.be.greaterThan(0n);
    });

    it("is mostly forgone profit when the book is one-sided", async function () {
      const result = await runInModel(builtinScenario("oct-10-2025"), { longShare: 0.7 });
      expectCarried(result);
      expect(result.totals.forgone * 2n).to.be.greaterThan(result.totals.deficit);
    });

    it("leaves no deficit in a grind that keepers can follow", async function () {
      const result = await runInModel(builtinScenario("grind"));
      expectCarried(result);
      expect(result.liquidations).to.be.greaterThan(10);
      expect(result.totals.deficit).to.equal(0n);
    });

    it("costs more when keepers are slow", async function () {
      const fast = await runInModel(builtinScenario("oct-10-2025"));
      const slow = await runInModel(builtinScenario("oct-10-2025"), { speed: 5 });
      expectCarried(fast);
      expectCarried(slow);
      expect(slow.totals.deficit).to.be.greaterThan(fast.totals.deficit);
    });
  });

  describe("how far a crash reaches, on the chain", function () {
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

    it("works with two traders", async function () {
      const result = await run(builtinScenario("gap"), { traders: 2 });
      expectSound(result);
    });
  });
});
