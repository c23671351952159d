// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {MathLib, WAD} from "../math/MathLib.sol";
import {Position} from "../types/Market.sol";
import {AdlEvent, Bucket, LossPart, Replay} from "../types/SideBook.sol";
import {FundingLib} from "./FundingLib.sol";

/// @title AdlEventLib
/// @notice What one deleveraging event does: to a whole bucket when it happens, to one position when it is replayed.
/// @dev For a long with size s, cost n and profit x = s P - n:
///
///     n += h x        then        s, n *= 1 - f,  closed part is worth f (s P' - n)
///
/// and for a short with x = n - s P the mirror image. Every line is linear in (s, n), so the bucket's sums move as the sum
/// of its positions would, as long as every position in it is in profit: that is what the edge is for.
///
/// ROUNDING
/// The bucket rounds so that it promises more (long: size up, cost down; withheld down; set aside up), the position so
/// that it gets less (long: size down, cost up; withheld up; credit down). Roundings of a position are below one wei of
/// size and one wei of money per event: the reserve, `positions * (P / 1e18 + 1)` wei. A later haircut at a higher P takes
/// h of more than that on the wei of size no position has: P / 1e18 wei a position, 1e-13 USD at 100,000, is not reserved.
///
/// RANGES
/// Sizes and costs are below 2^112, prices below 2^128, fractions at most 1e18 < 2^60: no product below passes 2^242.
library AdlEventLib {
    using MathLib for int256;
    using MathLib for uint256;
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @notice Whether an entry is strictly better than `price`, that is, in profit.
    function isInProfit(bool isLong, uint256 entry, uint256 price) internal pure returns (bool) {
        return isLong ? entry < price : entry > price;
    }

    /// @notice The price an entry must beat to be reached: the worse of the two, so that nobody is closed at a loss.
    function reach(bool isLong, AdlEvent memory e) internal pure returns (uint256) {
        return isLong ? uint256(e.price).min(e.closePrice) : uint256(e.price).max(e.closePrice);
    }

    /// @notice Price profit of a bucket, zero if none. Rounding: down.
    function profit(Bucket memory self, bool isLong, uint256 price) internal pure returns (uint256) {
        return
            isLong
                ? _down(self.sizeBase, price).zeroFloorSub(self.cost)
                : uint256(self.cost).zeroFloorSub(_up(self.sizeBase, price));
    }

    /// @notice Withholds `h` of a bucket's profit and closes `f` of the rest.
    /// @dev Rounding: collected down; pended up, without the reserve; edge towards worse.
    function charge(
        Bucket memory self,
        bool isLong,
        AdlEvent memory e,
        uint256 bucketProfit
    ) internal pure returns (uint256 collected, uint256 pended) {
        if (e.haircut != 0) {
            collected = _down(bucketProfit, e.haircut);
            self.cost = (isLong ? self.cost + collected : self.cost - collected).toUint112();
            uint256 product = self.edge * (WAD - e.haircut) + uint256(e.price) * e.haircut;
            self.edge = toEdge(isLong ? (product + WAD - 1) / WAD : product / WAD);
        }
        if (e.closeFraction != 0) pended = _closeBucket(self, isLong, e);
    }

    /// @notice One event on one position in memory; adds to `r` what it brings.
    /// @dev Rounding: against the position. A position not in profit, which only a rounding can bring here, is not charged.
    function replay(Position memory self, AdlEvent memory e, Replay memory r) internal pure {
        bool isLong = self.size > 0;
        if (e.haircut != 0) _withhold(self, isLong, e, r);
        if (e.closeFraction != 0) _closePosition(self, isLong, e, r);
    }

    /// @notice A price as an edge. Rounding: none; beyond 2e13 USD it saturates, where no market is.
    function toEdge(uint256 price) internal pure returns (uint104) {
        return uint104(price.min(type(uint104).max));
    }

    /// @dev The claim is for the part rounded down, so that all claims of an event add up to at most what it collected, but
    /// for what positions have gained of earlier closings' reserves.
    function _withhold(Position memory self, bool isLong, AdlEvent memory e, Replay memory r) private pure {
        (uint256 size, uint256 cost) = (int256(self.size).abs(), self.cost);
        (uint256 low, uint256 high) = (_down(size, e.price), _up(size, e.price));
        uint256 cut = _up(isLong ? high.zeroFloorSub(cost) : cost.zeroFloorSub(low), e.haircut);
        self.cost = (isLong ? cost + cut : cost - cut).toUint104();
        r.cut += cut;
        if (e.lossId == 0) return;
        uint256 lost = _down(isLong ? low.zeroFloorSub(cost) : cost.zeroFloorSub(high), e.haircut);
        if (lost != 0) r.losses[r.lossCount++] = LossPart(e.lossId, lost);
    }

    function _closeBucket(Bucket memory self, bool isLong, AdlEvent memory e) private pure returns (uint256 pended) {
        (uint256 size, uint256 cost, uint256 rest) = (self.sizeBase, self.cost, WAD - e.closeFraction);
        uint256 sizeLeft;
        if (isLong) {
            sizeLeft = _up(size, rest);
            self.cost = uint112(_down(cost, rest));
            pended = (_up(size - _down(size, rest), e.closePrice) + 1).zeroFloorSub(cost - _up(cost, rest));
        } else {
            sizeLeft = _down(size, rest);
            self.cost = uint112(_up(cost, rest));
            pended = (cost - _down(cost, rest) + 1).zeroFloorSub(_down(size - _up(size, rest), e.closePrice));
        }
        self.sizeBase = uint112(sizeLeft);
        // Funding to date stays owed: what leaves S F leaves Z too. A position's own roundings, of size times F and of
        // what it owes, must not take more out of Z than it has in it.
        int256 change = isLong ? -int256(size - sizeLeft) : int256(size - sizeLeft);
        int256 slack = int256(self.count * (int256(e.fundingIndex).abs() / WAD + 2));
        self.fundingWeight = (self.fundingWeight + change.mulDivCeil(e.fundingIndex, WAD) + slack).toInt112();
    }

    function _closePosition(Position memory self, bool isLong, AdlEvent memory e, Replay memory r) private pure {
        r.fundingOwed += FundingLib.owed(self.size, e.fundingIndex, self.fundingEntry);
        self.fundingEntry = e.fundingIndex;

        (uint256 size, uint256 cost, uint256 rest) = (int256(self.size).abs(), self.cost, WAD - e.closeFraction);
        uint256 sizeLeft;
        if (isLong) {
            sizeLeft = _down(size, rest);
            self.cost = uint104(_up(cost, rest));
            uint256 sold = _down((size - sizeLeft).zeroFloorSub(1), e.closePrice);
            r.credit += sold.zeroFloorSub(cost - _down(cost, rest) + 1);
            self.size = int104(int256(sizeLeft));
        } else {
            sizeLeft = _up(size, rest);
            self.cost = uint104(_down(cost, rest));
            uint256 bought = _up(size - sizeLeft + 1, e.closePrice);
            r.credit += (cost - _up(cost, rest)).zeroFloorSub(bought + 1);
            self.size = -int104(int256(sizeLeft));
        }
        r.closedBase += size - sizeLeft;
        uint256 returned = sizeLeft == 0 ? self.settled : _down(self.settled, e.closeFraction);
        self.settled -= uint104(returned);
        r.returned += returned;
    }

    function _down(uint256 a, uint256 b) private pure returns (uint256) {
        return (a * b) / WAD;
    }

    function _up(uint256 a, uint256 b) private pure returns (uint256) {
        return (a * b + (WAD - 1)) / WAD;
    }
}
