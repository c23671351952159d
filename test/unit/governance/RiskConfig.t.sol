// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RiskConfig} from "../../../contracts/governance/RiskConfig.sol";
import {MarketParams, NO_IMPACT, RiskParams} from "../../../contracts/types/Market.sol";
import {TestBase} from "../../shared/TestBase.sol";

/// @dev A library's internal functions need a call to revert in.
contract RiskConfigHarness {
    function checkMarket(MarketParams memory market, RiskParams memory risk) external pure {
        RiskConfig.checkMarket(market, risk);
    }

    function checkRisk(RiskParams memory risk) external pure {
        RiskConfig.checkRisk(risk);
    }
}

contract RiskConfigTest is TestBase {
    /// @dev One line of the table: a parameter, its place in the struct, its bounds and what its type can hold.
    struct Row {
        bytes32 name;
        uint256 index;
        uint256 min;
        uint256 max;
        uint256 typeMax;
    }

    RiskConfigHarness private harness;
    Row[] private marketRows;
    Row[] private riskRows;

    function setUp() public {
        harness = new RiskConfigHarness();

        _market("maxPositionBase", 1, 1, uint256(uint104(type(int104).max)), type(uint128).max);
        _market("imrBps", 2, 50, 5_000, type(uint16).max);
        _market("volFactorBps", 3, 0, 100_000, type(uint32).max);
        _market("slopeBpsPerMillion", 4, 0, 1_000, type(uint16).max);
        _market("feeBps", 5, 0, 100, type(uint16).max);
        _market("maxFundingBps", 6, 0, 1_000, type(uint16).max);
        _market("keeperWindow", 7, 10, 3_600, type(uint16).max);
        _market("reserveFactorBps", 8, 0, 1_000_000, type(uint32).max);
        _market("poolShareBps", 9, 0, 1_000_000, type(uint32).max);
        _market("riskWeightBps", 10, 1, 1_000_000, type(uint32).max);
        _market("minNotionalCents", 11, 1, 100_000_000, type(uint48).max);

        _risk("penaltyBps", 0, 0, 500, type(uint16).max);
        _risk("targetHealthBps", 1, 10_000, 50_000, type(uint16).max);
        _risk("keeperShareBps", 2, 0, 7_000, type(uint16).max); // 10,000 less insurance
        _risk("insuranceShareBps", 3, 0, 7_000, type(uint16).max); // 10,000 less the keeper's 3,000
        _risk("keeperFloorCents", 4, 0, 500, type(uint24).max); // the cap
        _risk("maxMarkAge", 6, 1, 86_400, type(uint24).max);
        _risk("insuranceFeeMinBps", 7, 0, 4_000, type(uint16).max); // the maximum
        _risk("insuranceFeeMaxBps", 8, 1_000, 8_000, type(uint16).max); // above the minimum, 10,000 less the treasury's
        _risk("treasuryFeeBps", 9, 0, 6_000, type(uint16).max); // see test_RevertWhen_SharesExceedTheWhole
        _risk("insuranceTargetBps", 10, 0, 10_000, type(uint16).max);
        _risk("recoveryFeeBps", 11, 0, 5_000, type(uint16).max);
        _risk("deleverageRewardBps", 12, 0, 100, type(uint16).max);
        _risk("deleverageRewardCapUsd", 13, 0, 100_000, type(uint24).max);
    }

    function test_checks_acceptTheDefaults() public view {
        harness.checkRisk(_riskParams());
        harness.checkMarket(_marketParams(), _riskParams());
    }

    /// Each parameter at its bounds passes, next to them it does not; everything else at its most permissive.
    /// @custom:checklist 34, 38
    function test_checkMarket_boundsAreInclusive() public {
        for (uint256 i = 0; i < marketRows.length; ++i) {
            Row memory row = marketRows[i];
            harness.checkMarket(_marketWith(row.index, row.min), _noTies());
            harness.checkMarket(_marketWith(row.index, row.max), _noTies());
            if (row.min > 0) _expectMarket(row, row.min - 1);
            if (row.max < row.typeMax) _expectMarket(row, row.max + 1);
        }
    }

    /// Every scale but zero will do; small ones fail the bound on impact instead.
    function test_RevertWhen_SkewScaleIsZero() public {
        MarketParams memory market = _marketParams();
        market.skewScaleBase = 0;
        _expect("skewScaleBase", 0, 1, type(uint128).max);
        harness.checkMarket(market, _riskParams());
    }

    /// @custom:checklist 38
    function testFuzz_checkMarket_refusesEveryValueOutside(uint256 which, uint256 value) public {
        Row memory row = marketRows[which % marketRows.length];
        value = bound(value, 0, row.typeMax);
        if (value >= row.min && value <= row.max) harness.checkMarket(_marketWith(row.index, value), _noTies());
        else _expectMarket(row, value);
    }

    function test_checkRisk_boundsAreInclusive() public {
        for (uint256 i = 0; i < riskRows.length; ++i) {
            Row memory row = riskRows[i];
            harness.checkRisk(_riskWith(row.index, row.min));
            harness.checkRisk(_riskWith(row.index, row.max));
            if (_isShared(row.name)) continue;
            if (row.min > 0) _expectRisk(row, row.min - 1);
            if (row.max < row.typeMax) _expectRisk(row, row.max + 1);
        }
    }

    function testFuzz_checkRisk_refusesEveryValueOutside(uint256 which, uint256 value) public {
        Row memory row = riskRows[which % riskRows.length];
        value = bound(value, 0, row.typeMax);
        if (value >= row.min && value <= row.max) harness.checkRisk(_riskWith(row.index, value));
        else if (!_isShared(row.name)) _expectRisk(row, value);
    }

    /// Shares of one whole bound each other: the one checked last names the error.
    function test_RevertWhen_SharesExceedTheWhole() public {
        RiskParams memory risk = _riskWith(9, 6_001);
        _expect("insuranceFeeMaxBps", 4_000, 0, 3_999);
        harness.checkRisk(risk);

        risk = _riskWith(9, 10_001);
        _expect("treasuryFeeBps", 10_001, 0, 10_000);
        harness.checkRisk(risk);

        risk = _riskWith(8, 999);
        _expect("insuranceFeeMinBps", 1_000, 0, 999);
        harness.checkRisk(risk);

        risk = _riskWith(2, 7_001);
        _expect("insuranceShareBps", 3_000, 0, 2_999);
        harness.checkRisk(risk);

        risk = _riskWith(8, 8_001);
        _expect("insuranceFeeMaxBps", 8_001, 0, 8_000);
        harness.checkRisk(risk);
    }

    // ------------------------------------------------------------------------------------- a market and the common ones

    function test_RevertWhen_TargetHealthDoesNotCoverThePenalty() public {
        MarketParams memory market = _marketParams();
        RiskParams memory risk = _riskParams();
        market.skewScaleBase = NO_IMPACT;
        market.minNotionalCents = 100_000_000;
        market.imrBps = 50; // mmr 0.25%
        risk.penaltyBps = 50; // twice the mmr
        risk.targetHealthBps = 20_000; // twice the mmr: equal is not above
        _expect("targetHealthTimesMmr", 20_000, 20_001, 50_000);
        harness.checkMarket(market, risk);
        risk.targetHealthBps = 20_001;
        harness.checkMarket(market, risk);
        risk.penaltyBps = 0;
        risk.targetHealthBps = 10_000;
        harness.checkMarket(market, risk);
    }

    /// @custom:checklist 14
    function test_RevertWhen_MinNotionalDoesNotCoverTheBond() public {
        MarketParams memory market = _marketParams();
        RiskParams memory risk = _riskParams();
        risk.keeperFloorCapCents = 500; // twice that over 1%: 1,000 USD
        market.minNotionalCents = 99_999;
        _expect("minNotionalTimesMmr", 99_999, 100_000, 100_000_000);
        harness.checkMarket(market, risk);
        market.minNotionalCents = 100_000;
        harness.checkMarket(market, risk);
    }

    function test_RevertWhen_ImpactOfOnePositionReachesTheMargin() public {
        MarketParams memory market = _marketParams();
        RiskParams memory risk = _riskParams();
        // mmr 1% - penalty 0.5% = 0.5%: the position must stay below 1% of the scale.
        market.skewScaleBase = 10_000e18;
        market.maxPositionBase = 100e18;
        _expect("maxPositionImpact", 100e18, 0, 100e18 - 1);
        harness.checkMarket(market, risk);
        market.maxPositionBase = 100e18 - 1;
        harness.checkMarket(market, risk);

        risk.penaltyBps = 100; // mmr = penalty: no room for any impact
        market.maxPositionBase = 1;
        _expect("maxPositionImpact", 1, 0, 0);
        harness.checkMarket(market, risk);
        market.skewScaleBase = NO_IMPACT;
        harness.checkMarket(market, risk);
    }

    /// The three bounds as the protocol states them, cross-multiplied, against the quotients in the code.
    function testFuzz_checkMarket_tiesHoldExactly(
        uint256 imrBps,
        uint256 penaltyBps,
        uint256 healthBps,
        uint256 minNotionalCents,
        uint256 capCents,
        uint128 scale,
        uint256 maxPosition
    ) public view {
        MarketParams memory market = _marketParams();
        RiskParams memory risk = _riskParams();
        market.imrBps = uint16(bound(imrBps, 50, 5_000));
        risk.penaltyBps = uint16(bound(penaltyBps, 0, 500));
        risk.targetHealthBps = uint16(bound(healthBps, 10_000, 50_000));
        market.minNotionalCents = uint48(bound(minNotionalCents, 1, 200_000));
        risk.keeperFloorCapCents = uint24(bound(capCents, 0, 1_000));
        market.skewScaleBase = scale == 0 ? 1 : scale;
        market.maxPositionBase = uint128(
            bound(maxPosition, 1, bound(uint256(market.skewScaleBase) / 10, 1, uint104(type(int104).max)))
        );

        bool healthOk = uint256(risk.targetHealthBps) * market.imrBps > 2e4 * uint256(risk.penaltyBps);
        bool notionalOk = uint256(market.minNotionalCents) * market.imrBps >= 4e4 * uint256(risk.keeperFloorCapCents);
        bool impactOk =
            market.skewScaleBase == NO_IMPACT ||
                int256(uint256(market.maxPositionBase)) * 1e4 <
                    int256(uint256(market.skewScaleBase)) *
                        (int256(uint256(market.imrBps)) - 2 * int256(uint256(risk.penaltyBps)));

        bool passed;
        try harness.checkMarket(market, risk) {
            passed = true;
        } catch {}
        assertEq(passed, healthOk && notionalOk && impactOk);
    }

    // --------------------------------------------------------------------------------------------------------- helpers

    function _marketParams() private pure returns (MarketParams memory) {
        return
            MarketParams({
                skewScaleBase: 100_000e18,
                maxPositionBase: 100e18,
                imrBps: 200,
                volFactorBps: 20_000,
                slopeBpsPerMillion: 10,
                feeBps: 5,
                maxFundingBps: 100,
                keeperWindow: 60,
                reserveFactorBps: 10_000,
                poolShareBps: 10_000,
                riskWeightBps: 10_000,
                minNotionalCents: 100_000
            });
    }

    function _riskParams() private pure returns (RiskParams memory) {
        return
            RiskParams({
                penaltyBps: 50,
                targetHealthBps: 15_000,
                keeperShareBps: 3_000,
                insuranceShareBps: 3_000,
                keeperFloorCents: 200,
                keeperFloorCapCents: 500,
                maxMarkAge: 300,
                insuranceFeeMinBps: 1_000,
                insuranceFeeMaxBps: 4_000,
                treasuryFeeBps: 2_000,
                insuranceTargetBps: 200,
                recoveryFeeBps: 2_000,
                deleverageRewardBps: 10,
                deleverageRewardCapUsd: 100
            });
    }

    /// @dev No penalty and no bond: the ties to a market are as loose as they get.
    function _noTies() private pure returns (RiskParams memory risk) {
        risk = _riskParams();
        risk.penaltyBps = 0;
        risk.keeperFloorCents = 0;
        risk.keeperFloorCapCents = 0;
    }

    /// @dev The struct is all words in memory, so a field can be set by its number.
    function _marketWith(uint256 index, uint256 value) private pure returns (MarketParams memory market) {
        market = _marketParams();
        // The ties are not the subject here.
        market.skewScaleBase = NO_IMPACT;
        market.maxPositionBase = 1;
        market.imrBps = 5_000;
        assembly {
            mstore(add(market, mul(index, 32)), value)
        }
    }

    function _riskWith(uint256 index, uint256 value) private pure returns (RiskParams memory risk) {
        risk = _riskParams();
        assembly {
            mstore(add(risk, mul(index, 32)), value)
        }
    }

    /// @dev The limit of another share: which of the two names the error has a test of its own.
    function _isShared(bytes32 name) private pure returns (bool) {
        return name == "insuranceFeeMaxBps" || name == "treasuryFeeBps" || name == "keeperShareBps";
    }

    function _market(bytes32 name, uint256 index, uint256 min, uint256 max, uint256 typeMax) private {
        marketRows.push(Row(name, index, min, max, typeMax));
    }

    function _risk(bytes32 name, uint256 index, uint256 min, uint256 max, uint256 typeMax) private {
        riskRows.push(Row(name, index, min, max, typeMax));
    }

    function _expect(bytes32 name, uint256 has, uint256 min, uint256 max) private {
        vm.expectRevert(abi.encodeWithSelector(RiskConfig.RiskConfig_OutOfBounds.selector, name, has, min, max));
    }

    function _expectMarket(Row memory row, uint256 value) private {
        _expect(row.name, value, row.min, row.max);
        harness.checkMarket(_marketWith(row.index, value), _noTies());
    }

    function _expectRisk(Row memory row, uint256 value) private {
        _expect(row.name, value, row.min, row.max);
        harness.checkRisk(_riskWith(row.index, value));
    }
}
