import { expect } from "chai";
import { ModelError } from "../../scripts/simulator/model/index.ts";
import { randomFrom } from "../shared/random.ts";
import { Drawer } from "./actions.ts";
import { differences, LAYERS } from "./compare.ts";
import type { Action } from "./crowd.ts";
import { Pair } from "./pair.ts";
import { REGIMES, type Regime } from "./regimes.ts";

/** Every so many actions all accounts are compared, not only those an action names. */
const ALL_EVERY = 25;

describe("Clearinghouse › differential", function () {
  const seen = { actions: 0, done: 0, incidents: 0, unpaid: 0, orphans: 0, events: 0, closings: 0, repaid: 0 };
  const layers: Record<string, number> = Object.fromEntries(LAYERS.map((layer) => [layer, 0]));
  const tally: Record<string, [number, number]> = {};
  const errors: Record<string, number> = {};

  for (const regime of regimes()) {
    it(`agrees with the model to the wei: ${regime.name}`, async function () {
      const { pair, drawer } = await start(regime);
      expect(await differences(pair, pair.accounts)).to.deep.equal([]);
      for (let step = 0; step < regime.actions; step++) {
        await drawer.moveWorld();
        const action = drawer.draw();
        const story = `seed ${regime.seed}, step ${step}: ${action.name} ${action.call}(${show(action.args)})`;
        const error = await perform(pair, action, story);
        seen.actions += 1;
        tally[action.name] ??= [0, 0];
        const count = tally[action.name] as [number, number];
        count[1] += 1;
        if (error === undefined) {
          seen.done += 1;
          count[0] += 1;
        } else errors[error] = (errors[error] ?? 0) + 1;
        if (pair.exchange.state.unpaid > 0n) seen.unpaid += 1;

        const accounts = step % ALL_EVERY === 0 ? [...pair.exchange.state.accounts.keys()] : action.accounts;
        expect(await differences(pair, accounts), story).to.deep.equal([]);
        if (action.mints && error === undefined) await pair.claimShares();
      }
      for (const incident of pair.exchange.incidents()) {
        seen.incidents += 1;
        for (const layer of LAYERS) if (incident[layer] > 0n) layers[layer] = (layers[layer] ?? 0) + 1;
      }
      for (const { long, short } of pair.exchange.state.markets) {
        seen.events += long.events.length + short.events.length;
        for (const side of [long, short])
          seen.closings += side.events.filter((event) => event.closeFraction > 0n).length;
      }
      if (pair.exchange.state.losses.repaid > 0n) seen.repaid += 1;
      seen.orphans += Number(pair.exchange.state.clock.orphans);
    });
  }

  it("reached what it was meant to reach", function () {
    const share = Math.round((100 * seen.done) / seen.actions);
    const reached = LAYERS.map((layer) => `${layer} ${layers[layer]}`).join(", ");
    console.log(`      ${seen.actions} actions, ${share}% succeeded; ${seen.incidents} incidents: ${reached}`);
    if (process.env.VERBOSE) console.log(JSON.stringify({ seen, tally, errors }));
    expect(seen.actions).to.be.greaterThanOrEqual(2_000);
    console.log(`      ${seen.events} deleveraging events, ${seen.closings} of them closed positions`);
    // What is left to nobody takes a story of its own: see the cases.
    for (const layer of LAYERS) if (layer !== "residual") expect(layers[layer], layer).to.be.greaterThan(0);
    expect(seen.unpaid, "actions with debts outstanding").to.be.greaterThan(0);
    expect(seen.events, "deleveraging events").to.be.greaterThan(20);
    expect(seen.closings, "events that closed positions").to.be.greaterThan(0);
    expect(seen.repaid, "regimes with claims repaid").to.be.greaterThan(0);
    expect(seen.orphans, "ownerless accounts").to.be.greaterThan(0);
    for (const [name, [done]] of Object.entries(tally)) expect(done, name).to.be.greaterThan(0);
  });
});

/** The regimes as they are, or each with SEEDS further seeds. */
function regimes(): Regime[] {
  const more = Number(process.env.SEEDS ?? 0);
  return REGIMES.flatMap((regime) =>
    Array.from({ length: more + 1 }, (_, index) => ({ ...regime, seed: regime.seed + 100 * index })),
  );
}

async function start(regime: Regime) {
  const pair = await Pair.start(regime);
  return { pair, drawer: new Drawer(pair, regime, randomFrom(regime.seed)) };
}

/** Does the same on both sides at the same second; they must agree on whether and why it fails. */
async function perform(pair: Pair, action: Action, story: string): Promise<string | undefined> {
  pair.exchange.advance(action.wait);
  const onModel = outcomeOf(action.onModel);
  const onChain = await pair.chain.send(action.from, action.to, action.call, action.args, pair.now);
  expect(onChain ?? "success", story).to.equal(onModel ?? "success");
  return onChain;
}

function outcomeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.error === "PriceUnavailable" ? "MockPriceSource_Dead" : error.error;
  }
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? String(part) : part)).slice(1, -1);
