// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {RiskSteward} from "../../../contracts/governance/RiskSteward.sol";
import {PARAMETERS_ROLE, STEWARD_ROLE} from "../../../contracts/governance/Roles.sol";
import {IClearinghouse} from "../../../contracts/interfaces/IClearinghouse.sol";
import {IRiskSteward} from "../../../contracts/interfaces/IRiskSteward.sol";
import {MarketParams, RiskParams} from "../../../contracts/types/Market.sol";
import {MarketId} from "../../../contracts/types/MarketId.sol";
import {SystemFixture} from "../../shared/SystemFixture.sol";

/// @notice Whatever a steward asks for: one field moves by at most a step per cool-down, or nothing does.
contract RiskStewardTest is SystemFixture {
    MarketId private constant BTC = MarketId.wrap(0);
    uint256 private constant MARKET_FIELDS = 12;
    uint256 private constant RISK_FIELDS = 14;

    RiskSteward private steward;

    function setUp() public {
        _deployFunded();
        AccessManager access = AccessManager(sys.clearinghouse.authority());
        steward = new RiskSteward(address(access), IClearinghouse(address(sys.clearinghouse)));
        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (IRiskSteward.adjustMarket.selector, IRiskSteward.adjustRisk.selector);
        access.setTargetFunctionRole(address(steward), selectors, STEWARD_ROLE);
        access.grantRole(STEWARD_ROLE, address(this), 0);
        (selectors[0], selectors[1]) = (IClearinghouse.setMarketParams.selector, IClearinghouse.setRiskParams.selector);
        access.setTargetFunctionRole(address(sys.clearinghouse), selectors, PARAMETERS_ROLE);
        access.grantRole(PARAMETERS_ROLE, address(steward), 0);
        access.grantRole(PARAMETERS_ROLE, address(this), 0);
    }

    /// @dev Twelve calls as a steward might make them, drawn around what is allowed: the truth is kept by hand.
    /// @custom:checklist 38
    function testFuzz_adjustMarket_movesOneFieldByAStepPerCoolDown(uint256 seed) public {
        uint256[] memory movedAt = new uint256[](9);
        for (uint256 i = 0; i < 12; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            _advance(bound(draw >> 32, 1, 2 days));
            // Three parameters, so that cool-downs are met.
            uint256 which = ((draw + (seed % 7)) % 3) + (seed % 7);
            uint256[] memory before = _marketFields();
            uint256 from = before[_marketField(which)];
            uint256 to = _near(from, draw >> 64);
            bool mayMove = _isStep(from, to) && _isCool(movedAt[which]);
            try steward.adjustMarket(BTC, IRiskSteward.MarketParameter(which), to) {
                assertTrue(mayMove, "moved");
                movedAt[which] = vm.getBlockTimestamp();
                assertEq(
                    steward.marketCoolingUntil(BTC, IRiskSteward.MarketParameter(which)),
                    movedAt[which] + 3 days,
                    "cooling until"
                );
                before[_marketField(which)] = to;
            } catch {
                // Within the bounds of `RiskConfig` what may move does; at their edge the clearinghouse refuses.
                assertTrue(!mayMove || _isRefused(which, to), "refused");
            }
            _same(_marketFields(), before);
        }
    }

    function testFuzz_adjustRisk_movesOneFieldByAStepPerCoolDown(uint256 seed) public {
        uint256[] memory movedAt = new uint256[](8);
        for (uint256 i = 0; i < 12; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            _advance(bound(draw >> 32, 1, 2 days));
            uint256 which = ((draw + (seed % 6)) % 3) + (seed % 6);
            uint256[] memory before = _riskFields();
            uint256 from = before[_riskField(which)];
            uint256 to = _near(from, draw >> 64);
            bool mayMove = _isStep(from, to) && _isCool(movedAt[which]);
            try steward.adjustRisk(IRiskSteward.RiskParameter(which), to) {
                assertTrue(mayMove, "moved");
                movedAt[which] = vm.getBlockTimestamp();
                before[_riskField(which)] = to;
            } catch {
                assertTrue(!mayMove, "refused");
            }
            _same(_riskFields(), before);
        }
    }

    /// @dev Markets cool by themselves.
    function test_adjustMarket_coolsByMarketAndParameter() public {
        steward.adjustMarket(BTC, IRiskSteward.MarketParameter.ImrBps, 210);
        steward.adjustMarket(MarketId.wrap(1), IRiskSteward.MarketParameter.ImrBps, 410);
        steward.adjustMarket(BTC, IRiskSteward.MarketParameter.FeeBps, 6);
        uint256 nowAt = vm.getBlockTimestamp();
        vm.expectRevert(abi.encodeWithSelector(IRiskSteward.RiskSteward_CoolingDown.selector, nowAt, nowAt + 3 days));
        steward.adjustMarket(BTC, IRiskSteward.MarketParameter.ImrBps, 200);
        _advance(3 days);
        steward.adjustMarket(BTC, IRiskSteward.MarketParameter.ImrBps, 200);
    }

    /// @dev What opening leaves free of the skew cap is more than one step of both its parameters takes.
    function testFuzz_adjustMarket_oneStepMakesNoBookRipeForDeleveraging(uint32 poolShare, uint32 riskWeight) public {
        MarketParams memory params = _marketParams(0);
        params.poolShareBps = uint32(bound(poolShare, 100, 1_000_000));
        params.riskWeightBps = uint32(bound(riskWeight, 100, 900_000));
        sys.clearinghouse.setMarketParams(BTC, params);
        steward.adjustMarket(
            BTC,
            IRiskSteward.MarketParameter.PoolShareBps,
            params.poolShareBps - params.poolShareBps / 10
        );
        steward.adjustMarket(
            BTC,
            IRiskSteward.MarketParameter.RiskWeightBps,
            params.riskWeightBps + params.riskWeightBps / 10
        );
        MarketParams memory now_ = sys.clearinghouse.market(BTC).params;
        uint256 opening = (8_000 * 1e36 * uint256(params.poolShareBps)) / params.riskWeightBps / 10_000;
        assertGt((1e36 * uint256(now_.poolShareBps)) / now_.riskWeightBps, opening, "cap after one step of both");
    }

    // --------------------------------------------------------------------------------------------- the truth, by hand

    function _isStep(uint256 from, uint256 to) private pure returns (bool) {
        uint256 tenth = from / 10;
        if (tenth == 0) tenth = 1;
        return from != to && to + tenth >= from && to <= from + tenth;
    }

    function _isCool(uint256 movedAt) private view returns (bool) {
        return movedAt == 0 || vm.getBlockTimestamp() >= movedAt + 3 days;
    }

    /// @dev The bounds that the draws of this test can reach.
    function _isRefused(uint256 which, uint256 to) private pure returns (bool) {
        // 1,000 USD at half of 2% is just twice the bond's cap: neither may fall.
        if (IRiskSteward.MarketParameter(which) == IRiskSteward.MarketParameter.ImrBps) return to < 200;
        if (IRiskSteward.MarketParameter(which) == IRiskSteward.MarketParameter.ReserveFactorBps) return to > 1_000_000;
        if (IRiskSteward.MarketParameter(which) == IRiskSteward.MarketParameter.MinNotionalCents) return to < 100_000;
        return false;
    }

    function _near(uint256 from, uint256 draw) private pure returns (uint256) {
        uint256 reach = from / 8 + 2;
        uint256 low = from > reach ? from - reach : 0;
        return draw % 5 == 0 ? from + from / 10 : bound(draw >> 8, low, from + reach);
    }

    function _same(uint256[] memory has, uint256[] memory expected) private pure {
        assertEq(keccak256(abi.encode(has)), keccak256(abi.encode(expected)), "every field");
    }

    /// @dev Structs of plain numbers are their words in order.
    function _marketFields() private view returns (uint256[] memory words) {
        bytes memory encoded = abi.encode(sys.clearinghouse.market(BTC).params);
        words = _words(encoded, MARKET_FIELDS);
    }

    function _riskFields() private view returns (uint256[] memory words) {
        bytes memory encoded = abi.encode(sys.clearinghouse.riskParams());
        words = _words(encoded, RISK_FIELDS);
    }

    function _words(bytes memory encoded, uint256 n) private pure returns (uint256[] memory words) {
        assertEq(encoded.length, 32 * n, "fields");
        words = new uint256[](n);
        for (uint256 i = 0; i < n; ++i) {
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(encoded, mul(add(i, 1), 32)))
            }
            words[i] = word;
        }
    }

    /// @dev Place of a parameter in `MarketParams`.
    function _marketField(uint256 which) private pure returns (uint256) {
        return [uint256(2), 3, 5, 6, 8, 9, 10, 1, 11][which];
    }

    /// @dev Place of a parameter in `RiskParams`.
    function _riskField(uint256 which) private pure returns (uint256) {
        return [uint256(0), 4, 6, 7, 8, 10, 12, 13][which];
    }
}
