// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {MathLib, WAD} from "../math/MathLib.sol";
import {MarketBook, MarketState} from "../types/Market.sol";
import {SideBook} from "../types/SideBook.sol";
import {FundingLib} from "./FundingLib.sol";
import {PriceImpactLib} from "./PriceImpactLib.sol";
import {VolatilityLib} from "./VolatilityLib.sol";

/// @title MarketLib
/// @notice Keeps a market's sums equal to the sum of its positions, and turns them into what the pool owes.
/// @dev Every position is in exactly one side's `S` (size), `N` (cost), `Z` (size * funding entry) and `W` (settled);
/// only `SideBookLib` writes them.
///
/// ROUNDING
/// What the pool owes (`owedToTraders`) rounds up, what each position is paid rounds down, so the sums promise at least
/// what positions can collect; the difference, wei per position, stays with the pool.
library MarketLib {
    using MathLib for uint256;
    using MathLib for int256;
    using SafeCast for uint256;
    using SafeCast for int256;
    using VolatilityLib for uint256[3];

    /// @notice Signed size of all positions, `K`; base units WAD.
    function skew(MarketBook storage self) internal view returns (int256) {
        return int256(uint256(self.long.sizeBase)) - int256(uint256(self.short.sizeBase));
    }

    /// @notice The book of one side.
    function sideOf(MarketBook storage self, bool isLong) internal view returns (SideBook storage) {
        return isLong ? self.long : self.short;
    }

    /// @notice Entry cost of all positions, USD.
    function openNotional(MarketBook storage self) internal view returns (uint256) {
        return uint256(self.long.cost) + self.short.cost;
    }

    /// @notice Accrues funding at `price` and adds it to the volatility windows.
    /// @return income What the pool earned, `K * dF`, rounded down; USD WAD.
    function touch(MarketBook storage self, uint256 price) internal returns (uint256 income) {
        uint256 elapsed = block.timestamp - self.touchedAt;
        if (elapsed != 0) {
            int256 k = skew(self);
            int256 growth = FundingLib.growth(k, price, self.params.skewScaleBase, self.params.maxFundingBps, elapsed);
            self.touchedAt = uint40(block.timestamp);
            if (growth != 0) {
                self.fundingIndex = (self.fundingIndex + growth).toInt128();
                income = k.mulDivFloor(growth, WAD).pos();
            }
        }
        // The price of a settled market is no news.
        if (self.state != MarketState.Settled) self.windows.record(price, block.timestamp, self.params.keeperWindow);
    }

    /// @notice The index as {touch} would leave it now.
    function fundingIndexAt(MarketBook storage self, uint256 price) internal view returns (int256) {
        return
            int256(self.fundingIndex) +
            FundingLib.growth(
                skew(self),
                price,
                self.params.skewScaleBase,
                self.params.maxFundingBps,
                block.timestamp - self.touchedAt
            );
    }

    /// @notice What the pool owes the traders of this market, net: `U_m`.
    /// @dev Units: USD WAD, signed. Rounding: up.
    function owedToTraders(MarketBook storage self, uint256 price) internal view returns (int256) {
        SideBook storage long = self.long;
        SideBook storage short = self.short;
        (uint256 longSize, uint256 longCost) = (long.sizeBase, long.cost);
        (uint256 shortSize, uint256 shortCost) = (short.sizeBase, short.cost);
        int256 longs = int256(longSize.mulDivUp(price, WAD)) - int256(longCost);
        int256 shorts = int256(shortCost) - int256(shortSize.mulDivDown(price, WAD));
        int256 k = int256(longSize) - int256(shortSize);
        int256 funding =
            k.mulDivFloor(self.fundingIndex, WAD) - int256(long.fundingWeight) - int256(short.fundingWeight);
        int256 settled = int256(uint256(long.settled) + short.settled);
        return longs + shorts + settled - funding;
    }

    /// @notice Stores the mark `U_m + R_imp` at `price` and returns how much it grew.
    function remark(MarketBook storage self, uint256 price) internal returns (int256 growth) {
        int256 updated =
            owedToTraders(self, price) + int256(PriceImpactLib.reserve(skew(self), price, self.params.skewScaleBase));
        growth = updated - self.mark;
        self.mark = updated.toInt128();
        self.lastPrice = price.toUint128();
    }

    /// @notice `G_m - mark_m`: what this market has added to the pool's equity, fees aside.
    function contribution(MarketBook storage self) internal view returns (int256) {
        return int256(self.realised) - self.mark;
    }

    /// @notice Books `toTraders` (negative: from traders) as realised by the pool in this market.
    function realise(MarketBook storage self, int256 toTraders) internal {
        if (toTraders != 0) self.realised = (self.realised - toTraders).toInt128();
    }
}
