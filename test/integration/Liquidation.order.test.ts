import { expect } from "chai";
import hre from "hardhat";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { layerTotals, plainStage, type Totals } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

/** Two basis points of the larger figure. */
function expectClose(has: Totals, expected: Totals, context: string) {
  for (const layer of Object.keys(expected) as (keyof Totals)[]) {
    const difference = has[layer] > expected[layer] ? has[layer] - expected[layer] : expected[layer] - has[layer];
    const slack = ((has[layer] > expected[layer] ? has[layer] : expected[layer]) * 2n) / 10_000n;
    expect(difference <= slack, `${context}: ${layer} ${has[layer]} against ${expected[layer]}`).to.equal(true);
  }
}

const ORDERS = [
  [0, 1, 2, 3, 4, 5],
  [5, 4, 3, 2, 1, 0],
  [2, 0, 5, 1, 4, 3],
  [3, 1, 2, 4, 0, 5],
];

const parts = (totals: Totals) => Object.values(totals).reduce((sum, part) => sum + part, 0n);

describe("Liquidation, order and size", function () {
  async function plain() {
    return plainStage(connection);
  }

  /** Six longs of different size and leverage in two markets, one of them in both, and one short opposite. */
  async function crowd(shorts: { btc: string; eth: string }) {
    const stage = await plainStage(connection);
    const { world, alice, bob, btc } = stage;
    const eth = await world.listMarket(PLAIN_MARKET, wad(4_000));
    const plan = [
      { margin: 6_000, btc: "1", eth: "0" },
      { margin: 9_000, btc: "3", eth: "0" },
      { margin: 20_000, btc: "0.5", eth: "100" },
      { margin: 14_000, btc: "0", eth: "80" },
      { margin: 2_500, btc: "1.2", eth: "0" },
      { margin: 8_500, btc: "0", eth: "41.5" },
    ];
    const accounts: bigint[] = [];
    for (const [sub, row] of plan.entries()) {
      const account = await world.fund(alice, wad(row.margin), BigInt(sub));
      if (row.btc !== "0") await world.trade(alice, account, btc, wad(row.btc));
      if (row.eth !== "0") await world.trade(alice, account, eth, wad(row.eth));
      accounts.push(account);
    }
    const short = await world.fund(bob, wad(400_000));
    await world.trade(bob, short, btc, -wad(shorts.btc));
    await world.trade(bob, short, eth, -wad(shorts.eth));
    return { ...stage, eth, accounts };
  }

  async function balancedCrowd() {
    return crowd({ btc: "5.7", eth: "221.5" });
  }

  async function oneSidedCrowd() {
    return crowd({ btc: "4", eth: "150" });
  }

  /** Crashes both markets and liquidates everybody in four orders. */
  async function inFourOrders(stage: Awaited<ReturnType<typeof crowd>>, drop: bigint) {
    const { world, clearinghouse, pool, vault, keeper, accounts, btc, eth } = stage;
    await world.setPrice(btc, (wad(100_000) * drop) / 100n);
    await world.setPrice(eth, (wad(4_000) * drop) / 100n);
    await clearinghouse.markAll();
    const crashed = await networkHelpers.takeSnapshot();
    const outcomes: { order: string; totals: Totals; equity: bigint; navs: bigint[] }[] = [];
    for (const order of ORDERS) {
      await crashed.restore();
      for (const index of order) await clearinghouse.connect(keeper).liquidate(accounts[index]!);
      expect(await vault.held()).to.equal((await world.ledgers()).sum);
      const totals = await layerTotals(stage);
      outcomes.push({ order: order.join(), totals, equity: await pool.equity(), navs: [...(await pool.navs())] });
    }
    expect(parts(outcomes[0]!.totals) > 0n, "something was lost").to.equal(true);
    return outcomes;
  }

  for (const [name, drop] of [
    ["insurance only", 93n],
    ["junior", 80n],
    ["senior", 60n],
    ["the floor", 10n],
  ] as const) {
    it(`every layer's total is the same in any order when the loss reaches ${name}`, async function () {
      const outcomes = await inFourOrders(await networkHelpers.loadFixture(balancedCrowd), drop);
      for (const { order, totals } of outcomes) expectClose(totals, outcomes[0]!.totals, order);
    });

    // Which loss is junior's is measured at the time of each incident, while E still shows what the other market will
    // forgo; what everybody ends up with is the same.
    it(`a one-sided book forgoes and insures the same in any order, and leaves the same: ${name}`, async function () {
      const outcomes = await inFourOrders(await networkHelpers.loadFixture(oneSidedCrowd), drop);
      const first = outcomes[0]!;
      for (const { order, totals, equity, navs } of outcomes) {
        const tranches = (t: Totals) => t.junior + t.senior + t.adl + t.residual;
        expectClose(
          { ...totals, junior: tranches(totals), senior: 0n, adl: 0n, residual: 0n },
          { ...first.totals, junior: tranches(first.totals), senior: 0n, adl: 0n, residual: 0n },
          order,
        );
        const slack = wad(10); // 2 bp of the insurance fund
        expect(equity - first.equity < slack && first.equity - equity < slack, order).to.equal(true);
        expect(navs[0]! - first.navs[0]! < slack && first.navs[0]! - navs[0]! < slack, order).to.equal(true);
      }
    });
  }

  for (const price of [93_000, 80_000, 60_000, 20_000]) {
    it(`one account or many lose the same at ${price}`, async function () {
      let reference: Totals | undefined;
      for (const sizes of [["10"], ["9", "0.7", "0.3"], Array.from({ length: 10 }, () => "1")]) {
        const stage = await networkHelpers.loadFixture(plain);
        const { world, clearinghouse, alice, bob, btc } = stage;
        const accounts: bigint[] = [];
        for (const [sub, size] of sizes.entries()) {
          const account = await world.fund(alice, wad(6_000 * Number(size)), BigInt(sub));
          await world.trade(alice, account, btc, wad(size));
          accounts.push(account);
        }
        const short = await world.fund(bob, wad(60_000));
        await world.trade(bob, short, btc, wad(-10));
        await world.setPrice(btc, wad(price));
        for (const account of accounts) await clearinghouse.liquidate(account);
        const totals = await layerTotals(stage);
        expect(parts(totals)).to.equal(wad(10 * (100_000 - price) - 60_000));
        reference ??= totals;
        expectClose(totals, reference, `${sizes.length} accounts`);
      }
    });
  }

  it("a partial liquidation and a later full one lose what one full liquidation loses", async function () {
    const stage = await networkHelpers.loadFixture(plain);
    const { world, clearinghouse, alice, bob, btc } = stage;
    const long = await world.fund(alice, wad(60_000));
    const short = await world.fund(bob, wad(60_000));
    await world.trade(alice, long, btc, wad(10));
    await world.trade(bob, short, btc, wad(-10));

    await world.setPrice(btc, wad(94_900));
    await clearinghouse.liquidate(long);
    const left = (await clearinghouse.position(long, btc)).size;
    expect(left > 0n && left < wad(10), `part of it is left: ${left}`).to.equal(true);
    // What is left is healthier by the target: the same call again has nothing to do.
    const health = await clearinghouse.health(long);
    await expect(clearinghouse.liquidate(long))
      .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotLiquidatable")
      .withArgs(long, health.equity, health.maintenanceMargin);

    await world.setPrice(btc, wad(80_000));
    await clearinghouse.liquidate(long);
    const deficit = (left * (wad(94_900) - wad(80_000))) / wad(1) - wad(9_000);
    expect(parts(await layerTotals(stage))).to.equal(deficit);
  });
});
