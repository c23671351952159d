import { expect } from "chai";
import fc from "fast-check";
import { formatAccount, parseAccount, toAccountId } from "../../scripts/sdk/accountId.ts";
import { parseAddress } from "../../scripts/sdk/address.ts";
import { parseShares } from "../../scripts/sdk/shares.ts";
import {
  exactWad,
  formatDuration,
  formatExact,
  formatPercent,
  formatPrice,
  formatSize,
  formatTime,
  formatUsd,
  fromNative,
  parseDuration,
  parseFraction,
  parsePayable,
  parsePositive,
  parseWad,
  toNative,
  WAD,
} from "../../scripts/sdk/units.ts";

const OWNER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

describe("units", function () {
  it("refuses what is no number, and names it", function () {
    expect(() => parseWad("12.5x", "--amount")).to.throw('--amount: "12.5x" is not a number like 1250.5');
    expect(() => parseWad("0.1234567890123456789", "--amount")).to.throw("more than 18 decimals");
    expect(() => parsePositive("0", "--size")).to.throw('--size: "0" is not more than zero');
    expect(() => parseDuration("2w", "--for")).to.throw('--for: "2w" is not a time like 90s, 15m, 2h or 3d');
    expect(() => parseFraction("half", "--slippage")).to.throw("--slippage (like 0.5% or 50bp)");
  });

  it("guesses neither what a comma means nor whose clock a time is too long for", function () {
    for (const text of ["1,5", "1,000", "1,250.5"]) {
      expect(() => parsePositive(text, "amount")).to.throw(`amount: "${text}" has a comma: write 1250.5 or 1_250.5`);
    }
    expect(() => parseFraction("0,5%", "--slippage")).to.throw('"0,5" has a comma');
    expect(() => parseShares("1,5", 0n)).to.throw('shares: "1,5" has a comma');
    for (const text of ["99999999999d", "3651d", "9".repeat(40)]) {
      expect(() => parseDuration(text, "time")).to.throw(`time: "${text}" is more than 3650d`);
    }
    expect(() => parseWad("-10000000000000.1", "size")).to.throw(
      'size: "-10000000000000.1" is more than 10,000,000,000,000',
    );
    expect(parseDuration("3650d", "time")).to.equal(315_360_000n);
  });

  it("takes fractions from nothing to all", function () {
    expect(() => parseFraction("-1%", "--slippage")).to.throw('--slippage: "-1%": not from 0% to 100%');
    expect(() => parseFraction("-0.005", "--slippage")).to.throw('"-0.005" is -0.50%: not from 0% to 100%');
    expect(() => parseFraction("5", "--slippage")).to.throw('--slippage: "5" is 500.00%: not from 0% to 100%');
    expect([parseFraction("0", "x"), parseFraction("100%", "x"), parseFraction("1", "x")]).to.deep.equal([
      0n,
      WAD,
      WAD,
    ]);
  });

  it("cuts nothing off", function () {
    const scale = 10n ** 12n;
    expect(parsePayable("1.234567", "amount", scale)).to.equal(1_234_567n * scale);
    expect(() => parsePayable("1.2345678", "amount", scale)).to.throw(
      'amount: "1.2345678" is finer than a unit of the token, 0.000001 USD',
    );
  });

  it("shows what was typed, to the last digit", function () {
    expect(formatExact(parseWad("1234567.1234567", "x"), 2)).to.equal("1,234,567.1234567");
    expect([formatExact(5n * WAD, 2), formatExact(5n * WAD), formatExact(-WAD / 2n)]).to.deep.equal([
      "5.00",
      "5",
      "-0.5",
    ]);
    expect(formatDuration(90_061n, 4)).to.equal("1 d 1 h 1 m 1 s");
    expect([formatTime(253_402_300_799n), formatTime(2n ** 48n)]).to.deep.equal([
      "9999-12-31 23:59:59 UTC",
      "after the year 9999",
    ]);
  });

  it("reads what people write", function () {
    expect(parseWad("1_250.5", "x")).to.equal(12505n * 10n ** 17n);
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
    expect([formatSize(0n), formatSize(-1n)]).to.deep.equal(["0", "-0.000000000000000001"]);
    expect(formatSize(10n * WAD)).to.equal("10");
    expect(formatPrice(5n * 10n ** 14n)).to.equal("0.00050000");
    expect(formatPercent(26n * 10n ** 16n)).to.equal("26.00%");
    expect(formatDuration(90_061n)).to.equal("1 d 1 h");
  });

  it("loses nothing between text and number", function () {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 31n), max: 10n ** 31n }), (value) => {
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
    const mistyped = OWNER.replace("C5", "c5");
    expect(parseAccount(`${OWNER.toLowerCase()}/3`)).to.equal(toAccountId(OWNER, 3n));
    for (const parse of [parseAccount, (text: string) => parseAddress(text, "account")]) {
      expect(() => parse(mistyped)).to.throw(`account: ${mistyped} is mistyped: its checksum`);
    }
    expect(() => parseAddress(OWNER.slice(2), "to")).to.throw(`to: "${OWNER.slice(2)}" is not an address`);
    expect(() => parseAccount("alice")).to.throw('account: "alice" is neither 0xOwner');
  });
});
