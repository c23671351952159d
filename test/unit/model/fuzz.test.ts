import { expect } from "chai";
import { ModelError } from "../../../scripts/simulator/model/index.ts";
import { digest, expectNothingPromisedTwice, expectSound } from "./invariants.ts";
import { ACTIONS, type ActionName, act, worldFrom } from "./world.ts";

describe("model › random actions", function () {
  const tally: Record<string, [number, number]> = {};
  const errors: Record<string, number> = {};
  const seen = {
    incidents: 0,
    forgone: 0,
    insurance: 0,
    junior: 0,
    senior: 0,
    adl: 0,
    residual: 0,
    orphans: 0,
    debts: 0,
    repaid: 0,
    shortfall: 0,
    exposure: 0,
    writtenOff: 0,
    lossesRepaid: 0,
    lpsRepaid: 0,
  };

  for (let seed = 121; seed <= 160; seed++) {
    it(`keeps every ledger sound and every failure without effect (seed ${seed})`, function () {
      this.timeout(60_000);
      const world = worldFrom(seed);
      const { exchange, random } = world;
      for (let step = 0; step < 600; step++) {
        const action = ACTIONS[random(ACTIONS.length)] as ActionName;
        tally[action] ??= [0, 0];
        const count = tally[action];
        count[1] += 1;
        const before = step % 4 === 0 ? digest(exchange) : undefined;
        try {
          act(world, action);
          count[0] += 1;
        } catch (error) {
          if (!(error instanceof ModelError))
            throw new Error(`seed ${seed} step ${step} ${action}: ${error}`, { cause: error });
          errors[error.error] = (errors[error.error] ?? 0) + 1;
          if (before !== undefined && !["claim", "lp", "reset", "leave"].includes(action)) {
            expect(digest(exchange), `${action} threw and changed something`).to.equal(before);
          }
        }
        expectSound(exchange, world.held);
        if (step % 20 === 19 && !exchange.state.prices.includes(null)) {
          exchange.markAll();
          expectNothingPromisedTwice(exchange);
        }
        if (exchange.state.unpaid > 0n) seen.debts += 1;
        if (exchange.ledgers().recovery > 0n) seen.repaid += 1;
      }
      for (const incident of exchange.incidents()) {
        seen.incidents += 1;
        for (const layer of ["forgone", "insurance", "junior", "senior", "adl", "residual"] as const) {
          if (incident[layer] > 0n) seen[layer] += 1;
        }
      }
      seen.shortfall += world.seen.shortfall;
      seen.exposure += world.seen.exposure;
      const { debts, losses, lpClaims } = exchange.state;
      seen.writtenOff += debts.flatMap(({ ends }) => ends).filter(({ lossId }) => lossId > 0).length;
      if (losses.repaid > 0n) seen.lossesRepaid += 1;
      if (lpClaims.senior.repaid + lpClaims.junior.repaid > 0n) seen.lpsRepaid += 1;
      seen.orphans += Number(exchange.state.clock.orphans);
    });
  }

  it("reached what it was meant to reach", function () {
    const share = Object.entries(tally).map(([name, [done, tried]]) => `${name} ${done}/${tried}`);
    console.log(`      ${share.join(", ")}\n      ${JSON.stringify(seen)}\n      ${JSON.stringify(errors)}`);
    for (const [name, [done]] of Object.entries(tally)) expect(done, name).to.be.greaterThan(0);
    for (const [what, times] of Object.entries(seen)) expect(times, what).to.be.greaterThan(0);
  });
});
