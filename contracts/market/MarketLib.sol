// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {MathLib, WAD} from "../math/MathLib.sol";
import {Market, Position, Side} from "../types/Market.sol";
import {FundingLib} from "./FundingLib.sol";
import {PriceImpactLib} from "./PriceImpactLib.sol";
import {VolatilityLib} from "./VolatilityLib.sol";

/// @title MarketLib
/// @notice Keeps a market's sums equal to the sum of its positions, and turns them into what the pool owes.
/// @dev Every position is in exactly one side's `S` (size), `N` (cost), `Z` (size * funding entry) and `W` (settled).
/// A change to a position is: `exclude` it, change it, `include` it. Nothing else writes the sums.
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
    function skew(Market storage self) internal view returns (int256) {
        return int256(uint256(self.long.sizeBase)) - int256(uint256(self.short.sizeBase));
    }

    /// @notice Accrues funding at `price` and adds it to the volatility windows.
    /// @return income What the pool earned, `K * dF`, rounded down; USD WAD.
    function touch(Market storage self, uint256 price) internal returns (uint256 income) {
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
        self.windows.record(price, block.timestamp, self.params.keeperWindow);
    }

    /// @notice The index as {touch} would leave it now.
    function fundingIndexAt(Market storage self, uint256 price) internal view returns (int256) {
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
    function owedToTraders(Market storage self, uint256 price) internal view returns (int256) {
        Side memory long = self.long;
        Side memory short = self.short;
        int256 longs = int256(uint256(long.sizeBase).mulDivUp(price, WAD)) - int256(uint256(long.cost));
        int256 shorts = int256(uint256(short.cost)) - int256(uint256(short.sizeBase).mulDivDown(price, WAD));
        int256 k = int256(uint256(long.sizeBase)) - int256(uint256(short.sizeBase));
        int256 funding =
            k.mulDivFloor(self.fundingIndex, WAD) - int256(self.fundingWeightLong) - int256(self.fundingWeightShort);
        int256 settled = int256(uint256(self.settledLong) + self.settledShort);
        return longs + shorts + settled - funding;
    }

    /// @notice Stores the mark `U_m + R_imp` at `price` and returns how much it grew.
    function remark(Market storage self, uint256 price) internal returns (int256 growth) {
        int256 updated =
            owedToTraders(self, price) + int256(PriceImpactLib.reserve(skew(self), price, self.params.skewScaleBase));
        growth = updated - self.mark;
        self.mark = updated.toInt128();
        self.lastPrice = price.toUint128();
    }

    /// @notice `G_m - mark_m`: what this market has added to the pool's equity, fees aside.
    function contribution(Market storage self) internal view returns (int256) {
        return int256(self.realised) - self.mark;
    }

    /// @notice Books `toTraders` (negative: from traders) as realised by the pool in this market.
    function realise(Market storage self, int256 toTraders) internal {
        if (toTraders != 0) self.realised = (self.realised - toTraders).toInt128();
    }

    /// @notice Adds a position to the sums.
    function include(Market storage self, Position memory position) internal {
        if (position.size == 0) return;
        bool isLong = position.size > 0;
        Side storage stored = isLong ? self.long : self.short;
        Side memory side = stored;
        side.sizeBase += _sizeOf(position);
        side.cost += position.cost;
        (stored.sizeBase, stored.cost) = (side.sizeBase, side.cost);
        _addWeight(self, isLong, FundingLib.weight(position.size, position.fundingEntry));
        if (position.settled == 0) return;
        if (isLong) self.settledLong += position.settled;
        else self.settledShort += position.settled;
    }

    /// @notice Takes a position out of the sums.
    function exclude(Market storage self, Position memory position) internal {
        if (position.size == 0) return;
        bool isLong = position.size > 0;
        Side storage stored = isLong ? self.long : self.short;
        Side memory side = stored;
        side.sizeBase -= _sizeOf(position);
        side.cost -= position.cost;
        (stored.sizeBase, stored.cost) = (side.sizeBase, side.cost);
        _addWeight(self, isLong, -FundingLib.weight(position.size, position.fundingEntry));
        if (position.settled == 0) return;
        if (isLong) self.settledLong -= position.settled;
        else self.settledShort -= position.settled;
    }

    function _addWeight(Market storage self, bool isLong, int256 weight) private {
        if (weight == 0) return;
        if (isLong) self.fundingWeightLong = (self.fundingWeightLong + weight).toInt128();
        else self.fundingWeightShort = (self.fundingWeightShort + weight).toInt128();
    }

    function _sizeOf(Position memory position) private pure returns (uint128) {
        return uint128(int256(position.size).abs());
    }
}
