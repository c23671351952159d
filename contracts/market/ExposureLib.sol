// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {BPS, MathLib, WAD} from "../math/MathLib.sol";
import {MarketBook} from "../types/Market.sol";
import {MarketLib} from "./MarketLib.sol";

/// @title ExposureLib
/// @notice One market's part of what the pool's exits are measured against.
library ExposureLib {
    using MarketLib for MarketBook;
    using MathLib for int256;
    using MathLib for uint256;

    /// @dev Redemptions leave what opening may use of the skew cap.
    uint256 private constant OPENING_SHARE_BPS = 8_000;

    /// @notice Adds a market at its last mark to the running total.
    /// @dev Units: USD WAD. Rounding: up, against whoever leaves.
    function addExposure(MarketBook storage self, IClearinghouse.Exposure memory total) internal view {
        uint256 price = self.lastPrice;
        int256 settledLong = int256(uint256(self.long.settled));
        int256 settledShort = int256(uint256(self.short.settled));
        int256 mark = self.mark;
        total.positiveMarks += mark.pos();
        total.unrealisedProfit += (mark - settledLong - settledShort).pos();

        uint256 longSize = self.long.sizeBase;
        uint256 shortSize = self.short.sizeBase;
        total.sideProfits += (int256(longSize.mulDivUp(price, WAD)) - int256(uint256(self.long.cost)) + settledLong)
            .pos();
        total.sideProfits += (int256(uint256(self.short.cost)) -
            int256(shortSize.mulDivDown(price, WAD)) +
            settledShort).pos();

        uint256 skewNotional = self.skew().abs().mulDivUp(price, WAD);
        if (skewNotional == 0) return;
        uint256 share = uint256(self.params.poolShareBps) * OPENING_SHARE_BPS;
        uint256 needed =
            share == 0 ? type(uint128).max : skewNotional.mulDivUp(uint256(self.params.riskWeightBps) * BPS, share);
        total.skewCapital = total.skewCapital.max(needed);
    }
}
