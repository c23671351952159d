import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { readPrices } from "../../scripts/simulator/scenarios/readPrices.ts";
import { DEFAULTS, expectSound, run } from "./sound.ts";

const PRICES = fileURLToPath(new URL("../../../shared/data/prices/", import.meta.url));

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
});
