// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ClaimFixture} from "./ClaimFixture.sol";

/// @title ClaimsFuzzTest
/// @notice The tranche against a book that is kept holder by holder: every loss is split by the shares of that moment,
/// every repayment by what each is still owed. I11.
/// @dev The book counts in billionths of a wei, so its own roundings are nothing. Tolerances: together, nobody gets a wei
/// more than was repaid; alone, a holder may be a wei an action off to either side, because what one loses to a rounding
/// falls to all who are still owed.
contract ClaimsFuzzTest is ClaimFixture {
    uint256 private constant FINE = 1e9;
    uint256 private constant ACTIONS = 40;
    uint256 private constant TOLERANCE = 4 * ACTIONS; // wei
    uint256 private constant FORGIVEN = 1e9; // a class that owes less is closed

    address[4] private _people = [ann, ben, cat, makeActor("dan")];

    // the book, in billionths of a wei
    uint256 private _outstandingFine;
    mapping(address who => uint256) private _owed;
    mapping(address who => uint256) private _got;

    mapping(address who => uint256 usd) private _paidOut;
    uint256 private _lost;
    uint256 private _repaid;

    function testFuzz_claims_areThoseOfABookKeptByHolder(uint256 seed) public {
        _run(seed, false);
    }

    /// Every other action nearly repays everything: eras end all the time, and points are issued anew.
    function testFuzz_claims_areThoseOfABookKeptByHolderOverManyEras(uint256 seed) public {
        _run(seed, true);
    }

    function _run(uint256 seed, bool isNearTotal) private {
        for (uint256 i = 0; i < _people.length; ++i) {
            token.mint(_people[i], 1e12 * NATIVE);
            vm.prank(_people[i]);
            token.approve(address(vault), type(uint256).max);
        }
        _invest(ann, 1_000 * NATIVE);
        _invest(ben, 1_000 * NATIVE);
        uint256 epoch = tranche.currentEpoch();
        for (uint256 i = 0; i < ACTIONS; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            uint256 size = dice >> 32;
            if (isNearTotal && i % 2 == 1) _nearlyRepay(size);
            else if (dice % 4 == 0) _loseSome(size);
            else if (dice % 4 == 1) _repaySome(size);
            else if (dice % 16 == 2) epoch = _settleNext(epoch, size);
            else _move(_people[(dice >> 8) % 4], _people[(dice >> 16) % 4], (dice >> 24) % 8, size);
        }
        _check();
    }

    // ----------------------------------------------------------------------------------------------------- actions

    function _loseSome(uint256 size) private {
        // A third of the losses leave next to nothing.
        uint256 nav = _nav();
        if (nav == 0) return;
        uint256 amount = size % 3 == 0 ? nav - (nav / 1e4) : 1 + ((size / 3) % nav);
        uint256 supply = tranche.totalSupply();
        for (uint256 i = 0; i < _people.length; ++i) {
            // Near-total losses make shares so many that the product needs 512 bits.
            _owed[_people[i]] += Math.mulDiv(amount * FINE, _sharesOf(_people[i]), supply);
        }
        _outstandingFine += amount * FINE;
        _lost += amount;
        _loseAndOwe(amount);
    }

    function _repaySome(uint256 size) private {
        uint256 outstanding = _outstandingFine / FINE;
        if (outstanding != 0) _repayByBook(1 + (size % (outstanding + outstanding / 2)));
    }

    function _nearlyRepay(uint256 size) private {
        uint256 outstanding = _outstandingFine / FINE;
        uint256 left = FORGIVEN + (size % 1e6);
        if (outstanding > left) _repayByBook(outstanding - left);
    }

    function _repayByBook(uint256 amount) private {
        uint256 paid = _repay(amount);
        _repaid += paid;
        uint256 fine = paid * FINE;
        for (uint256 i = 0; i < _people.length; ++i) {
            address who = _people[i];
            uint256 part = Math.mulDiv(_owed[who], fine, _outstandingFine);
            _owed[who] -= part;
            _got[who] += part;
        }
        _outstandingFine -= fine;
        if (_outstandingFine >= FORGIVEN * FINE) return;
        _outstandingFine = 0;
        for (uint256 i = 0; i < _people.length; ++i) _owed[_people[i]] = 0;
    }

    /// @dev Fills as much of the redemptions as the dice say; skips an epoch now and then.
    function _settleNext(uint256 epoch, uint256 size) private returns (uint256) {
        epoch += size % 5 == 0 ? 2 : 1;
        _goTo(epoch);
        uint256 nav = _nav();
        uint256 limit = (size >> 8) % 3 == 0 ? type(uint256).max : (size >> 8) % (nav + 1);
        tranche.settle(epoch - 1, nav, nav, limit, nav != 0);
        return epoch;
    }

    function _move(address who, address other, uint256 kind, uint256 size) private {
        uint256 held = tranche.balanceOf(who);
        if (kind == 0 && held != 0) _transfer(who, other, size % (held + 1));
        if (kind == 1) _requestDeposit(who, 1 + (size % (1_000 * NATIVE)));
        if (kind == 2 && held != 0) _requestRedeem(who, 1 + (size % held));
        if (kind == 3 && held != 0) {
            vm.prank(who);
            tranche.requestRedeem(1 + (size % held), other, who);
        }
        if (kind == 4) _cancel(who, size);
        if (kind == 5) _claimSome(who, other, size);
        if (kind == 6) _claimAssets(who);
        if (kind == 7) _paidOut[who] += tranche.claimRecovery(who);
    }

    function _cancel(address who, uint256 size) private {
        uint256 id = tranche.currentEpoch() + 1;
        uint256 waiting = tranche.pendingRedeemRequest(id, who);
        // What earlier ids have left waits there too, and cannot be taken back.
        if (tranche.redeemBatch(id - 1).units != 0 || waiting == 0) return;
        vm.prank(who);
        tranche.cancelRedeem(id, 1 + (size % waiting), who);
    }

    function _claimSome(address who, address receiver, uint256 size) private {
        uint256 assets = tranche.maxDeposit(who);
        vm.prank(who);
        tranche.deposit(size % (assets + 1), receiver, who);
    }

    // ------------------------------------------------------------------------------------------------------ checks

    function _check() private {
        uint256 got;
        uint256 owed;
        for (uint256 i = 0; i < _people.length; ++i) {
            address who = _people[i];
            (uint256 claimable, uint256 outstanding) = tranche.claimsOf(who);
            uint256 mine = _paidOut[who] + claimable;
            assertApproxEqAbs(mine, _got[who] / FINE, TOLERANCE, "repaid to a holder");
            assertApproxEqAbs(outstanding, _owed[who] / FINE, TOLERANCE, "owed to a holder");
            got += mine;
            owed += outstanding;
            // A call more changes nothing but the part that is paid out.
            uint256 paid = tranche.claimRecovery(who);
            assertEq(_claimable(who), claimable - paid, "a claim is not idempotent");
            assertLt(claimable - paid, SCALE, "whole token units are left");
            assertEq(_outstanding(who), outstanding, "a claim moved what is owed");
        }
        (uint256 outstandingAll, uint256 lost, uint256 repaid) = tranche.totalClaims();
        assertLe(got, repaid, "I11: handed out more than was repaid");
        assertLe(owed, outstandingAll, "promised more than is outstanding");
        assertEq(outstandingAll, _outstandingFine / FINE, "outstanding");
        assertEq(lost, _lost, "lost");
        assertEq(repaid, _repaid, "repaid");
        assertLe(repaid, lost, "I11: repaid more than was lost");
    }
}
