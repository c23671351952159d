// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IVault} from "../interfaces/IVault.sol";
import {ShareClaimLib} from "../loss/ShareClaimLib.sol";
import {EpochBookLib} from "../shares/EpochBookLib.sol";
import {EpochVault} from "../shares/EpochVault.sol";
import {Ledger} from "../types/Ledger.sol";
import {Purse, ShareLosses} from "../types/Loss.sol";

/// @title TrancheClaims
/// @notice Who held a tranche's shares at each loss: in hand, locked for redemption, or settled and not claimed.
/// @dev The tranche itself holds the shares of the last two kinds, and they belong to their controllers. Each kind is brought
/// up to date by itself, before it changes: shares in hand by the transfer hook, the others when a controller's requests
/// are walked. Requests change unseen when an epoch settles, so a settlement notes how many losses there were: a deposit
/// takes part in what came later, a filled redemption in what came before, and what was not filled in both.
abstract contract TrancheClaims is ITranche, EpochVault {
    using EpochBookLib for EpochBookLib.Book;
    using ShareClaimLib for ShareLosses;

    ShareLosses internal _losses;

    constructor(
        IVault vault,
        string memory name_,
        string memory symbol_,
        uint256 genesis,
        uint256 epochLength
    ) EpochVault(vault, name_, symbol_, genesis, epochLength) {}

    /// @inheritdoc ITranche
    function claimRecovery(address holder) external nonReentrant returns (uint256 paid) {
        if (_losses.count == 0) return 0;
        _touch(holder);
        _deposits.save(holder, _walkDeposits(holder));
        _redemptions.save(holder, _walkRedemptions(holder));
        Purse memory purse = _losses.open(holder);
        paid = purse.repaid - (purse.repaid % SCALE);
        purse.repaid -= paid;
        _losses.close(holder, purse);
        if (paid == 0) return 0;
        VAULT.payTo(Ledger.Recovery, holder, paid);
        emit ClaimPaid(holder, paid);
    }

    /// @inheritdoc ITranche
    function claimsOf(address holder) external view returns (uint256 claimable, uint256 outstanding) {
        Purse memory purse = _losses.open(holder);
        uint256 inHand = holder == address(this) ? 0 : balanceOf(holder);
        _losses.gain(purse, inHand, _losses.claims[holder].lossesSeen, _losses.count);
        _gainOfDeposits(purse, holder);
        _gainOfRedemptions(purse, holder);
        return (purse.repaid, _losses.owed(purse));
    }

    /// @inheritdoc ITranche
    function totalClaims() external view returns (uint256 outstanding, uint256 lost, uint256 repaid) {
        return (_losses.book.outstanding, _losses.lost, _losses.repaid);
    }

    /// @inheritdoc ITranche
    function totalSupply() public view override(ERC20, ITranche) returns (uint256) {
        return super.totalSupply();
    }

    // ------------------------------------------------------------------------------------- before anything changes

    /// @dev Shares in hand. One read unless there were losses.
    function _update(address from, address to, uint256 value) internal override {
        if (_losses.count != 0) {
            _touch(from);
            _touch(to);
        }
        super._update(from, to, value);
    }

    function _walkDeposits(address controller) internal override returns (EpochBookLib.Claimant memory c) {
        if (_deposits.claimants[controller].lossesSeen == _losses.count) return _deposits.walk(controller);
        Purse memory purse = _losses.open(controller);
        c = _gainOfDeposits(purse, controller);
        _losses.close(controller, purse);
    }

    function _walkRedemptions(address controller) internal override returns (EpochBookLib.Claimant memory c) {
        EpochBookLib.Claimant storage before = _redemptions.claimants[controller];
        if (before.lossesSeen == _losses.count) {
            c = _redemptions.walk(controller);
        } else {
            Purse memory purse = _losses.open(controller);
            c = _gainOfRedemptions(purse, controller);
            _losses.close(controller, purse);
        }
        if (c.filled != before.filled) _losses.claims[controller].locked -= c.filled - before.filled;
    }

    /// @dev Shares locked now take part in what comes from now on, so those locked before have to be up to date.
    function _onLocked(address controller, int256 shares) internal override {
        if (_redemptions.claimants[controller].lossesSeen != _losses.count) {
            revert Tranche_RedemptionsNotWalked(controller);
        }
        uint256 locked = _losses.claims[controller].locked;
        _losses.claims[controller].locked = uint256(int256(locked) + shares);
    }

    function _onSettled(uint256 epoch) internal override {
        uint256 count = _losses.count;
        if (count != 0) _losses.settledAfter[epoch] = count;
    }

    // ------------------------------------------------------------------------------------------------------- private

    /// @dev Shares settled for a controller: unclaimed ones since the last walk, the others since their settlement.
    function _gainOfDeposits(
        Purse memory purse,
        address controller
    ) private view returns (EpochBookLib.Claimant memory c) {
        uint32 count = _losses.count;
        EpochBookLib.Claimant storage before = _deposits.claimants[controller];
        _losses.gain(purse, before.proceeds, before.lossesSeen, count);
        EpochBookLib.Fill[] memory fills;
        (c, fills) = _deposits.walkFills(controller);
        for (uint256 i = 0; i < fills.length && fills[i].id != 0; ++i) {
            _losses.gain(purse, fills[i].proceeds, _losses.settledAfter[fills[i].id], count);
        }
        c.lossesSeen = count;
    }

    /// @dev Locked shares: filled ones until their settlement, the others until now. If the walk has not come to the end,
    /// what is left may have been filled: it stays where it was.
    function _gainOfRedemptions(
        Purse memory purse,
        address controller
    ) private view returns (EpochBookLib.Claimant memory c) {
        uint256 locked = _losses.claims[controller].locked;
        EpochBookLib.Fill[] memory fills;
        (c, fills) = _redemptions.walkFills(controller);
        for (uint256 i = 0; i < fills.length && fills[i].id != 0; ++i) {
            locked -= fills[i].units;
            _losses.gain(purse, fills[i].units, c.lossesSeen, _losses.settledAfter[fills[i].id]);
        }
        if (!_redemptions.isWalked(c)) return c;
        _losses.gain(purse, locked, c.lossesSeen, _losses.count);
        c.lossesSeen = _losses.count;
    }

    function _touch(address holder) private {
        if (holder != address(0) && holder != address(this)) _losses.touch(holder, balanceOf(holder));
    }
}
