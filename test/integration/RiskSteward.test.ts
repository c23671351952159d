import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import hre from "hardhat";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { fields, realStage, riskConfig } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const STEWARD_ROLE = 2n;
const COOL_DOWN = 259_200n;

/** In the order of `IRiskSteward`: what a steward may move, and the field it is. */
const MARKET = [
  "imrBps",
  "volFactorBps",
  "feeBps",
  "maxFundingBps",
  "reserveFactorBps",
  "poolShareBps",
  "riskWeightBps",
  "maxPositionBase",
  "minNotionalCents",
] as const;
const RISK = [
  "penaltyBps",
  "keeperFloorCents",
  "maxMarkAge",
  "insuranceFeeMinBps",
  "insuranceFeeMaxBps",
  "insuranceTargetBps",
  "deleverageRewardBps",
  "deleverageRewardCapUsd",
] as const;

const FEE = MARKET.indexOf("feeBps");
const FUNDING = MARKET.indexOf("maxFundingBps");
const POOL_SHARE = MARKET.indexOf("poolShareBps");

describe("RiskSteward", function () {
  /** Dave is steward and does nothing else. */
  async function real() {
    const stage = await realStage(connection);
    await stage.access.grantRole(STEWARD_ROLE, stage.dave, 0);
    // Away from every bound, so that both directions are there.
    const market = { ...fields((await stage.clearinghouse.market(stage.btc)).params) } as unknown as Record<
      string,
      bigint
    >;
    Object.assign(market, {
      imrBps: 400n,
      reserveFactorBps: 30_000n,
      poolShareBps: 20_000n,
      minNotionalCents: 200_000n,
    });
    await stage.clearinghouse.setMarketParams(stage.btc, market as never);
    return { ...stage, dave: stage.dave, asDave: stage.steward.connect(stage.dave) };
  }

  it("reverts for whoever is not steward", async function () {
    const { steward, stranger, btc } = await networkHelpers.loadFixture(real);
    for (const call of [
      steward.connect(stranger).adjustMarket(btc, FEE, 6),
      steward.connect(stranger).adjustRisk(0, 51),
    ]) {
      await expect(call).to.be.revertedWithCustomError(steward, "AccessManagedUnauthorized").withArgs(stranger.address);
    }
  });

  describe("adjustMarket", function () {
    for (const [parameter, name] of MARKET.entries()) {
      it(`moves ${name} by a tenth, down and up, and nothing else`, async function () {
        const { clearinghouse, steward, asDave, btc } = await networkHelpers.loadFixture(real);
        const before = fields((await clearinghouse.market(btc)).params) as unknown as Record<string, bigint>;
        const from = before[name]!;
        const step = from / 10n || 1n;
        await expect(asDave.adjustMarket(btc, parameter, from - step - 1n))
          .to.be.revertedWithCustomError(steward, "RiskSteward_StepTooLarge")
          .withArgs(from, from - step - 1n, step);
        await expect(asDave.adjustMarket(btc, parameter, from + step + 1n))
          .to.be.revertedWithCustomError(steward, "RiskSteward_StepTooLarge")
          .withArgs(from, from + step + 1n, step);
        await expect(asDave.adjustMarket(btc, parameter, from - step))
          .to.emit(steward, "MarketParameterAdjusted")
          .withArgs(btc, parameter, from, from - step);
        const after = fields((await clearinghouse.market(btc)).params);
        expect(after).to.deep.equal({ ...before, [name]: from - step });

        await networkHelpers.time.increase(COOL_DOWN);
        await asDave.adjustMarket(btc, parameter, from - step + 1n);
        expect((await clearinghouse.market(btc)).params[name]).to.equal(from - step + 1n);
      });
    }

    it("reverts when the parameter moved less than three days ago", async function () {
      const { steward, asDave, btc } = await networkHelpers.loadFixture(real);
      await asDave.adjustMarket(btc, FEE, 6);
      const until = BigInt(await networkHelpers.time.latest()) + COOL_DOWN;
      expect(await steward.marketCoolingUntil(btc, FEE)).to.equal(until);
      await networkHelpers.time.setNextBlockTimestamp(until - 1n);
      await expect(asDave.adjustMarket(btc, FEE, 7))
        .to.be.revertedWithCustomError(steward, "RiskSteward_CoolingDown")
        .withArgs(until - 1n, until);
      await networkHelpers.time.setNextBlockTimestamp(until);
      await asDave.adjustMarket(btc, FEE, 7);
    });

    it("reverts when nothing changes", async function () {
      const { steward, asDave, btc } = await networkHelpers.loadFixture(real);
      await expect(asDave.adjustMarket(btc, FEE, 5))
        .to.be.revertedWithCustomError(steward, "RiskSteward_NothingChanges")
        .withArgs(5n);
    });

    it("reverts when the step leaves the hard bounds", async function () {
      const { clearinghouse, asDave, btc } = await networkHelpers.loadFixture(real);
      await clearinghouse.setMarketParams(btc, { ...PLAIN_MARKET, maxFundingBps: 950 });
      await expect(asDave.adjustMarket(btc, FUNDING, 1_001))
        .to.be.revertedWithCustomError(riskConfig, "RiskConfig_OutOfBounds")
        .withArgs(encodeBytes32String("maxFundingBps"), 1_001n, 0n, 1_000n);
    });

    it("accrues under the old terms first [C30]", async function () {
      const { world, clearinghouse, asDave, alice, btc } = await networkHelpers.loadFixture(real);
      await world.trade(alice, await world.fund(alice, wad(60_000)), btc, wad(3));
      const start = BigInt(await networkHelpers.time.latest());
      await networkHelpers.time.setNextBlockTimestamp(start + 86_400n);
      await asDave.adjustMarket(btc, FUNDING, 110);
      // A day at 1% of 3/100,000 of the skew scale, whatever comes after.
      expect((await clearinghouse.market(btc)).fundingIndex).to.equal(wad("0.03"));
      await networkHelpers.time.setNextBlockTimestamp(start + 2n * 86_400n);
      await clearinghouse.mark(btc);
      expect((await clearinghouse.market(btc)).fundingIndex).to.equal(wad("0.063"));
    });

    it("leaves the requirements of open positions alone", async function () {
      const { world, clearinghouse, asDave, alice, btc } = await networkHelpers.loadFixture(real);
      const account = await world.fund(alice, wad(60_000));
      await world.trade(alice, account, btc, wad(3));
      const { maintenanceMargin } = await clearinghouse.health(account);
      await asDave.adjustMarket(btc, MARKET.indexOf("imrBps"), 440);
      await asDave.adjustMarket(btc, MARKET.indexOf("volFactorBps"), 11_000);
      expect((await clearinghouse.health(account)).maintenanceMargin).to.equal(maintenanceMargin);
    });

    it("cools by market and by parameter", async function () {
      const { world, asDave, btc } = await networkHelpers.loadFixture(real);
      const eth = await world.listMarket({ ...PLAIN_MARKET, feeBps: 5 }, wad(3_000));
      await asDave.adjustMarket(btc, FEE, 6);
      await asDave.adjustMarket(eth, FEE, 6);
      await asDave.adjustMarket(btc, POOL_SHARE, 21_000);
    });
  });

  describe("adjustRisk", function () {
    for (const [parameter, name] of RISK.entries()) {
      it(`moves ${name} by a tenth and nothing else`, async function () {
        const { clearinghouse, steward, asDave } = await networkHelpers.loadFixture(real);
        const before = fields(await clearinghouse.riskParams()) as unknown as Record<string, bigint>;
        const from = before[name]!;
        const step = from / 10n || 1n;
        await expect(asDave.adjustRisk(parameter, from + step + 1n))
          .to.be.revertedWithCustomError(steward, "RiskSteward_StepTooLarge")
          .withArgs(from, from + step + 1n, step);
        await expect(asDave.adjustRisk(parameter, from + step))
          .to.emit(steward, "RiskParameterAdjusted")
          .withArgs(parameter, from, from + step);
        expect(fields(await clearinghouse.riskParams())).to.deep.equal({ ...before, [name]: from + step });
        const until = BigInt(await networkHelpers.time.latest()) + COOL_DOWN;
        expect(await steward.riskCoolingUntil(parameter)).to.equal(until);
        await networkHelpers.time.setNextBlockTimestamp(until - 1n);
        await expect(asDave.adjustRisk(parameter, from))
          .to.be.revertedWithCustomError(steward, "RiskSteward_CoolingDown")
          .withArgs(until - 1n, until);
        await networkHelpers.time.setNextBlockTimestamp(until);
        await asDave.adjustRisk(parameter, from);
      });
    }
  });
});
