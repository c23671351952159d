// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Deleveraged} from "../../../contracts/types/SideBook.sol";
import {TestBase} from "../../shared/TestBase.sol";
import {Events, SideBookHarness} from "./SideBookFixture.sol";

/// @dev The cost of an event: flat in positions, straight in buckets. Every call starts with cold slots.
contract SideBookGasTest is TestBase {
    uint256 private constant ONE = 1e18;
    uint256 private constant PER_BUCKET = 45_000;
    uint256 private constant TRADE = 25_000;

    /// @custom:checklist 21
    function test_deleverage_costsTheSameForAnyNumberOfPositions() public {
        uint256 few = _eventOver(4, 10);
        uint256 more = _eventOver(4, 100);
        uint256 many = _eventOver(4, 1_000);
        vm.snapshotValue("SideBook", "event: 4 buckets, 10 positions", few);
        vm.snapshotValue("SideBook", "event: 4 buckets, 100 positions", more);
        vm.snapshotValue("SideBook", "event: 4 buckets, 1000 positions", many);
        assertApproxEqAbs(more, few, few / 50, "100 against 10");
        assertApproxEqAbs(many, few, few / 50, "1000 against 10");
    }

    /// @custom:checklist 21
    function test_deleverage_costsAStraightLineInBuckets() public {
        uint256 one = _eventOver(1, 1);
        uint256 ten = _eventOver(10, 10);
        uint256 fifty = _eventOver(50, 50);
        uint256 all = _eventOver(96, 96);
        vm.snapshotValue("SideBook", "event: 1 bucket", one);
        vm.snapshotValue("SideBook", "event: 10 buckets", ten);
        vm.snapshotValue("SideBook", "event: 50 buckets", fifty);
        vm.snapshotValue("SideBook", "event: 96 buckets", all);
        uint256 slope = (all - one) / 95;
        assertLe(slope, PER_BUCKET, "per bucket");
        assertLe(all, 96 * PER_BUCKET, "96 buckets");
        assertApproxEqAbs(ten, one + 9 * slope, ten / 50, "10 on the line");
        assertApproxEqAbs(fifty, one + 49 * slope, fifty / 50, "50 on the line");
    }

    function test_deleverage_secondEventIsCheaper() public {
        SideBookHarness book = _book(96, 96);
        _event(book);
        uint256 again = _event(book);
        vm.snapshotValue("SideBook", "event: 96 buckets, word open", again);
        assertLe(again, 96 * 26_000);
    }

    function test_insert_addsLittleToATradeWhenTheBucketExists() public {
        SideBookHarness book = _book(8, 80);
        vm.cool(address(book));
        uint256 before = gasleft();
        book.touch(11, 0);
        uint256 used = before - gasleft();
        vm.snapshotValue("SideBook", "replay, remove and insert", used);
        // Side sums, position and call included: these the clearinghouse has without buckets too.
        assertLe(used, 2 * TRADE);
    }

    /// @custom:checklist 21
    function test_insert_whenFullIsBounded() public {
        SideBookHarness book = _book(96, 96);
        vm.cool(address(book));
        uint256 before = gasleft();
        book.open(ONE, 5_000 * ONE, 0);
        uint256 used = before - gasleft();
        vm.snapshotValue("SideBook", "insert when 96 are populated", used);
        assertLe(used, 170_000);
    }

    function _eventOver(uint256 buckets, uint256 positions) private returns (uint256) {
        return _event(_book(buckets, positions));
    }

    function _book(uint256 buckets, uint256 positions) private returns (SideBookHarness book) {
        book = new SideBookHarness(true);
        uint256 entry = 100 * ONE;
        for (uint256 i = 0; i < positions; ++i) {
            book.open(ONE, entry, int256(ONE));
            entry = i % buckets == buckets - 1 ? 100 * ONE : (entry * 102) / 100; // wider than a tick
        }
        assertEq(book.sums().buckets, buckets);
    }

    function _event(SideBookHarness book) private returns (uint256 used) {
        vm.cool(address(book));
        uint256 buckets = book.sums().buckets;
        vm.cool(address(book));
        uint256 before = gasleft();
        Deleveraged memory d = book.deleverage(Events.both(2_000 * ONE, 0.1e18, 0.1e18, 2 * int256(ONE)));
        used = before - gasleft();
        assertEq(d.buckets, buckets, "all reached");
    }
}
