// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DebtLib} from "../../../contracts/loss/DebtLib.sol";
import {DebtBook, DebtClaim} from "../../../contracts/types/Loss.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract DebtLibTest is TestBase {
    using DebtLib for DebtBook;

    uint256 private constant HOLDERS = 4;
    uint256 private constant DUST = 1e9;

    DebtBook private _book;
    DebtClaim[HOLDERS] private _claims;
    uint256[HOLDERS] private _given; // owed to a holder in all
    uint256[HOLDERS] private _got; // collected or set off
    uint256 private _paid;

    function _add(uint256 who, uint256 amount) private {
        _got[who] += _book.collect(_claims[who]);
        _book.add(_claims[who], amount);
        _given[who] += amount;
    }

    function _pay(uint256 amount) private returns (uint256 forgiven) {
        if (amount > _book.outstanding) amount = _book.outstanding;
        if (amount == 0) return 0;
        _paid += amount;
        return _book.pay(amount);
    }

    function _setOff(uint256 who, uint256 amount) private {
        _got[who] += _book.collect(_claims[who]);
        uint256 owed = _book.owed(_claims[who]);
        if (amount > owed) amount = owed;
        if (amount == 0) return;
        _book.setOff(_claims[who], amount);
        _got[who] += amount;
    }

    function test_pay_isProRata() public {
        _add(0, 140e18);
        _add(1, 160e18);
        _pay(150e18);
        assertEq(_book.collectable(_claims[0]), 70e18);
        assertEq(_book.collectable(_claims[1]), 80e18);
        assertEq(_book.owed(_claims[0]), 70e18);
        assertEq(_book.owed(_claims[1]), 80e18);
    }

    function test_add_ofALateJoinerSharesOnlyWhatComesLater() public {
        _add(0, 100e18);
        _pay(90e18);
        _add(1, 10e18);
        assertEq(_book.collectable(_claims[0]), 90e18);
        assertEq(_book.owed(_claims[0]), 10e18);
        assertEq(_book.owed(_claims[1]), 10e18);
        _pay(10e18);
        assertEq(_book.collectable(_claims[0]), 95e18);
        assertEq(_book.collectable(_claims[1]), 5e18);
    }

    function test_pay_inFullEndsTheEraAndLeavesNothingOwed() public {
        _add(0, 100e18);
        _add(1, 50e18);
        assertEq(_pay(150e18), 0);
        assertEq(_book.era, 1);
        assertEq(_book.points, 0);
        assertEq(_book.collectable(_claims[0]), 100e18);
        _add(2, 7e18);
        assertEq(_book.owed(_claims[2]), 7e18);
        assertEq(_book.owed(_claims[0]), 0);
        assertEq(_book.collectable(_claims[1]), 50e18, "still there after the era");
    }

    function test_pay_forgivesDust() public {
        _add(0, 100e18);
        assertEq(_pay(100e18 - DUST + 1), DUST - 1);
        assertEq(_book.outstanding, 0);
    }

    /// A newcomer neither takes from what others are owed nor from what they have been paid.
    function testFuzz_add_doesNotDilute(uint128 first, uint128 paid, uint128 second) public {
        uint256 amount = bound(first, 1e12, 1e30);
        _add(0, amount);
        _pay(bound(paid, 0, amount));
        uint256 owed = _book.owed(_claims[0]);
        uint256 collectable = _book.collectable(_claims[0]);
        _add(1, bound(second, 1, 1e30));
        assertEq(_book.collectable(_claims[0]), collectable, "took from what was paid");
        assertGe(_book.owed(_claims[0]), owed, "diluted");
        assertLe(_book.owed(_claims[0]) - owed, owed / 1e9 + 1e9, "the first gained from the newcomer");
        assertLe(_book.owed(_claims[1]), _given[1], "the newcomer is owed more than its claim");
    }

    /// I11 and I1 at once, over any history: nobody gets more than it was owed, all together no more than was paid, and
    /// what is owed to all is never more than the book says.
    function testFuzz_book_neverPromisesMoreThanItHas(uint256[24] memory seeds) public {
        uint256 setOff;
        for (uint256 i = 0; i < 24; ++i) {
            uint256 who = seeds[i] % HOLDERS;
            uint256 kind = (seeds[i] >> 8) % 4;
            uint256 amount = bound(seeds[i] >> 16, 1, 1e24);
            if (kind <= 1) _add(who, amount);
            if (kind == 2) _pay((seeds[i] >> 200) % 3 == 0 ? type(uint128).max : amount);
            if (kind == 3) {
                uint256 before = _got[who] + _book.collectable(_claims[who]);
                _setOff(who, amount);
                setOff += _got[who] - before;
            }
        }
        uint256 got;
        uint256 owed;
        for (uint256 i = 0; i < HOLDERS; ++i) {
            uint256 mine = _got[i] + _book.collectable(_claims[i]);
            assertLe(mine + _book.owed(_claims[i]), _given[i] + _given[i] / 1e9 + 24, "I11: more than was owed");
            got += mine;
            owed += _book.owed(_claims[i]);
        }
        assertLe(got, _paid + setOff, "more was handed out than paid in");
        assertLe(owed, _book.outstanding, "more is owed than outstanding");
    }

    /// Nearly repaid again and again, with a newcomer each time: points stay small enough for every product.
    function testFuzz_pay_manyNearTotalRepaymentsNeverOverflow(uint128 large, uint64 left) public {
        uint256 amount = bound(large, 1e18, 1e37);
        for (uint256 i = 0; i < 60; ++i) {
            _add(i % HOLDERS, amount);
            uint256 keep = bound(left, DUST, 1e12);
            if (_book.outstanding > keep) _pay(_book.outstanding - keep);
            assertLe(_book.points / 1e9, uint256(_book.outstanding), "points outgrow the debt");
        }
        uint256 got;
        for (uint256 i = 0; i < HOLDERS; ++i) {
            _got[i] += _book.collect(_claims[i]);
            got += _got[i];
        }
        assertLe(got, _paid, "more was handed out than paid in");
        assertLe(_paid - got, _paid / 1e15 + 60 * HOLDERS * 1e10, "repayments got lost");
    }

    /// Who missed many eras collects what it was owed when it comes back.
    function test_collect_passesManyEras() public {
        _add(0, 1_000e18);
        for (uint256 i = 1; i <= 200; ++i) {
            _pay(uint256(_book.outstanding) - 1e10);
            _add(1, 1_000e18);
        }
        assertGt(_book.era, 10, "no eras");
        uint256 collected = _book.collect(_claims[0]);
        assertApproxEqAbs(collected, 1_000e18, 1e12, "lost over the eras");
        assertLe(collected, 1_000e18, "more than was owed");
    }

    function testFuzz_setOff_takesOnlyOnesOwn(uint128 a, uint128 b, uint128 amount) public {
        _add(0, bound(a, 1e12, 1e30));
        _add(1, bound(b, 1e12, 1e30));
        uint256 other = _book.owed(_claims[1]);
        _setOff(0, bound(amount, 1, 1e30));
        assertGe(_book.owed(_claims[1]) + 1, other, "took from somebody else");
    }
}
