// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PositionLib} from "../../../contracts/margin/PositionLib.sol";
import {Position} from "../../../contracts/types/Market.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract PositionLibTest is TestBase {
    using PositionLib for Position;

    function _position(bool isLong, uint256 size, uint256 entry) private pure returns (Position memory position) {
        size = bound(size, 1e12, 1e25);
        entry = bound(entry, 1e12, 1e24);
        position.open(isLong ? int256(size) : -int256(size), (size * entry) / 1e18 + 1, 100, 0);
    }

    /// @dev What the position is worth to its owner.
    function _worth(Position memory position, uint256 price) private pure returns (int256) {
        return position.pricePnl(price) + int256(uint256(position.settled));
    }

    function test_pricePnl_ofALongAndAShort() public pure {
        Position memory position;
        position.open(10e18, 1_000_000e18, 100, 0);
        assertEq(position.pricePnl(93_000e18), -70_000e18);
        position = Position(-10e18, 1_000_000e18, 0, 100, 0, 0, 0, 0);
        assertEq(position.pricePnl(93_000e18), int256(70_000e18));
    }

    /// Crystallising moves worth into money and loses at most a wei.
    function testFuzz_crystallise_keepsWorth(
        bool isLong,
        uint256 size,
        uint256 entry,
        uint256 price,
        uint256 cap
    ) public pure {
        Position memory position = _position(isLong, size, entry);
        price = bound(price, 1e12, 1e24);
        int256 before = _worth(position, price);
        uint32 bucket = position.bucket;
        (int256 toTrader, uint256 returned) = position.crystallise(price, bound(cap, 0, 1e32));
        int256 afterwards = toTrader + _worth(position, price);
        assertLe(afterwards, before, "crystallising earned");
        assertLe(before - afterwards, int256(1), "crystallising lost");
        assertEq(returned, 0, "nothing was settled");
        if (before >= 0) {
            assertEq(position.settled, 0, "a winner has settled nothing");
            assertApproxEqAbs(position.pricePnl(price), int256(0), 1, "a winner's entry is the price");
        } else {
            assertEq(position.bucket, bucket, "a loser keeps its bucket");
            assertLe(position.settled, uint256(-before), "settled more than was lost");
        }
    }

    /// Settling at a low and again at a high: equity never moves, the price profit neither.
    function testFuzz_settleLoss_keepsWorth(
        bool isLong,
        uint256 size,
        uint256 entry,
        uint256 low,
        uint256 high
    ) public pure {
        Position memory position = _position(isLong, size, entry);
        int256 paid;
        uint256[2] memory prices = [bound(low, 1e12, 1e24), bound(high, 1e12, 1e24)];
        for (uint256 i = 0; i < 2; ++i) {
            int256 pnl = position.pricePnl(prices[i]);
            int256 before = _worth(position, prices[i]);
            uint256 loss = pnl < 0 ? uint256(-pnl) : 0;
            (int256 toTrader, uint256 returned) = position.settleLoss(loss, type(uint256).max);
            paid -= toTrader;
            assertEq(toTrader + _worth(position, prices[i]), before, "settling moved worth");
            assertEq(position.pricePnl(prices[i]), pnl, "settling moved the price profit");
            assertEq(int256(uint256(position.settled)), paid, "settled is what was paid");
            assertEq(returned, toTrader > 0 ? uint256(toTrader) : 0, "what comes back is named");
        }
    }

    /// Closing in slices at the oracle price gives no more than closing at once.
    /// @custom:checklist 31
    function testFuzz_close_slicesNeverPay(
        bool isLong,
        uint256 size,
        uint256 entry,
        uint256 price,
        uint256 part
    ) public pure {
        Position memory whole = _position(isLong, size, entry);
        Position memory sliced = _position(isLong, size, entry);
        price = bound(price, 1e12, 1e24);
        uint256 full = uint256(int256(isLong ? whole.size : -whole.size));
        part = bound(part, 1, full);
        (int256 once, ) = whole.close(full, _value(isLong, full, price));
        (int256 twice, ) = sliced.close(part, _value(isLong, part, price));
        if (part < full) {
            (int256 rest, ) = sliced.close(full - part, _value(isLong, full - part, price));
            twice += rest;
        }
        assertLe(twice, once, "slicing pays");
        assertLe(once - twice, int256(2), "slicing costs more than rounding");
        assertEq(sliced.cost, 0, "cost is gone");
        assertEq(int256(sliced.size), int256(0), "size is gone");
    }

    function _value(bool isLong, uint256 size, uint256 price) private pure returns (uint256) {
        return isLong ? (size * price) / 1e18 : (size * price + 1e18 - 1) / 1e18;
    }

    /// @custom:checklist 34
    function test_close_roundsTheCostPartAgainstTheTrader() public pure {
        Position memory position = Position(3, 10, 0, 100, 0, 0, 0, 0);
        position.close(1, 3);
        assertEq(uint256(position.cost), 6, "long: up");
        position = Position(-3, 10, 0, 100, 0, 0, 0, 0);
        position.close(1, 3);
        assertEq(uint256(position.cost), 7, "short: down");
    }

    /// Variation margin comes back pro rata, wholly with the last slice.
    function testFuzz_close_returnsSettledProRata(uint256 size, uint256 settled, uint256 part) public pure {
        Position memory position = _position(true, size, 1_000e18);
        uint256 full = uint256(int256(position.size));
        position.settled = uint104(bound(settled, 0, position.cost));
        uint256 before = position.settled;
        part = bound(part, 1, full);
        (, uint256 first) = position.close(part, part * 500);
        assertApproxEqAbs(first, (before * part) / full, 1, "not pro rata");
        if (part == full) return assertEq(first, before);
        (, uint256 rest) = position.close(full - part, (full - part) * 500);
        assertEq(first + rest, before, "settled got lost");
    }

    /// The maintenance rate of a position only rises; its funding entry is that of the first opening.
    function testFuzz_open_keepsTheHigherRate(uint16 a, uint16 b) public pure {
        Position memory position;
        position.open(1e18, 100e18, a, 5);
        position.open(2e18, 300e18, b, 9);
        assertEq(position.mmBps, a > b ? a : b);
        assertEq(int256(position.fundingEntry), int256(5));
        assertEq(uint256(position.cost), 400e18);
    }

    function test_settleFunding_paysOnce() public pure {
        Position memory position;
        position.open(10e18, 1_000_000e18, 100, 0);
        assertEq(position.settleFunding(3e18), -30e18);
        assertEq(position.settleFunding(3e18), int256(0));
        assertEq(position.settleFunding(1e18), int256(20e18));
    }
}
