// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IEpochVault} from "../../../contracts/interfaces/IEpochVault.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {FundWorld, TrancheWorld, VaultWorld} from "./VaultWorld.sol";

/// @title Erc7540Properties
/// @notice What anybody may count on between asking and claiming: of every past, for every amount.
abstract contract Erc7540Properties is VaultWorld {
    struct Seen {
        uint256 pendingDeposit;
        uint256 pendingRedeem;
        uint256 maxDeposit;
        uint256 maxMint;
        uint256 maxWithdraw;
        uint256 maxRedeem;
        uint256 returned;
    }

    function _see(address who) internal view returns (Seen memory seen) {
        seen.pendingDeposit = shares.pendingDepositRequest(0, who);
        seen.pendingRedeem = shares.pendingRedeemRequest(0, who);
        seen.maxDeposit = shares.maxDeposit(who);
        seen.maxMint = shares.maxMint(who);
        seen.maxWithdraw = shares.maxWithdraw(who);
        seen.maxRedeem = shares.maxRedeem(who);
        seen.returned = shares.returnedDeposit(who);
    }

    function _assertSame(Seen memory has, Seen memory expected, string memory what) internal pure {
        assertEq(keccak256(abi.encode(has)), keccak256(abi.encode(expected)), what);
    }

    // ---------------------------------------------------------------------------------------------------- standards

    function test_supportsInterface_namesEveryStandard() public view {
        bytes4[5] memory ids = [
            bytes4(0x01ffc9a7), // ERC-165
            bytes4(0xe3bc4e65), // ERC-7540 operators
            bytes4(0xce3bbe50), // ERC-7540 deposits
            bytes4(0x620ee8e4), // ERC-7540 redemptions
            bytes4(0x2f0a18c5) // ERC-7575
        ];
        for (uint256 i = 0; i < ids.length; ++i) assertTrue(shares.supportsInterface(ids[i]), vm.toString(i));
        assertFalse(shares.supportsInterface(0xffffffff));
        assertEq(shares.share(), address(shares));
    }

    // ----------------------------------------------------------------------------------------------------- requests

    /// The id is the next epoch's; exactly what is asked for moves, and only what waits grows.
    function testFuzz_requestDeposit_movesExactlyWhatIsAsked(uint256 seed, uint256 amount, uint256 late) public {
        _live(seed);
        vm.warp(vm.getBlockTimestamp() + (late % LENGTH));
        amount = bound(amount, 1, 1e6 * unit);
        Seen memory before = _see(ann);
        uint256 wallet = token.balanceOf(ben);
        uint256 queue = vault.balanceOf(Ledger.Queue);
        vm.prank(ben);
        shares.setOperator(ann, true);
        vm.prank(ann);
        uint256 id = shares.requestDeposit(amount, ann, ben);
        assertEq(id, shares.currentEpoch() + 1, "id");
        assertEq(token.balanceOf(ben), wallet - amount, "paid by the owner");
        assertEq(vault.balanceOf(Ledger.Queue), queue + (amount * USD) / unit, "queue");
        before.pendingDeposit += amount;
        _assertSame(_see(ann), before, "something else moved");
    }

    function testFuzz_requestRedeem_movesExactlyWhatIsAsked(uint256 seed, uint256 amount) public {
        _live(seed);
        uint256 held = shares.balanceOf(ann);
        if (held == 0) return;
        amount = bound(amount, 1, held);
        Seen memory before = _see(ben);
        uint256 supply = shares.totalSupply();
        vm.prank(ann);
        uint256 id = shares.requestRedeem(amount, ben, ann);
        assertEq(id, shares.currentEpoch() + 1, "id");
        assertEq(shares.balanceOf(ann), held - amount, "locked");
        assertEq(shares.totalSupply(), supply, "still at risk");
        before.pendingRedeem += amount;
        _assertSame(_see(ben), before, "something else moved");
    }

    function testFuzz_request_needsTheMoneyAndTheWord(uint256 seed, uint256 amount) public {
        _live(seed);
        amount = bound(amount, 1, 1e6 * unit);
        vm.startPrank(cat);
        vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_NotOwner.selector, cat, ann));
        shares.requestDeposit(amount, cat, ann);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, cat, 0, amount));
        shares.requestRedeem(amount, cat, ann);
        uint256 held = shares.balanceOf(cat);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, cat, held, held + amount)
        );
        shares.requestRedeem(held + amount, cat, cat);
        vm.stopPrank();
    }

    /// Whatever one does, what the others wait for and can claim stays as it was.
    function testFuzz_controllers_areIsolated(uint256 seed, uint256 what, uint256 amount) public {
        _live(seed);
        Seen memory before = _see(ben);
        uint256 heldByCat = shares.balanceOf(cat);
        vm.startPrank(ann);
        uint256 id = shares.requestDeposit(bound(amount, 1, 1e6 * unit), ann, ann);
        if (shares.balanceOf(ann) != 0) shares.requestRedeem(bound(amount, 1, shares.balanceOf(ann)), ann, ann);
        if (what % 2 == 0) shares.cancelDeposit(id, shares.pendingDepositRequest(id, ann) % ((amount % unit) + 1), ann);
        if (what % 3 == 0) shares.deposit(bound(amount, 0, shares.maxDeposit(ann)), ann);
        if (what % 5 == 0) shares.redeem(bound(amount, 0, shares.maxRedeem(ann)), ann, ann);
        if (what % 7 == 0) shares.withdraw(bound(amount, 0, shares.maxWithdraw(ann)), ann, ann);
        shares.reclaimDeposit(ann, ann);
        vm.stopPrank();
        _assertSame(_see(ben), before, "another's requests moved");
        assertEq(shares.balanceOf(cat), heldByCat);
    }

    // --------------------------------------------------------------------------------------------------- settlement

    /// What waits becomes claimable to the unit, once: a second settlement of the same id does nothing.
    function testFuzz_settle_movesExactlyWhatWaits(uint256[3] memory amounts, uint256[3] memory parts) public {
        uint256 total;
        uint256 id;
        for (uint256 i = 0; i < 3; ++i) {
            amounts[i] = bound(amounts[i], unit, 1e6 * unit);
            id = _requestDeposit(people[i], amounts[i]);
            total += amounts[i];
        }
        _finish(id);
        uint256 minted;
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(shares.pendingDepositRequest(0, people[i]), 0, "waits");
            assertEq(shares.claimableDepositRequest(id, people[i]), amounts[i], "claimable");
            minted += _claimShares(people[i]);
        }
        assertEq(_nav(), (total * USD) / unit);
        assertLe(minted, shares.totalSupply());
        assertLe(shares.totalSupply(), minted + 2, "less than a wei each");

        uint256[3] memory asked;
        for (uint256 i = 0; i < 3; ++i) {
            asked[i] = bound(parts[i], 1e18, shares.balanceOf(people[i]));
            id = _requestRedeem(people[i], asked[i]);
        }
        _finish(id);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(shares.pendingRedeemRequest(0, people[i]), 0, "waits");
            assertEq(shares.claimableRedeemRequest(id, people[i]), asked[i], "claimable");
        }
        Seen memory before = _see(ann);
        _finish(shares.currentEpoch() + 1);
        _assertSame(_see(ann), before, "settled twice");
    }

    /// After everything is claimed nothing is left to claim, by any of the four functions, and no second claim pays.
    function testFuzz_claim_onceOnly(uint256 seed, bool byAmount) public {
        _live(seed);
        for (uint256 i = 0; i < 3; ++i) {
            address who = people[i];
            vm.startPrank(who);
            if (byAmount) {
                shares.mint(shares.maxMint(who), who);
                shares.withdraw(shares.maxWithdraw(who), who, who);
                shares.redeem(shares.maxRedeem(who), who, who); // shares that a fraction of a unit stands for
            } else {
                shares.deposit(shares.maxDeposit(who), who);
                shares.redeem(shares.maxRedeem(who), who, who);
            }
            shares.reclaimDeposit(who, who);
            uint256 wallet = token.balanceOf(who);
            uint256 held = shares.balanceOf(who);
            assertEq(shares.maxDeposit(who) + shares.maxWithdraw(who) + shares.maxRedeem(who), 0);
            vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_ExceedsClaimable.selector, who, 0, 1));
            shares.deposit(1, who);
            vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_ExceedsClaimable.selector, who, 0, 1));
            shares.redeem(1, who, who);
            vm.expectRevert(abi.encodeWithSelector(IEpochVault.EpochVault_ExceedsClaimable.selector, who, 0, 1));
            shares.withdraw(1, who, who);
            assertEq(shares.reclaimDeposit(who, who), 0);
            vm.stopPrank();
            assertEq(token.balanceOf(who), wallet);
            assertEq(shares.balanceOf(who), held);
        }
    }

    /// The limits are what all ids together have to claim, and id 0 says the same.
    function testFuzz_max_areSumsOverIds(uint256 seed) public {
        _live(seed);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 deposits;
            uint256 redemptions;
            for (uint256 id = 1; id <= shares.currentEpoch() + 1; ++id) {
                deposits += shares.claimableDepositRequest(id, people[i]);
                redemptions += shares.claimableRedeemRequest(id, people[i]);
            }
            assertEq(deposits, shares.maxDeposit(people[i]), "deposits");
            assertEq(redemptions, shares.maxRedeem(people[i]), "redemptions");
            assertEq(shares.claimableDepositRequest(0, people[i]), deposits);
            assertEq(shares.claimableRedeemRequest(0, people[i]), redemptions);
        }
    }

    /// What waits under single ids adds up to what waits in all, and nobody waits under an id that is settled.
    function testFuzz_pending_isTheSumOverIds(uint256 seed) public {
        _live(seed);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 deposits;
            uint256 redemptions;
            for (uint256 id = 1; id <= shares.currentEpoch() + 1; ++id) {
                deposits += shares.pendingDepositRequest(id, people[i]);
                redemptions += shares.pendingRedeemRequest(id, people[i]);
            }
            assertEq(deposits, shares.pendingDepositRequest(0, people[i]), "deposits");
            assertEq(redemptions, shares.pendingRedeemRequest(0, people[i]), "redemptions");
        }
    }

    // --------------------------------------------------------------------------------------------------- cancelling

    /// Taken back in its epoch it is as if it had never been; a second later nobody can.
    function testFuzz_cancel_undoesInTheSameEpochOnly(uint256 seed, uint256 amount, uint256 wait) public {
        _live(seed);
        amount = bound(amount, 1, 1e6 * unit);
        Seen memory before = _see(ann);
        uint256 wallet = token.balanceOf(ann);
        uint256 held = shares.balanceOf(ann);
        uint256 id = _requestDeposit(ann, amount);
        if (held != 0) _requestRedeem(ann, held);
        uint256 end = genesis + id * LENGTH;
        vm.warp(bound(wait, vm.getBlockTimestamp(), end - 1));
        vm.startPrank(ann);
        shares.cancelDeposit(id, amount, ann);
        shares.cancelRedeem(id, held, ann);
        assertEq(token.balanceOf(ann), wallet);
        assertEq(shares.balanceOf(ann), held);
        _assertSame(_see(ann), before, "not undone");

        shares.requestDeposit(amount, ann, ann);
        vm.warp(bound(wait, end, end + 3 * LENGTH));
        bytes memory tooLate = abi.encodeWithSelector(
            IEpochVault.EpochVault_CannotCancel.selector,
            id,
            shares.currentEpoch()
        );
        vm.expectRevert(tooLate);
        shares.cancelDeposit(id, 1, ann);
        vm.expectRevert(tooLate);
        shares.cancelRedeem(id, 1, ann);
        vm.stopPrank();
    }

    /// What an earlier id left is not of this epoch: it cannot be taken back with what is.
    function testFuzz_cancel_reachesNothingOlder(uint256 seed, uint256 amount) public {
        _live(seed);
        amount = bound(amount, 1, 1e6 * unit);
        uint256 id = shares.currentEpoch() + 1;
        uint256 old = shares.pendingDepositRequest(id, ann);
        _requestDeposit(ann, amount);
        vm.startPrank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(IEpochVault.EpochVault_ExceedsPending.selector, ann, old + amount, old + amount + 1)
        );
        shares.cancelDeposit(id, old + amount + 1, ann);
        shares.cancelDeposit(id, amount, ann);
        vm.stopPrank();
        assertEq(shares.pendingDepositRequest(id, ann), old);
    }

    // ---------------------------------------------------------------------------------------- operators, transfers

    /// An operator does all that the controller does, until it is dismissed; nobody else ever.
    function testFuzz_setOperator_actsUntilDismissed(uint256 seed) public {
        _live(seed);
        address dan = makeActor("dan");
        assertFalse(shares.isOperator(ann, dan));
        vm.prank(ann);
        assertTrue(shares.setOperator(dan, true));
        vm.startPrank(dan);
        uint256 id = shares.requestDeposit(unit, ann, ann);
        shares.cancelDeposit(id, unit, ann);
        shares.deposit(shares.maxDeposit(ann), ann, ann);
        shares.mint(shares.maxMint(ann), ann, ann);
        shares.withdraw(shares.maxWithdraw(ann), ann, ann);
        shares.redeem(shares.maxRedeem(ann), ann, ann);
        shares.reclaimDeposit(ann, ann);
        vm.stopPrank();
        assertFalse(shares.isOperator(ben, dan), "of one only");
        assertFalse(shares.isOperator(dan, ann), "one way only");

        vm.prank(ann);
        shares.setOperator(dan, false);
        bytes memory dismissed = abi.encodeWithSelector(IEpochVault.EpochVault_NotController.selector, dan, ann);
        vm.startPrank(dan);
        vm.expectRevert(dismissed);
        shares.deposit(0, dan, ann);
        vm.expectRevert(dismissed);
        shares.mint(0, dan, ann);
        vm.expectRevert(dismissed);
        shares.withdraw(0, dan, ann);
        vm.expectRevert(dismissed);
        shares.redeem(0, dan, ann);
        vm.expectRevert(dismissed);
        shares.reclaimDeposit(dan, ann);
        vm.expectRevert(dismissed);
        shares.cancelDeposit(id, 0, ann);
        vm.expectRevert(dismissed);
        shares.cancelRedeem(id, 0, ann);
        vm.stopPrank();
    }

    /// Shares change hands while requests wait: what waits is the controller's, what was transferred the buyer's.
    function testFuzz_transfer_leavesRequestsAlone(uint256 seed, uint256 asked, uint256 sold) public {
        _live(seed);
        uint256 held = shares.balanceOf(ann);
        if (held < 2) return;
        asked = bound(asked, 1, held - 1);
        sold = bound(sold, 1, held - asked);
        uint256 id = _requestRedeem(ann, asked);
        Seen memory annBefore = _see(ann);
        Seen memory benBefore = _see(ben);
        uint256 benHeld = shares.balanceOf(ben);
        vm.prank(ann);
        shares.transfer(ben, sold);
        _assertSame(_see(ann), annBefore, "the seller's requests");
        _assertSame(_see(ben), benBefore, "the buyer's requests");
        assertEq(shares.balanceOf(ben), benHeld + sold);
        _finish(id);
        assertEq(shares.balanceOf(ben), benHeld + sold, "the buyer's shares were redeemed");
    }

    // -------------------------------------------------------------------------------------------------- many epochs

    /// A request nobody settled for hundreds of epochs: folded and walked 64 at a time, at one price, with nothing lost.
    function testFuzz_rollOver_inPages(uint256 skipped, uint256 a, uint256 b) public {
        _invest(cat, 1_000 * unit);
        skipped = bound(skipped, 65, 300);
        (a, b) = (bound(a, unit, 1e6 * unit), bound(b, unit, 1e6 * unit));
        uint256 first = _requestDeposit(ann, a);
        _goTo(first + skipped / 2);
        _requestDeposit(ben, b);
        uint256 sold = shares.balanceOf(cat) / 2;
        _requestRedeem(cat, sold);
        for (uint256 i = 0; i <= skipped / 64 + 1; ++i) _finish(first + skipped + i);
        uint256 calls = skipped / 64 + 2;
        for (uint256 i = 0; i < calls; ++i) _resume();
        assertEq(shares.maxDeposit(ann), a, "ann");
        assertEq(shares.maxDeposit(ben), b, "ben");
        assertEq(shares.maxRedeem(cat), sold, "cat");
        assertApproxEqAbs(shares.maxWithdraw(cat), 500 * unit, 1, "cat's price");
        assertApproxEqAbs(shares.maxMint(ann) / a, shares.maxMint(ben) / b, 1, "one price");
        for (uint256 i = 0; i < 3; ++i) {
            _claimShares(people[i]);
            _claimAssets(people[i]);
        }
        assertLt(vault.balanceOf(Ledger.Queue), 3 * (USD / unit) + 3, "dust");
    }

    function _resume() private {
        for (uint256 i = 0; i < 3; ++i) {
            vm.startPrank(people[i]);
            shares.deposit(0, people[i]);
            shares.redeem(0, people[i], people[i]);
            vm.stopPrank();
        }
    }
}

