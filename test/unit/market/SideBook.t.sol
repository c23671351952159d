// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SideBookLib} from "../../../contracts/market/SideBookLib.sol";
import {TickLib} from "../../../contracts/math/TickLib.sol";
import {Position} from "../../../contracts/types/Market.sol";
import {AdlEvent, Bucket, Deleveraged, Eligible, MAX_BUCKETS, Replay} from "../../../contracts/types/SideBook.sol";
import {TestBase} from "../../shared/TestBase.sol";
import {Events, SideBookHarness} from "./SideBookFixture.sol";

contract SideBookTest is TestBase {
    uint256 private constant ONE = 1e18;
    uint256 private constant ALL = type(uint256).max;

    SideBookHarness private longs;
    SideBookHarness private shorts;

    function setUp() public {
        longs = new SideBookHarness(true);
        shorts = new SideBookHarness(false);
    }

    // ------------------------------------------------------------------------------------------------- the worked row

    function test_deleverage_workedRowFourToTheWei() public {
        uint256 bob = shorts.open(10 * ONE, 100_000 * ONE, 0);
        Eligible memory found = shorts.eligible(20_000 * ONE);
        assertEq(found.profit, 800_000 * ONE);
        Deleveraged memory d = shorts.deleverage(Events.haircut(20_000 * ONE, 0.26250625e18));
        assertEq(d.collected, 210_005 * ONE, "collected");
        assertEq(d.pended, 0, "a haircut closes nothing, so nothing is set aside");
        (Position memory p, Replay memory r) = shorts.preview(bob);
        assertEq(r.cut, 210_005 * ONE, "cut");
        assertEq(p.cost, 789_995 * ONE, "cost");
    }

    /// I7
    function test_deleverage_chargesWinnersAlikeAndLosersNothing() public {
        uint256[4] memory entries = [uint256(100_000 * ONE), 80_000 * ONE, 61_234 * ONE, 19_000 * ONE];
        for (uint256 i = 0; i < 4; ++i) shorts.open((i + 1) * ONE, entries[i], 0);
        uint256 h = 0.3e18;
        Deleveraged memory d = shorts.deleverage(Events.haircut(20_000 * ONE, h));
        assertEq(d.buckets, 3);
        for (uint256 i = 0; i < 3; ++i) {
            (, Replay memory r) = shorts.preview(i);
            assertEq(r.cut, ((i + 1) * (entries[i] - 20_000 * ONE) * h) / ONE, "h of the profit");
        }
        (Position memory loser, Replay memory none) = shorts.preview(3);
        assertEq(none.cut, 0, "a loser pays nothing");
        assertEq(loser.cost, 4 * 19_000 * ONE, "a loser keeps its cost");
    }

    function test_deleverage_leavesTheBucketThatHoldsThePrice() public {
        longs.open(ONE, 100 * ONE, 0);
        Deleveraged memory d = longs.deleverage(Events.haircut(100 * ONE, ONE));
        assertEq(d.buckets, 0, "at the edge");
        assertEq(longs.sums().events, 0, "no event recorded");
        d = longs.deleverage(Events.haircut(100 * ONE + 1, ONE));
        assertEq(d.buckets, 1, "one wei better");
        assertEq(d.collected, 1);
        // One entry at the price protects the better ones in its bucket.
        shorts.open(ONE, 100 * ONE, 0);
        shorts.open(ONE, 100.2e18, 0);
        assertEq(shorts.deleverage(Events.haircut(100 * ONE, ONE)).buckets, 0);
        assertEq(shorts.eligible(100 * ONE).buckets, 0);
    }

    function test_deleverage_closesAtTheClosePrice() public {
        uint256 alice = longs.open(10 * ONE, 100 * ONE, 0);
        AdlEvent memory e = Events.closing(110 * ONE, 0.4e18);
        e.closePrice = uint128(112 * ONE);
        Deleveraged memory d = longs.deleverage(e);
        assertEq(d.closedBase, 4 * ONE);
        (Position memory p, Replay memory r) = longs.preview(alice);
        assertEq(int256(p.size), int256(6 * ONE));
        assertApproxEqAbs(r.credit, 48 * ONE, 200, "4 * (112 - 100)");
        assertGe(d.pended, r.credit);
        assertLe(d.pended, 48 * ONE + 1_000);
    }

    function test_deleverage_closesNobodyAtALoss() public {
        longs.open(ONE, 100 * ONE, 0);
        AdlEvent memory e = Events.closing(110 * ONE, ONE);
        e.closePrice = uint128(99 * ONE);
        assertEq(longs.deleverage(e).buckets, 0);
    }

    function test_RevertWhen_FractionAboveOne() public {
        vm.expectRevert(abi.encodeWithSelector(SideBookLib.SideBook_FractionAboveOne.selector, 0, 1e18 + 1));
        longs.deleverage(Events.haircut(ONE, 1e18 + 1));
    }

    // -------------------------------------------------------------------------------------------------------- buckets

    function test_insert_joinsTheBucketOfItsEntryAndKeepsTheWorstEdge() public {
        uint256 a = longs.open(ONE, 100 * ONE, 0);
        uint256 b = longs.open(2 * ONE, 100.2e18, 0);
        uint256 id = longs.position(a).bucket;
        assertEq(longs.position(b).bucket, id);
        assertEq(longs.bucket(id).edge, 100.2e18);
        assertEq(longs.bucket(id).sizeBase, 3 * ONE);
        a = shorts.open(ONE, 100.2e18, 0);
        shorts.open(ONE, 100 * ONE, 0);
        assertEq(shorts.bucket(shorts.position(a).bucket).edge, 100 * ONE);
    }

    function test_insert_opensAFreshBucketAfterAHaircut() public {
        uint256 a = longs.open(ONE, 100 * ONE, 0);
        longs.deleverage(Events.haircut(150 * ONE, 0.5e18));
        uint256 b = longs.open(ONE, 100 * ONE, 0);
        assertTrue(longs.position(a).bucket != longs.position(b).bucket, "newcomer in a bucket with a haircut");
        assertEq(longs.bucket(longs.position(a).bucket).edge, 125 * ONE, "effective entry");
        assertEq(longs.bucket(longs.position(b).bucket).edge, 100 * ONE);
        // The old one does not shield the new one: at 120 only the new one is in profit.
        assertEq(longs.eligible(120 * ONE).sizeBase, ONE);
        assertEq(longs.eligible(120 * ONE).profit, 20 * ONE);
    }

    function test_insert_staysInTheBucketAfterAClosing() public {
        uint256 a = longs.open(ONE, 100 * ONE, 0);
        longs.deleverage(Events.closing(150 * ONE, 0.5e18));
        uint256 b = longs.open(ONE, 100 * ONE, 0);
        assertEq(longs.position(a).bucket, longs.position(b).bucket);
        (Position memory p, Replay memory r) = longs.preview(b);
        assertEq(int256(p.size), int256(ONE), "an event before it entered");
        assertEq(r.credit, 0);
    }

    function test_insert_reusesABucketThatEmptied() public {
        uint256 a = longs.open(ONE, 100 * ONE, 0);
        uint256 id = longs.position(a).bucket;
        longs.deleverage(Events.haircut(150 * ONE, 0.5e18));
        longs.replay(a, ALL);
        longs.remove(a);
        uint256 b = longs.open(ONE, 100 * ONE, 0);
        assertEq(longs.position(b).bucket, id);
        assertEq(longs.bucket(id).edge, 100 * ONE);
        assertFalse(longs.hasHaircut(id));
        (, Replay memory r) = longs.preview(b);
        assertEq(r.cut, 0, "an event of former inhabitants");
    }

    /// A position closed in full and not replayed takes no room, and shares its bucket with newcomers unharmed.
    function test_deleverage_unlistsWhatItClosesInFull() public {
        uint256 ghost = longs.open(ONE, 100 * ONE, 0);
        uint256 id = longs.position(ghost).bucket;
        longs.open(ONE, 300 * ONE, 0); // not reached, moves in the list
        longs.deleverage(Events.both(150 * ONE, ONE, 0.5e18, 3 * int256(ONE)));
        assertEq(longs.sums().buckets, 1);
        uint256 newcomer = longs.open(2 * ONE, 100.2e18, 3 * int256(ONE));
        assertEq(longs.position(newcomer).bucket, id);
        longs.deleverage(Events.haircut(151 * ONE, 0.5e18));

        Replay memory r = longs.replay(ghost, ALL);
        assertEq(r.cut, 25 * ONE, "first event only");
        assertApproxEqAbs(r.credit, 25 * ONE, 200);
        assertEq(r.fundingOwed, 3 * int256(ONE));
        longs.remove(ghost);
        r = longs.replay(newcomer, ALL);
        assertEq(r.cut, 50.8e18, "second event only");
        assertEq(longs.bucket(id).sizeBase, 2 * ONE);
        assertEq(longs.bucket(id).cost, 251.2e18);
    }

    /// @custom:checklist 35
    function test_insert_joinsTheNearestWhenFull() public {
        uint256[] memory ids = _fill(longs);
        assertEq(longs.sums().buckets, MAX_BUCKETS);
        // Far above all: the last bucket, whose edge follows.
        uint256 b = longs.open(ONE, 1e6 * ONE, 0);
        assertEq(longs.position(b).bucket, ids[MAX_BUCKETS - 1]);
        assertEq(longs.bucket(ids[MAX_BUCKETS - 1]).edge, 1e6 * ONE);
        // A haircut on the lower half: an entry there joins the nearest one without.
        uint256 middle = longs.bucket(ids[48]).edge;
        longs.deleverage(Events.haircut(middle, 0.1e18));
        b = longs.open(ONE, longs.bucket(ids[10]).edge, 0);
        assertEq(longs.position(b).bucket, ids[48]);
        // All have had one: the nearest of all.
        longs.deleverage(Events.haircut(2e6 * ONE, 0.1e18));
        b = longs.open(ONE, 100 * ONE, 0);
        uint256 home = longs.position(b).bucket;
        assertTrue(longs.hasHaircut(home));
        assertEq(home & 8191, TickLib.tickOf(100 * ONE));
        assertEq(longs.sums().buckets, MAX_BUCKETS);
        _checkList(longs);
    }

    function test_remove_keepsTheListWhole() public {
        _fill(longs);
        longs.deleverage(Events.haircut(180 * ONE, 0.1e18));
        for (uint256 i = 0; i < MAX_BUCKETS; ++i) {
            uint256 number = (i * 35) % MAX_BUCKETS; // 35 and 96 are coprime: every one once
            longs.replay(number, ALL);
            longs.remove(number);
            if (i % 8 == 0) _checkList(longs);
        }
        assertEq(longs.sums().buckets, 0);
        assertEq(longs.sums().cost, 0);
    }

    function test_remove_movesTheHaircutWithItsBucket() public {
        longs.open(ONE, 300 * ONE, 0);
        uint256 b = longs.open(ONE, 200 * ONE, 0);
        uint256 c = longs.open(ONE, 100 * ONE, 0);
        longs.deleverage(Events.haircut(150 * ONE, 0.5e18)); // c only, last in the list
        longs.remove(0);
        assertTrue(longs.hasHaircut(longs.position(c).bucket));
        assertFalse(longs.hasHaircut(longs.position(b).bucket));
        uint256 d = longs.open(ONE, 400 * ONE, 0); // where c was
        assertFalse(longs.hasHaircut(longs.position(d).bucket), "inherits a haircut");
        _checkList(longs);
    }

    // -------------------------------------------------------------------------------------------------------- helpers

    /// @dev 96 buckets, one position each, ascending.
    function _fill(SideBookHarness book) private returns (uint256[] memory ids) {
        ids = new uint256[](MAX_BUCKETS);
        uint256 entry = 100 * ONE;
        for (uint256 i = 0; i < MAX_BUCKETS; ++i) {
            ids[i] = book.position(book.open(ONE, entry, 0)).bucket;
            entry = (entry * 102) / 100; // wider than a tick
        }
    }

    function _checkList(SideBookHarness book) private view {
        uint256 length = book.sums().buckets;
        uint256 size;
        for (uint256 i = 0; i < length; ++i) {
            Bucket memory b = book.bucket(book.bucketAt(i));
            assertEq(b.place, i + 1, "place");
            size += b.sizeBase;
        }
        assertEq(size, book.sums().size, "populated buckets hold everything");
    }
}
