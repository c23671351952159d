import { expect } from "chai";
import { deleverageSide, MAX_BUCKETS, tickOf } from "../../../scripts/simulator/model/buckets.ts";
import { type AdlEvent, accountId, type Exchange } from "../../../scripts/simulator/model/index.ts";
import { replay } from "../../../scripts/simulator/model/replay.ts";
import { ALICE, BOB, CAROL, exchangeWith, FREE, FRICTIONLESS, tokens, usd } from "./setup.ts";

const WAD = 10n ** 18n;

function traders(ids: readonly bigint[], size = usd(10)): Exchange {
  const exchange = exchangeWith(FREE, [FRICTIONLESS]);
  exchange.seed(tokens(4_000_000), tokens(1_000_000));
  exchange.setPrice(0, usd(100));
  for (const id of ids) {
    exchange.deposit(id, tokens(100_000));
    exchange.trade(id, 0, size);
  }
  return exchange;
}

/** An event on the longs, booked as `deleverage` would. */
function happen(exchange: Exchange, event: Partial<AdlEvent>): void {
  const { state } = exchange;
  state.atomically(() => {
    const market = state.market(0);
    const price = state.prices[0] as bigint;
    const nothing = { closeFraction: 0n, haircut: 0n, lossId: 0 };
    const { fundingIndex } = market;
    const whole = { price, closePrice: price, fundingIndex, ...nothing, ...event };
    const { pended } = deleverageSide(state, market.long, whole);
    state.move("cash", -pended);
    state.move("pendingPnl", pended);
    state.edit(market).realised -= pended;
    state.storeMark(market, price);
  });
}

