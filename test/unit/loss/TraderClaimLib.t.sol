// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DebtLib} from "../../../contracts/loss/DebtLib.sol";
import {TraderClaimLib} from "../../../contracts/loss/TraderClaimLib.sol";
import {DebtBook, LossClaim, TraderLosses} from "../../../contracts/types/Loss.sol";
import {TestBase} from "../../shared/TestBase.sol";

/// @notice Recovery claims of traders against a book that keeps every dollar by name.
contract TraderClaimLibTest is TestBase {
    using DebtLib for DebtBook;
    using TraderClaimLib for TraderLosses;

    uint256 private constant TRADERS = 4;
    uint256 private constant STEPS = 24;
    uint256 private constant KEPT = TraderClaimLib.HELD_BACK;

    TraderLosses private _losses;
    LossClaim[TRADERS] private _claims;

    // The plain book: what each lost and is owed, whether or not it has joined yet.
    uint256[TRADERS] private _lost;
    uint256[TRADERS] private _owed;
    uint256[TRADERS] private _repaid;
    uint256[TRADERS] private _got;
    uint256 private _recovered;

    /// @dev What has not been joined yet, in the order of the losses.
    struct Missed {
        uint256 lossId;
        uint256 amount;
    }

    Missed[][TRADERS] private _missed;

    function _lose(uint256[TRADERS] memory parts) private {
        uint256 total;
        for (uint256 i = 0; i < TRADERS; ++i) total += parts[i];
        uint256 lossId = _losses.nextId();
        _losses.enter(total);
        for (uint256 i = 0; i < TRADERS; ++i) {
            if (parts[i] == 0) continue;
            _missed[i].push(Missed(lossId, parts[i]));
            _lost[i] += parts[i];
            _owed[i] += parts[i];
        }
    }

    function _lose(uint256 a, uint256 b) private {
        uint256[TRADERS] memory parts;
        (parts[0], parts[1]) = (a, b);
        _lose(parts);
    }

    function _join(uint256 who) private {
        for (uint256 k = 0; k < _missed[who].length; ++k) {
            _losses.join(_claims[who], _missed[who][k].lossId, _missed[who][k].amount);
        }
        delete _missed[who];
    }

    function _repay(uint256 amount) private {
        uint256 outstanding = _losses.book.outstanding;
        uint256 paid = _losses.repay(amount);
        _recovered += paid;
        if (paid == 0) return;
        bool isAll = _losses.book.outstanding == 0;
        for (uint256 i = 0; i < TRADERS; ++i) {
            uint256 part = isAll ? _owed[i] : (_owed[i] * paid) / outstanding;
            _repaid[i] += part;
            _owed[i] -= part;
        }
    }

    function _collect(uint256 who) private returns (uint256 due) {
        due = _losses.collect(_claims[who]);
        _claims[who].repaid -= due;
        _got[who] += due;
    }

    function test_join_lateLosesNothing() public {
        _lose(100e18, 300e18);
        _join(0);
        _repay(200e18);
        assertEq(_collect(0), 50e18 - KEPT);
        _join(1);
        assertEq(_collect(1), 150e18 - KEPT, "counted from the loss");
        (, uint256 outstanding) = _losses.claimOf(_claims[1]);
        assertEq(outstanding, 150e18);
    }

    /// @custom:checklist 22
    function test_join_takesNothingOfWhatWasRepaidBefore() public {
        _lose(100e18, 0);
        _repay(90e18);
        _lose(0, 10e18);
        _join(0);
        _join(1);
        assertEq(_collect(1), 0, "an earlier repayment is not the newcomer's");
        assertEq(_collect(0), 90e18 - KEPT);
        _repay(20e18);
        assertEq(_collect(0), 10e18);
        assertEq(_collect(1), 10e18 - KEPT);
    }

    function test_repay_takesNoMoreThanIsOwed() public {
        _lose(40e18, 60e18);
        assertEq(_losses.repay(1_000e18), 100e18);
        assertEq(_losses.repay(1), 0);
        assertEq(_losses.repaid, _losses.lost);
    }

    /// @custom:checklist 22
    function test_collect_isIdempotent() public {
        _lose(40e18, 60e18);
        _join(0);
        _repay(50e18);
        assertEq(_collect(0), 20e18 - KEPT);
        assertEq(_collect(0), 0);
    }

    function test_enter_ofNothingIsNoLoss() public {
        uint32 next = _losses.nextId();
        _losses.enter(0);
        assertEq(_losses.nextId(), next);
    }

    /// I11: paid <= recovered <= lost, and each gets what the plain book says, however late it joins and however often it
    /// collects.
    function testFuzz_claims_followThePlainBook(uint256[STEPS] memory seeds) public {
        for (uint256 i = 0; i < STEPS; ++i) {
            uint256 who = seeds[i] % TRADERS;
            uint256 kind = (seeds[i] >> 8) % 8;
            uint256 amount = bound(seeds[i] >> 16, 1e12, 1e25);
            if (kind <= 2) {
                uint256[TRADERS] memory parts;
                for (uint256 k = 0; k < TRADERS; ++k)
                    parts[k] = (seeds[i] >> (40 + 4 * k)) % 3 == 0 ? 0 : amount / (k + 1);
                _lose(parts);
            } else if (kind <= 4) {
                _repay((seeds[i] >> 200) % 4 == 0 ? type(uint128).max : amount);
            } else if (kind == 5) {
                _repay(uint256(_losses.book.outstanding) - uint256(_losses.book.outstanding) / 1e10);
            } else {
                _join(who);
                _collect(who);
            }
        }
        uint256 paid;
        for (uint256 i = 0; i < TRADERS; ++i) {
            _join(i);
            _collect(i);
            (, uint256 outstanding) = _losses.claimOf(_claims[i]);
            uint256 slack = _lost[i] / 1e9 + STEPS * 1e10;
            assertLe(_got[i] + outstanding, _lost[i] + slack, "I11: more than was lost");
            assertApproxEqAbs(_got[i], _repaid[i], slack, "not its part of what was repaid");
            paid += _got[i];
        }
        assertLe(paid, _recovered, "I11: more was paid than recovered");
        assertLe(_recovered, _losses.lost, "I11: more was recovered than lost");
        assertEq(_losses.repaid, _recovered);
    }
}
