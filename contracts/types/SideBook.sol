// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Most populated buckets on one side of a market: what bounds the cost of an event.
uint256 constant MAX_BUCKETS = 96;

/// @dev Positions of like entry price on one side. Two slots: all that an event reads and writes, besides one bit.
struct Bucket {
    // slot 0: 112 + 112 + 32
    uint112 sizeBase; // S, base units
    uint112 cost; // N, USD
    uint32 count; // positions that point here, those closed by an event and not replayed yet included
    // slot 1: 112 + 104 + 32 + 8
    int112 fundingWeight; // Z, USD, signed
    uint104 edge; // worst effective entry: highest of longs, lowest of shorts; USD per base unit
    uint32 lastEvent; // number of the side's events when the latest one reached this bucket; 0: none did
    uint8 place; // place in the list of populated buckets plus one; 0: S is zero, not in the list
}

/// @dev One deleveraging of one side, shared by all buckets it reached. Two slots.
struct AdlEvent {
    // slot 0: 128 + 64 + 64
    uint128 price; // USD per base unit: decides who is in profit, and how much
    uint64 closeFraction; // f, WAD, at most one: part of the size closed at `closePrice`
    uint64 haircut; // h, WAD, at most one: part of the price profit withheld
    // slot 1: 128 + 96 + 32
    uint128 closePrice; // USD per base unit
    int96 fundingIndex; // F of the market at the event, USD per base unit
    uint32 lossId; // what was withheld, in the traders' recovery claims; 0: not on record
}

/// @dev What a trade reads first. One slot: 32 + 8 + 96.
struct BookHead {
    uint32 eventCount; // events of this side, ever
    uint8 bucketCount; // length of the list
    uint96 haircuts; // bit i: the bucket at place i has had a haircut and takes no newcomers
}

/// @dev One side of a market: its sums, its buckets and its events.
struct SideBook {
    // slot 0
    uint128 sizeBase; // S, base units; S, N, Z are always the sums over all buckets
    uint128 cost; // N, USD
    // slot 1
    int128 fundingWeight; // Z, USD, signed
    uint128 settled; // W: losses paid in by positions of this side, USD
    // slot 2
    BookHead head;
    // slots 3..14: ids of populated buckets in no order, eight to a word; words are never cleared
    uint256[MAX_BUCKETS / 8] list;
    mapping(uint256 id => Bucket) buckets;
    // which bucket of a tick takes newcomers
    mapping(uint256 tick => uint256 generation) generations;
    mapping(uint256 eventId => AdlEvent) events;
    // bit e % 256 of word (id, e / 256): event e reached bucket id
    mapping(uint256 key => uint256) reached;
}

/// @dev What a position has missed. USD WAD; base units WAD.
struct Replay {
    uint256 credit; // profit of what was closed, due from `pendingPnl`
    uint256 cut; // profit withheld
    int256 fundingOwed; // funding up to the last event that closed something; negative: due to the trader
    uint256 returned; // variation margin of what was closed, part of `settled` before
    uint256 closedBase;
    bool isComplete; // false: call again
    LossPart[] losses; // what was withheld, event by event; entries after `lossCount` mean nothing
    uint256 lossCount;
}

/// @dev One position's part of what one event withheld. USD WAD.
struct LossPart {
    uint256 lossId;
    uint256 amount;
}

/// @dev What an event did to a side. USD WAD; base units WAD.
struct Deleveraged {
    uint256 collected; // profit withheld: the pool owes this much less
    uint256 pended; // to move from cash to `pendingPnl`, the reserve included
    uint256 reserve; // set aside for the roundings of what was closed: positions * (P / 1e18 + 1) wei
    uint256 closedBase;
    int256 costShrinks; // by how much N fell; negative: rose
    int256 weightShrinks; // by how much Z fell; negative: rose
    uint256 buckets;
    uint256 positions; // in those buckets
}

/// @dev What an event at a price could reach.
struct Eligible {
    uint256 profit; // USD
    uint256 sizeBase;
    uint256 buckets;
    uint256 positions;
}

/// @dev What a haircut took from both sides of a market. USD WAD.
struct Taken {
    uint256 profit; // of the buckets it reached
    uint256 haircut; // h, WAD
    uint256 collected; // profit withheld: the pool owes this much less
    uint256 buckets;
    uint256 positions; // in those buckets
}
