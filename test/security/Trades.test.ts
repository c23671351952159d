import { expect } from "chai";
import hre from "hardhat";
import { accountId, wad } from "../../scripts/shared/world.ts";
import { orderStage, proofOf } from "../integration/orderStage.ts";
import { fields, plainStage, realStage, type Stage } from "../integration/stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const PRICE = wad(100_000);
const MOST = 2n ** 256n - 1n;

/** Everything the clearinghouse knows of an account in one market. */
async function known({ clearinghouse, btc }: Stage, account: bigint) {
  return [fields(await clearinghouse.account(account)), fields(await clearinghouse.position(account, btc))];
}

describe("Security of trades", function () {
  async function real() {
    return realStage(connection);
  }

  async function plain() {
    return plainStage(connection);
  }

  async function ordering() {
    return orderStage(connection);
  }

  describe("opening", function () {
    it("a buy does not raise the worth of what its buyer holds already [C10]", async function () {
      const { world, clearinghouse, alice, btc } = await networkHelpers.loadFixture(real);
      const account = await world.fund(alice, wad(100_000));
      await world.trade(alice, account, btc, wad(1));
      const before = (await clearinghouse.health(account)).equity;
      const receipt = await (await world.trade(alice, account, btc, wad(1))).wait();
      const { equity } = await clearinghouse.health(account);
      // It pays fee and impact, bigger than the first time, and nothing of that comes back as profit.
      const fee = wad(50);
      const impact = (PRICE * 3n) / 200_000n;
      expect(receipt?.status).to.equal(1);
      expect(before - equity >= fee + impact, `${before - equity}`).to.equal(true);
      expect(before - equity <= fee + impact + wad("0.02"), `${before - equity}`).to.equal(true);
    });

    it("what a flip opens has to pass every check of an opening [C11]", async function () {
      const { world, clearinghouse, executor, alice, btc } = await networkHelpers.loadFixture(real);
      const account = await world.fund(alice, wad(10_000));
      await world.trade(alice, account, btc, wad(1));
      const flip = (delta: bigint) => executor.connect(alice).trade(account, btc, delta, 0n);
      await expect(flip(wad(-6))).to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_BelowInitialMargin");
      await expect(flip(wad(-102))).to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_AboveMaxPosition");
      await expect(flip(wad("-1.001"))).to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_BelowMinNotional");
      await clearinghouse.restrictOpening(btc, 0, 60);
      await expect(flip(wad(-2))).to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarketNotOpen");
      await flip(wad(-1));
      expect((await clearinghouse.position(account, btc)).size).to.equal(0n);
    });

    it("no size is so small that its fee rounds to nothing [C14]", async function () {
      const { world, executor, alice, btc } = await networkHelpers.loadFixture(real);
      const account = await world.fund(alice, wad(10_000));
      await world.setPrice(btc, wad(11));
      await world.trade(alice, account, btc, wad(99));
      for (const delta of [1n, -1n, 7n]) {
        const limit = delta > 0n ? 2n ** 200n : 0n;
        expect(await executor.connect(alice).trade.staticCall(account, btc, delta, limit)).to.equal(1n);
      }
    });
  });

  describe("a round trip", function () {
    /** What is left of 100,000 after going in and out, each in so many slices. */
    async function left(stage: Stage, entries: number, exits: number): Promise<bigint> {
      const { world, clearinghouse, alice, btc } = stage;
      const snapshot = await networkHelpers.takeSnapshot();
      const account = await world.fund(alice, wad(100_000));
      const size = wad(4);
      for (let i = 0; i < entries; i++) await world.trade(alice, account, btc, size / BigInt(entries));
      for (let i = 0; i < exits; i++) await world.trade(alice, account, btc, -size / BigInt(exits));
      const { margin, openMarkets } = await clearinghouse.account(account);
      expect(openMarkets).to.equal(0n);
      await snapshot.restore();
      return margin;
    }

    it("always costs, and never less in slices than in one [C31]", async function () {
      const stage = await networkHelpers.loadFixture(real);
      const whole = await left(stage, 1, 1);
      expect(whole < wad(100_000) - wad(400), String(whole)).to.equal(true);
      // A later slice also pays the funding of the seconds since: the rest is roundings, and against the trader.
      for (const [entries, exits] of [
        [8, 1],
        [1, 8],
        [4, 4],
      ] as const) {
        const sliced = await left(stage, entries, exits);
        expect(sliced <= whole, `${entries} and ${exits}: ${sliced} > ${whole}`).to.equal(true);
      }
    });

    it("costs also whoever executes its own orders: keeper fees are the payer's own [C31]", async function () {
      const stage = await networkHelpers.loadFixture(ordering);
      const { orders, token, world, submit, now, account, alice, clearinghouse, btc } = stage;
      const before = (await token.balanceOf(alice)) * world.scale + (await clearinghouse.account(account)).margin;
      for (const sizeDelta of [wad(100), wad(-100)]) {
        const { id, earliest } = await submit({ sizeDelta });
        await world.advance(5n);
        expect((await now()) >= earliest).to.equal(true);
        await orders.connect(alice).execute(id, proofOf(wad(100), earliest));
      }
      await orders.connect(alice).claimFees();
      expect((await clearinghouse.position(account, btc)).size).to.equal(0n);
      const after = (await token.balanceOf(alice)) * world.scale + (await clearinghouse.account(account)).margin;
      expect(after <= before, `${after} > ${before}`).to.equal(true);
    });
  });

  describe("liquidation", function () {
    /** Alice long, Carol long as much with more margin, Bob short against both, Alice again in a second account. */
    async function crowded() {
      const stage = await realStage(connection);
      const { world, alice, bob, carol, btc } = stage;
      const target = await world.fund(alice, wad(8_000));
      const sibling = await world.fund(alice, wad(8_000), 1n);
      const other = await world.fund(carol, wad(50_000));
      const short = await world.fund(bob, wad(50_000));
      await world.trade(alice, target, btc, wad(2));
      await world.trade(alice, sibling, btc, wad("0.5"));
      await world.trade(carol, other, btc, wad(2));
      await world.trade(bob, short, btc, wad(-4));
      return { ...stage, target, sibling, other, short };
    }

    for (const price of [97_000, 96_500, 96_000, 90_000]) {
      it(`at ${price} shrinks its target and touches no other account, the owner's own included [C12]`, async function () {
        const stage = await networkHelpers.loadFixture(crowded);
        const { world, clearinghouse, keeper, target, sibling, other, short, btc } = stage;
        await world.setPrice(btc, wad(price));
        const others = async () => Promise.all([sibling, other, short].map((id) => known(stage, id)));
        const before = await others();
        await clearinghouse.connect(keeper).liquidate(target);
        const { size } = await clearinghouse.position(target, btc);
        expect(size >= 0n && size < wad(2), String(size)).to.equal(true);
        expect(await others()).to.deep.equal(before);
      });
    }

    it("pays its caller a share of the penalty and the bonds, whatever is left, and raises the ratio [C13]", async function () {
      const { penaltyBps, keeperShareBps } = { penaltyBps: 50n, keeperShareBps: 4_000n };
      for (const price of [97_000, 96_000, 95_990, 95_900, 95_000, 1_000]) {
        const { world, clearinghouse, keeper, target, btc } = await networkHelpers.loadFixture(crowded);
        await world.setPrice(btc, wad(price));
        const before = await clearinghouse.health(target);
        await clearinghouse.connect(keeper).liquidate(target);
        const after = await clearinghouse.health(target);
        const closed = wad(2) - (await clearinghouse.position(target, btc)).size;
        const pay = await clearinghouse.feesOf(keeper);
        const most = (closed * BigInt(price) * penaltyBps * keeperShareBps) / 10n ** 8n + wad(2) + 1n;
        expect(pay <= most, `at ${price}: ${pay} of ${most}`).to.equal(true);
        expect(after.equity >= 0n, `at ${price}: ${after.equity}`).to.equal(true);
        if (after.maintenanceMargin === 0n) continue;
        const rose = after.equity * before.maintenanceMargin > before.equity * after.maintenanceMargin;
        expect(rose, `the ratio at ${price}`).to.equal(true);
      }
    });

    it("reverts for the healthy, for the empty, and the second time, and pays nobody [C12, C36]", async function () {
      const { world, clearinghouse, keeper, stranger, target, other, btc } = await networkHelpers.loadFixture(crowded);
      await world.setPrice(btc, wad(97_000));
      for (const [id, error] of [
        [other, "Clearinghouse_NotLiquidatable"],
        [accountId(stranger.address), "Clearinghouse_NothingToLiquidate"],
      ] as const) {
        await expect(clearinghouse.connect(keeper).liquidate(id)).to.be.revertedWithCustomError(clearinghouse, error);
      }
      await clearinghouse.connect(keeper).liquidate(target);
      const paid = await clearinghouse.feesOf(keeper);
      await expect(clearinghouse.connect(keeper).liquidate(target)).to.be.revertedWithCustomError(
        clearinghouse,
        "Clearinghouse_NotLiquidatable",
      );
      expect(await clearinghouse.feesOf(keeper)).to.equal(paid);
    });
  });

  describe("keepers", function () {
    it("an empty batch pays nothing, and an order twice in a batch pays once [C36]", async function () {
      const stage = await networkHelpers.loadFixture(ordering);
      const { orders, world, submit, now, keeper, clearinghouse, account, btc } = stage;
      await orders.connect(keeper).executeBatch([], []);
      expect(await orders.feesOf(keeper)).to.equal(0n);
      const { id } = await submit({ sizeDelta: wad(10) });
      await world.advance(60n);
      const proof = proofOf(wad(100), await now());
      await orders.connect(keeper).executeBatch([id, id, id], [proof, proof, proof], { gasLimit: 16_700_000n });
      expect(await orders.feesOf(keeper)).to.equal(await orders.keeperFee());
      expect((await clearinghouse.position(account, btc)).size).to.equal(wad(10));
    });

    it("mark, settle, replay, payDebts, epochs: nobody is paid for what anybody may do at any time [C36]", async function () {
      const stage = await networkHelpers.loadFixture(crowded36);
      const { clearinghouse, orders, world, keeper, btc, long } = stage;
      const as = clearinghouse.connect(keeper);
      for (let i = 0; i < 3; i++) {
        await as.mark(btc);
        await as.markAll();
        await as.settle(long);
        await as.replay(long, btc, 64);
        await as.payDebts();
        await world.advance(10n);
      }
      expect([await clearinghouse.feesOf(keeper), await orders.feesOf(keeper)]).to.deep.equal([0n, 0n]);
    });

    async function crowded36() {
      const stage = await realStage(connection);
      const long = await stage.world.fund(stage.alice, wad(20_000));
      await stage.world.trade(stage.alice, long, stage.btc, wad(1));
      return { ...stage, long };
    }
  });

  describe("income", function () {
    it("that comes after a request and before its settlement is not the newcomer's [C25]", async function () {
      const stage = await networkHelpers.loadFixture(plain);
      const { world, pool, junior, token, carol, alice, btc, clearinghouse } = stage;
      await token.mint(carol, world.native(wad(100_000)));
      await token.connect(carol).approve(stage.vault, MOST);
      await junior.connect(carol).requestDeposit(world.native(wad(100_000)), carol, carol);
      // The pool wins 20,000 of a trader before the request settles.
      const long = await world.fund(alice, wad(60_000));
      await world.trade(alice, long, btc, wad(10));
      await world.setPrice(btc, wad(98_000));
      await world.trade(alice, long, btc, wad(-10));
      expect((await clearinghouse.account(long)).margin).to.equal(wad(40_000));
      await world.advance(2n * (await pool.EPOCH_LENGTH()));
      await world.settleLpEpoch();
      const shares = await junior.maxMint(carol);
      const worth = await junior.convertToAssets(shares);
      expect(worth <= world.native(wad(100_000)), String(worth)).to.equal(true);
      expect(worth >= world.native(wad(99_999)), String(worth)).to.equal(true);
    });
  });

  describe("numbers", function () {
    it("of any size in any place revert rather than wrap [C34]", async function () {
      const stage = await networkHelpers.loadFixture(ordering);
      const { clearinghouse, orders, senior, world, request, alice, account, btc } = stage;
      const as = clearinghouse.connect(alice);
      const before = await world.ledgers();
      const to = accountId(alice.address, 1n);
      for (const huge of [2n ** 104n, 2n ** 127n, 2n ** 128n, 2n ** 128n + 1n, 2n ** 255n - 1n, MOST]) {
        const calls = {
          deposit: as.deposit(account, huge),
          withdraw: as.withdraw(account, huge),
          transferMargin: as.transferMargin(account, to, huge),
          recover: huge === MOST ? as.recover(0n) : as.recover(huge),
          requestDeposit: senior.connect(alice).requestDeposit(huge, alice, alice),
          requestRedeem: senior.connect(alice).requestRedeem(huge, alice, alice),
          deadline: orders.connect(alice).submit(await request({ deadline: huge })),
          trigger: orders
            .connect(alice)
            .submit(await request({ kind: 1, triggerPrice: huge << 8n > MOST ? MOST : huge << 8n })),
        };
        for (const [name, call] of Object.entries(calls)) {
          await call.then(
            () => expect.fail(`${name} took ${huge}`),
            (error: Error) => expect(error.message, name).to.match(/revert/),
          );
        }
        if (huge < 2n ** 255n) {
          for (const sizeDelta of [huge, -huge]) {
            await orders
              .connect(alice)
              .submit(await request({ sizeDelta }))
              .then(
                () => expect(sizeDelta, "fits 104 bits").to.equal(-(2n ** 103n)),
                (error: Error) => expect(error.message).to.match(/revert/),
              );
          }
        }
      }
      expect(await world.ledgers()).to.deep.equal(before);
      expect((await clearinghouse.position(account, btc)).size).to.equal(0n);
    });
  });
});
