import { expect } from "chai";
import fc from "fast-check";
import { noteFailure, waitAfter } from "../../scripts/keeper/plan/backoff.ts";
import { MAX_BATCH, plan } from "../../scripts/keeper/plan/plan.ts";
import { liquidationReward } from "../../scripts/keeper/plan/reward.ts";
import type { Observation, PlanConfig } from "../../scripts/keeper/plan/types.ts";
import { emptyState, type Sent } from "../../scripts/keeper/state/state.ts";
import { wad } from "../../scripts/shared/world.ts";

const NOW = 1_800_000_000_000;
const config: PlanConfig = { minProfitUsd: 0n, maxUnpaidUsd: wad(1), isAltruistic: false, maxPending: 1_000 };
const state = () =>
  emptyState({ chainId: "1", clearinghouse: `0x${"1".repeat(40)}`, genesis: `0x${"0".repeat(64)}` }, 0);

/** Gas for nothing, an ether at 2,000 dollars, and nothing to do. */
const quiet: Observation = {
  block: 100,
  nowMs: NOW,
  gasPrice: 0n,
  etherUsd: wad(2_000),
  healths: [],
  rewards: new Map(),
  orders: [],
  due: [],
};

const health = (account: bigint, equity: number, maintenance: number) => ({
  account,
  equity: wad(equity),
  maintenance: wad(maintenance),
  isLiquidatable: equity < maintenance,
  isPriced: true,
});
const order = (id: bigint, account: bigint, fee = 1) => ({
  id,
  account,
  market: 0,
  feeUsd: wad(fee),
  proof: "0x",
  value: 0n,
});
const sent = (key: string, minedAt?: number): Sent => ({
  nonce: 1,
  key,
  keys: [key],
  kind: "liquidate",
  to: `0x${"1".repeat(40)}`,
  data: "0x",
  value: "0",
  gasLimit: "1",
  maxFee: "1",
  priorityFee: "1",
  sentAt: NOW,
  hashes: [],
  ...(minedAt !== undefined && {
    mined: { block: minedAt, blockHash: `0x${"2".repeat(64)}`, isSuccess: true, hash: `0x${"3".repeat(64)}` },
  }),
});
const keys = (observation: Partial<Observation>, change: Partial<PlanConfig> = {}, from = state()) =>
  plan(from, { ...quiet, ...observation }, { ...config, ...change }).actions.map(({ key }) => key);

