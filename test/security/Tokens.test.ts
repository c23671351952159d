import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import hre from "hardhat";
import { accountId, wad } from "../../scripts/shared/world.ts";
import type { MockOddToken } from "../../typechain-types/index.ts";
import { ANY_BUY, orderStage, proofOf } from "../integration/orderStage.ts";
import { emptyStage, plainStage, REAL_MARKET, type Stage } from "../integration/stage.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

const Habit = {
  ReturnsFalse: 1,
  ReturnsNothing: 2,
  RevertsOnZero: 3,
  IsPaused: 4,
  ChargesSender: 5,
} as const;

const PRICE = wad(100_000);

/** From one day to the next the token's issuer puts other code behind its address: an odd one, good until told otherwise. */
async function oddly<S extends Pick<Stage, "token">>(stage: S): Promise<S & { odd: MockOddToken }> {
  const sample = await ethers.deployContract("MockOddToken", [await stage.token.decimals()]);
  await networkHelpers.setCode(String(stage.token.target), await ethers.provider.getCode(sample));
  const odd = (await ethers.getContractAt("MockOddToken", stage.token)) as unknown as MockOddToken;
  return { ...stage, odd };
}

async function sound({ world, vault }: Pick<Stage, "world" | "vault">): Promise<void> {
  const { held, sum } = await world.ledgers();
  expect(held >= sum, `${held} held, ${sum} promised`).to.equal(true);
  expect(await vault.shortfall()).to.equal(0n);
}

/** Alice long 5 and Bob short 5 at 100,000, LPs and stakers behind them. */
async function traded(stage: Stage | (Awaited<ReturnType<typeof emptyStage>> & { btc: number })) {
  const { world, alice, bob, btc } = stage;
  const long = await world.fund(alice, wad(60_000));
  const short = await world.fund(bob, wad(60_000));
  await world.trade(alice, long, btc, wad(5));
  await world.trade(bob, short, btc, wad(-5));
  return { long, short };
}

/** Lets a holder of a tranche's or the fund's shares out, through the epochs. */
async function leave(stage: Awaited<ReturnType<typeof emptyStage>>, name: "senior" | "junior" | "insurance") {
  const { world, pool, lp, staker } = stage;
  const [shares, holder] = [stage[name], name === "insurance" ? staker : lp];
  await shares.connect(holder).requestRedeem(await shares.balanceOf(holder), holder, holder);
  await world.advance(2n * (await shares.EPOCH_LENGTH()));
  const epochs = name === "insurance" ? stage.insurance : pool;
  await epochs.recordEpoch();
  await world.advance(1_801n);
  await epochs.settleEpoch();
  await shares.connect(holder).redeem(await shares.maxRedeem(holder), holder, holder);
}

