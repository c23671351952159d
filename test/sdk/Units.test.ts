import { expect } from "chai";
import fc from "fast-check";
import { formatAccount, parseAccount, toAccountId } from "../../scripts/sdk/accountId.ts";
import {
  exactWad,
  formatDuration,
  formatPercent,
  formatPrice,
  formatSize,
  formatUsd,
  fromNative,
  parseDuration,
  parseFraction,
  parsePositive,
  parseWad,
  toNative,
  WAD,
} from "../../scripts/sdk/units.ts";

const OWNER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

describe("units", function () {
  it("refuses what is no number, and names it", function () {
    expect(() => parseWad("12,5x", "--amount")).to.throw('--amount: "12,5x" is not a number like 1250.5');
    expect(() => parseWad("0.1234567890123456789", "--amount")).to.throw("more than 18 decimals");
    expect(() => parsePositive("0", "--size")).to.throw('--size: "0" is not more than zero');
    expect(() => parseDuration("2w", "--for")).to.throw('--for: "2w" is not a time like 90s, 15m, 2h or 3d');
    expect(() => parseFraction("half", "--slippage")).to.throw("--slippage (like 0.5% or 50bp)");
  });

  it("reads what people write", function () {
    expect(parseWad("1,250.5", "x")).to.equal(12505n * 10n ** 17n);
    expect(parseWad("-0.5", "x")).to.equal(-5n * 10n ** 17n);
    expect(parseFraction("0.5%", "x")).to.equal(5n * 10n ** 15n);
    expect(parseFraction("50bp", "x")).to.equal(5n * 10n ** 15n);
    expect(parseFraction("0.005", "x")).to.equal(5n * 10n ** 15n);
    expect(parseDuration("2h", "x")).to.equal(7200n);
  });

  it("writes what people read", function () {
    expect(formatUsd(-1234567891n * 10n ** 15n)).to.equal("-1,234,567.89");
    expect(formatUsd(-1n)).to.equal("0.00");
    expect(formatSize(15n * 10n ** 17n)).to.equal("1.5");
    expect(formatSize(0n)).to.equal("0");
    expect(formatSize(10n * WAD)).to.equal("10");
    expect(formatPrice(5n * 10n ** 14n)).to.equal("0.00050000");
    expect(formatPercent(26n * 10n ** 16n)).to.equal("26.00%");
    expect(formatDuration(90_061n)).to.equal("1 d 1 h");
  });

  it("loses nothing between text and number", function () {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), (value) => {
        expect(parseWad(exactWad(value), "x")).to.equal(value);
      }),
    );
  });

  it("keeps what is smaller than a unit of the token", function () {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.integer({ min: 0, max: 12 }), (usd, digits) => {
        const scale = 10n ** BigInt(digits);
        const back = fromNative(toNative(usd, scale), scale);
        expect(back <= usd && usd - back < scale).to.equal(true);
      }),
    );
  });

  it("writes an account so that it can be read again", function () {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 96n - 1n }), (sub) => {
        const account = toAccountId(OWNER, sub);
        expect(parseAccount(formatAccount(account))).to.equal(account);
        expect(parseAccount(account.toString())).to.equal(account);
        expect(parseAccount(sub.toString(), OWNER)).to.equal(account);
      }),
    );
    expect(() => parseAccount("alice")).to.throw('account: "alice" is neither 0xOwner');
  });
});
