// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {MathLib, WAD} from "../math/MathLib.sol";
import {TickLib} from "../math/TickLib.sol";
import {Position} from "../types/Market.sol";
import {AdlEvent, BookHead, Bucket, Deleveraged, Eligible, LossPart, Replay, SideBook} from "../types/SideBook.sol";
import {AdlEventLib} from "./AdlEventLib.sol";
import {BucketListLib} from "./BucketListLib.sol";
import {FundingLib} from "./FundingLib.sol";

/// @title SideBookLib
/// @notice Positions of one side of a market in entry-price buckets; deleveraging in the number of buckets.
/// @dev A change to a position is: {replay} what it missed, {remove} it, change it, {insert} it. An event touches only
/// buckets; nothing here loops over positions.
///
/// EVENTS
/// Numbered per side. A bucket has one bit per event, 256 to a word, and knows its last one; a position remembers how
/// many events of the side it has seen. Nothing missed costs no extra read.
library SideBookLib {
    using AdlEventLib for Bucket;
    using AdlEventLib for Position;
    using BucketListLib for SideBook;
    using MathLib for int256;
    using MathLib for uint256;
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @notice A position must replay every event of its bucket before it leaves it.
    error SideBook_EventsUnseen(uint256 bucket, uint256 eventCursor, uint256 lastEvent);

    /// @notice More than all of a position cannot be closed or withheld.
    error SideBook_FractionAboveOne(uint256 closeFraction, uint256 haircut);

    // ------------------------------------------------------------------------------------------------------- positions

    /// @notice Adds a position to the sums and to the bucket of its entry, and points it there.
    /// @dev Rounding: entry towards worse. When 96 buckets are populated it joins the nearest one instead, without a
    /// haircut if there is one: the edge keeps every charge correct.
    function insert(SideBook storage self, Position memory position) internal {
        if (position.size == 0) return;
        bool isLong = position.size > 0;
        uint112 size = uint112(int256(position.size).abs());
        uint104 entry = AdlEventLib.toEdge(
            isLong ? uint256(position.cost).mulDivUp(WAD, size) : uint256(position.cost).mulDivDown(WAD, size)
        );
        BookHead memory head = self.head;
        uint256 id = self.home(head, TickLib.tickOf(entry));
        Bucket storage stored = self.buckets[id];
        Bucket memory bucket = stored;
        if (bucket.place == 0) {
            bucket.place = self.enlist(head, id);
            bucket.edge = entry;
        } else if (AdlEventLib.isInProfit(isLong, bucket.edge, entry)) {
            bucket.edge = entry; // the newcomer's entry is the worst
        }
        int256 weight = FundingLib.weight(position.size, position.fundingEntry);
        bucket.sizeBase = (uint256(bucket.sizeBase) + size).toUint112();
        bucket.cost = (uint256(bucket.cost) + position.cost).toUint112();
        bucket.fundingWeight = (bucket.fundingWeight + weight).toInt112();
        ++bucket.count;
        _store(stored, bucket);

        (self.sizeBase, self.cost) = (self.sizeBase + size, self.cost + position.cost);
        if (weight != 0) self.fundingWeight = (self.fundingWeight + weight).toInt128();
        if (position.settled != 0) self.settled += position.settled;
        (position.bucket, position.eventCursor) = (uint32(id), head.eventCount);
    }

    /// @notice Takes a position out of the sums and out of its bucket. Size zero is right for one closed by an event.
    /// @dev Rounding: what a bucket lacks by roundings is taken as zero, and what roundings leave in one that nobody points
    /// to goes; the side's sums move by what the bucket's do.
    ///
    /// Requirements:
    /// - it has replayed all events of its bucket, else {SideBook_EventsUnseen}.
    function remove(SideBook storage self, Position memory position) internal {
        Bucket storage stored = self.buckets[position.bucket];
        Bucket memory bucket = stored;
        if (position.eventCursor < bucket.lastEvent) {
            revert SideBook_EventsUnseen(position.bucket, position.eventCursor, bucket.lastEvent);
        }
        (uint256 size, uint256 cost, int256 weight) = (bucket.sizeBase, bucket.cost, bucket.fundingWeight);
        if (--bucket.count == 0) {
            (bucket.sizeBase, bucket.cost, bucket.fundingWeight) = (0, 0, 0);
        } else {
            bucket.sizeBase = uint112(size.zeroFloorSub(int256(position.size).abs()));
            bucket.cost = uint112(cost.zeroFloorSub(position.cost));
            bucket.fundingWeight = (weight - FundingLib.weight(position.size, position.fundingEntry)).toInt112();
        }
        _shrinkSums(self, size - bucket.sizeBase, int256(cost - bucket.cost), weight - bucket.fundingWeight);
        if (position.settled != 0) self.settled -= position.settled;
        if (bucket.sizeBase == 0 && bucket.place != 0) {
            BookHead memory head = self.head;
            self.unlist(head, bucket.place - 1);
            self.head = head;
            bucket.place = 0;
        }
        _store(stored, bucket);
    }

    /// @notice Applies to a position in memory the events it has missed, at most `maxEvents`, and books what changes in the
    /// sums: funding now charged, and variation margin now returned. The caller stores the position and moves the money.
    /// @dev A position closed by an event comes back with size zero; it must still be removed.
    function replay(
        SideBook storage self,
        Position memory position,
        uint256 maxEvents
    ) internal returns (Replay memory r) {
        r = previewReplay(self, position, maxEvents);
        if (r.fundingOwed != 0) {
            Bucket storage bucket = self.buckets[position.bucket];
            bucket.fundingWeight = (bucket.fundingWeight + r.fundingOwed).toInt112();
            self.fundingWeight = (self.fundingWeight + r.fundingOwed).toInt128();
        }
        if (r.returned != 0) self.settled -= uint128(r.returned);
    }

    /// @notice The same without booking anything. Changes the position in memory.
    /// @dev Rounding: against the position, see {AdlEventLib}.
    function previewReplay(
        SideBook storage self,
        Position memory position,
        uint256 maxEvents
    ) internal view returns (Replay memory r) {
        uint256 cursor = position.eventCursor;
        uint256 last = self.buckets[position.bucket].lastEvent;
        while (cursor < last && position.size != 0) {
            uint256 word = self.reached[_key(position.bucket, cursor)] >> (cursor & 255);
            if (word == 0) {
                cursor = (cursor | 255) + 1;
                continue;
            }
            if (maxEvents == 0) {
                position.eventCursor = uint32(cursor);
                return r;
            }
            if (r.losses.length == 0) r.losses = new LossPart[](maxEvents.min(last - cursor));
            --maxEvents;
            cursor += Math.log2(word & (~word + 1)); // lowest bit set
            position.replay(self.events[cursor], r);
            ++cursor;
        }
        if (position.eventCursor < last) position.eventCursor = uint32(last);
        r.isComplete = true;
    }

    // ---------------------------------------------------------------------------------------------------------- events

    /// @notice Charges every bucket entirely in profit: withholds `e.haircut` of its profit at `e.price`, then closes
    /// `e.closeFraction` of its size at `e.closePrice`.
    /// @dev In profit at the worse of the two prices. Rounding: collected down, pended up; if something is closed, per
    /// bucket `positions * (P / 1e18 + 1)` wei more are pended as a reserve. No event is recorded if no bucket is reached.
    ///
    /// Requirements:
    /// - fractions are at most one, else {SideBook_FractionAboveOne}.
    function deleverage(SideBook storage self, bool isLong, AdlEvent memory e) internal returns (Deleveraged memory d) {
        if (e.closeFraction > WAD || e.haircut > WAD) revert SideBook_FractionAboveOne(e.closeFraction, e.haircut);
        BookHead memory head = self.head;
        uint256 reachPrice = AdlEventLib.reach(isLong, e);
        // Downwards: a bucket that leaves the list is replaced by one already visited.
        for (uint256 i = head.bucketCount; i > 0; --i) {
            uint256 id = self.idAt(i - 1);
            Bucket memory bucket = self.buckets[id];
            uint256 bucketProfit = _profitIfEligible(bucket, isLong, reachPrice, e.price);
            if (bucketProfit == 0) continue;
            _charge(bucket, isLong, e, bucketProfit, d);
            if (e.haircut != 0) head.haircuts |= uint96(1 << (i - 1));
            if (bucket.sizeBase == 0) {
                self.unlist(head, i - 1);
                bucket.place = 0;
            }
            bucket.lastEvent = head.eventCount + 1;
            _store(self.buckets[id], bucket);
            self.reached[_key(id, head.eventCount)] |= 1 << (uint256(head.eventCount) & 255);
        }
        if (d.buckets == 0) return d;
        if (e.closeFraction != 0) {
            d.reserve = d.positions * (uint256(e.price).max(e.closePrice) / WAD + 1);
            d.pended += d.reserve;
        }
        _shrinkSums(self, d.closedBase, d.costShrinks, d.weightShrinks);
        self.events[head.eventCount] = e;
        ++head.eventCount;
        self.head = head;
    }

    /// @notice What an event at `price` would reach. Rounding: profit down.
    function eligible(SideBook storage self, bool isLong, uint256 price) internal view returns (Eligible memory found) {
        for (uint256 i = self.head.bucketCount; i > 0; --i) {
            Bucket memory bucket = self.buckets[self.idAt(i - 1)];
            uint256 bucketProfit = _profitIfEligible(bucket, isLong, price, price);
            if (bucketProfit == 0) continue;
            found.profit += bucketProfit;
            found.sizeBase += bucket.sizeBase;
            found.positions += bucket.count;
            ++found.buckets;
        }
    }

    // --------------------------------------------------------------------------------------------------------- private

    /// @dev Charges a bucket in memory and adds it to `d`.
    function _charge(
        Bucket memory bucket,
        bool isLong,
        AdlEvent memory e,
        uint256 bucketProfit,
        Deleveraged memory d
    ) private pure {
        d.closedBase += bucket.sizeBase;
        d.costShrinks += int256(uint256(bucket.cost));
        d.weightShrinks += bucket.fundingWeight;
        (uint256 collected, uint256 pended) = bucket.charge(isLong, e, bucketProfit);
        d.closedBase -= bucket.sizeBase;
        d.costShrinks -= int256(uint256(bucket.cost));
        d.weightShrinks -= bucket.fundingWeight;
        d.collected += collected;
        d.pended += pended;
        d.positions += bucket.count;
        ++d.buckets;
    }

    function _profitIfEligible(
        Bucket memory bucket,
        bool isLong,
        uint256 reachPrice,
        uint256 price
    ) private pure returns (uint256) {
        return AdlEventLib.isInProfit(isLong, bucket.edge, reachPrice) ? bucket.profit(isLong, price) : 0;
    }

    function _key(uint256 id, uint256 eventId) private pure returns (uint256) {
        return (id << 32) | (eventId >> 8);
    }

    function _shrinkSums(SideBook storage self, uint256 size, int256 cost, int256 weight) private {
        (self.sizeBase, self.cost) = (
            uint128(self.sizeBase - size),
            uint128(uint256(int256(uint256(self.cost)) - cost))
        );
        if (weight != 0) self.fundingWeight = (self.fundingWeight - weight).toInt128();
    }

    /// @dev Two stores, whatever changed.
    function _store(Bucket storage stored, Bucket memory bucket) private {
        (stored.sizeBase, stored.cost, stored.count) = (bucket.sizeBase, bucket.cost, bucket.count);
        (stored.fundingWeight, stored.edge, stored.lastEvent, stored.place) = (
            bucket.fundingWeight,
            bucket.edge,
            bucket.lastEvent,
            bucket.place
        );
    }
}