describe("Tokens", function () {
  async function plain() {
    return plainStage(connection);
  }

  async function ordering() {
    return orderStage(connection);
  }

  describe("of other decimals", function () {
    /** Everybody in, a trade, a liquidation through insurance into junior, everybody out. Whole USD paid to each. */
    async function life(tokenDecimals: number): Promise<bigint[]> {
      const stage = await emptyStage(connection, { tokenDecimals });
      const { world, clearinghouse, vault, token, lp, staker, alice, bob, keeper } = stage;
      await world.seed(staker, { insurance: wad(50_000) });
      await world.seed(lp, { senior: wad(400_000), junior: wad(100_000) });
      const btc = await world.listMarket(REAL_MARKET, PRICE);
      const { long, short } = await traded({ ...stage, btc });

      await world.setPrice(btc, wad(80_000));
      await clearinghouse.connect(keeper).liquidate(long);
      await clearinghouse.connect(keeper).claimFees();
      await world.trade(bob, short, btc, wad(5));
      await clearinghouse.connect(bob).withdraw(short, world.native((await clearinghouse.account(short)).margin));
      for (const name of ["insurance", "senior", "junior"] as const) await leave(stage, name);
      await sound(stage);

      expect(await vault.SCALE()).to.equal(10n ** BigInt(18 - tokenDecimals));
      const people = [alice, bob, keeper, lp, staker];
      const paid = await Promise.all(people.map((who) => token.balanceOf(who)));
      return paid.map((native) => native / 10n ** BigInt(tokenDecimals));
    }

    it("6, 8 or 18: deposits, trades, liquidations and shares pay the same dollars [C32]", async function () {
      const [six, eight, eighteen] = [await life(6), await life(8), await life(18)];
      expect(eight).to.deep.equal(six);
      expect(eighteen).to.deep.equal(six);
      const [alice, bob, keeper, lp, staker] = six as [bigint, bigint, bigint, bigint, bigint];
      expect(alice).to.equal(0n);
      expect(bob > 159_000n && keeper > 0n && lp > 400_000n && staker < 50_000n, String(six)).to.equal(true);
    });
  });

  describe("that refuse to pay somebody", function () {
    /** Everything that pays out, for somebody to whom it is due. */
    async function due() {
      const stage = await orderStage(connection, {});
      const { world, clearinghouse, orders, waterfall, alice, bob, carol, keeper, lp, btc } = stage;
      await world.setPrice(btc, PRICE);
      const { account: long, other: short, trade } = stage;
      await trade({ sizeDelta: wad(10) });
      await trade({ account: short, sizeDelta: wad(-10) }, undefined, bob);
      // A chasm: insurance, both tranches and Bob's profit pay, and are owed.
      await world.setPrice(btc, wad(100));
      await clearinghouse.connect(keeper).liquidate(long);
      expect((await waterfall.incident(1n)).adl > 0n).to.equal(true);
      await trade({ account: short, sizeDelta: wad(10), isReduceOnly: true }, undefined, bob);
      await stage.pool.reset();
      await stage.token.mint(carol, world.native(wad(2_000_000)));
      await stage.token.connect(carol).approve(stage.vault, 2n ** 256n - 1n);
      await clearinghouse.connect(carol).recover(world.native(wad(1_000_000)));
      // Alice's order is taken back: her fee is due to her.
      await trade({ sizeDelta: wad(1), acceptablePrice: 1n }, undefined, alice);
      await stage.senior.connect(carol).requestDeposit(world.native(wad(10)), carol, carol);
      expect(await orders.feesOf(alice)).to.not.equal(0n);
      expect((await stage.junior.claimsOf(lp))[0]).to.be.a("bigint");
      return { ...stage, long, short };
    }

    it("lose nothing, and nobody else anything: each payout can be asked for again [C17, C32, C35]", async function () {
      const stage = await networkHelpers.loadFixture(due);
      const { token, clearinghouse, orders, senior, vault, alice, bob, carol, keeper, lp, short } = stage;
      const epoch = (await senior.currentEpoch()) + 1n;
      const payouts: [string, { address: string }, () => Promise<ContractTransactionResponse>][] = [
        ["withdraw", bob, () => clearinghouse.connect(bob).withdraw(short, 1_000_000n)],
        ["claim", bob, () => clearinghouse.connect(keeper).claim(short)],
        ["claimFees", keeper, () => clearinghouse.connect(keeper).claimFees()],
        ["Orders.claimFees", alice, () => orders.connect(alice).claimFees()],
        ["claimRecovery", lp, () => senior.connect(keeper).claimRecovery(lp)],
        ["cancelDeposit", carol, () => senior.connect(carol).cancelDeposit(epoch, 10_000_000n, carol)],
      ];
      for (const [name, payee] of payouts) {
        await token.blocklist(payee.address, true);
        const before = [await vault.balances(), await token.balanceOf(payee.address)];
        for (const [other, somebody, pay] of payouts) {
          const snapshot = await networkHelpers.takeSnapshot();
          if (somebody.address === payee.address) {
            await expect(pay(), `${other}, ${name} blocked`)
              .to.be.revertedWithCustomError(token, "MockUSD_Blocked")
              .withArgs(payee.address);
            expect([await vault.balances(), await token.balanceOf(payee.address)]).to.deep.equal(before);
          } else await pay();
          await snapshot.restore();
        }
        await token.blocklist(payee.address, false);
      }
      for (const [name, payee, pay] of payouts) {
        const before = await token.balanceOf(payee.address);
        await pay();
        expect((await token.balanceOf(payee.address)) > before, name).to.equal(true);
      }
      await sound(stage);
    });

    it("a blocked payer's order trades, is cancelled and expires, alone and in a batch [C32, C35]", async function () {
      const stage = await networkHelpers.loadFixture(ordering);
      const { orders, token, world, submit, now, alice, bob, keeper, other, account, clearinghouse, btc } = stage;
      const [trades, fails, expires] = [
        await submit({ sizeDelta: wad(10) }),
        await submit({ sizeDelta: wad(10), acceptablePrice: 1n }),
        await submit({ sizeDelta: wad(10), deadline: (await now()) + 10n }),
      ];
      const theirs = await submit({ account: other, sizeDelta: wad(20) }, bob);
      const taken = await submit({ sizeDelta: wad(1), kind: 2, triggerPrice: 1n });
      await token.blocklist(alice, true);
      await world.advance(60n);
      const proof = proofOf(wad(100), await now());
      const ids = [trades.id, fails.id, expires.id, theirs.id];
      const batch = orders.connect(keeper).executeBatch(ids, Array(4).fill(proof), { gasLimit: 16_700_000n });
      await expect(batch).to.not.emit(orders, "OrderSkipped");
      await orders.connect(alice).cancel(taken.id);
      expect((await clearinghouse.position(account, btc)).size).to.equal(wad(10));
      expect((await clearinghouse.position(other, btc)).size).to.equal(wad(20));
      // Two refunds of one step and one of two.
      expect(await orders.feesOf(alice)).to.equal(4n * (await orders.keeperFee()));
      await token.blocklist(alice, false);
      await orders.connect(alice).claimFees();
      await sound(stage);
    });

    it("a blocked holder's shares can be redeemed to somebody else [C32]", async function () {
      const stage = await networkHelpers.loadFixture(plain);
      const { world, pool, senior, token, lp, stranger } = stage;
      await senior.connect(lp).requestRedeem((await senior.balanceOf(lp)) / 2n, lp, lp);
      await token.blocklist(lp, true);
      await world.advance(2n * (await pool.EPOCH_LENGTH()));
      await world.settleLpEpoch();
      const all = await senior.maxRedeem(lp);
      await expect(senior.connect(lp).redeem(all, lp, lp))
        .to.be.revertedWithCustomError(token, "MockUSD_Blocked")
        .withArgs(lp.address);
      await senior.connect(lp).redeem(all, stranger, lp);
      expect(await token.balanceOf(stranger)).to.equal(world.native(wad(200_000)));
      await sound(stage);
    });
  });

  describe("that pause", function () {
    it("stop paying in and out, and nothing else [C17, C32]", async function () {
      const stage = await oddly(await networkHelpers.loadFixture(plain));
      const { world, odd, vault, clearinghouse, alice, bob, lp, keeper, senior, pool, btc } = stage;
      const { long, short } = await traded(stage);
      await senior.connect(lp).requestRedeem((await senior.balanceOf(lp)) / 10n, lp, lp);
      await world.advance(2n * (await pool.EPOCH_LENGTH()));
      await odd.setHabit(Habit.IsPaused);
      const before = await odd.balanceOf(vault);

      for (const call of [
        clearinghouse.connect(bob).withdraw(short, 1n),
        clearinghouse.connect(alice).deposit(long, 1n),
        senior.connect(lp).requestDeposit(1n, lp, lp),
      ]) {
        await expect(call).to.be.revertedWithCustomError(odd, "MockOddToken_Paused").withArgs();
      }
      await world.setPrice(btc, wad(80_000));
      await clearinghouse.connect(keeper).liquidate(long);
      await world.settleLpEpoch();
      await world.trade(bob, short, btc, wad(5));
      expect([await senior.maxRedeem(lp), await odd.balanceOf(vault)]).to.deep.equal([
        ((await senior.totalSupply()) * 1n) / 9n,
        before,
      ]);

      await odd.setHabit(0);
      const { margin } = await clearinghouse.account(short);
      await clearinghouse.connect(bob).withdraw(short, world.native(margin));
      await senior.connect(lp).redeem(await senior.maxRedeem(lp), lp, lp);
      expect(await odd.balanceOf(bob)).to.equal(world.native(wad(160_000)));
      await sound(stage);
    });
  });

  describe("that answer oddly", function () {
    async function odd() {
      return oddly(await plainStage(connection));
    }

    it("false: nothing comes in, nothing goes out, nothing is lost [C32]", async function () {
      const stage = await networkHelpers.loadFixture(odd);
      const { odd: token, world, vault, clearinghouse, alice } = stage;
      const account = await world.fund(alice, wad(10));
      await token.mint(alice, 10_000_000n);
      await token.setHabit(Habit.ReturnsFalse);
      const before = await world.ledgers();
      for (const call of ["deposit", "withdraw"] as const) {
        await expect(clearinghouse.connect(alice)[call](account, 1_000_000n))
          .to.be.revertedWithCustomError(
            { interface: ethers.Interface.from(["error SafeERC20FailedOperation(address token)"]) },
            "SafeERC20FailedOperation",
          )
          .withArgs(token.target);
      }
      expect(await world.ledgers()).to.deep.equal(before);
      expect(await vault.shortfall()).to.equal(0n);
    });

    for (const habit of ["ReturnsNothing", "RevertsOnZero"] as const) {
      it(`${habit}: money comes in, works and leaves as ever [C32]`, async function () {
        const stage = await networkHelpers.loadFixture(odd);
        const { odd: token, world, clearinghouse, senior, pool, alice, bob, lp, btc } = stage;
        await token.setHabit(Habit[habit]);
        const { long, short } = await traded(stage);
        await world.trade(alice, long, btc, wad(-5));
        await world.trade(bob, short, btc, wad(5));
        await clearinghouse.connect(alice).withdraw(long, world.native(wad(60_000)));
        expect(await token.balanceOf(alice)).to.equal(world.native(wad(60_000)));

        const requestId = (await senior.currentEpoch()) + 1n;
        await token.mint(lp, 30_000_000n);
        await senior.connect(lp).requestDeposit(30_000_000n, lp, lp);
        await senior.connect(lp).cancelDeposit(requestId, 10_000_000n, lp);
        await senior.connect(lp).cancelDeposit(requestId, 0n, lp);
        await world.advance(2n * (await pool.EPOCH_LENGTH()));
        await world.settleLpEpoch();
        expect(await senior.maxDeposit(lp)).to.equal(20_000_000n);
        await sound(stage);
      });
    }
  });

  describe("that take something on the way", function () {
    it("out of what arrives: every entry credits what arrived, and every exit pays what leaves [C32]", async function () {
      const stage = await networkHelpers.loadFixture(ordering);
      const { token, vault, clearinghouse, orders, senior, submit, alice, bob, account } = stage;
      await token.setFeeBps(1_000);
      const before = await clearinghouse.account(account);
      await token.mint(bob, 300_000_000n);
      await clearinghouse.connect(bob).deposit(account, 100_000_000n);
      expect((await clearinghouse.account(account)).margin - before.margin).to.equal(wad(90));

      const { id } = await submit();
      expect((await orders.order(id)).fee).to.equal(((await orders.keeperFee()) * 9n) / 10n);
      await senior.connect(bob).requestDeposit(100_000_000n, bob, bob);
      expect(await senior.pendingDepositRequest((await senior.currentEpoch()) + 1n, bob)).to.equal(90_000_000n);

      const had = await token.balanceOf(alice);
      await clearinghouse.connect(alice).withdraw(account, 10_000_000n);
      expect((await token.balanceOf(alice)) - had).to.equal(9_000_000n);
      expect(await vault.shortfall()).to.equal(0n);
      await sound(stage);
    });

    it("from the vault itself: it shows, and stops nobody [C32]", async function () {
      const stage = await oddly(await networkHelpers.loadFixture(plain));
      const { odd: token, world, vault, clearinghouse, alice, bob, keeper, btc } = stage;
      const { long, short } = await traded(stage);
      await token.setHabit(Habit.ChargesSender);
      await clearinghouse.connect(bob).withdraw(short, world.native(wad(10_000)));
      expect(await vault.shortfall()).to.equal(wad(100));
      await token.setHabit(0);
      await token.shrink(vault, 400_000_000n);
      expect(await vault.shortfall()).to.equal(wad(500));

      await world.setPrice(btc, wad(80_000));
      await clearinghouse.connect(keeper).liquidate(long);
      await world.trade(bob, short, btc, wad(5));
      await clearinghouse.connect(bob).withdraw(short, world.native(wad(150_000)));
      expect(await vault.shortfall()).to.equal(wad(500));
      await token.mint(vault, 500_000_000n);
      expect([await vault.shortfall(), (await clearinghouse.account(accountId(alice.address))).margin]).to.deep.equal([
        0n,
        0n,
      ]);
    });
  });

  describe("that call back", function () {
    it("find every ledger locked while they move, whoever moved them and whoever is called [C33]", async function () {
      const stage = await oddly(await networkHelpers.loadFixture(plain));
      const { odd: token, world, vault, clearinghouse, senior, junior, insurance, alice } = stage;
      const account = await world.fund(alice, wad(1_000));
      const crowd = await ethers.deployContract("Crowd");
      for (const who of [alice.address, String(crowd.target)]) await token.mint(who, 1_000_000_000n);
      const approve = token.interface.encodeFunctionData("approve", [String(vault.target), ANY_BUY]);
      await crowd.callAll(token, [approve]);

      const wallets = { clearinghouse, senior, junior, insurance };
      const theirs = String(crowd.target);
      const enter = (name: keyof typeof wallets, who: string): string =>
        name === "clearinghouse"
          ? clearinghouse.interface.encodeFunctionData("deposit", [accountId(who), 1_000_000n])
          : senior.interface.encodeFunctionData("requestDeposit", [1_000_000n, who, who]);
      const leaving = clearinghouse.interface.encodeFunctionData("withdraw", [account, 1_000_000n]);
      const before = await world.ledgers();

      const outer: [keyof typeof wallets, string][] = [["clearinghouse", leaving]];
      for (const name of Object.keys(wallets) as (keyof typeof wallets)[])
        outer.push([name, enter(name, alice.address)]);
      for (const [name, data] of outer) {
        for (const inner of Object.keys(wallets) as (keyof typeof wallets)[]) {
          const back = crowd.interface.encodeFunctionData("callAll", [
            String(wallets[inner].target),
            [enter(inner, theirs)],
          ]);
          await token.callBack(crowd, back);
          await expect(alice.sendTransaction({ to: wallets[name].target, data }), `${name}, then ${inner}`)
            .to.be.revertedWithCustomError(
              { interface: ethers.Interface.from(["error ReentrancyGuardReentrantCall()"]) },
              "ReentrancyGuardReentrantCall",
            )
            .withArgs();
        }
      }
      expect(await world.ledgers()).to.deep.equal(before);
      // What moves no money may be called: the call that moves the token then goes through.
      await token.callBack(senior, senior.interface.encodeFunctionData("setOperator", [alice.address, true]));
      await clearinghouse.connect(alice).deposit(account, 1_000_000n);
      await sound(stage);
    });
  });
});
