// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITranche} from "../../../contracts/interfaces/ITranche.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {ClaimFixture} from "./ClaimFixture.sol";

/// @notice Whoever held shares at a loss is owed it back, wherever the shares go. I11.
contract ClaimsTest is ClaimFixture {
    uint256 private constant DUST = 100; // wei

    // ----------------------------------------------------------------------------------------------------- reverts

    function test_RevertWhen_MintOrRepayCallerIsNotPool() public {
        vm.startPrank(ann);
        vm.expectRevert(abi.encodeWithSelector(ITranche.Tranche_NotPool.selector, ann));
        tranche.mintClaims(1);
        vm.expectRevert(abi.encodeWithSelector(ITranche.Tranche_NotPool.selector, ann));
        tranche.repayClaims(1);
        vm.stopPrank();
    }

    // --------------------------------------------------------------------------------------------------- minting

    function test_mintClaims_owesNobodyAnythingWhenNobodyHoldsShares() public {
        assertEq(tranche.mintClaims(5 * USD), 0);
        _invest(ann, 100 * NATIVE);
        assertEq(_outstanding(ann), 0);
        (uint256 outstanding, uint256 lost, ) = tranche.totalClaims();
        assertEq(outstanding + lost, 0);
    }

    /// A share left over from everybody's exit could not carry a loss of millions; a liquidation has to complete.
    function test_mintClaims_owesNothingToSharesTooFewToCarryIt() public {
        _invest(ann, 100 * NATIVE);
        uint256 id = _requestRedeem(ann, 100e24 - 1);
        _goTo(id + 1);
        _settle(id);
        assertEq(tranche.mintClaims(1e30), 0);
        assertGt(tranche.mintClaims(1e5), 0);
    }

    function test_mintClaims_isProRataByShares() public {
        _invest(ann, 300 * NATIVE);
        _invest(ben, 100 * NATIVE);
        _loseAndOwe(40 * USD);
        assertEq(_outstanding(ann), 30 * USD);
        assertEq(_outstanding(ben), 10 * USD);
        _repay(20 * USD);
        assertEq(_claimable(ann), 15 * USD);
        assertEq(_claimable(ben), 5 * USD);
        assertEq(_outstanding(ann), 15 * USD);
        (uint256 outstanding, uint256 lost, uint256 repaid) = tranche.totalClaims();
        assertEq(outstanding, 20 * USD);
        assertEq(lost, 40 * USD);
        assertEq(repaid, 20 * USD);
    }

    // -------------------------------------------------------------------------------------------------- repayment

    function test_repayClaims_takesNoMoreThanIsOwed() public {
        _invest(ann, 100 * NATIVE);
        _loseAndOwe(10 * USD);
        assertEq(_repay(25 * USD), 10 * USD);
        assertEq(_repay(1 * USD), 0);
        assertEq(_claimable(ann), 10 * USD);
    }

    /// Nobody touches the shares: three losses and the repayments in between are told apart all the same.
    function test_claimsOf_aHolderUntouchedThroughLossesAndRepayments() public {
        _invest(ann, 100 * NATIVE);
        _invest(ben, 100 * NATIVE);
        _loseAndOwe(60 * USD);
        _repay(30 * USD);
        _transfer(ben, cat, tranche.balanceOf(ben));
        _loseAndOwe(40 * USD);
        _repay(35 * USD); // half of 30 + 40
        _loseAndOwe(10 * USD);
        _repay(9 * USD); // a fifth of 15 + 20 + 10
        // ann: 30 + 20 + 5. Paid 15, then (15 + 20) / 2, then a fifth of what was left.
        _assertJustBelow(_claimable(ann), 15 * USD + 17.5e18 + 4.5e18, DUST, "ann");
        _assertJustBelow(_outstanding(ann), 18 * USD, DUST, "ann outstanding");
        // ben: 30 of the first loss only. cat: nothing of the first.
        _assertJustBelow(_claimable(ben), 15 * USD + 7.5e18 + 1.5e18, DUST, "ben");
        _assertJustBelow(_claimable(cat), 10 * USD + 3 * USD, DUST, "cat");
    }

    // ------------------------------------------------------------------------------------- leaving, buying, paying

    /// @custom:checklist 22
    function test_claimRecovery_paysWhoHeldAtTheLossAndNoLaterBuyer() public {
        _invest(ann, 100 * NATIVE);
        _loseAndOwe(50 * USD);
        _transfer(ann, ben, tranche.balanceOf(ann));
        _invest(cat, 100 * NATIVE);
        _repay(50 * USD);
        assertEq(_claimable(ben) + _claimable(cat), 0);
        assertEq(tranche.claimRecovery(ben) + tranche.claimRecovery(cat), 0);
        uint256 before = token.balanceOf(ann);
        vm.prank(ben); // anybody may call; the holder is paid
        assertEq(tranche.claimRecovery(ann), 50 * USD);
        assertEq(token.balanceOf(ann), before + 50 * NATIVE);
        assertEq(tranche.claimRecovery(ann), 0, "paid twice");
        assertEq(vault.balanceOf(Ledger.Recovery), 0);
    }

    /// @custom:checklist 22
    function test_claimRecovery_survivesExitAndAYear() public {
        _invest(ann, 100 * NATIVE);
        _invest(ben, 100 * NATIVE);
        _loseAndOwe(100 * USD);
        uint256 id = _requestRedeem(ann, tranche.balanceOf(ann));
        _goTo(id + 1);
        _settle(id);
        _claimAssets(ann);
        _loseAndOwe(20 * USD); // ben's alone
        _repay(60 * USD);
        _goTo(id + 366);
        _assertJustBelow(tranche.claimRecovery(ann), 25 * USD, SCALE, "ann");
        _repay(60 * USD);
        _goTo(id + 700);
        _assertJustBelow(tranche.claimRecovery(ann), 25 * USD, SCALE, "ann, the rest");
        _assertJustBelow(tranche.claimRecovery(ben), 70 * USD, SCALE, "ben");
    }

    function test_claimRecovery_paysWholeTokenUnitsAndKeepsTheFraction() public {
        _invest(ann, 100 * NATIVE);
        _loseAndOwe(10 * USD);
        _repay(SCALE + SCALE / 2);
        assertEq(tranche.claimRecovery(ann), SCALE);
        assertEq(_claimable(ann), SCALE / 2);
        assertEq(tranche.claimRecovery(ann), 0);
        _repay(SCALE / 2);
        assertEq(tranche.claimRecovery(ann), SCALE);
    }

    /// @custom:checklist 25
    function test_transfer_toOneselfChangesNothing() public {
        _invest(ann, 100 * NATIVE);
        _loseAndOwe(10 * USD);
        _transfer(ann, ann, 100e24);
        _transfer(ann, ann, 100e24);
        assertEq(_outstanding(ann), 10 * USD);
    }

    // ---------------------------------------------------------------------------------------------- locked shares

    function test_locked_claimsBelongToTheController() public {
        _invest(ann, 100 * NATIVE);
        _loseAndOwe(10 * USD);
        vm.prank(ann);
        tranche.requestRedeem(100e24, cat, ann);
        _loseAndOwe(20 * USD);
        assertEq(_outstanding(ann), 10 * USD);
        assertEq(_outstanding(cat), 20 * USD);
        assertEq(_outstanding(address(tranche)), 0);
    }

    function test_locked_partlyFilledOverEpochsLosesOnlyWhatIsStillAtRisk() public {
        _invest(ann, 300 * NATIVE);
        _invest(ben, 100 * NATIVE);
        uint256 id = _requestRedeem(ann, 300e24);
        _loseAndOwe(40 * USD); // 300 of 400 shares
        uint256 expected = 30 * USD;
        for (uint256 i = 0; i < 3; ++i) {
            _goTo(id + i + 1);
            tranche.settle(id + i, _nav(), _nav(), 50 * USD, true);
            uint256 left = tranche.pendingRedeemRequest(0, ann);
            assertLt(left, 300e24);
            expected += (USD * left) / (left + 100e24);
            _loseAndOwe(1 * USD);
            assertApproxEqAbs(_outstanding(ann), expected, DUST, "between the fills");
        }
        assertApproxEqAbs(_outstanding(ben), 43 * USD - expected, DUST);
        _repay(43 * USD);
        _assertJustBelow(tranche.claimRecovery(ann), expected, SCALE + DUST, "ann");
        _claimAssets(ann);
        assertEq(tranche.claimRecovery(ann), 0);
    }

    function test_locked_cancelledKeepsWhatItGained() public {
        _invest(ann, 100 * NATIVE);
        uint256 id = _requestRedeem(ann, 60e24);
        _loseAndOwe(10 * USD);
        vm.prank(ann);
        tranche.cancelRedeem(id, 60e24, ann);
        assertEq(_outstanding(ann), 10 * USD);
        _transfer(ann, ben, 100e24);
        _loseAndOwe(10 * USD);
        assertEq(_outstanding(ann), 10 * USD);
        assertEq(_outstanding(ben), 10 * USD);
    }

    /// @custom:checklist 27
    function test_locked_requestedAgainTakesPartOnlyInWhatComesLater() public {
        _invest(ann, 100 * NATIVE);
        _invest(ben, 100 * NATIVE);
        uint256 id = _requestRedeem(ann, 50e24);
        _loseAndOwe(20 * USD);
        _goTo(id);
        vm.prank(ben);
        tranche.requestRedeem(100e24, ann, ben);
        assertEq(_outstanding(ann), 10 * USD, "ben's shares brought a loss of the past along");
        assertEq(_outstanding(ben), 10 * USD);
        _loseAndOwe(20 * USD);
        assertEq(_outstanding(ann), 30 * USD);
    }

    // ------------------------------------------------------------------------------------------ unclaimed deposits

    function test_deposit_takesPartFromItsSettlementOnClaimedOrNot() public {
        _invest(ann, 100 * NATIVE);
        uint256 id = _requestDeposit(ben, 50 * NATIVE);
        _loseAndOwe(50 * USD); // before ben has shares
        _goTo(id + 1);
        _settle(id); // at half the price: as many as ann
        _loseAndOwe(40 * USD);
        assertApproxEqAbs(_outstanding(ben), 20 * USD, DUST);
        vm.prank(ben);
        tranche.mint(40e24, cat, ben); // hands part of them to cat
        _loseAndOwe(10 * USD);
        assertApproxEqAbs(_outstanding(ben), 23 * USD, DUST);
        assertApproxEqAbs(_outstanding(cat), 2 * USD, DUST);
        assertApproxEqAbs(_outstanding(ann), 75 * USD, DUST);
    }

    // ------------------------------------------------------------------------------------------------ many epochs

    /// A redemption nobody fills for years: calls take it on 64 epochs at a time, and nobody but its controller waits.
    function test_claimRecovery_takesAnUnwalkedRedemptionFurther() public {
        _invest(ann, 100 * NATIVE);
        uint256 id = _requestRedeem(ann, 50e24);
        _loseAndOwe(10 * USD);
        for (uint256 i = 0; i < 130; ++i) {
            _goTo(id + i + 1);
            tranche.settle(id + i, _nav(), _nav(), 0, true);
        }
        tranche.settle(id + 129, _nav(), _nav(), 0, true);
        assertEq(_outstanding(ann), 5 * USD, "what is in hand");
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(ITranche.Tranche_RedemptionsNotWalked.selector, ann));
        tranche.requestRedeem(1e24, ann, ann);
        _transfer(ann, ben, 1e24);
        tranche.claimRecovery(ann);
        tranche.claimRecovery(ann);
        assertEq(_outstanding(ann), 10 * USD);
        _requestRedeem(ann, 1e24);
        _loseAndOwe(10 * USD);
        assertApproxEqAbs(_outstanding(ann), 19.9e18, DUST);
    }

    /// What a call cannot see yet may have been filled: it gains nothing until a call comes to it.
    function test_claimsOf_anUnwalkedRedemptionThatWasFilledBeforeTheLoss() public {
        _invest(ann, 100 * NATIVE);
        _invest(ben, 50 * NATIVE);
        uint256 id = _requestRedeem(ann, 100e24);
        _loseAndOwe(15 * USD);
        for (uint256 i = 0; i < 80; ++i) {
            _goTo(id + i + 1);
            tranche.settle(id + i, _nav(), _nav(), i < 79 ? 0 : type(uint256).max, true);
        }
        _loseAndOwe(10 * USD); // ann has left
        assertEq(_outstanding(ann), 0, "64 epochs on");
        tranche.claimRecovery(ann);
        assertEq(_outstanding(ann), 10 * USD);
        tranche.claimRecovery(ann);
        assertEq(_outstanding(ann), 10 * USD);
        assertEq(_outstanding(ben), 15 * USD);
    }

    // --------------------------------------------------------------------------------------------------- many eras

    /// Repaid to the last cent again and again, a new loss each time: whoever sleeps through it all is owed all of it.
    function test_transfer_costsTheSameHoweverManyErasWereMissed() public {
        _invest(ann, 100 * NATIVE);
        _invest(ben, 100 * NATIVE);
        _endEras(12);
        uint256 gasAfterFew = _gasOfTransfer(ann);
        _endEras(300);
        uint256 gasAfterMany = _gasOfTransfer(ben);
        assertLe(gasAfterMany, gasAfterFew + gasAfterFew / 4, "grows with the eras missed");
        (, uint256 lost, uint256 repaid) = tranche.totalClaims();
        assertEq(lost, 312 * USD);
        assertApproxEqAbs(_claimable(ben) + _outstanding(ben), 156 * USD, 312 * DUST);
        assertLe(_claimable(ann) + _claimable(ben) + _claimable(cat), repaid);
    }

    function _endEras(uint256 count) private {
        for (uint256 i = 0; i < count; ++i) {
            _earn(Ledger.Cash, NATIVE);
            _loseAndOwe(USD);
            (uint256 outstanding, , ) = tranche.totalClaims();
            _repay(i % 3 == 0 ? outstanding : outstanding - 1e9);
        }
    }

    /// @dev A wei of shares, so that what is in hand stays the same.
    function _gasOfTransfer(address from) private returns (uint256 used) {
        vm.prank(from);
        used = gasleft();
        tranche.transfer(cat, 1);
        used -= gasleft();
    }
}
