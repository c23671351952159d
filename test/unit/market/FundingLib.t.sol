// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FundingLib} from "../../../contracts/market/FundingLib.sol";
import {MathLib} from "../../../contracts/math/MathLib.sol";
import {NO_IMPACT} from "../../../contracts/types/Market.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract FundingLibTest is TestBase {
    using MathLib for int256;

    function test_growth_isTheFullRateAtFullSkew() public pure {
        // 1% a day of 100,000.
        assertEq(FundingLib.growth(5_000e18, 100_000e18, 5_000e18, 100, 1 days), int256(1_000e18));
        assertEq(FundingLib.growth(-9_000e18, 100_000e18, 5_000e18, 100, 1 days), -int256(1_000e18), "clamped");
        assertEq(FundingLib.growth(2_500e18, 100_000e18, 5_000e18, 100, 1 days / 2), int256(250e18));
    }

    /// @custom:checklist 30
    function test_growth_isNothingWithoutSkewTimeOrScale() public pure {
        assertEq(FundingLib.growth(0, 100_000e18, 5_000e18, 100, 1 days), int256(0));
        assertEq(FundingLib.growth(1e18, 100_000e18, 5_000e18, 100, 0), int256(0));
        assertEq(FundingLib.growth(1e18, 100_000e18, NO_IMPACT, 100, 1 days), int256(0));
    }

    /// Poking once or ten thousand times gives the same index to a billionth.
    /// @custom:checklist 30
    function testFuzz_growth_doesNotDependOnPokes(int256 skew, uint256 price, uint256 scale, uint256 bps) public pure {
        skew = bound(skew, -1e25, 1e25);
        price = bound(price, 1e16, 1e24);
        scale = bound(scale, 1e20, 1e27);
        bps = bound(bps, 1, 1_000);
        uint256 step = 60;
        int256 once = FundingLib.growth(skew, price, scale, bps, step * 10_000);
        // Every poke of a constant market adds the same.
        int256 often = 10_000 * FundingLib.growth(skew, price, scale, bps, step);
        assertLe(often.abs(), once.abs(), "pokes add funding");
        assertLe(once.abs() - often.abs(), once.abs() / 1e9 + 10_000, "pokes lose funding");
    }

    /// The same with the real call ten thousand times: what a sum over unequal steps loses is a wei a step.
    function test_growth_tenThousandPokesOfUnequalLength() public pure {
        uint256 total;
        int256 often;
        for (uint256 i = 0; i < 10_000; ++i) {
            uint256 step = 1 + ((i * 7_919) % 120);
            total += step;
            often += FundingLib.growth(1_234e18, 98_765e18, 50_000e18, 37, step);
        }
        int256 once = FundingLib.growth(1_234e18, 98_765e18, 50_000e18, 37, total);
        assertLe(often, once);
        assertLe(once - often, once / 1e9, "pokes lose funding");
    }

    /// Cutting a position in two never makes it owe less.
    function testFuzz_owed_splittingDoesNotHelp(int256 a, int256 b, int256 index, int256 entry) public pure {
        a = bound(a, -1e30, 1e30);
        b = bound(b, -1e30, 1e30);
        index = bound(index, -1e27, 1e27);
        entry = bound(entry, -1e27, 1e27);
        int256 whole = FundingLib.owed(a + b, index, entry);
        int256 parts = FundingLib.owed(a, index, entry) + FundingLib.owed(b, index, entry);
        assertGe(parts, whole, "splitting helps");
        assertLe(parts - whole, int256(1), "splitting costs more than a wei");
    }

    /// What positions owe is never below what the sums promise the pool: `K * F - Z`.
    function testFuzz_weight_sumsPromiseNoMoreThanIsOwed(
        int256[4] memory sizes,
        int256[4] memory entries,
        int256 index
    ) public pure {
        index = bound(index, -1e24, 1e24);
        int256 skew;
        int256 weights;
        int256 owed;
        for (uint256 i = 0; i < 4; ++i) {
            int256 size = bound(sizes[i], -1e27, 1e27);
            int256 entry = bound(entries[i], -1e24, 1e24);
            skew += size;
            weights += FundingLib.weight(size, entry);
            owed += FundingLib.owed(size, index, entry);
        }
        int256 promised = skew.mulDivFloor(index, 1e18) - weights;
        assertGe(owed, promised, "the pool was promised more than it gets");
        assertLe(owed - promised, int256(9), "more than two wei a position and one");
    }
}
