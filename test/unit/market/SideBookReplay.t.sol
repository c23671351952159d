// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SideBookLib} from "../../../contracts/market/SideBookLib.sol";
import {Position} from "../../../contracts/types/Market.sol";
import {AdlEvent, Deleveraged, Replay} from "../../../contracts/types/SideBook.sol";
import {TestBase} from "../../shared/TestBase.sol";
import {Events, SideBookHarness} from "./SideBookFixture.sol";

/// @dev What positions find when they come back.
contract SideBookReplayTest is TestBase {
    uint256 private constant ONE = 1e18;
    uint256 private constant ALL = type(uint256).max;

    SideBookHarness private longs;
    SideBookHarness private shorts;

    function setUp() public {
        longs = new SideBookHarness(true);
        shorts = new SideBookHarness(false);
    }

    // --------------------------------------------------------------------------------------------------------- replay

    function test_RevertWhen_EventsUnseen() public {
        uint256 a = longs.open(ONE, 100 * ONE, 0);
        uint256 id = longs.position(a).bucket;
        longs.deleverage(Events.haircut(150 * ONE, 0.5e18));
        vm.expectRevert(abi.encodeWithSelector(SideBookLib.SideBook_EventsUnseen.selector, id, 0, 1));
        longs.remove(a);
    }

    /// Three alike: one touched after every event, one once at the end, one in portions.
    function test_replay_fiftyMissedEventsExactly() public {
        for (uint256 i = 0; i < 3; ++i) _withSettled(longs, 7.7e18, 100 * ONE, 5e18);
        Replay[3] memory sum;
        for (uint256 i = 0; i < 50; ++i) {
            longs.deleverage(_wave(i));
            _add(sum[0], longs.replay(0, ALL));
        }
        Replay memory r = longs.replay(1, ALL);
        assertTrue(r.isComplete);
        _add(sum[1], r);
        uint256 calls;
        do {
            r = longs.replay(2, 7);
            _add(sum[2], r);
            ++calls;
            if (!r.isComplete) {
                assertLt(longs.position(2).eventCursor, 50);
            }
        } while (!r.isComplete);
        assertEq(longs.sums().events, 50);
        assertEq(calls, 8, "7 * 7 + 1");
        for (uint256 i = 1; i < 3; ++i) {
            assertEq(keccak256(abi.encode(sum[i])), keccak256(abi.encode(sum[0])), "what it brings");
            assertEq(
                keccak256(abi.encode(longs.position(i))),
                keccak256(abi.encode(longs.position(0))),
                "what is left"
            );
        }
        assertGt(sum[0].cut, 0);
        assertGt(sum[0].credit, 0);
        assertGt(sum[0].fundingOwed, 0);
        assertGt(sum[0].returned, 0);
    }

    function test_replay_crossesEventWords() public {
        uint256 a = shorts.open(ONE, 100 * ONE, 0);
        uint256 late = shorts.open(ONE, 1_000 * ONE, 0);
        // 300 events that only reach `late`, one that reaches both, 300 more.
        for (uint256 i = 0; i < 601; ++i) {
            shorts.deleverage(Events.haircut(i == 300 ? 90 * ONE : 150 * ONE, 1e13));
        }
        (Position memory p, Replay memory r) = shorts.preview(a);
        assertEq(r.cut, 10 * 1e13);
        assertTrue(r.isComplete);
        (p, r) = shorts.preview(late);
        assertEq(p.eventCursor, 601);
        uint256 total;
        uint256 steps;
        do {
            r = shorts.replay(late, 50);
            total += r.cut;
            ++steps;
        } while (!r.isComplete);
        assertEq(steps, 13);
        assertEq(total, 1_000 * ONE - shorts.position(late).cost);
    }

    function test_replay_returnsSettledProRataAndWholly() public {
        uint256 a = _withSettled(longs, 4 * ONE, 100 * ONE, 10 * ONE);
        longs.deleverage(Events.closing(120 * ONE, 0.25e18));
        Replay memory r = longs.replay(a, ALL);
        assertEq(r.returned, 2.5e18);
        assertEq(longs.sums().settled, 7.5e18);
        longs.deleverage(Events.closing(120 * ONE, ONE));
        r = longs.replay(a, ALL);
        assertEq(r.returned, 7.5e18);
        assertEq(longs.sums().settled, 0);
        assertEq(int256(longs.position(a).size), 0);
        longs.remove(a);
        assertEq(longs.sums().buckets, 0);
    }

    function test_replay_chargesFundingOnEverySizeHeld() public {
        int256 f1 = 2 * int256(ONE);
        uint256 a = longs.open(4 * ONE, 100 * ONE, f1);
        longs.deleverage(Events.both(120 * ONE, 0.5e18, 0, f1 + 3 * int256(ONE)));
        longs.deleverage(Events.both(120 * ONE, 0.5e18, 0, f1 + 5 * int256(ONE)));
        assertEq(longs.replay(a, ALL).fundingOwed, (4 * 3 + 2 * 2) * int256(ONE));
        assertEq(int256(longs.position(a).fundingEntry), f1 + 5 * int256(ONE));
        // K F - Z is zero again, but for the wei kept back against roundings.
        int256 owed = (int256(longs.sums().size) * (f1 + 5 * int256(ONE))) / int256(ONE) - longs.sums().weight;
        assertApproxEqAbs(owed, 0, 32);
        assertLe(owed, 0, "funding promised to the pool that nobody owes");
    }

    // ------------------------------------------------------------------------------------------------------ splitting

    /// P4
    function testFuzz_deleverage_splittingChangesNothing(uint96 sizeSeed, uint64 seed, bool isLong) public {
        uint256 size = bound(uint256(sizeSeed), 1e16, 1e22);
        SideBookHarness whole = isLong ? longs : shorts;
        SideBookHarness split = new SideBookHarness(isLong);
        whole.open(size, 1_000 * ONE, 0);
        for (uint256 i = 0; i < 9; ++i) split.open(size / 10, 1_000 * ONE, 0);
        split.open(size - (size / 10) * 9, 1_000 * ONE, 0);
        for (uint256 i = 0; i < 5; ++i) {
            uint256 word = uint256(keccak256(abi.encode(seed, i)));
            uint256 move = 50 * ONE * (i + 1);
            AdlEvent memory e = Events.both(
                isLong ? 1_000 * ONE + move : 1_000 * ONE - move,
                word % 0.9e18,
                (word >> 64) % 0.5e18,
                int256(i * ONE)
            );
            Deleveraged memory a = whole.deleverage(e);
            Deleveraged memory b = split.deleverage(e);
            assertEq(a.buckets, 1);
            _assertClose(a.collected, b.collected, "collected");
            _assertClose(a.closedBase, b.closedBase, "closed");
        }
        Replay memory one = whole.replay(0, ALL);
        Replay memory ten;
        for (uint256 i = 0; i < 10; ++i) _add(ten, split.replay(i, ALL));
        _assertClose(one.cut, ten.cut, "cut");
        _assertClose(one.credit, ten.credit, "credit");
        _assertClose(whole.sums().cost, split.sums().cost, "cost");
        assertApproxEqAbs(one.fundingOwed, ten.fundingOwed, size / 1e9 + 100, "funding");
    }

    // -------------------------------------------------------------------------------------------------------- helpers

    function _assertClose(uint256 a, uint256 b, string memory what) private pure {
        assertApproxEqAbs(a, b, a / 1e9 + 1, what);
    }

    function _add(Replay memory sum, Replay memory r) private pure {
        sum.credit += r.credit;
        sum.cut += r.cut;
        sum.fundingOwed += r.fundingOwed;
        sum.returned += r.returned;
        sum.closedBase += r.closedBase;
    }

    function _wave(uint256 i) private pure returns (AdlEvent memory) {
        uint256 word = uint256(keccak256(abi.encode(i)));
        return
            Events.both(
                110 * ONE + 3 * i * ONE + (word % (2 * ONE)), // rising: all are reached
                (word >> 64) & 1 == 0 ? 0 : (word >> 72) % 0.1e18,
                (word >> 65) & 1 == 0 ? 0.01e18 : (word >> 136) % 0.05e18,
                int256((i * ONE) / 100)
            );
    }

    function _withSettled(
        SideBookHarness book,
        uint256 size,
        uint256 entry,
        uint256 settled
    ) private returns (uint256) {
        Position memory p;
        p.size = int104(int256(size));
        p.cost = uint104((size * entry) / ONE);
        p.settled = uint104(settled);
        return book.put(p);
    }
}
