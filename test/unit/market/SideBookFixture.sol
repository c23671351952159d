// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BucketListLib} from "../../../contracts/market/BucketListLib.sol";
import {SideBookLib} from "../../../contracts/market/SideBookLib.sol";
import {Position} from "../../../contracts/types/Market.sol";
import {AdlEvent, Bucket, Deleveraged, Eligible, Replay, SideBook} from "../../../contracts/types/SideBook.sol";

/// @dev One side with positions by number, callable from outside so that each call is measured alone.
contract SideBookHarness {
    using BucketListLib for SideBook;
    using SideBookLib for SideBook;

    struct Sums {
        uint256 size;
        uint256 cost;
        int256 weight;
        uint256 settled;
        uint256 buckets;
        uint256 events;
    }

    bool public isLong;
    SideBook private book;
    Position[] private positions;

    constructor(bool isLong_) {
        isLong = isLong_;
    }

    /// @dev Opens a position of `size` at `entry`: cost rounds as in the clearinghouse.
    function open(uint256 size, uint256 entry, int256 fundingEntry) external returns (uint256 number) {
        Position memory p;
        uint256 cost = (size * entry) / 1e18;
        if (isLong && cost * 1e18 < size * entry) ++cost;
        p.size = isLong ? int104(int256(size)) : -int104(int256(size));
        p.cost = uint104(cost);
        p.fundingEntry = int96(fundingEntry);
        return put(p);
    }

    function put(Position memory p) public returns (uint256 number) {
        book.insert(p);
        number = positions.length;
        positions.push(p);
    }

    function replay(uint256 number, uint256 maxEvents) external returns (Replay memory r) {
        Position memory p = positions[number];
        r = book.replay(p, maxEvents);
        positions[number] = p;
    }

    function preview(uint256 number) external view returns (Position memory p, Replay memory r) {
        p = positions[number];
        r = book.previewReplay(p, type(uint256).max);
    }

    /// @dev Without replay: reverts if something was missed.
    function remove(uint256 number) external {
        Position memory p = positions[number];
        book.remove(p);
        delete positions[number];
    }

    /// @dev Replays, removes, inserts again: what a touch does.
    function touch(uint256 number, uint256 newCost) external returns (Replay memory r) {
        Position memory p = positions[number];
        r = book.replay(p, type(uint256).max);
        book.remove(p);
        if (newCost != 0) p.cost = uint104(newCost);
        book.insert(p);
        positions[number] = p;
    }

    function deleverage(AdlEvent memory e) external returns (Deleveraged memory) {
        return book.deleverage(isLong, e);
    }

    function eligible(uint256 price) external view returns (Eligible memory) {
        return book.eligible(isLong, price);
    }

    function position(uint256 number) external view returns (Position memory) {
        return positions[number];
    }

    function bucket(uint256 id) external view returns (Bucket memory) {
        return book.buckets[id];
    }

    function bucketAt(uint256 index) external view returns (uint256) {
        return book.idAt(index);
    }

    function hasHaircut(uint256 id) external view returns (bool) {
        uint8 place = book.buckets[id].place;
        return place != 0 && (book.head.haircuts >> (place - 1)) & 1 == 1;
    }

    function sums() external view returns (Sums memory s) {
        s = Sums(
            book.sizeBase,
            book.cost,
            book.fundingWeight,
            book.settled,
            book.head.bucketCount,
            book.head.eventCount
        );
    }
}

/// @dev Events in few words.
library Events {
    function haircut(uint256 price, uint256 h) internal pure returns (AdlEvent memory) {
        return AdlEvent(uint128(price), 0, uint64(h), uint128(price), 0, 1);
    }

    function closing(uint256 price, uint256 f) internal pure returns (AdlEvent memory) {
        return AdlEvent(uint128(price), uint64(f), 0, uint128(price), 0, 0);
    }

    function both(uint256 price, uint256 f, uint256 h, int256 fundingIndex) internal pure returns (AdlEvent memory) {
        return AdlEvent(uint128(price), uint64(f), uint64(h), uint128(price), int96(fundingIndex), 1);
    }
}