contract Erc7540TrancheTest is TrancheWorld, Erc7540Properties {
    /// A redemption filled a little in each of a hundred epochs: walked at every one or in pages at the end, it comes to the
    /// same but for a wei an epoch.
    function testFuzz_partialFills_walkedEarlyOrLate(uint256 seed) public {
        _invest(ann, 1_000 * unit);
        uint256 id = _requestRedeem(ann, shares.balanceOf(ann));
        uint256 snapshot = vm.snapshotState();
        uint256 early = _leaveSlowly(id, seed, true);
        vm.revertToState(snapshot);
        uint256 late = _leaveSlowly(id, seed, false);
        assertApproxEqAbs(early, late, 1);
    }

    function _leaveSlowly(uint256 id, uint256 seed, bool isEager) private returns (uint256 paid) {
        for (uint256 i = 0; i < 100; ++i) {
            _goTo(id + i + 1);
            _settleUpTo(id + i, _dice(seed, i, 0) % (20 * USD));
            if (!isEager) continue;
            vm.prank(ann);
            shares.redeem(0, ann, ann);
        }
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(ann);
            shares.redeem(0, ann, ann);
        }
        return _claimAssets(ann);
    }
}

contract Erc7540FundTest is FundWorld, Erc7540Properties {}

contract Erc7540TrancheOf18DecimalsTest is TrancheWorld, Erc7540Properties {
    function _decimals() internal pure override returns (uint8) {
        return 18;
    }
}

contract Erc7540FundOf8DecimalsTest is FundWorld, Erc7540Properties {
    function _decimals() internal pure override returns (uint8) {
        return 8;
    }
}
