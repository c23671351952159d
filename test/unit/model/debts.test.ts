import { expect } from "chai";
import * as debts from "../../../scripts/simulator/model/debts.ts";
import type { Account } from "../../../scripts/simulator/model/index.ts";
import { ALICE, BOB, CAROL, exchangeWith, FREE, FRICTIONLESS, tokens, usd } from "./setup.ts";

const trader = (id: bigint): Account => ({
  id,
  margin: 0n,
  positions: new Map(),
  stakes: [debts.NO_STAKE, debts.NO_STAKE],
  lossStake: debts.NO_STAKE,
  lossRepaid: 0n,
});

describe("model › debts", function () {
  describe("points book", function () {
    it("pays pro rata to what is outstanding, also to those who came after a payment", function () {
      const book = debts.newClass();
      const [early, late] = [trader(1n), trader(2n)];
      debts.addDebt(book, early, 1, usd(100));
      debts.pay(book, usd(50));
      debts.addDebt(book, late, 1, usd(50));
      debts.pay(book, usd(20));
      expect(debts.collect(book, early, 1)).to.equal(usd(60));
      expect(debts.collect(book, late, 1)).to.equal(usd(10));
      expect(debts.owed(book, early.stakes[1])).to.equal(usd(40));
      expect(debts.collect(book, early, 1)).to.equal(0n);
    });

    it("lets an account collect what an earlier era paid it, once", function () {
      const book = debts.newClass();
      const [early, late] = [trader(1n), trader(2n)];
      debts.addDebt(book, early, 1, usd(100));
      debts.pay(book, usd(100));
      expect(book.era).to.equal(1n);
      debts.addDebt(book, late, 1, usd(10));
      debts.pay(book, usd(5));
      expect(debts.owed(book, early.stakes[1])).to.equal(0n);
      expect(debts.collect(book, early, 1)).to.equal(usd(100));
      expect(debts.collect(book, early, 1)).to.equal(0n);
      expect(debts.collect(book, late, 1)).to.equal(usd(5));
    });

    it("does not pay a newcomer for what was paid before it came", function () {
      const book = debts.newClass();
      debts.addDebt(book, trader(1n), 1, usd(100));
      debts.pay(book, usd(40));
      const late = trader(2n);
      debts.addDebt(book, late, 1, usd(60));
      expect(debts.collect(book, late, 1)).to.equal(0n);
    });

    it("issues points anew once a billion are worth a wei each, and everybody keeps their part", function () {
      const book = debts.newClass();
      const [early, other, late] = [trader(1n), trader(2n), trader(3n)];
      debts.addDebt(book, early, 1, usd(75_000));
      debts.addDebt(book, other, 1, usd(25_000));
      debts.pay(book, usd(100_000) - 10n ** 14n);
      expect([book.era, book.points]).to.deep.equal([1n, 10n ** 14n]);
      expect(debts.owed(book, early.stakes[1])).to.equal((3n * 10n ** 14n) / 4n);
      debts.addDebt(book, late, 1, usd(10));
      expect(late.stakes[1].points).to.equal(usd(10));
      debts.pay(book, book.outstanding);
      expect(debts.collect(book, early, 1)).to.equal(usd(75_000));
      expect(debts.collect(book, other, 1)).to.equal(usd(25_000));
      expect(debts.collect(book, late, 1)).to.equal(usd(10));
    });

    it("sets off without touching the others", function () {
      const book = debts.newClass();
      const [one, other] = [trader(1n), trader(2n)];
      debts.addDebt(book, one, 1, usd(100));
      debts.addDebt(book, other, 1, usd(100));
      expect(debts.setOff(book, one, 1, usd(30))).to.equal(usd(30));
      expect(debts.owed(book, other.stakes[1])).to.equal(usd(100));
      expect(debts.owed(book, one.stakes[1])).to.equal(usd(70));
    });
  });

  describe("a pool without enough cash", function () {
    /** Bob's profit of 100,000 meets 60,000 of cash; the loser is open and solvent. */
    function short() {
      const exchange = exchangeWith(FREE, [FRICTIONLESS]);
      exchange.seed(tokens(50_000), tokens(10_000));
      exchange.setPrice(0, usd(100));
      for (const id of [ALICE, BOB, CAROL]) exchange.deposit(id, tokens(200_000));
      exchange.trade(ALICE, 0, usd(2_000));
      exchange.trade(BOB, 0, -usd(2_000));
      exchange.setPrice(0, usd(50));
      exchange.trade(BOB, 0, usd(2_000));
      return exchange;
    }

    it("owes the rest, without changing E", function () {
      const exchange = short();
      expect(exchange.margin(BOB)).to.equal(usd(260_000));
      expect(exchange.debtsTo(BOB).outstanding).to.equal(usd(40_000));
      expect(exchange.equity()).to.equal(usd(60_000));
      expect(exchange.health(BOB).withdrawable).to.equal(usd(260_000));
    });

    it("repays from the losers as soon as anybody settles them", function () {
      const exchange = short();
      exchange.settle(ALICE);
      expect(exchange.debtsTo(BOB)).to.deep.equal({ collectable: usd(40_000), outstanding: 0n });
      exchange.withdraw(BOB, tokens(300_000));
      expect(exchange.margin(BOB)).to.equal(0n);
      expect(exchange.ledgers().recovery).to.equal(0n);
    });

    it("returns variation margin ahead of other profit", function () {
      const exchange = short();
      exchange.settle(ALICE);
      // The price comes back: Alice's 100,000 are hers again, and cash holds only the pool's 60,000.
      exchange.setPrice(0, usd(100));
      exchange.settle(ALICE);
      expect(exchange.margin(ALICE)).to.equal(usd(160_000));
      expect(exchange.state.debts.map(({ outstanding }) => outstanding)).to.deep.equal([usd(40_000), 0n]);
      expect(exchange.equity()).to.equal(-usd(40_000));
    });

    it("pays cash from elsewhere to those who wait, and nobody out of turn", function () {
      const exchange = exchangeWith(FREE, [FRICTIONLESS]);
      exchange.seed(tokens(50_000), tokens(10_000));
      exchange.setPrice(0, usd(100));
      for (const id of [ALICE, BOB, CAROL]) exchange.deposit(id, tokens(400_000));
      exchange.trade(ALICE, 0, usd(3_000));
      exchange.trade(BOB, 0, -usd(2_000));
      exchange.trade(CAROL, 0, -usd(400));
      exchange.setPrice(0, usd(50));
      exchange.trade(BOB, 0, usd(2_000));
      exchange.lpRequestDeposit("senior", tokens(30_000));
      exchange.lpRecord();
      exchange.lpSettle();
      expect(exchange.debtsTo(BOB)).to.deep.equal({ collectable: usd(30_000), outstanding: usd(10_000) });
      exchange.trade(CAROL, 0, usd(400));
      expect(exchange.debtsTo(BOB)).to.deep.equal({ collectable: usd(30_000), outstanding: usd(10_000) });
      expect(exchange.debtsTo(CAROL)).to.deep.equal({ collectable: 0n, outstanding: usd(20_000) });
    });

    it("sets a loser's own claim off against its loss", function () {
      const exchange = exchangeWith(FREE, [FRICTIONLESS, FRICTIONLESS]);
      exchange.seed(tokens(9_000), tokens(1_000));
      exchange.setPrice(0, usd(100));
      exchange.setPrice(1, usd(100));
      exchange.deposit(ALICE, tokens(100_000));
      exchange.deposit(BOB, tokens(4_500));
      exchange.trade(ALICE, 0, usd(500));
      exchange.trade(BOB, 0, -usd(500));
      exchange.trade(ALICE, 1, -usd(900));
      exchange.setPrice(0, usd(50));
      exchange.trade(BOB, 0, usd(500));
      expect(exchange.debtsTo(BOB).outstanding).to.equal(usd(15_000));
      expect(exchange.health(BOB).equity).to.equal(usd(29_500));
      exchange.trade(BOB, 1, usd(500));
      exchange.setPrice(1, usd(40));
      exchange.liquidate(BOB);
      // 30,000 lost = margin 14,500 + own claim 15,000 + deficit 500.
      expect(exchange.incidents()[0]?.deficit).to.equal(usd(500));
      expect(exchange.debtsTo(BOB).outstanding).to.equal(0n);
      expect(exchange.state.unpaid).to.equal(0n);
    });
  });
});
