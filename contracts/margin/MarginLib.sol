// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {VolatilityLib} from "../market/VolatilityLib.sol";
import {BPS, MathLib} from "../math/MathLib.sol";
import {MarketBook} from "../types/Market.sol";

/// @title MarginLib
/// @notice How much margin a position needs.
/// @dev Units: rates in basis points, notional USD WAD. Rounding: requirements up.
///
/// The initial rate follows the largest move a keeper could have missed in the last hour. Half of the rate at opening is
/// stored on the position as its maintenance rate, so terms never change under an open position; the initial rate of an
/// existing position is never below twice its stored rate, so that whatever passes the initial check is not liquidatable
/// at the same price (I14).
library MarginLib {
    using MathLib for uint256;
    using VolatilityLib for uint256[3];

    /// @dev USD WAD times basis points per 1,000,000 USD.
    uint256 private constant SLOPE_SCALE = 1e24;

    /// @notice Initial rate of a new position before the slope: `max(imr, volFactor * range)`, at most 100%.
    function baseRateBps(MarketBook storage market) internal view returns (uint256) {
        uint256 volatility = market.windows.scaledRangeBps(
            block.timestamp,
            market.params.keeperWindow,
            market.params.volFactorBps
        );
        return MathLib.min(BPS, MathLib.max(market.params.imrBps, volatility));
    }

    /// @notice Maintenance rate stored at opening: half the base rate.
    function maintenanceRateBps(uint256 baseBps) internal pure returns (uint256) {
        return (baseBps + 1) / 2;
    }

    /// @notice Initial requirement of a position.
    function initial(
        uint256 notional,
        uint256 baseBps,
        uint256 storedMmBps,
        uint256 slope
    ) internal pure returns (uint256) {
        uint256 rate = MathLib.max(baseBps, 2 * storedMmBps) + notional.mulDivUp(slope, SLOPE_SCALE);
        return notional.mulDivUp(MathLib.min(BPS, rate), BPS);
    }

    /// @notice Maintenance requirement of a position.
    function maintenance(uint256 notional, uint256 storedMmBps, uint256 slope) internal pure returns (uint256) {
        uint256 rate = storedMmBps + notional.mulDivUp(slope, 2 * SLOPE_SCALE);
        return notional.mulDivUp(MathLib.min(BPS, rate), BPS);
    }
}
