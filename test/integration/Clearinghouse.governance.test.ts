import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import hre from "hardhat";
import { MarketState, PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { fields, plainStage, riskConfig } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const GOVERNOR_ROLE = 1n;
const GUARDIAN_ROLE = 3n;
const PARAMETERS_ROLE = 4n;
const HOUR = 3_600n;
const DAY = 24n * HOUR;

describe("Clearinghouse, governance", function () {
  /** Carol governs and does nothing else, Dave guards and does nothing else. */
  async function governed() {
    const stage = await plainStage(connection);
    await stage.access.grantRole(GOVERNOR_ROLE, stage.carol, 0);
    await stage.access.grantRole(PARAMETERS_ROLE, stage.carol, 0);
    await stage.access.grantRole(GUARDIAN_ROLE, stage.dave, 0);
    return { ...stage, governorOnly: stage.carol, guardianOnly: stage.dave };
  }

  describe("listMarket", function () {
    for (const [name, change, has, min, max] of [
      ["imrBps", { imrBps: 49 }, 49n, 50n, 5_000n],
      ["feeBps", { feeBps: 101 }, 101n, 0n, 100n],
      ["maxFundingBps", { maxFundingBps: 1_001 }, 1_001n, 0n, 1_000n],
      ["keeperWindow", { keeperWindow: 9 }, 9n, 10n, 3_600n],
      ["riskWeightBps", { riskWeightBps: 0 }, 0n, 1n, 1_000_000n],
      ["minNotionalCents", { minNotionalCents: 0 }, 0n, 1n, 100_000_000n],
    ] as const) {
      it(`reverts when ${name} is out of bounds`, async function () {
        const { clearinghouse } = await networkHelpers.loadFixture(governed);
        await expect(clearinghouse.listMarket({ ...PLAIN_MARKET, ...change }))
          .to.be.revertedWithCustomError(riskConfig, "RiskConfig_OutOfBounds")
          .withArgs(encodeBytes32String(name), has, min, max);
      });
    }

    it("reverts at the thirty-third [C35]", async function () {
      const { clearinghouse } = await networkHelpers.loadFixture(governed);
      while ((await clearinghouse.marketCount()) < 32n) await clearinghouse.listMarket(PLAIN_MARKET);
      await expect(clearinghouse.listMarket(PLAIN_MARKET))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_TooManyMarkets")
        .withArgs(32n, 32n);
    });

    it("starts reduce-only with the next number", async function () {
      const { clearinghouse, governorOnly } = await networkHelpers.loadFixture(governed);
      await expect(clearinghouse.connect(governorOnly).listMarket(PLAIN_MARKET)).to.emit(clearinghouse, "MarketListed");
      expect((await clearinghouse.market(1)).state).to.equal(MarketState.ReduceOnly);
      expect(await clearinghouse.marketCount()).to.equal(2n);
    });
  });

  describe("setMarketParams", function () {
    it("reverts when the market is not listed", async function () {
      const { clearinghouse } = await networkHelpers.loadFixture(governed);
      await expect(clearinghouse.setMarketParams(5, PLAIN_MARKET))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarketNotListed")
        .withArgs(5n);
    });

    it("reverts when the market has no price", async function () {
      const { clearinghouse, prices, btc } = await networkHelpers.loadFixture(governed);
      await prices.setDead(btc, true);
      await expect(clearinghouse.setMarketParams(btc, PLAIN_MARKET))
        .to.be.revertedWithCustomError(prices, "MockPriceSource_Dead")
        .withArgs(btc);
    });

    it("accrues funding under the old terms first [C30]", async function () {
      const { world, clearinghouse, alice, btc } = await networkHelpers.loadFixture(governed);
      const funded = { ...PLAIN_MARKET, maxPositionBase: wad(10), skewScaleBase: wad(10_000), maxFundingBps: 100 };
      await clearinghouse.setMarketParams(btc, funded);
      await world.trade(alice, await world.fund(alice, wad(60_000)), btc, wad(10));
      await networkHelpers.time.increase(86_400);
      await clearinghouse.setMarketParams(btc, { ...funded, maxFundingBps: 0 });
      const { fundingIndex } = await clearinghouse.market(btc);
      expect(fundingIndex >= wad(1), `${fundingIndex}`).to.equal(true);
      await networkHelpers.time.increase(86_400);
      await clearinghouse.mark(btc);
      expect((await clearinghouse.market(btc)).fundingIndex).to.equal(fundingIndex);
    });

    it("leaves the maintenance terms of open positions alone", async function () {
      const { world, clearinghouse, alice, btc } = await networkHelpers.loadFixture(governed);
      const account = await world.fund(alice, wad(2_500));
      await world.trade(alice, account, btc, wad(1));
      await clearinghouse.setMarketParams(btc, { ...PLAIN_MARKET, imrBps: 5_000 });
      expect((await clearinghouse.health(account)).maintenanceMargin).to.equal(wad(1_000));
      await expect(clearinghouse.liquidate(account))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotLiquidatable")
        .withArgs(account, wad(2_500), wad(1_000));
    });
  });

  describe("setRiskParams", function () {
    for (const [name, change, has, min, max] of [
      ["penaltyBps", { penaltyBps: 501 }, 501n, 0n, 500n],
      ["targetHealthBps", { targetHealthBps: 9_999 }, 9_999n, 10_000n, 50_000n],
      ["insuranceShareBps", { keeperShareBps: 7_000, insuranceShareBps: 3_001 }, 3_001n, 0n, 3_000n],
      ["keeperFloorCents", { keeperFloorCents: 6, keeperFloorCapCents: 5 }, 6n, 0n, 5n],
      // Tied to the listed market: 1.5 * 1% must exceed the penalty, and 1,000 * 1% twice the bond.
      ["targetHealthTimesMmr", { penaltyBps: 150 }, 15_000n, 15_001n, 50_000n],
      ["minNotionalTimesMmr", { keeperFloorCapCents: 501 }, 100_000n, 100_200n, 100_000_000n],
    ] as const) {
      it(`reverts when ${name} is out of bounds`, async function () {
        const { clearinghouse } = await networkHelpers.loadFixture(governed);
        const risk = fields(await clearinghouse.riskParams());
        await expect(clearinghouse.setRiskParams({ ...risk, ...change }))
          .to.be.revertedWithCustomError(riskConfig, "RiskConfig_OutOfBounds")
          .withArgs(encodeBytes32String(name), has, min, max);
      });
    }

    it("takes what is within and says so", async function () {
      const { clearinghouse, governorOnly } = await networkHelpers.loadFixture(governed);
      const risk = { ...fields(await clearinghouse.riskParams()), penaltyBps: 40n };
      await expect(clearinghouse.connect(governorOnly).setRiskParams(risk)).to.emit(clearinghouse, "RiskParamsSet");
      expect((await clearinghouse.riskParams()).penaltyBps).to.equal(40n);
    });
  });

  describe("restrictOpening", function () {
    it("reverts for whoever is not guardian, the governor included", async function () {
      const { clearinghouse, governorOnly, stranger, btc } = await networkHelpers.loadFixture(governed);
      for (const caller of [governorOnly, stranger]) {
        await expect(clearinghouse.connect(caller).restrictOpening(btc, 0, HOUR))
          .to.be.revertedWithCustomError(clearinghouse, "AccessManagedUnauthorized")
          .withArgs(caller.address);
      }
    });

    it("reverts when the market is not open", async function () {
      const { clearinghouse, guardianOnly, btc } = await networkHelpers.loadFixture(governed);
      await clearinghouse.setMarketState(btc, MarketState.ReduceOnly);
      await expect(clearinghouse.connect(guardianOnly).restrictOpening(btc, 0, HOUR))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarketNotOpen")
        .withArgs(btc, MarketState.ReduceOnly);
    });

    it("reverts when the market is not listed", async function () {
      const { clearinghouse, guardianOnly } = await networkHelpers.loadFixture(governed);
      await expect(clearinghouse.connect(guardianOnly).restrictOpening(9, 0, HOUR))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarketNotListed")
        .withArgs(9n);
    });

    for (const [name, share, duration, parameter, has, max] of [
      ["the share is all of the caps", 10_000n, HOUR, "openingShareBps", 10_000n, 9_999n],
      ["it lasts longer than three days", 0n, 3n * DAY + 1n, "restriction", 3n * DAY + 1n, 3n * DAY],
    ] as const) {
      it(`reverts when ${name}`, async function () {
        const { clearinghouse, guardianOnly, btc } = await networkHelpers.loadFixture(governed);
        await expect(clearinghouse.connect(guardianOnly).restrictOpening(btc, share, duration))
          .to.be.revertedWithCustomError(riskConfig, "RiskConfig_OutOfBounds")
          .withArgs(encodeBytes32String(parameter), has, 0n, max);
      });
    }

    it("stops opening until it ends by itself, and closing at no time", async function () {
      const { world, clearinghouse, guardianOnly, alice, btc } = await networkHelpers.loadFixture(governed);
      const account = await world.fund(alice, wad(10_000));
      await world.trade(alice, account, btc, wad(1));
      const since = BigInt(await networkHelpers.time.latest()) + 10n;
      await networkHelpers.time.setNextBlockTimestamp(since);
      await expect(clearinghouse.connect(guardianOnly).restrictOpening(btc, 0, HOUR))
        .to.emit(clearinghouse, "OpeningRestricted")
        .withArgs(btc, 0n, since, since + HOUR);
      await expect(world.trade(alice, account, btc, wad(1)))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_MarketNotOpen")
        .withArgs(btc, MarketState.Halted);
      await world.trade(alice, account, btc, wad("-0.5"));
      expect((await clearinghouse.market(btc)).state).to.equal(MarketState.Open);
      await networkHelpers.time.setNextBlockTimestamp(since + HOUR);
      await world.trade(alice, account, btc, wad(1));
    });

    it("reverts when the market has not rested as long as it was restricted", async function () {
      const { clearinghouse, guardianOnly, btc } = await networkHelpers.loadFixture(governed);
      const guardian = clearinghouse.connect(guardianOnly);
      await guardian.restrictOpening(btc, 5_000, 3n * DAY);
      const since = BigInt(await networkHelpers.time.latest());
      await networkHelpers.time.setNextBlockTimestamp(since + 6n * DAY - 1n);
      await expect(guardian.restrictOpening(btc, 0, HOUR))
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_GuardianMustRest")
        .withArgs(btc, since + 6n * DAY - 1n, since + 6n * DAY);
      await networkHelpers.time.setNextBlockTimestamp(since + 6n * DAY);
      await guardian.restrictOpening(btc, 0, HOUR);
    });

    it("cannot open what the governor closed; the governor's word ends it and its rest", async function () {
      const { clearinghouse, guardianOnly, governorOnly, btc } = await networkHelpers.loadFixture(governed);
      await clearinghouse.connect(guardianOnly).restrictOpening(btc, 0, 3n * DAY);
      await expect(clearinghouse.connect(guardianOnly).setMarketState(btc, MarketState.Open))
        .to.be.revertedWithCustomError(clearinghouse, "AccessManagedUnauthorized")
        .withArgs(guardianOnly.address);
      await clearinghouse.connect(governorOnly).setMarketState(btc, MarketState.Open);
      const { restrictedUntil, restrictedFor, openingShareBps } = await clearinghouse.market(btc);
      expect([restrictedUntil, restrictedFor, openingShareBps]).to.deep.equal([0n, 0n, 0n]);
      await clearinghouse.connect(guardianOnly).restrictOpening(btc, 0, HOUR);
    });
  });

  it("the pool's hooks are the pool's", async function () {
    const { clearinghouse, governor } = await networkHelpers.loadFixture(governed);
    for (const call of [clearinghouse.recordBases, clearinghouse.applyBases]) {
      await expect(call())
        .to.be.revertedWithCustomError(clearinghouse, "Clearinghouse_NotPool")
        .withArgs(governor.address);
    }
  });
});