describe("plan", function () {
  it("does nothing where nothing is due", function () {
    expect(keys({ healths: [health(1n, 10, 10), health(2n, 500, 10)] })).to.deep.equal([]);
  });

  it("liquidates first, the largest deficit first, equal ones by account", function () {
    const healths = [health(4n, 0, 10), health(3n, 0, 10), health(2n, -500, 10), health(1n, 9, 10)];
    const due = [
      { kind: "recordLpEpoch" as const, rewardUsd: 0n },
      { kind: "deleverage" as const, market: 1, rewardUsd: 0n },
    ];
    expect(keys({ healths, due, orders: [order(7n, 9n)] })).to.deep.equal([
      "liquidate:2",
      "liquidate:3",
      "liquidate:4",
      "liquidate:1",
      "deleverage:1",
      "orders:7",
      "recordLpEpoch",
    ]);
  });

  it("executes no order of an account that is to be liquidated, nor two of one account at once", function () {
    const orders = [order(1n, 5n), order(2n, 6n), order(3n, 6n)];
    expect(keys({ healths: [health(5n, 0, 1)], orders })).to.deep.equal(["liquidate:5", "orders:2"]);
  });

  it("cuts orders into batches of sixteen", function () {
    const orders = Array.from({ length: 33 }, (_, i) => order(BigInt(i), BigInt(100 + i)));
    const { actions } = plan(state(), { ...quiet, orders }, config);
    expect(actions.map((action) => action.orders.length)).to.deep.equal([16, 16, 1]);
  });

  describe("when a target has failed", function () {
    it("leaves it alone until its time is over, and the others go on", function () {
      const from = state();
      noteFailure(from, "liquidate:1", "reverts", NOW);
      const healths = [health(1n, 0, 10), health(2n, 0, 10)];
      expect(keys({ healths }, {}, from)).to.deep.equal(["liquidate:2"]);
      expect(keys({ healths, nowMs: NOW + waitAfter(1) }, {}, from)).to.deep.equal(["liquidate:1", "liquidate:2"]);
    });

    it("waits twice as long each time, an hour at most, and is news once", function () {
      const from = state();
      const news = [1, 2, 3].map(() => noteFailure(from, "liquidate:1", "reverts", NOW));
      expect(news).to.deep.equal([true, false, false]);
      expect(from.targets["liquidate:1"]).to.include({ failures: 3, until: NOW + 60_000 });
      expect([1, 2, 3, 100].map(waitAfter)).to.deep.equal([15_000, 30_000, 60_000, 3_600_000]);
    });
  });

  describe("when something is on its way", function () {
    it("is not planned again, nor when it was mined after what was looked at", function () {
      const healths = [health(1n, 0, 10)];
      expect(keys({ healths }, {}, { ...state(), outbox: [sent("liquidate:1")] })).to.deep.equal([]);
      expect(keys({ healths }, {}, { ...state(), outbox: [sent("liquidate:1", 101)] })).to.deep.equal([]);
      expect(keys({ healths }, {}, { ...state(), outbox: [sent("liquidate:1", 100)] })).to.deep.equal(["liquidate:1"]);
    });

    it("leaves room for no more than --max-pending", function () {
      const healths = [1n, 2n, 3n].map((account) => health(account, 0, 10));
      expect(keys({ healths }, { maxPending: 2 }, { ...state(), outbox: [sent("x")] })).to.deep.equal(["liquidate:1"]);
    });
  });

  describe("when gas costs something", function () {
    // 450,000 gas at 2 gwei and 2,000 dollars an ether: 1.80 dollars.
    const costly = { gasPrice: 2n * 10n ** 9n, healths: [health(1n, 0, 10)] };

    it("acts for profit only", function () {
      expect(keys({ ...costly, rewards: new Map([[1n, wad("1.79")]]) })).to.deep.equal([]);
      expect(keys({ ...costly, rewards: new Map([[1n, wad("1.80")]]) })).to.deep.equal(["liquidate:1"]);
      expect(keys({ ...costly, rewards: new Map([[1n, wad(2)]]) }, { minProfitUsd: wad("0.3") })).to.deep.equal([]);
    });

    it("judges each order of a batch by the cost of its own proof", function () {
      // A proof of a thousandth of an ether: 2 dollars, of an order that pays 1.
      const dear = { ...order(2n, 6n), value: 10n ** 15n };
      const orders = [order(1n, 5n), dear, { ...order(3n, 7n, 3), value: 10n ** 15n }];
      const { actions, skipped } = plan(state(), { ...quiet, orders }, config);
      expect(actions.map(({ key, value }) => [key, value])).to.deep.equal([["orders:1,3", 10n ** 15n]]);
      expect(skipped).to.deep.equal([{ key: "order:2", why: "costs $2.00 and pays $1.00" }]);
    });

    it("acts at a loss where it is altruistic", function () {
      expect(keys(costly, { isAltruistic: true })).to.deep.equal(["liquidate:1"]);
    });

    it("spends no more than allowed on what pays nothing", function () {
      // 250,000 gas: 1 dollar.
      const due = [{ kind: "recordLpEpoch" as const, rewardUsd: 0n }];
      expect(keys({ gasPrice: 2n * 10n ** 9n, due })).to.deep.equal(["recordLpEpoch"]);
      expect(keys({ gasPrice: 2n * 10n ** 9n, due }, { maxUnpaidUsd: wad("0.99") })).to.deep.equal([]);
    });

    it("does not guess what an ether is worth", function () {
      expect(keys({ ...costly, etherUsd: undefined, rewards: new Map([[1n, wad(9)]]) })).to.deep.equal([]);
      expect(keys({ ...costly, etherUsd: undefined }, { isAltruistic: true })).to.deep.equal(["liquidate:1"]);
    });
  });

  it("keeps its promises for whatever it is shown", function () {
    const account = fc.bigInt({ min: 1n, max: 12n });
    const arbitrary = fc.record({
      healths: fc.array(fc.record({ account, equity: fc.integer({ min: -50, max: 50 }), maintenance: fc.nat(50) }), {
        maxLength: 20,
      }),
      orders: fc.uniqueArray(
        fc.record({ id: fc.bigInt({ min: 1n, max: 80n }), account: fc.bigInt({ min: 1n, max: 60n }) }),
        {
          selector: ({ id }) => id,
          maxLength: 60,
        },
      ),
      poisoned: fc.array(account, { maxLength: 4 }),
      onItsWay: fc.array(account, { maxLength: 4 }),
      gasPrice: fc.bigInt({ min: 0n, max: 10n ** 11n }),
      isAltruistic: fc.boolean(),
      maxPending: fc.nat(20),
    });
    fc.assert(
      fc.property(arbitrary, (input) => {
        const from = state();
        for (const id of input.poisoned) noteFailure(from, `liquidate:${id}`, "reverts", NOW);
        from.outbox = input.onItsWay.map((id) => sent(`liquidate:${id}`));
        const seen: Observation = {
          ...quiet,
          gasPrice: input.gasPrice,
          healths: input.healths.map((one) => health(one.account, one.equity, one.maintenance)),
          orders: input.orders.map((one) => order(one.id, one.account)),
        };
        const given = { ...config, isAltruistic: input.isAltruistic, maxPending: input.maxPending };
        const before = JSON.stringify(from);
        const { actions } = plan(from, seen, given);
        // Pure and the same again.
        expect(JSON.stringify(from)).to.equal(before);
        expect(plan(from, seen, given).actions).to.deep.equal(actions);

        const targets = actions.filter(({ kind }) => kind === "liquidate").map(({ accounts }) => accounts[0]!);
        for (const id of targets) {
          expect(seen.healths.some((one) => one.account === id && one.equity < one.maintenance)).to.equal(true);
          expect(input.poisoned).not.to.include(id);
          expect(input.onItsWay).not.to.include(id);
        }
        const touched = actions.flatMap(({ accounts }) => accounts);
        expect(new Set(touched).size).to.equal(touched.length);
        expect(actions.every(({ orders }) => orders.length <= MAX_BATCH)).to.equal(true);
        expect(actions.length + from.outbox.length).to.be.at.most(Math.max(input.maxPending, from.outbox.length));
      }),
      { numRuns: 300 },
    );
  });
});

describe("liquidationReward", function () {
  const risk = { penaltyBps: 50n, targetHealthBps: 15_000n, keeperShareBps: 4_000n };

  it("is the bonds of a bankrupt account", function () {
    const reward = liquidationReward({
      equity: wad(-5),
      maintenance: wad(100),
      notional: wad(10_000),
      impact: 0n,
      bonds: wad(6),
      risk,
    });
    expect(reward).to.equal(wad(6));
  });

  it("is a share of the penalty on what restores the target", function () {
    // Missing 150 - 60 = 90 of 150 - 50 = 100 a whole close restores: nine tenths; penalty 45, of which 40%.
    const reward = liquidationReward({
      equity: wad(60),
      maintenance: wad(100),
      notional: wad(10_000),
      impact: 0n,
      bonds: wad(2),
      risk,
    });
    expect(reward).to.equal(wad(18));
  });

  it("takes no more than there is, and the bonds, where all is closed", function () {
    const reward = liquidationReward({
      equity: wad(20),
      maintenance: wad(100),
      notional: wad(10_000),
      impact: 0n,
      bonds: wad(2),
      risk,
    });
    expect(reward).to.equal(wad(8) + wad(2));
  });
});
