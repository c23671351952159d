// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ShareClaimLib} from "../loss/ShareClaimLib.sol";
import {EpochBookLib} from "../shares/EpochBookLib.sol";
import {Purse, ShareLosses} from "../types/Loss.sol";

/// @title TrancheClaimLib
/// @notice Brings claims up to date with shares in hand, locked for redemption, and settled but not claimed. Linked: too
/// large for the tranche.
/// @dev Requests change unseen when an epoch settles, so a settlement notes how many losses there were: a deposit takes part
/// in what came later, a filled redemption in what came before, and what was not filled in both.
library TrancheClaimLib {
    using EpochBookLib for EpochBookLib.Book;
    using ShareClaimLib for ShareLosses;

    /// @notice As {ShareClaimLib.enter}.
    function enter(ShareLosses storage losses, uint256 amount, uint256 supply) external returns (bool isOwed) {
        return losses.enter(amount, supply);
    }

    /// @notice As {ShareClaimLib.repay}.
    function repay(ShareLosses storage losses, uint256 amount) external returns (uint256 paid) {
        return losses.repay(amount);
    }

    /// @notice As {ShareClaimLib.touch}.
    function touch(ShareLosses storage losses, address holder, uint256 balance) external {
        losses.touch(holder, balance);
    }

    /// @notice Notes how many losses there were before the settlement of an epoch.
    function noteSettlement(ShareLosses storage losses, uint256 epoch) external {
        losses.settledAfter[epoch] = losses.see();
    }

    /// @notice Walks a controller's deposits; the caller keeps what is returned.
    function walkDeposits(
        ShareLosses storage losses,
        EpochBookLib.Book storage deposits,
        address controller
    ) public returns (EpochBookLib.Claimant memory c) {
        losses.see();
        Purse memory purse = losses.open(controller);
        c = _gainOfDeposits(losses, purse, deposits, controller);
        losses.close(controller, purse);
    }

    /// @notice Walks a controller's redemptions; the caller keeps what is returned.
    function walkRedemptions(
        ShareLosses storage losses,
        EpochBookLib.Book storage redemptions,
        address controller
    ) public returns (EpochBookLib.Claimant memory c) {
        losses.see();
        Purse memory purse = losses.open(controller);
        c = _gainOfRedemptions(losses, purse, redemptions, controller);
        losses.claims[controller].locked -= c.filled - redemptions.claimants[controller].filled;
        losses.close(controller, purse);
    }

    /// @notice Brings everything of a holder up to date and takes what can be paid, a multiple of `step`.
    function collect(
        ShareLosses storage losses,
        EpochBookLib.Book storage deposits,
        EpochBookLib.Book storage redemptions,
        address holder,
        uint256 balance,
        uint256 step
    ) external returns (uint256 due) {
        losses.touch(holder, balance);
        deposits.save(holder, walkDeposits(losses, deposits, holder));
        redemptions.save(holder, walkRedemptions(losses, redemptions, holder));
        Purse memory purse = losses.open(holder);
        due = purse.repaid - (purse.repaid % step);
        purse.repaid -= due;
        losses.close(holder, purse);
    }

    /// @notice What {collect} would find, the fraction included, and what is not repaid yet.
    function claimsOf(
        ShareLosses storage losses,
        EpochBookLib.Book storage deposits,
        EpochBookLib.Book storage redemptions,
        address holder,
        uint256 balance
    ) external view returns (uint256 claimable, uint256 outstanding) {
        Purse memory purse = losses.open(holder);
        losses.gain(purse, balance, losses.claims[holder].lossesSeen, losses.count);
        _gainOfDeposits(losses, purse, deposits, holder);
        _gainOfRedemptions(losses, purse, redemptions, holder);
        return (purse.repaid, losses.owed(purse));
    }

    /// @dev Shares settled for a controller: unclaimed ones since the last walk, the others since their settlement.
    function _gainOfDeposits(
        ShareLosses storage losses,
        Purse memory purse,
        EpochBookLib.Book storage deposits,
        address controller
    ) private view returns (EpochBookLib.Claimant memory c) {
        uint32 count = losses.count;
        EpochBookLib.Claimant storage before = deposits.claimants[controller];
        losses.gain(purse, before.proceeds, before.lossesSeen, count);
        EpochBookLib.Fill[] memory fills;
        (c, fills) = deposits.walkFills(controller);
        for (uint256 i = 0; i < fills.length && fills[i].id != 0; ++i) {
            losses.gain(purse, fills[i].proceeds, losses.settledAfter[fills[i].id], count);
        }
        c.lossesSeen = count;
    }

    /// @dev Locked shares: filled ones until their settlement, the others until now. If the walk has not come to the end,
    /// what is left may have been filled: it stays where it was.
    function _gainOfRedemptions(
        ShareLosses storage losses,
        Purse memory purse,
        EpochBookLib.Book storage redemptions,
        address controller
    ) private view returns (EpochBookLib.Claimant memory c) {
        uint256 locked = losses.claims[controller].locked;
        EpochBookLib.Fill[] memory fills;
        (c, fills) = redemptions.walkFills(controller);
        for (uint256 i = 0; i < fills.length && fills[i].id != 0; ++i) {
            locked -= fills[i].units;
            losses.gain(purse, fills[i].units, c.lossesSeen, losses.settledAfter[fills[i].id]);
        }
        if (!redemptions.isWalked(c)) return c;
        losses.gain(purse, locked, c.lossesSeen, losses.count);
        c.lossesSeen = losses.count;
    }
}
