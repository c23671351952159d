// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HaircutLib} from "../market/HaircutLib.sol";
import {SideBookLib} from "../market/SideBookLib.sol";
import {Position} from "../types/Market.sol";
import {Eligible, Replay, SideBook, Taken} from "../types/SideBook.sol";

/// @title HaircutHarness
/// @notice Both sides of one market and nothing around them: the deleveraging of the exchange, its own libraries, on any
/// book one wants to try. No money moves, and anyone may call anything.
contract HaircutHarness {
    using HaircutLib for SideBook;
    using SideBookLib for SideBook;

    /// @notice Sizes and costs must come in pairs.
    error HaircutHarness_NotPairs(uint256 sizes, uint256 costs);

    /// @dev Any number but zero: what is withheld is on record, so that replays say what each position may claim back.
    uint32 private constant LOSS_ID = 1;

    SideBook private _long;
    SideBook private _short;
    Position[] private _positions;
    Taken private _taken;

    /// @notice Opens positions on one side, numbered from zero in the order they come.
    /// @dev Units: sizes in base units, costs in USD, both WAD.
    ///
    /// Requirements: as many sizes as costs, else {HaircutHarness_NotPairs}.
    function insert(bool isLong, uint104[] calldata sizes, uint104[] calldata costs) external {
        if (sizes.length != costs.length) revert HaircutHarness_NotPairs(sizes.length, costs.length);
        SideBook storage book = isLong ? _long : _short;
        for (uint256 i = 0; i < sizes.length; ++i) {
            Position memory position;
            int104 size = int104(sizes[i]);
            (position.size, position.cost) = (isLong ? size : -size, costs[i]);
            book.insert(position);
            _positions.push(position);
        }
    }

    /// @notice The haircut that raises `need` at `price`, as a shortfall would: the same fraction on both sides.
    /// @dev Units: USD per base unit and USD, WAD. Rounding: that of `HaircutLib`.
    function haircut(uint256 price, uint256 need) external {
        _taken = _long.haircut(_short, price, 0, LOSS_ID, need);
    }

    /// @notice What the last haircut took. USD, WAD.
    function taken() external view returns (Taken memory) {
        return _taken;
    }

    /// @notice What a haircut at `price` would reach on both sides. USD, WAD. Rounding: profit down.
    function eligible(uint256 price) external view returns (Eligible memory) {
        return _long.eligible(_short, price);
    }

    /// @notice Populated buckets on both sides: what an event walks.
    function buckets() external view returns (uint256) {
        return uint256(_long.head.bucketCount) + _short.head.bucketCount;
    }

    /// @notice Replays positions `from` up to and without `to`, in memory.
    /// @dev Units: USD, WAD. Rounding: against the position.
    /// @return cuts Profit withheld from each.
    /// @return lost What each may claim back.
    function replay(uint256 from, uint256 to) external view returns (uint256[] memory cuts, uint256[] memory lost) {
        (cuts, lost) = (new uint256[](to - from), new uint256[](to - from));
        for (uint256 i = from; i < to; ++i) {
            Position memory position = _positions[i];
            Replay memory missed = (position.size > 0 ? _long : _short).previewReplay(position, type(uint256).max);
            cuts[i - from] = missed.cut;
            for (uint256 j = 0; j < missed.lossCount; ++j) lost[i - from] += missed.losses[j].amount;
        }
    }
}
