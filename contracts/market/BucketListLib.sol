// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {BookHead, MAX_BUCKETS, SideBook} from "../types/SideBook.sol";

/// @title BucketListLib
/// @notice Which buckets of a side are populated, and which one a newcomer joins.
/// @dev A bucket is in the list exactly while its S is not zero.
///
/// IDS
/// A bucket's id is its tick and a generation. A bucket that has had a haircut takes no newcomers while it is populated: the
/// next insertion at its tick opens the next generation. A bucket whose S is zero may be used again, haircut or not. That
/// is safe: who still points to it was closed there by an event (or left), has nothing in S and N, and replays no
/// further than that event; newcomers start behind it.
///
/// WALKING
/// Populated buckets are a packed list, eight ids to a word, at most 96, with swap and pop. All are visited by every
/// event anyway, so a sorted structure would only add writes to insertions.
library BucketListLib {
    using SafeCast for uint256;

    /// @dev Bits of an id that hold the tick; the generation is above. Prices below 2^128 have ticks below 2^13.
    uint256 private constant TICK_BITS = 13;

    /// @notice The bucket a newcomer with this tick joins; opens a new generation if it must.
    function home(SideBook storage self, BookHead memory head, uint256 tick) internal returns (uint256 id) {
        uint256 generation = self.generations[tick];
        id = (generation << TICK_BITS) | tick;
        uint256 place = self.buckets[id].place;
        bool isFull = head.bucketCount == MAX_BUCKETS;
        if (place == 0) return isFull ? nearest(self, head, tick) : id;
        if ((head.haircuts >> (place - 1)) & 1 == 0) return id;
        if (isFull) return nearest(self, head, tick);
        // Generations live in 19 bits: half a million haircuts at one tick.
        self.generations[tick] = ++generation;
        id = uint256(((generation << TICK_BITS) | tick).toUint32());
    }

    /// @notice The populated bucket nearest to `tick`; one with a haircut only if all have had one.
    function nearest(SideBook storage self, BookHead memory head, uint256 tick) internal view returns (uint256 id) {
        uint256 best = type(uint256).max;
        uint256 word;
        for (uint256 i = 0; i < head.bucketCount; ++i) {
            word = i & 7 == 0 ? self.list[i >> 3] : word >> 32;
            uint256 candidate = uint32(word);
            uint256 other = tickOf(candidate);
            uint256 distance = other > tick ? other - tick : tick - other;
            if ((uint256(head.haircuts) >> i) & 1 == 1) distance += 1 << TICK_BITS;
            if (distance < best) (best, id) = (distance, candidate);
        }
    }

    /// @notice Appends a bucket to the list and stores the head.
    /// @return placePlusOne For the bucket to keep.
    function enlist(SideBook storage self, BookHead memory head, uint256 id) internal returns (uint8 placePlusOne) {
        uint256 index = head.bucketCount;
        _setId(self, index, id);
        head.haircuts &= ~uint96(1 << index);
        placePlusOne = ++head.bucketCount;
        self.head = head;
    }

    /// @notice Takes the bucket at `index` out: the last one moves there. The caller stores the head and the place of the
    /// one taken out.
    function unlist(SideBook storage self, BookHead memory head, uint256 index) internal {
        uint256 last = --head.bucketCount;
        if (index == last) return;
        uint256 moved = idAt(self, last);
        _setId(self, index, moved);
        self.buckets[moved].place = uint8(index + 1);
        uint256 bit = (uint256(head.haircuts) >> last) & 1;
        head.haircuts = uint96((uint256(head.haircuts) & ~(1 << index)) | (bit << index));
    }

    /// @notice Id of the populated bucket at `index`, which is below `head.bucketCount`.
    function idAt(SideBook storage self, uint256 index) internal view returns (uint256) {
        return (self.list[index >> 3] >> ((index & 7) << 5)) & type(uint32).max;
    }

    /// @notice The tick in a bucket's id.
    function tickOf(uint256 id) internal pure returns (uint256) {
        return id & ((1 << TICK_BITS) - 1);
    }

    function _setId(SideBook storage self, uint256 index, uint256 id) private {
        uint256 shift = (index & 7) << 5;
        uint256 word = self.list[index >> 3];
        self.list[index >> 3] = (word & ~(uint256(type(uint32).max) << shift)) | (id << shift);
    }
}
