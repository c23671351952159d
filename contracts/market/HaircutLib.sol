// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {MathLib, WAD} from "../math/MathLib.sol";
import {AdlEvent, Deleveraged, Eligible, SideBook, Taken} from "../types/SideBook.sol";
import {SideBookLib} from "./SideBookLib.sol";

/// @title HaircutLib
/// @notice The smallest haircut on the traders in profit, both sides alike, that raises what is needed.
/// @dev `h = min(1, (need + buckets) / profit)`, rounded up. Each bucket rounds what it collects down, by less than a wei,
/// so one wei a bucket more makes the sum at least the need wherever profit suffices; it passes the need by at most that
/// and 1e-18 of the profit.
library HaircutLib {
    using MathLib for uint256;
    using SafeCast for int256;
    using SafeCast for uint256;
    using SideBookLib for SideBook;

    /// @notice Profit, buckets and positions a haircut at `price` would reach on both sides.
    function eligible(
        SideBook storage long,
        SideBook storage short,
        uint256 price
    ) internal view returns (Eligible memory found) {
        found = long.eligible(true, price);
        Eligible memory other = short.eligible(false, price);
        found.profit += other.profit;
        found.sizeBase += other.sizeBase;
        found.buckets += other.buckets;
        found.positions += other.positions;
    }

    /// @notice The fraction of profit to withhold. Rounding: up. `found.profit` is not zero.
    function fraction(uint256 need, Eligible memory found) internal pure returns (uint256) {
        return WAD.min((need + found.buckets).mulDivUp(WAD, found.profit));
    }

    /// @notice Withholds that fraction on both sides at `price`.
    /// @param lossId Under which the traders' loss is on record.
    function haircut(
        SideBook storage long,
        SideBook storage short,
        uint256 price,
        int256 fundingIndex,
        uint32 lossId,
        uint256 need
    ) internal returns (Taken memory taken) {
        Eligible memory found = eligible(long, short, price);
        if (found.profit == 0 || need == 0) return taken;
        AdlEvent memory e;
        e.price = price.toUint128();
        e.haircut = uint64(fraction(need, found));
        e.closePrice = e.price;
        e.fundingIndex = fundingIndex.toInt96();
        e.lossId = lossId;
        Deleveraged memory d = long.deleverage(true, e);
        taken.collected = d.collected;
        d = short.deleverage(false, e);
        taken.collected += d.collected;
        (taken.profit, taken.haircut, taken.buckets, taken.positions) = (
            found.profit,
            e.haircut,
            found.buckets,
            found.positions
        );
    }
}
