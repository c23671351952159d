// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ShareMathLib} from "../../../contracts/shares/ShareMathLib.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract ShareMathLibTest is TestBase {
    uint256 private constant BPS = 10_000;

    /// A vault wiped out to nothing can be refilled, ten times in a row, whatever is put in.
    /// @custom:checklist 23
    function testFuzz_mintable_tenWipeOutsToNothingFit(uint256 first, uint256[10] memory deposits) public pure {
        uint256 supply = ShareMathLib.mintable(bound(first, 1e18, 1e30), 0, 0);
        for (uint256 i = 0; i < deposits.length; ++i) {
            uint256 minted = ShareMathLib.mintable(bound(deposits[i], 1e18, 1e30), 0, supply);
            assertGt(minted, 0, "no room for new money");
            assertLe(
                minted,
                supply * BPS + BPS * ShareMathLib.VIRTUAL_SHARES,
                "more than ten thousand times the supply"
            );
            supply += minted;
        }
    }

    /// Who refills leaves at most a basis point to those who were there, and takes nothing from them.
    function testFuzz_mintable_costsAtMostABasisPoint(uint256 supply, uint256 nav, uint256 assets) public pure {
        supply = bound(supply, 1e24, 1e40);
        nav = bound(nav, 0, 1e28);
        assets = bound(assets, 1e18, 1e28);
        uint256 minted = ShareMathLib.mintable(assets, nav, supply);
        if (minted == 0) return;
        uint256 worth = ShareMathLib.toAssetsDown(minted, nav + assets, supply + minted);
        assertLe(worth, assets, "the newcomer gained");
        assertGe(worth + assets / BPS + 2 + assets / 1e12, assets, "more than a basis point was left");
    }

    function test_mintable_isAtParForAFirstDeposit() public pure {
        assertEq(ShareMathLib.mintable(1e18, 0, 0), 1e24);
    }

    function test_mintable_isZeroBelowTheLeastShares() public pure {
        assertEq(ShareMathLib.mintable(1e18, 1_000e18 - 1, 0), 1_000);
        assertEq(ShareMathLib.mintable(1e18 - 1, 1_000e18 - 1, 0), 0);
    }

    function test_mintable_isZeroWhereTheSupplyWouldNotFit() public pure {
        assertEq(ShareMathLib.mintable(1e30, 0, ShareMathLib.MAX_SUPPLY - 1), 0);
        assertEq(ShareMathLib.mintable(type(uint128).max, 1, type(uint256).max / 4), 0);
    }
}
