// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarginLib} from "../../../contracts/margin/MarginLib.sol";
import {VolatilityLib} from "../../../contracts/market/VolatilityLib.sol";
import {MarketBook} from "../../../contracts/types/Market.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract MarginLibTest is TestBase {
    using VolatilityLib for uint256[3];

    MarketBook private _market;

    /// @custom:checklist 8
    function test_initial_growsWithSizeAndStopsAtTheWhole() public pure {
        assertEq(MarginLib.initial(1_000_000e18, 200, 100, 0), 20_000e18);
        assertEq(MarginLib.initial(1_000_000e18, 200, 100, 50), 25_000e18, "50 bps a million");
        assertEq(MarginLib.initial(1_000_000e18, 200, 300, 0), 60_000e18, "stored terms");
        assertEq(MarginLib.initial(1e30, 200, 100, 1_000), 1e30, "at most all of it");
        assertEq(MarginLib.maintenance(1_000_000e18, 100, 50), 12_500e18);
    }

    function test_baseRateBps_followsTheLargestMove() public {
        vm.warp(1_800_000_000);
        _market.params.imrBps = 200;
        _market.params.keeperWindow = 60;
        _market.params.volFactorBps = 20_000;
        _market.windows.record(100_000e18, block.timestamp, 60);
        assertEq(MarginLib.baseRateBps(_market), 200, "calm");
        _market.windows.record(94_000e18, block.timestamp, 60);
        assertApproxEqAbs(MarginLib.baseRateBps(_market), 1_277, 2, "twice 6.38%");
        _market.windows.record(10_000e18, block.timestamp, 60);
        assertEq(MarginLib.baseRateBps(_market), 10_000, "at most all of it");
        vm.warp(1_800_000_000 + 1 hours);
        assertEq(MarginLib.baseRateBps(_market), 200, "forgotten");
    }

    /// I14: what passes the initial requirement is not liquidatable, whatever the rate was before and is now.
    function testFuzz_initial_isAtLeastMaintenance(
        uint256 notional,
        uint256 baseThen,
        uint256 baseNow,
        uint256 slope
    ) public pure {
        notional = bound(notional, 1, 1e32);
        baseThen = bound(baseThen, 50, 10_000);
        baseNow = bound(baseNow, 50, 10_000);
        slope = bound(slope, 0, 1_000);
        uint256 stored = MarginLib.maintenanceRateBps(baseThen);
        assertGe(2 * stored, baseThen, "half, rounded up");
        uint256 initial = MarginLib.initial(notional, baseNow, stored, slope);
        uint256 maintenance = MarginLib.maintenance(notional, stored, slope);
        assertGe(initial, maintenance, "liquidatable at once");
        assertLe(initial, notional, "more than all of it");
    }

    /// Splitting a position never lowers what it needs below what the slope explains; without slope not at all.
    function testFuzz_maintenance_splittingDoesNotHelpWithoutSlope(uint256 a, uint256 b, uint256 rate) public pure {
        a = bound(a, 0, 1e31);
        b = bound(b, 0, 1e31);
        rate = bound(rate, 1, 10_000);
        uint256 whole = MarginLib.maintenance(a + b, rate, 0);
        uint256 parts = MarginLib.maintenance(a, rate, 0) + MarginLib.maintenance(b, rate, 0);
        assertGe(parts, whole);
    }
}
