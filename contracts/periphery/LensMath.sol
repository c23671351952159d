// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BPS, MathLib, WAD} from "../math/MathLib.sol";
import {Market, NO_IMPACT, Position} from "../types/Market.sol";

/// @title LensMath
/// @notice The clearinghouse's own sums, from what its views return: outsiders cannot use libraries that work on its
/// storage.
/// @dev Units and rounding are those of `PositionLib`, `MarginLib`, `FundingLib`, `PriceImpactLib` and `MarketLib`; tests
/// hold the two against each other to the wei.
library LensMath {
    using MathLib for int256;
    using MathLib for uint256;

    /// @dev USD WAD times basis points per 1,000,000 USD.
    uint256 private constant SLOPE_SCALE = 1e24;

    // --------------------------------------------------------------------------------------------------- one position

    /// @notice Profit (+) or loss (-) against the entry cost. Rounding: down.
    function pricePnl(Position memory self, uint256 price) internal pure returns (int256) {
        uint256 size = int256(self.size).abs();
        return
            self.size > 0
                ? int256(size.mulDivDown(price, WAD)) - int256(uint256(self.cost))
                : int256(uint256(self.cost)) - int256(size.mulDivUp(price, WAD));
    }

    /// @notice Funding owed (+) up to `index`. Rounding: towards plus infinity.
    function fundingOwed(Position memory self, int256 index) internal pure returns (int256) {
        return int256(self.size).mulDivCeil(index - self.fundingEntry, WAD);
    }

    /// @notice Value at a price. Rounding: up.
    function notional(Position memory self, uint256 price) internal pure returns (uint256) {
        return int256(self.size).abs().mulDivUp(price, WAD);
    }

    /// @notice Maintenance requirement. Rounding: up.
    function maintenance(uint256 notional_, uint256 storedMmBps, uint256 slope) internal pure returns (uint256) {
        uint256 rate = storedMmBps + notional_.mulDivUp(slope, 2 * SLOPE_SCALE);
        return notional_.mulDivUp(BPS.min(rate), BPS);
    }

    /// @notice Initial requirement. Rounding: up.
    function initial(
        uint256 notional_,
        uint256 presentBps,
        uint256 storedMmBps,
        uint256 slope
    ) internal pure returns (uint256) {
        uint256 rate = presentBps.max(2 * storedMmBps) + notional_.mulDivUp(slope, SLOPE_SCALE);
        return notional_.mulDivUp(BPS.min(rate), BPS);
    }

    // ---------------------------------------------------------------------------------------------------- one account

    /// @notice What may be withdrawn: unrealised losses count, unrealised profits and what nobody can pay yet do not.
    /// @param margin Stored, and what is collectable.
    /// @param equity Without debts that are still outstanding.
    function withdrawable(uint256 margin, int256 equity, uint256 initialMargin) internal pure returns (uint256) {
        return (int256(margin).min(equity) - int256(initialMargin)).pos();
    }

    // ----------------------------------------------------------------------------------------------------- one market

    /// @notice Signed size of all positions.
    function skew(Market memory self) internal pure returns (int256) {
        return int256(uint256(self.long.sizeBase)) - int256(uint256(self.short.sizeBase));
    }

    /// @notice Funding the heavy side pays in `elapsed` seconds, as a share of its value; + longs pay. Rounding: to zero.
    function fundingRate(Market memory self, uint256 elapsed) internal pure returns (int256) {
        return _growth(self, WAD, elapsed);
    }

    /// @notice The funding index as a touch at `price` would leave it now.
    function fundingIndexAt(Market memory self, uint256 price) internal view returns (int256) {
        return int256(self.fundingIndex) + _growth(self, price, block.timestamp - self.touchedAt);
    }

    function _growth(Market memory self, uint256 price, uint256 elapsed) private pure returns (int256) {
        int256 k = skew(self);
        uint256 scale = self.params.skewScaleBase;
        if (k == 0 || elapsed == 0 || scale == NO_IMPACT) return 0;
        uint256 ratio = ((k.abs() * WAD) / scale).min(WAD);
        uint256 size = (ratio * price).mulDivDown(self.params.maxFundingBps * elapsed, WAD * BPS * 1 days);
        return k > 0 ? int256(size) : -int256(size);
    }

    /// @notice What the pool would owe this market's traders after a touch at `price`, the impact reserve included.
    /// @dev Rounding: up. `index` is {fundingIndexAt} that price.
    function markAt(Market memory self, uint256 price, int256 index) internal pure returns (int256) {
        int256 k = skew(self);
        int256 funding = k.mulDivFloor(index, WAD) - int256(self.fundingWeightLong) - int256(self.fundingWeightShort);
        int256 settled = int256(uint256(self.settledLong) + self.settledShort);
        return longPnl(self, price) + shortPnl(self, price) + settled - funding + int256(_reserve(self, k, price));
    }

    /// @notice Price profit of all longs together. Rounding: up.
    function longPnl(Market memory self, uint256 price) internal pure returns (int256) {
        return int256(uint256(self.long.sizeBase).mulDivUp(price, WAD)) - int256(uint256(self.long.cost));
    }

    /// @notice Price profit of all shorts together. Rounding: up.
    function shortPnl(Market memory self, uint256 price) internal pure returns (int256) {
        return int256(uint256(self.short.cost)) - int256(uint256(self.short.sizeBase).mulDivDown(price, WAD));
    }

    /// @notice What a trade pays (+) or is paid (-) for moving the skew. Rounding: up.
    function impact(int256 skewBefore, int256 delta, uint256 price, uint256 scale) internal pure returns (int256) {
        if (scale == NO_IMPACT) return 0;
        int256 area = delta * (2 * skewBefore + delta);
        return area.mulDivCeil(price, 2 * scale * WAD);
    }

    function _reserve(Market memory self, int256 k, uint256 price) private pure returns (uint256) {
        uint256 scale = self.params.skewScaleBase;
        if (scale == NO_IMPACT) return 0;
        return price.mulDivUp(k.abs(), WAD).mulDivUp(k.abs(), 2 * scale);
    }
}
