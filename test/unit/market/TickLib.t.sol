// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TickLib} from "../../../contracts/math/TickLib.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract TickLibTest is TestBase {
    function test_tickOf_countsOctavesAndSixtyFourths() public pure {
        assertEq(TickLib.tickOf(0), 0);
        assertEq(TickLib.tickOf(1), 0);
        assertEq(TickLib.tickOf(2), 64);
        assertEq(TickLib.tickOf(3), 64 + 32);
        assertEq(TickLib.tickOf(1 << 70), 70 * 64);
        assertEq(TickLib.tickOf((1 << 70) + (1 << 64)), 70 * 64 + 1);
        assertEq(TickLib.tickOf((1 << 71) - 1), 70 * 64 + 63);
    }

    function testFuzz_tickOf_neverFallsAsThePriceRises(uint256 a, uint256 b) public pure {
        if (a > b) (a, b) = (b, a);
        assertLe(TickLib.tickOf(a), TickLib.tickOf(b));
    }

    /// A tick is at most 1/64 wide: 1.57%.
    function testFuzz_tickOf_isAtMostASixtyFourthWide(uint256 price) public pure {
        price = bound(price, 64, 2 ** 200);
        assertGt(TickLib.tickOf(price + price / 64 + 1), TickLib.tickOf(price), "wider");
        // And at least 1/128: a price that much higher is at most one tick on.
        assertLe(TickLib.tickOf(price + price / 128), TickLib.tickOf(price) + 1, "narrower");
    }
}
