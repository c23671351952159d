// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IVault} from "../interfaces/IVault.sol";
import {EpochBookLib} from "../shares/EpochBookLib.sol";
import {EpochVault} from "../shares/EpochVault.sol";
import {Ledger} from "../types/Ledger.sol";
import {ShareLosses} from "../types/Loss.sol";
import {TrancheClaimLib} from "./TrancheClaimLib.sol";

/// @title TrancheClaims
/// @notice Who held a tranche's shares at each loss: in hand, locked for redemption, or settled and not claimed.
/// @dev The tranche itself holds the shares of the last two kinds, and they belong to their controllers. Each kind is
/// brought up to date by itself, before it changes: shares in hand by the transfer hook, the others when a controller's
/// requests are walked. While there were no losses since, that is a read.
abstract contract TrancheClaims is ITranche, EpochVault {
    using EpochBookLib for EpochBookLib.Book;
    using TrancheClaimLib for ShareLosses;

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
        paid = _losses.collect(_deposits, _redemptions, holder, _inHand(holder), SCALE);
        if (paid == 0) return 0;
        VAULT.payTo(Ledger.Recovery, holder, paid);
        emit ClaimPaid(holder, paid);
    }

    /// @inheritdoc ITranche
    function claimsOf(address holder) external view returns (uint256 claimable, uint256 outstanding) {
        return _losses.claimsOf(_deposits, _redemptions, holder, _inHand(holder));
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
        uint256 count = _losses.count;
        if (count != 0) {
            _touch(from, count);
            _touch(to, count);
        }
        super._update(from, to, value);
    }

    function _walkDeposits(address controller) internal override returns (EpochBookLib.Claimant memory) {
        if (_deposits.claimants[controller].lossesSeen == _losses.count) return _deposits.walk(controller);
        return _losses.walkDeposits(_deposits, controller);
    }

    function _walkRedemptions(address controller) internal override returns (EpochBookLib.Claimant memory c) {
        EpochBookLib.Claimant storage before = _redemptions.claimants[controller];
        if (before.lossesSeen != _losses.count) return _losses.walkRedemptions(_redemptions, controller);
        c = _redemptions.walk(controller);
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
        if (_losses.count != 0) _losses.noteSettlement(epoch);
    }

    // ------------------------------------------------------------------------------------------------------- private

    function _touch(address holder, uint256 count) private {
        if (holder == address(0) || holder == address(this) || _losses.claims[holder].lossesSeen == count) return;
        _losses.touch(holder, balanceOf(holder));
    }

    /// @dev Shares of the tranche itself are its controllers'.
    function _inHand(address holder) private view returns (uint256) {
        return holder == address(this) ? 0 : balanceOf(holder);
    }
}
