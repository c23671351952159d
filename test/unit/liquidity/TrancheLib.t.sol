// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITranche} from "../../../contracts/interfaces/ITranche.sol";
import {TrancheLib} from "../../../contracts/liquidity/TrancheLib.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract TrancheLibTest is TestBase {
    function testFuzz_navs_addUpAndFavourSenior(int128 equity, uint128 principal) public pure {
        (uint256 senior, uint256 junior) = TrancheLib.navs(equity, principal);
        assertEq(senior + junior, equity > 0 ? uint256(int256(equity)) : 0, "not all of E");
        assertLe(senior, principal, "senior above its principal");
        if (junior != 0) assertEq(senior, principal, "junior before senior is whole");
    }

    function test_coupon_weighsTheTranches() public pure {
        // 5,000 * 400,000 : 10,000 * 100,000 = 2 : 1.
        assertEq(TrancheLib.coupon(90e18, 500_000e18, 400_000e18, 5_000, 10_000), 60e18);
        assertEq(TrancheLib.coupon(90e18, 400_000e18, 400_000e18, 5_000, 10_000), 0, "not whole");
        assertEq(TrancheLib.coupon(90e18, -1, 400_000e18, 5_000, 10_000), 0, "nothing there");
        // Only 30 of the income lie above T.
        assertEq(TrancheLib.coupon(90e18, 400_030e18, 400_000e18, 10_000, 0), 30e18, "restores first");
    }

    /// A coupon is part of the income and of what lies above T: junior never falls below zero for it.
    function testFuzz_coupon_isPartOfTheIncome(
        uint128 income,
        int128 equity,
        uint128 principal,
        uint16 ws,
        uint16 wj
    ) public pure {
        uint256 coupon = TrancheLib.coupon(income, equity, principal, ws, wj);
        assertLe(coupon, income, "more than the income");
        (, uint256 junior) = TrancheLib.navs(equity, principal);
        assertLe(coupon, junior, "more than junior has");
    }

    function testFuzz_shareFree_neverGivesMoreThanFree(uint128 free, uint128 senior, uint128 junior) public pure {
        (uint256 a, uint256 b) = TrancheLib.shareFree(free, senior, junior);
        assertLe(a + b, uint256(free) > uint256(senior) + junior ? uint256(senior) + junior : free, "more than free");
        assertLe(a, senior);
        assertLe(b, junior);
        if (uint256(senior) + junior <= free) return assertEq(a + b, uint256(senior) + junior, "enough for all");
        // Pro rata: cross products differ by rounding only.
        assertApproxEqAbs(a * junior, b * senior, uint256(senior) + junior, "not pro rata");
    }

    /// Shares take their part of T and of the floor with them: what a remaining share has of both stays.
    function testFuzz_moveSenior_leavesTheOthersTheirPart(
        uint256 principal,
        uint256 supply,
        uint256 burned
    ) public pure {
        principal = bound(principal, 1e6, 1e27);
        supply = bound(supply, 1e12, 1e33);
        ITranche.Outcome memory outcome;
        outcome.supplyBefore = supply;
        outcome.sharesBurned = bound(burned, 0, supply);
        uint256 floor = principal / 20;
        (uint256 principalAfter, uint256 floorAfter) = TrancheLib.moveSenior(principal, floor, 500, outcome);
        uint256 supplyAfter = supply - outcome.sharesBurned;
        if (supplyAfter == 0) {
            assertEq(principalAfter, 0, "principal without shares");
            return assertEq(floorAfter, 0, "floor without shares");
        }
        // T / supply is kept to rounding: two divisions of one wei each.
        assertApproxEqAbs(
            (principalAfter * supply) / supplyAfter,
            principal,
            (2 * supply) / supplyAfter + 2,
            "T per share"
        );
    }

    function test_moveSenior_addsWhatWasPaid() public pure {
        ITranche.Outcome memory outcome = ITranche.Outcome(50e18, 25e24, 0, 0, 100e24, 0);
        (uint256 principal, uint256 floor) = TrancheLib.moveSenior(100e18, 5e18, 500, outcome);
        assertEq(principal, 150e18);
        assertEq(floor, 7.5e18);
    }
}
