// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Waiting, WaitingLib} from "../../../contracts/liquidity/WaitingLib.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract WaitingLibTest is TestBase {
    using WaitingLib for Waiting;

    Waiting private _waiting;

    function test_pass_countsThreeSettlements() public {
        _waiting.pass(100, 0);
        _check(100, 0, 0);
        _waiting.pass(100, 0);
        _check(0, 100, 0);
        _waiting.pass(150, 0); // 50 are new
        _check(50, 0, 100);
        _waiting.pass(150, 75); // all are filled alike
        _check(0, 25, 50);
        _waiting.pass(75, 75);
        _check(0, 0, 0);
    }

    /// Whoever is first asked now is overdue after three settlements that leave something, never earlier; and the parts are
    /// all that is left.
    /// @custom:checklist 27
    function testFuzz_pass_neverCountsAheadOfTime(uint256[4] memory added, uint256[4] memory burned) public {
        uint256 left;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 asked = left + bound(added[i], 0, 1e40);
            uint256 filled = bound(burned[i], 0, asked);
            uint256 before = left;
            _waiting.pass(asked, filled);
            left = asked - filled;
            assertEq(_waiting.once + _waiting.twice + _waiting.overdue, left, "the parts are the whole");
            if (i < 2) assertEq(_waiting.overdue, 0, "overdue too early");
            assertLe(_waiting.twice + _waiting.overdue, before, "new ones count once");
        }
    }

    function _check(uint256 once, uint256 twice, uint256 overdue) private view {
        assertEq(_waiting.once, once, "once");
        assertEq(_waiting.twice, twice, "twice");
        assertEq(_waiting.overdue, overdue, "overdue");
    }
}
