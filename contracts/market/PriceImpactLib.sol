// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MathLib, WAD} from "../math/MathLib.sol";
import {NO_IMPACT} from "../types/Market.sol";

/// @title PriceImpactLib
/// @notice What a trade pays beyond the oracle price for moving the skew, and what the pool keeps for whoever undoes it.
/// @dev A trade `d` at skew `K` fills at `P * (1 + (2K + d) / (2 * scale))`. The extra `d * P * (2K + d) / (2 * scale)` is
/// exactly the growth of `P * K^2 / (2 * scale)`, so what a trader pays in goes to the reserve and slicing gains nothing.
library PriceImpactLib {
    using MathLib for uint256;
    using MathLib for int256;

    /// @notice What a trade pays (+) or is paid (-) beyond the oracle price.
    /// @dev Units: USD WAD. Rounding: towards plus infinity, against the trader.
    /// @param skew Skew before the trade, base units WAD.
    /// @param delta Signed trade, base units WAD.
    function impact(int256 skew, int256 delta, uint256 price, uint256 scale) internal pure returns (int256) {
        if (scale == NO_IMPACT) return 0;
        int256 area = delta * (2 * skew + delta);
        return area.mulDivCeil(price, 2 * scale * WAD);
    }

    /// @notice What belongs to whoever unwinds the skew: `P * K^2 / (2 * scale)`.
    /// @dev Units: USD WAD. Rounding: up, a liability of the pool.
    function reserve(int256 skew, uint256 price, uint256 scale) internal pure returns (uint256) {
        if (scale == NO_IMPACT) return 0;
        uint256 size = skew.abs();
        return price.mulDivUp(size, WAD).mulDivUp(size, 2 * scale);
    }

    /// @notice Value of a trade at the oracle price plus impact: what a buy costs, what a sell brings.
    /// @dev Units: USD WAD. Rounding: buys up, sells down and never below zero.
    function value(
        int256 skew,
        int256 delta,
        uint256 price,
        uint256 scale
    ) internal pure returns (uint256 usd, int256 extra) {
        extra = impact(skew, delta, price, scale);
        usd =
            delta > 0
                ? (int256(uint256(delta).mulDivUp(price, WAD)) + extra).pos()
                : (int256(delta.abs().mulDivDown(price, WAD)) - extra).pos();
    }
}
