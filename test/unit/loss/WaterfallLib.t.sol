// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {WaterfallLib} from "../../../contracts/loss/WaterfallLib.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract WaterfallLibTest is TestBase {
    /// I4: nothing of a loss disappears.
    /// @custom:checklist 20
    function testFuzz_allocate_conservesTheLoss(
        uint128 loss,
        int128 equityAfter,
        uint128 floor,
        uint128 principal
    ) public pure {
        (uint256 junior, uint256 senior, uint256 shortOfFloor) = WaterfallLib.allocate(
            loss,
            equityAfter,
            floor,
            principal
        );
        assertEq(junior + senior + shortOfFloor, loss, "I4: parts do not add up");
    }

    /// I5: senior pays only once junior is empty, what is behind them only below the floor, and only the missing part.
    /// @custom:checklist 19
    function testFuzz_allocate_keepsTheOrder(
        uint128 loss,
        int128 equityAfter,
        uint128 floor,
        uint128 principal
    ) public pure {
        (uint256 junior, uint256 senior, uint256 shortOfFloor) = WaterfallLib.allocate(
            loss,
            equityAfter,
            floor,
            principal
        );
        int256 before = int256(equityAfter) + int256(uint256(loss));
        uint256 juniorNav = before > int256(uint256(principal)) ? uint256(before - int256(uint256(principal))) : 0;
        assertLe(junior, juniorNav, "I5: junior pays more than it has");
        if (senior != 0) assertEq(junior, juniorNav, "I5: senior pays while junior has something");
        if (shortOfFloor != 0) {
            assertLt(int256(equityAfter), int256(uint256(floor)), "I5: the floor holds, yet somebody behind it pays");
            uint256 missing = uint256(int256(uint256(floor)) - int256(equityAfter));
            assertEq(shortOfFloor, missing < loss ? missing : loss, "I5: not what is missing to the floor");
        }
    }

    /// The tranches never pay below the floor, if the floor is senior's: Φ <= T.
    function testFuzz_allocate_leavesTheFloor(
        uint128 loss,
        int128 equityAfter,
        uint128 floor,
        uint128 principal
    ) public pure {
        if (floor > principal) (floor, principal) = (principal, floor);
        (uint256 junior, uint256 senior, ) = WaterfallLib.allocate(loss, equityAfter, floor, principal);
        int256 before = int256(equityAfter) + int256(uint256(loss));
        if (before < int256(uint256(floor))) return assertEq(junior + senior, 0, "paid although nothing was left");
        assertGe(before - int256(junior + senior), int256(uint256(floor)), "the floor was paid away");
    }

    /// P4: two losses one after the other are allocated like their sum.
    function testFuzz_allocate_isAdditive(
        uint128 a,
        uint128 b,
        int128 equityAfter,
        uint128 floor,
        uint128 principal
    ) public pure {
        if (floor > principal) (floor, principal) = (principal, floor);
        (uint256 junior, uint256 senior, uint256 behind) = WaterfallLib.allocate(
            uint256(a) + b,
            equityAfter,
            floor,
            principal
        );
        (uint256 junior1, uint256 senior1, uint256 behind1) = WaterfallLib.allocate(
            a,
            int256(equityAfter) + int256(uint256(b)),
            floor,
            principal
        );
        (uint256 junior2, uint256 senior2, uint256 behind2) = WaterfallLib.allocate(b, equityAfter, floor, principal);
        assertEq(junior1 + junior2, junior, "junior");
        assertEq(senior1 + senior2, senior, "senior");
        assertEq(behind1 + behind2, behind, "behind");
    }

    function testFuzz_shareOut_isExactAndFair(uint128 total, uint128[5] memory raw, uint256 fallbackIndex) public pure {
        uint256[] memory weights = new uint256[](5);
        uint256 sum;
        for (uint256 i = 0; i < 5; ++i) {
            weights[i] = raw[i] % 3 == 0 ? 0 : raw[i];
            sum += weights[i];
        }
        uint256[] memory parts = WaterfallLib.shareOut(total, weights, fallbackIndex % 5);
        uint256 shared;
        for (uint256 i = 0; i < 5; ++i) {
            shared += parts[i];
            if (sum == 0) continue;
            if (weights[i] == 0) assertEq(parts[i], 0, "who has no weight pays");
            assertApproxEqAbs(parts[i], (uint256(total) * weights[i]) / sum, 5, "not pro rata");
        }
        assertEq(shared, total, "parts do not add up");
        if (sum == 0) assertEq(parts[fallbackIndex % 5], total, "nobody was asked");
    }

    function test_shareOut_ofNothingIsNothing() public pure {
        assertEq(WaterfallLib.shareOut(5, new uint256[](0), 0).length, 0);
    }
}