describe("model › buckets", function () {
  it("has 64 ticks to an octave, at most 1.57% wide", function () {
    expect([tickOf(0n), tickOf(1n), tickOf(64n), tickOf(65n), tickOf(128n)]).to.deep.equal([0, 0, 384, 385, 448]);
    let low = usd(1_000);
    for (let price = low; price < usd(2_000); price += usd(1) / 3n) {
      if (tickOf(price) === tickOf(low)) continue;
      expect((price - low) * 10_000n <= low * 160n).to.equal(true);
      low = price;
    }
  });

  it("lets nobody into a bucket that has had a haircut", function () {
    const exchange = traders([ALICE]);
    exchange.setPrice(0, usd(101));
    happen(exchange, { haircut: WAD / 2n });
    exchange.setPrice(0, usd(100));
    exchange.deposit(BOB, tokens(100_000));
    exchange.trade(BOB, 0, usd(10));
    const { populated, buckets } = exchange.market(0).long;
    expect(populated.map((id) => id % 8_192)).to.deep.equal([tickOf(usd(100)), tickOf(usd(100))]);
    expect(populated.map((id) => buckets.get(id)?.edge)).to.deep.equal([usd("100.5"), usd(100)]);
    exchange.trade(ALICE, 0, -usd(10));
    exchange.deposit(CAROL, tokens(100_000));
    exchange.trade(CAROL, 0, usd(10));
    expect(exchange.market(0).long.populated).to.have.length(1);
  });

  it("joins the nearest bucket when all are taken, one without a haircut if there is one", function () {
    const exchange = traders([]);
    const ids = Array.from({ length: MAX_BUCKETS + 1 }, (_, index) => accountId(BigInt(index + 1)));
    let price = usd(10);
    for (const id of ids.slice(0, MAX_BUCKETS)) {
      exchange.setPrice(0, price);
      exchange.deposit(id, tokens(100_000));
      exchange.trade(id, 0, usd(1));
      price = (price * 1_016n) / 1_000n;
    }
    expect(exchange.market(0).long.populated).to.have.length(MAX_BUCKETS);
    exchange.setPrice(0, price);
    happen(exchange, { haircut: WAD / 100n });
    exchange.setPrice(0, price * 2n);
    const last = ids[MAX_BUCKETS] as bigint;
    exchange.deposit(last, tokens(100_000));
    exchange.trade(last, 0, usd(1));
    const { populated, buckets } = exchange.market(0).long;
    expect(populated).to.have.length(MAX_BUCKETS);
    expect(buckets.get(exchange.position(last, 0)?.bucket ?? 0)?.edge).to.equal(price * 2n);
  });

  it("replays fifty missed events as if each had been seen", function () {
    const [late, prompt] = [traders([ALICE]), traders([ALICE])];
    for (const exchange of [late, prompt]) {
      for (let step = 1; step <= 50; step++) {
        exchange.setPrice(0, usd(100 + step));
        happen(exchange, step % 2 === 0 ? { haircut: WAD / 50n } : { closeFraction: WAD / 60n });
        if (exchange === prompt) exchange.replay(ALICE, 0, 1);
      }
      expect(exchange.replay(ALICE, 0, 64)).to.equal(true);
    }
    expect(late.position(ALICE, 0)).to.deep.equal(prompt.position(ALICE, 0));
    expect(late.margin(ALICE)).to.equal(prompt.margin(ALICE));
    expect(late.margin(ALICE) > usd(100_050)).to.equal(true);
  });

  it("refuses to touch a position that missed more than 48 events until it is replayed", function () {
    const exchange = traders([ALICE]);
    for (let step = 1; step <= 70; step++) {
      exchange.setPrice(0, usd(100 + step));
      happen(exchange, { closeFraction: WAD / 100n });
    }
    const shown = exchange.health(ALICE);
    expect(() => exchange.settle(ALICE)).to.throw("Clearinghouse_TooManyEvents");
    expect(exchange.replay(ALICE, 0, 30)).to.equal(false);
    expect(exchange.health(ALICE).equity).to.equal(shown.equity);
    exchange.settle(ALICE);
    expect(exchange.health(ALICE).equity).to.equal(shown.equity);
    expect(() => exchange.replay(BOB, 0, 10)).to.throw("Clearinghouse_NothingToReplay");
  });

  it("promises no more in sum than is set aside, whoever replays when", function () {
    const ids = Array.from({ length: 7 }, (_, index) => accountId(BigInt(index + 1)));
    const exchange = traders(ids, 3_333_333_333_333_333_331n);
    for (let step = 1; step <= 12; step++) {
      exchange.setPrice(0, usd(100 + step) + BigInt(step) * 987_654_321n);
      happen(exchange, { closeFraction: WAD / 7n, haircut: WAD / 9n });
      if (step % 3 === 0) exchange.replay(ids[step / 3] as bigint, 0, 64);
    }
    const { long } = exchange.market(0);
    const seen = ids.map((id) => replay(long, exchange.position(id, 0) as never));
    const credits = seen.reduce((sum, { credit }) => sum + credit, 0n);
    const waiting = exchange.ledgers().pendingPnl;
    expect(waiting >= credits && waiting - credits < 100_000n, `${waiting - credits}`).to.equal(true);
  });

  it("returns variation margin with what is closed, wholly with a full closing", function () {
    const exchange = traders([ALICE]);
    exchange.setPrice(0, usd(80));
    exchange.settle(ALICE);
    expect(exchange.position(ALICE, 0)?.settled).to.equal(usd(200));
    exchange.setPrice(0, usd(110));
    happen(exchange, { closeFraction: WAD / 4n });
    exchange.replay(ALICE, 0, 1);
    expect(exchange.position(ALICE, 0)?.settled).to.equal(usd(150));
    happen(exchange, { closeFraction: WAD });
    exchange.replay(ALICE, 0, 1);
    expect(exchange.position(ALICE, 0)).to.equal(undefined);
    const margin = exchange.margin(ALICE);
    expect(margin <= usd(100_100) && margin > usd(100_100) - 10n ** 4n).to.equal(true);
  });
});
