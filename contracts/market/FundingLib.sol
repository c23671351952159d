// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BPS, MathLib, WAD} from "../math/MathLib.sol";
import {NO_IMPACT} from "../types/Market.sol";

/// @title FundingLib
/// @notice The heavy side pays the light side and the pool in proportion to skew.
/// @dev The index `F` is USD per base unit. A long owes `size * dF`, a short is owed it; what the heavy side pays beyond
/// what the light side gets, `K * dF >= 0`, is the pool's.
library FundingLib {
    using MathLib for int256;

    /// @notice Growth of the index over `elapsed` seconds.
    /// @dev Units: USD per base unit WAD. `clamp(K / scale, -1, 1) * maxFundingBps` per day at price `P`.
    /// Rounding: towards zero, so that the pool's share is never more than what is owed.
    function growth(
        int256 skew,
        uint256 price,
        uint256 scale,
        uint256 maxFundingBps,
        uint256 elapsed
    ) internal pure returns (int256) {
        if (skew == 0 || elapsed == 0 || scale == NO_IMPACT) return 0;
        uint256 ratio = MathLib.min((skew.abs() * WAD) / scale, WAD);
        uint256 size = MathLib.mulDivDown(ratio * price, maxFundingBps * elapsed, WAD * BPS * 1 days);
        return skew > 0 ? int256(size) : -int256(size);
    }

    /// @notice Funding a position owes (+) or is owed (-).
    /// @dev Units: USD WAD. Rounding: towards plus infinity, against the trader.
    function owed(int256 size, int256 index, int256 entry) internal pure returns (int256) {
        return size.mulDivCeil(index - entry, WAD);
    }

    /// @notice A position's part of `Z = sum size * fundingEntry`.
    /// @dev Units: USD WAD. Rounding: towards plus infinity. With {owed} rounding up as well, the sum of what positions
    /// owe is never below what the aggregates promise the pool.
    function weight(int256 size, int256 entry) internal pure returns (int256) {
        return size.mulDivCeil(entry, WAD);
    }
}
