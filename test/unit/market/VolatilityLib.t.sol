// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {VolatilityLib} from "../../../contracts/market/VolatilityLib.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract VolatilityLibTest is TestBase {
    using VolatilityLib for uint256[3];

    uint256 private constant WINDOW = 60;
    uint256 private constant START = 1_800_000_000; // the start of a window

    uint256[3] private _windows;

    uint256[] private _prices;
    uint256[] private _times;

    function _record(uint256 price, uint256 time) private {
        _windows.record(price, time, WINDOW);
        _prices.push(price);
        _times.push(time);
    }

    /// @dev Shows eight digits of a range.
    uint256 private constant FINE = 1e8;

    /// @dev The same from the raw prices: the largest range over two adjacent windows of the last twelve.
    function _exact(uint256 nowAt) private view returns (uint256 largest) {
        uint256 newest = nowAt / WINDOW;
        for (uint256 i = 0; i < _prices.length; ++i) {
            for (uint256 j = 0; j < _prices.length; ++j) {
                (uint256 a, uint256 b) = (_times[i] / WINDOW, _times[j] / WINDOW);
                if ((a > b ? a - b : b - a) > 1 || newest - a > 11 || newest - b > 11) continue;
                if (_prices[j] <= _prices[i]) continue;
                uint256 range = ((_prices[j] - _prices[i]) * FINE) / _prices[i];
                if (range > largest) largest = range;
            }
        }
    }

    function test_scaledRangeBps_isZeroForOnePrice() public {
        _record(2 ** 70, START);
        assertEq(_windows.scaledRangeBps(START, WINDOW, 10_000), 0);
    }

    function test_scaledRangeBps_seesAMoveWithinAndBetweenWindows() public {
        _record(100_000e18, START);
        _record(101_000e18, START + 59);
        assertApproxEqAbs(_windows.scaledRangeBps(START + 59, WINDOW, 10_000), 100, 1, "within");
        _record(103_000e18, START + 60);
        assertApproxEqAbs(_windows.scaledRangeBps(START + 60, WINDOW, 10_000), 300, 1, "between");
        assertApproxEqAbs(_windows.scaledRangeBps(START + 60, WINDOW, 20_000), 600, 1, "twice");
        assertEq(_windows.scaledRangeBps(START + 60, WINDOW, 0), 0, "off");
    }

    function test_scaledRangeBps_doesNotJoinWindowsApart() public {
        _record(100_000e18, START);
        _record(150_000e18, START + 2 * WINDOW);
        assertLe(_windows.scaledRangeBps(START + 2 * WINDOW, WINDOW, 10_000), 1);
    }

    function test_scaledRangeBps_forgetsAfterTwelveWindows() public {
        _record(100_000e18, START);
        _record(110_000e18, START + 1);
        assertGe(_windows.scaledRangeBps(START + 11 * WINDOW, WINDOW, 10_000), 1_000, "still there");
        assertEq(_windows.scaledRangeBps(START + 12 * WINDOW, WINDOW, 10_000), 0, "forgotten");
        // A leftover in the same place of the ring is not taken for new.
        assertEq(_windows.scaledRangeBps(START + 12 * 5_461 * WINDOW, WINDOW, 10_000), 0, "leftover");
    }

    /// Never below what prices really did; above it by at most the rounding of the stored prices.
    function testFuzz_scaledRangeBps_isNeverUnderstated(uint256[12] memory seeds, uint256[12] memory gaps) public {
        uint256 time = START;
        uint256 price = bound(seeds[0], 1e6, 1e27);
        for (uint256 i = 0; i < 12; ++i) {
            _record(price, time);
            uint256 has = _windows.scaledRangeBps(time, WINDOW, FINE);
            uint256 exact = _exact(time);
            assertGe(has, exact, "understated");
            // Two prices of 2^-16 each, relative to the lower one.
            assertLe(has, exact + ((exact + FINE) * 2) / 2 ** 16 + 2, "overstated");
            time += bound(gaps[i], 0, 130);
            // Moves of up to a third either way.
            price = (price * bound(seeds[i] >> 8, 700, 1_400)) / 1_000;
        }
    }

    /// Whatever the price, low and high of one price are at most 2^-16 apart.
    function testFuzz_record_keepsSeventeenBits(uint256 price) public {
        price = bound(price, 1, 2 ** 112 - 1);
        _windows.record(price, START, WINDOW);
        assertLe(_windows.scaledRangeBps(START, WINDOW, 1e8), uint256(1e8) / 2 ** 16 + 1);
    }
}
