import { expect } from "chai";
import { type AdlEvent, measureWave } from "../../../scripts/simulator/replay/adl.ts";
import { auditClaims, auditLpClaims, auditWave } from "../../../scripts/simulator/replay/audit.ts";
import type { Seat } from "../../../scripts/simulator/replay/book.ts";

const WAD = 10n ** 18n;
const usd = (amount: number): bigint => BigInt(Math.round(amount * 1e6)) * 10n ** 12n;

/** At 80: shorts of one at 100 and 180 are in profit of 20 and 100, a long at 90 has lost 10. */
function seats(): Seat[] {
  const seat = (index: number, size: bigint, cost: number): Seat => ({
    index,
    id: BigInt(index),
    margin: usd(50),
    size,
    cost: usd(cost),
    settled: 0n,
    mmBps: 100n,
    fundingEntry: 0n,
    owed: 0n,
    cut: 0n,
    closed: 0n,
    missed: 0,
    edge: 0,
  });
  return [seat(0, -WAD, 100), seat(1, -WAD, 180), seat(2, WAD, 90)];
}

const event = (haircut: number): AdlEvent => ({
  step: 7,
  market: 0,
  price: usd(80),
  closeFraction: 0n,
  haircut: usd(haircut),
  charged: 2,
  buckets: 2,
  gas: 500_000,
  collected: usd(120 * haircut),
  paid: 0n,
  isIncident: true,
});

/** A chain that withholds `cuts` from the seats when it is read again. */
function measured(cuts: number[], haircuts = [0.25], touched: number[] = []) {
  const book = {
    seats: seats(),
    refreshCharged: async () => {
      for (const [i, cut] of cuts.entries()) book.seats[i]!.cut += usd(cut);
    },
  };
  return measureWave(book, haircuts.map(event), new Set(touched));
}

describe("Deleveraging waves", function () {
  describe("measureWave", function () {
    it("tells equal charges as equal shares of profit", async function () {
      const wave = await measured([5, 25, 0]);
      expect([wave.charged, wave.losersCharged]).to.deep.equal([2, 0]);
      expect([wave.smallestShare, wave.largestShare]).to.deep.equal([usd(0.25), usd(0.25)]);
      expect(auditWave(wave)).to.deep.equal([]);
    });

    it("takes several events together, each of what the one before left", async function () {
      const wave = await measured([10, 50, 0], [0.2, 0.375]);
      expect([wave.events, wave.haircut, wave.largestShare]).to.deep.equal([2, usd(0.5), usd(0.5)]);
    });

    it("finds who was charged more than others", async function () {
      expect(auditWave(await measured([5, 26, 0]))).to.have.lengthOf(1);
    });

    it("finds a loser that was charged", async function () {
      const wave = await measured([5, 25, 1]);
      expect([wave.charged, wave.losersCharged]).to.deep.equal([3, 1]);
      expect(auditWave(wave).join()).to.include("without profit");
    });

    it("leaves out who was liquidated in between", async function () {
      expect((await measured([5, 25, 9], [0.25], [2])).charged).to.equal(2);
    });
  });

  describe("auditClaims", function () {
    const claims = { traders: { lost: usd(30), repaid: usd(4), outstanding: usd(26), paid: usd(4) } };
    const claimants = { claimable: [usd(1), usd(3), 0n], outstanding: usd(26), debts: usd(2) };
    const seen = { taken: usd(30), recovery: usd(6), left: usd(4), unit: 10n ** 12n, isEverybody: true };

    it("finds nothing where everything adds up", function () {
      expect(auditClaims(claims, claimants, seen)).to.deep.equal([]);
    });

    const BROKEN: [what: string, problems: string[]][] = [
      ["less on record than was taken", auditClaims(claims, claimants, { ...seen, taken: usd(31) })],
      [
        "a recovery ledger that holds less than can be claimed",
        auditClaims(claims, claimants, { ...seen, recovery: usd(5) }),
      ],
      [
        "a recovery ledger that holds what nobody can claim",
        auditClaims(claims, claimants, { ...seen, recovery: usd(7) }),
      ],
      ["tokens that left for nothing", auditClaims(claims, claimants, { ...seen, left: usd(5) })],
      ["claims of nobody", auditClaims(claims, { ...claimants, outstanding: usd(20) }, seen)],
    ];
    for (const [what, problems] of BROKEN) {
      it(`finds ${what}`, function () {
        expect(problems).to.have.lengthOf(1);
      });
    }
  });

  describe("auditLpClaims", function () {
    const junior = { lost: usd(30), repaid: usd(4), outstanding: usd(26), paid: usd(4) };
    const found = (changed: Partial<typeof junior>) => auditLpClaims("junior", { ...junior, ...changed }, 10n ** 12n);

    it("finds nothing where everything adds up, to a token unit a holder", function () {
      expect(found({})).to.deep.equal([]);
      expect(found({ paid: usd(4) - 2n * 10n ** 12n })).to.deep.equal([]);
    });

    it("finds more or less paid than repaid, and more owed than lost", function () {
      expect(found({ paid: usd(5) })).to.have.lengthOf(1);
      expect(found({ paid: usd(3) })).to.have.lengthOf(1);
      expect(found({ outstanding: usd(27) })).to.have.lengthOf(1);
    });
  });
});
