// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Wired} from "../../../contracts/governance/Wired.sol";
import {IEpochVault} from "../../../contracts/interfaces/IEpochVault.sol";
import {ITranche} from "../../../contracts/interfaces/ITranche.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {TrancheFixture} from "./TrancheFixture.sol";

contract TrancheTest is TrancheFixture {
    // --------------------------------------------------------------------------------------------------- reverts

    function test_RevertWhen_SettleCallerIsNotPool() public {
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(ITranche.Tranche_NotPool.selector, ann));
        tranche.settle(1, 0, 0, 0, true);
    }

    function test_RevertWhen_WiredTwiceOrByAnother() public {
        vm.expectRevert(Wired.Wired_AlreadyWired.selector);
        tranche.wire(ann);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(Wired.Wired_NotDeployer.selector, ann, address(this)));
        tranche.wire(ann);
    }

    function test_RevertWhen_RequestIsEmptyOrOrphaned() public {
        vm.startPrank(ann);
        vm.expectRevert(IEpochVault.EpochVault_ZeroAmount.selector);
        tranche.requestDeposit(0, ann, ann);
        vm.expectRevert(IEpochVault.EpochVault_ZeroAmount.selector);
        tranche.requestRedeem(0, ann, ann);
        vm.expectRevert(IEpochVault.EpochVault_ZeroController.selector);
        tranche.requestDeposit(1, address(0), ann);
        vm.stopPrank();
    }

    /// Everyone who trades has approved the vault: a stranger must not be able to invest their tokens.
    function test_RevertWhen_StrangerRequestsForOwner() public {
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_NotOwner.selector, ben, ann));
        tranche.requestDeposit(1, ben, ann);

        _invest(ann, 100 * NATIVE);
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, ben, 0, 1));
        tranche.requestRedeem(1, ben, ann);
    }

    function test_RevertWhen_StrangerClaimsOrCancels() public {
        uint256 id = _requestDeposit(ann, 100 * NATIVE);
        bytes memory notController = abi.encodeWithSelector(IEpochVault.EpochVault_NotController.selector, ben, ann);
        vm.startPrank(ben);
        vm.expectRevert(notController);
        tranche.cancelDeposit(id, 1, ann);
        vm.expectRevert(notController);
        tranche.cancelRedeem(id, 1, ann);
        vm.expectRevert(notController);
        tranche.deposit(1, ben, ann);
        vm.expectRevert(notController);
        tranche.mint(1, ben, ann);
        vm.expectRevert(notController);
        tranche.redeem(1, ben, ann);
        vm.expectRevert(notController);
        tranche.withdraw(1, ben, ann);
        vm.stopPrank();
    }

    function test_RevertWhen_ClaimIsAboveClaimable() public {
        uint256 id = _requestDeposit(ann, 100 * NATIVE);
        _goTo(id + 1);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_ExceedsClaimable.selector, ann, 0, 1));
        tranche.deposit(1, ann);
        _settle(id);
        uint256 max = tranche.maxMint(ann);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_ExceedsClaimable.selector, ann, max, max + 1));
        tranche.mint(max + 1, ann);
    }

    function test_RevertWhen_Previewed() public {
        vm.expectRevert(IEpochVault.EpochVault_PreviewNotSupported.selector);
        tranche.previewDeposit(1);
        vm.expectRevert(IEpochVault.EpochVault_PreviewNotSupported.selector);
        tranche.previewMint(1);
        vm.expectRevert(IEpochVault.EpochVault_PreviewNotSupported.selector);
        tranche.previewRedeem(1);
        vm.expectRevert(IEpochVault.EpochVault_PreviewNotSupported.selector);
        tranche.previewWithdraw(1);
    }

    // ----------------------------------------------------------------------------------------- standard interfaces

    function test_supportsInterface_knowsTheIdsOfTheStandards() public view {
        bytes4[5] memory ids = [
            bytes4(0x01ffc9a7),
            bytes4(0xe3bc4e65),
            bytes4(0xce3bbe50),
            bytes4(0x620ee8e4),
            bytes4(0x2f0a18c5)
        ];
        for (uint256 i = 0; i < ids.length; ++i) assertTrue(tranche.supportsInterface(ids[i]), vm.toString(i));
        assertFalse(tranche.supportsInterface(0xffffffff));
    }

    function test_share_isTheVaultItself() public view {
        assertEq(tranche.share(), address(tranche));
        assertEq(tranche.asset(), address(token));
        assertEq(tranche.decimals(), 24);
    }

    // -------------------------------------------------------------------------------------------------- deposits

    function test_requestDeposit_waitsInTheQueueUntilItsEpochIsOver() public {
        uint256 id = _requestDeposit(ann, 100 * NATIVE);
        assertEq(id, 1);
        assertEq(tranche.pendingDepositRequest(1, ann), 100 * NATIVE);
        assertEq(tranche.pendingDepositRequest(0, ann), 100 * NATIVE);
        assertEq(vault.balanceOf(Ledger.Queue), 100 * USD);

        // Epoch 0 is over, but the request belongs to epoch 1.
        _goTo(1);
        _settle(0);
        assertEq(tranche.pendingDepositRequest(1, ann), 100 * NATIVE);

        _goTo(2);
        ITranche.Outcome memory outcome = _settle(1);
        assertEq(outcome.assetsIn, 100 * USD);
        assertEq(outcome.sharesMinted, 100e24);
        assertEq(tranche.pendingDepositRequest(1, ann), 0);
        assertEq(tranche.claimableDepositRequest(1, ann), 100 * NATIVE);
        assertEq(tranche.claimableDepositRequest(2, ann), 0);
        assertEq(vault.balanceOf(Ledger.Queue), 0);
        assertEq(_nav(), 100 * USD);

        vm.prank(ann);
        assertEq(tranche.deposit(40 * NATIVE, ben), 40e24);
        assertEq(tranche.claimableDepositRequest(1, ann), 60 * NATIVE);
        vm.prank(ann);
        assertEq(tranche.mint(60e24, ann), 60 * NATIVE);
        assertEq(tranche.balanceOf(ann), 60e24);
        assertEq(tranche.balanceOf(ben), 40e24);
        assertEq(tranche.maxDeposit(ann) + tranche.maxMint(ann), 0);
    }

    function test_settle_givesControllersOfOneIdThePriceOfAll() public {
        _invest(cat, 100 * NATIVE);
        _earn(Ledger.Cash, 33 * NATIVE);
        uint256 id = _requestDeposit(ann, 100 * NATIVE);
        _requestDeposit(ben, 300 * NATIVE);
        _goTo(id + 1);
        _settle(id);
        uint256 shares = _claimShares(ann);
        assertApproxEqAbs(_claimShares(ben), 3 * shares, 3);
        assertApproxEqAbs(tranche.convertToAssets(shares), 100 * NATIVE, 1);
    }

    function test_settle_passesDepositsOnWhileClosed() public {
        uint256 id = _requestDeposit(ann, 100 * NATIVE);
        _goTo(id + 1);
        tranche.settle(id, 0, 0, 0, false);
        assertEq(tranche.pendingDepositRequest(id, ann), 0);
        assertEq(tranche.pendingDepositRequest(id + 1, ann), 100 * NATIVE);
        _goTo(id + 2);
        _settle(id + 1);
        assertEq(_claimShares(ann), 100e24);
    }

    /// @custom:checklist 24
    /// §10: a minimum of shares, below which the deposits are given back: all of an id or none.
    function test_settle_givesDepositsBackThatWouldMintNextToNothing() public {
        _earn(Ledger.Cash, 1e9 * NATIVE); // owned by the virtual shares
        uint256 before = token.balanceOf(ann);
        uint256 id = _requestDeposit(ann, 9e5 * NATIVE); // 900 wei of shares
        _requestDeposit(ben, 99_999 * NATIVE); // 99
        _goTo(id + 1);
        vm.expectEmit(address(tranche));
        emit IEpochVault.DepositsReturned(id, 999_999 * USD);
        assertEq(_settle(id).sharesMinted, 0);
        assertEq(_nav(), 1e9 * USD, "nothing was paid in");
        assertEq(tranche.pendingDepositRequest(0, ann), 0);
        assertEq(tranche.maxDeposit(ann) + tranche.maxMint(ann), 0);
        assertEq(tranche.returnedDeposit(ann), 9e5 * NATIVE);
        assertEq(tranche.returnedDeposit(ben), 99_999 * NATIVE);

        vm.startPrank(ann);
        vm.expectEmit(address(tranche));
        emit IEpochVault.DepositReclaimed(ann, ann, 9e5 * NATIVE);
        assertEq(tranche.reclaimDeposit(ann, ann), 9e5 * NATIVE);
        assertEq(tranche.reclaimDeposit(ann, ann), 0, "twice");
        vm.stopPrank();
        assertEq(token.balanceOf(ann), before);
        assertEq(vault.balanceOf(Ledger.Queue), 99_999 * USD, "the other's stays");
    }

    /// What is given back and what is settled later do not mix.
    function test_settle_aDepositGivenBackDoesNotTouchTheNext() public {
        _earn(Ledger.Cash, 1e9 * NATIVE);
        uint256 id = _requestDeposit(ann, 1 * NATIVE);
        _goTo(id);
        _requestDeposit(ann, 2e6 * NATIVE + 1);
        _goTo(id + 1);
        _settle(id);
        _goTo(id + 2);
        assertEq(_settle(id + 1).sharesMinted, 2_000);
        assertEq(tranche.maxDeposit(ann), 2e6 * NATIVE + 1);
        assertEq(tranche.returnedDeposit(ann), 1 * NATIVE);
        assertEq(_claimShares(ann), 2_000);
        vm.prank(ann);
        assertEq(tranche.reclaimDeposit(ben, ann), 1 * NATIVE);
        assertEq(vault.balanceOf(Ledger.Queue), 0);
    }

    function test_RevertWhen_StrangerReclaims() public {
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_NotController.selector, ben, ann));
        tranche.reclaimDeposit(ben, ann);
    }

    /// After a wipe-out a dollar mints so many shares that the next one could overflow: then it is given back, nothing
    /// reverts.
    function test_settle_neverOverflowsAfterWipeOuts() public {
        for (uint256 i = 0; i < 12; ++i) {
            uint256 id = _requestDeposit(ann, 1e9 * NATIVE);
            _goTo(id + 1);
            _settle(id);
            _claimShares(ann);
            _lose(Ledger.Cash, _nav());
        }
        assertGt(tranche.returnedDeposit(ann), 0);
    }

    // -------------------------------------------------------------------------------------------------- cancelling

    function test_cancelDeposit_returnsTokensInTheSameEpochOnly() public {
        uint256 before = token.balanceOf(ann);
        uint256 id = _requestDeposit(ann, 100 * NATIVE);
        vm.startPrank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(IEpochVault.EpochVault_ExceedsPending.selector, ann, 100 * NATIVE, 100 * NATIVE + 1)
        );
        tranche.cancelDeposit(id, 100 * NATIVE + 1, ann);
        tranche.cancelDeposit(id, 30 * NATIVE, ann);
        assertEq(token.balanceOf(ann), before - 70 * NATIVE);
        assertEq(tranche.pendingDepositRequest(id, ann), 70 * NATIVE);
        assertEq(vault.balanceOf(Ledger.Queue), 70 * USD);

        _goTo(1);
        vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_CannotCancel.selector, id, 1));
        tranche.cancelDeposit(id, 1, ann);
        vm.stopPrank();
    }

    /// @custom:checklist 27
    function test_cancelRedeem_returnsSharesAndLeavesTheOthersAlone() public {
        _invest(ann, 100 * NATIVE);
        uint256 id = _requestRedeem(ann, 50e24);
        vm.prank(ann);
        tranche.cancelRedeem(id, 50e24, ann);
        assertEq(tranche.balanceOf(ann), 100e24);
        _goTo(id + 1);
        assertEq(_settle(id).sharesBurned, 0);
    }

    // --------------------------------------------------------------------------------------------------- operators

    function test_setOperator_letsAnotherActForTheController() public {
        vm.prank(ann);
        tranche.setOperator(ben, true);
        vm.startPrank(ben);
        uint256 id = tranche.requestDeposit(100 * NATIVE, ann, ann);
        tranche.cancelDeposit(id, 10 * NATIVE, ann);
        vm.stopPrank();
        _goTo(id + 1);
        _settle(id);
        vm.startPrank(ben);
        tranche.deposit(90 * NATIVE, ann, ann);
        tranche.requestRedeem(90e24, ben, ann);
        vm.stopPrank();
        assertEq(tranche.pendingRedeemRequest(0, ben), 90e24);

        vm.prank(ann);
        tranche.setOperator(ben, false);
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_NotOwner.selector, ben, ann));
        tranche.requestDeposit(1, ben, ann);
    }

    function test_requestRedeem_spendsAnAllowance() public {
        _invest(ann, 100 * NATIVE);
        vm.prank(ann);
        tranche.approve(ben, 70e24);
        vm.prank(ben);
        tranche.requestRedeem(60e24, ben, ann);
        assertEq(tranche.allowance(ann, ben), 10e24);
    }
}
