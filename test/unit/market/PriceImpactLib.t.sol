// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PriceImpactLib} from "../../../contracts/market/PriceImpactLib.sol";
import {NO_IMPACT} from "../../../contracts/types/Market.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract PriceImpactLibTest is TestBase {
    /// @dev Sizes to a billion units, prices from a millionth of a dollar to ten million.
    struct Draw {
        int256 skew;
        int256 a;
        int256 b;
        uint256 price;
        uint256 scale;
    }

    function _draw(int256 skew, int256 a, int256 b, uint256 price, uint256 scale) private pure returns (Draw memory) {
        return
            Draw({
                skew: bound(skew, -1e27, 1e27),
                a: bound(a, -1e27, 1e27),
                b: bound(b, -1e27, 1e27),
                price: bound(price, 1e12, 1e25),
                scale: bound(scale, 1e18, 1e33)
            });
    }

    function test_impact_isWhatTheFormulaSays() public pure {
        // 10 * (2 * 3 + 10) / (2 * 1,000) of 100,000 a unit.
        assertEq(PriceImpactLib.impact(3e18, 10e18, 100_000e18, 1_000e18), int256(8_000e18));
        assertEq(PriceImpactLib.impact(13e18, -10e18, 100_000e18, 1_000e18), int256(-8_000e18));
    }

    function test_value_isNothingBeyondThePriceWithoutImpact() public pure {
        assertEq(PriceImpactLib.impact(3e18, 10e18, 100_000e18, NO_IMPACT), int256(0));
        assertEq(PriceImpactLib.reserve(3e18, 100_000e18, NO_IMPACT), 0);
        (uint256 buy, int256 extra) = PriceImpactLib.value(3e18, 10e18, 100_000e18, NO_IMPACT);
        assertEq(buy, 1_000_000e18);
        assertEq(extra, int256(0));
    }

    /// Slicing a trade gains nothing and costs at most the rounding.
    /// @custom:checklist 31
    function testFuzz_impact_doesNotDependOnThePath(
        int256 skew,
        int256 a,
        int256 b,
        uint256 price,
        uint256 scale
    ) public pure {
        Draw memory d = _draw(skew, a, b, price, scale);
        int256 whole = PriceImpactLib.impact(d.skew, d.a + d.b, d.price, d.scale);
        int256 sliced =
            PriceImpactLib.impact(d.skew, d.a, d.price, d.scale) +
                PriceImpactLib.impact(d.skew + d.a, d.b, d.price, d.scale);
        assertGe(sliced, whole, "slicing gained");
        assertLe(sliced - whole, int256(1), "slicing cost more than a wei");
    }

    /// What traders pay in is what the reserve grows by: never less, but for the rounding of the reserve itself.
    function testFuzz_impact_isTheGrowthOfTheReserve(int256 skew, int256 a, uint256 price, uint256 scale) public pure {
        Draw memory d = _draw(skew, a, 0, price, scale);
        int256 paid = PriceImpactLib.impact(d.skew, d.a, d.price, d.scale);
        int256 growth =
            int256(PriceImpactLib.reserve(d.skew + d.a, d.price, d.scale)) -
                int256(PriceImpactLib.reserve(d.skew, d.price, d.scale));
        // `u(P * |K|)` rounds by less than a wei, times K / (2 * scale), and once more.
        uint256 slack = 2 + 2e27 / (2 * d.scale) + 1;
        assertApproxEqAbs(paid, growth, slack, "impact and reserve drift apart");
    }

    /// A round trip at one price never pays.
    function testFuzz_value_roundTripNeverPays(int256 skew, int256 a, uint256 price, uint256 scale) public pure {
        Draw memory d = _draw(skew, a, 0, price, scale);
        if (d.a <= 0) return;
        (uint256 cost, ) = PriceImpactLib.value(d.skew, d.a, d.price, d.scale);
        (uint256 proceeds, ) = PriceImpactLib.value(d.skew + d.a, -d.a, d.price, d.scale);
        if (proceeds == 0 || cost == 0) return; // clamped at zero: far outside of what opening allows
        assertLe(proceeds, cost, "round trip pays");
        assertLe(cost - proceeds, 4, "round trip costs more than rounding");
    }

    /// Whoever closes the last position is paid no more than the reserve holds.
    function testFuzz_reserve_coversTheUnwinding(int256 skew, uint256 price, uint256 scale) public pure {
        Draw memory d = _draw(skew, 0, 0, price, scale);
        int256 paidOut = -PriceImpactLib.impact(d.skew, -d.skew, d.price, d.scale);
        assertGe(int256(PriceImpactLib.reserve(d.skew, d.price, d.scale)), paidOut, "reserve too small");
    }
}
