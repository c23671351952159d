// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SideBookLib} from "../../../contracts/market/SideBookLib.sol";
import {Position} from "../../../contracts/types/Market.sol";
import {AdlEvent, Bucket, Deleveraged, Replay, SideBook} from "../../../contracts/types/SideBook.sol";
import {TestBase} from "../../shared/TestBase.sol";

/// @dev Random lives of one side, checked against positions replayed one by one. Every run has at least three events;
/// formulas are written again here, not taken from the library.
contract SideBookFuzzTest is TestBase {
    using SideBookLib for SideBook;

    uint256 private constant WAD = 1e18;
    uint256 private constant STEPS = 24;
    uint256 private constant MIN_EVENTS = 3;
    SideBook private book;
    Position[] private ps;
    uint256[] private ids;
    mapping(uint256 => bool) private isKnown;

    bool private isLong;
    uint256 private price;
    int256 private funding;
    uint256 private random;
    uint256 private events;
    uint256 private highest;

    uint256 private pending; // as the caller would book it: moved in, less credits paid
    uint256 private collected;
    uint256 private cuts;

    /// I3, I7
    /// @custom:checklist 15
    function testFuzz_deleverage_isExactForEveryPosition(uint256 seed) public {
        random = seed;
        isLong = _rand(2) == 0;
        price = (1 + _rand(60_000)) * 10 ** (12 + _rand(7));
        uint256 initial = 3 + _rand(12);
        for (uint256 i = 0; i < initial; ++i) {
            _movePrice(3e16);
            _open();
        }
        for (uint256 i = 0; i < STEPS; ++i) {
            _movePrice(3e16);
            uint256 action = _rand(20);
            if (action < 6) _open();
            else if (action < 10) _touch(false);
            else if (action < 15) _touch(true);
            else _event();
            if (i % 6 == 0) _checkAggregates();
        }
        while (events < MIN_EVENTS) {
            if (price < 1e12) price = 1e12;
            _open(); // within 0.2% of the price: in profit after the next line
            price = isLong ? (price * 105) / 100 : (price * 95) / 100;
            if (price > highest) highest = price;
            _event();
        }
        while (ps.length != 0) _leave(ps.length - 1, false);

        assertEq(book.sizeBase, 0, "sizes left");
        assertEq(book.cost, 0, "costs left");
        assertEq(int256(book.fundingWeight), 0, "weights left");
        assertEq(book.settled, 0, "settled left");
        assertEq(book.head.bucketCount, 0, "buckets left");
        assertApproxEqAbs(cuts, collected, _dust(), "withheld is not what was booked");
        assertLe(pending, _dust(), "too much set aside");
    }

    // --------------------------------------------------------------------------------------------------------- actions

    function _open() private {
        Position memory p;
        uint256 size = (1 + _rand(1e6)) * 10 ** (12 + _rand(7));
        uint256 fill = (price * (998e15 + _rand(4e15))) / WAD;
        uint256 cost = isLong ? Math.mulDiv(size, fill, WAD, Math.Rounding.Ceil) : (size * fill) / WAD;
        p.size = isLong ? int104(int256(size)) : -int104(int256(size));
        p.cost = uint104(cost == 0 ? 1 : cost);
        p.fundingEntry = int96(funding);
        if (_rand(3) == 0) p.settled = uint104(_rand(cost + 1));
        _insert(p);
        ps.push(p);
    }

    function _insert(Position memory p) private {
        book.insert(p);
        if (!isKnown[p.bucket]) {
            isKnown[p.bucket] = true;
            ids.push(p.bucket);
        }
    }

    /// @dev Settles and leaves, or comes back: half of those in profit at the present price as new entry.
    function _touch(bool comesBack) private {
        if (ps.length != 0) _leave(_rand(ps.length), comesBack);
    }

    function _leave(uint256 i, bool comesBack) private {
        Position memory p = ps[i];
        uint256 step = 1 + _rand(3);
        bool isComplete;
        while (!isComplete) {
            Replay memory r = book.replay(p, step);
            assertLe(r.credit, pending, "pendingPnl short");
            pending -= r.credit;
            cuts += r.cut;
            isComplete = r.isComplete;
        }
        book.remove(p);
        if (comesBack && p.size != 0 && p.cost != 0) {
            // As `execute` and crystallising do: funding paid, a winner's entry moves to the price.
            p.fundingEntry = int96(funding);
            if (_profit(p, true) > 0 && _rand(2) == 0) {
                p.cost = uint104(_up(_abs(p.size), price));
                p.settled = 0;
            }
            _insert(p);
            ps[i] = p;
        } else {
            ps[i] = ps[ps.length - 1];
            ps.pop();
        }
    }

    struct Before {
        int256 profit;
        uint256 cut;
        uint256 credit;
        uint256 size;
        uint256 lastEvent;
    }

    function _event() private {
        AdlEvent memory e;
        (e.price, e.closePrice, e.fundingIndex) = (uint128(price), uint128(price), int96(funding));
        uint256 kind = _rand(4);
        e.closeFraction = uint64(
            kind < 2
                ? 0
                : kind == 2
                    ? _rand(WAD)
                    : WAD
        );
        if (kind == 3 && _rand(3) != 0) e.closeFraction = uint64(_rand(WAD / 4));
        kind = _rand(4);
        e.haircut = uint64(
            kind == 0
                ? 0
                : kind == 1
                    ? _rand(WAD)
                    : kind == 2
                        ? _rand(WAD / 5)
                        : WAD
        );
        if (e.haircut == 0 && e.closeFraction == 0) e.haircut = 5e16;
        // An exposure event closes at a better price, now and then at a worse one.
        if (e.haircut == 0)
            e.closePrice = uint128(
                (price *
                    (
                        _rand(8) == 0
                            ? 995
                            : isLong
                                ? 1003
                                : 997
                    )) /
                    1000 +
                    1
            );

        Before[] memory before = new Before[](ps.length);
        for (uint256 i = 0; i < ps.length; ++i) {
            Position memory p = ps[i];
            Replay memory r = book.previewReplay(p, type(uint256).max);
            before[i] = Before(_profit(p, true), r.cut, r.credit, _abs(p.size), book.buckets[p.bucket].lastEvent);
        }
        uint256 promised = book.eligible(isLong, price).profit;
        Deleveraged memory d = book.deleverage(isLong, e);
        if (d.buckets == 0) return;
        ++events;
        pending += d.pended;
        collected += d.collected;
        if (e.closePrice == e.price) {
            assertApproxEqAbs(d.collected, (promised * e.haircut) / WAD, d.buckets, "collected is not h of the profit");
        }
        _checkEvent(e, d, before);
        _checkAggregates();
    }

    // ---------------------------------------------------------------------------------------------------------- checks

    function _checkEvent(AdlEvent memory e, Deleveraged memory d, Before[] memory before) private view {
        uint256 total;
        uint256 credits;
        for (uint256 i = 0; i < ps.length; ++i) {
            Position memory p = ps[i];
            Replay memory r = book.previewReplay(p, type(uint256).max);
            Before memory b = before[i];
            uint256 cut = r.cut - b.cut;
            total += cut;
            credits += r.credit - b.credit;
            if (b.size == 0 || book.buckets[p.bucket].lastEvent == b.lastEvent) {
                assertEq(cut, 0, "charged in a bucket not reached");
                continue;
            }
            assertGe(b.profit, -64, "a loser was reached");
            uint256 profit = b.profit > 0 ? uint256(b.profit) : 0;
            assertEq(cut, _up(profit, e.haircut), "I7: not the same h for all");
            assertLe(cut, profit, "I7: charged more than the profit");
            uint256 rest = WAD - e.closeFraction;
            uint256 left = isLong ? (b.size * rest) / WAD : _up(b.size, rest);
            assertEq(_abs(p.size), left, "not the same f for all");
        }
        assertApproxEqAbs(total, d.collected, _dust(), "withheld is not what was booked");
        assertLe(credits, d.pended, "pended less than positions may collect");
    }

    /// @dev I3: sums = sum of buckets, exactly = sum of replayed positions, to dust on the safe side.
    function _checkAggregates() private view {
        uint256 size;
        uint256 cost;
        int256 weight;
        uint256 populated;
        for (uint256 i = 0; i < ids.length; ++i) {
            Bucket memory b = book.buckets[ids[i]];
            size += b.sizeBase;
            cost += b.cost;
            weight += b.fundingWeight;
            if (b.sizeBase != 0) ++populated;
            assertEq(b.place != 0, b.sizeBase != 0, "listed but empty");
        }
        assertEq(book.sizeBase, size, "I3: S");
        assertEq(book.cost, cost, "I3: N");
        assertEq(int256(book.fundingWeight), weight, "I3: Z");
        assertEq(book.head.bucketCount, populated, "I3: list");

        int256 owed;
        uint256 credits;
        uint256 settled;
        for (uint256 i = 0; i < ps.length; ++i) {
            Position memory p = ps[i];
            Replay memory r = book.previewReplay(p, type(uint256).max);
            credits += r.credit;
            settled += r.returned + p.settled;
            int256 fundingOwed = r.fundingOwed + _ceil(int256(p.size) * (funding - p.fundingEntry));
            owed += _profit(p, false) - fundingOwed;
        }
        int256 k = isLong ? int256(size) : -int256(size);
        int256 promised =
            isLong ? int256(_up(size, price)) - int256(cost) : int256(cost) - int256((size * price) / WAD);
        promised -= -_ceil(-k * funding) - weight;
        assertEq(book.settled, settled, "W is not the sum of what was settled");
        assertGe(pending, credits, "pendingPnl short");
        assertLe(pending - credits, _dust(), "pendingPnl too large");
        assertGe(promised + int256(pending), owed + int256(credits), "I3: promised less than positions collect");
        assertApproxEqAbs(promised, owed, _dust(), "I3: promised and owed differ");
    }

    /// @dev What roundings may come to: a few wei of size and of money per position and event, at the highest price seen.
    function _dust() private view returns (uint256) {
        return (events + 1) * 4 * 40 * (highest / WAD + 1);
    }

    // --------------------------------------------------------------------------------------------------------- helpers

    function _profit(Position memory p, bool roundsUp) private view returns (int256) {
        uint256 size = _abs(p.size);
        if (p.size > 0) {
            return (roundsUp ? int256(_up(size, price)) : int256((size * price) / WAD)) - int256(uint256(p.cost));
        }
        return int256(uint256(p.cost)) - int256(roundsUp ? (size * price) / WAD : _up(size, price));
    }

    function _movePrice(uint256 range) private {
        price = (price * (WAD - range + _rand(2 * range))) / WAD;
        if (price < 1e12) price = 1e12;
        if (price > highest) highest = price;
        funding += int256(_rand(price / 500 + 1)) - int256(price / 1000);
    }

    function _rand(uint256 below) private returns (uint256) {
        random = uint256(keccak256(abi.encode(random)));
        return random % below;
    }

    function _abs(int256 x) private pure returns (uint256) {
        return x < 0 ? uint256(-x) : uint256(x);
    }

    function _up(uint256 a, uint256 b) private pure returns (uint256) {
        return Math.mulDiv(a, b, WAD, Math.Rounding.Ceil);
    }

    function _ceil(int256 product) private pure returns (int256) {
        int256 q = product / int256(WAD);
        return product > 0 && q * int256(WAD) != product ? q + 1 : q;
    }
}
