import { expect } from "chai";
import { ALICE, tokens, usd, worked } from "./setup.ts";

describe("model › a trade that saw another price first", function () {
  function at(present: number) {
    const exchange = worked();
    exchange.deposit(ALICE, tokens(60_000));
    exchange.setPrice(0, usd(present));
    return exchange;
  }

  it("opens at the worse of the two and shows the difference at once", function () {
    const exchange = at(100);
    exchange.trade(ALICE, 0, usd(100), undefined, usd(101));
    expect(exchange.position(ALICE, 0)?.cost).to.equal(usd(10_100));
    expect(exchange.health(ALICE).equity).to.equal(usd(59_900));
  });

  it("gains nothing by a better first price", function () {
    const exchange = at(101);
    exchange.trade(ALICE, 0, usd(100), undefined, usd(100));
    expect(exchange.position(ALICE, 0)?.cost).to.equal(usd(10_100));
    expect(exchange.health(ALICE).equity).to.equal(usd(60_000));
  });

  it("closes a long at the lower one", function () {
    const exchange = at(100);
    exchange.trade(ALICE, 0, usd(100));
    exchange.setPrice(0, usd(110));
    exchange.trade(ALICE, 0, -usd(100), undefined, usd(90));
    expect(exchange.health(ALICE).equity).to.equal(usd(59_000));
  });
});
