// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IEpochVault} from "../interfaces/IEpochVault.sol";
import {IERC7540Deposit, IERC7540Operator, IERC7540Redeem} from "../interfaces/IERC7540.sol";
import {IERC7575} from "../interfaces/IERC7575.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IVault} from "../interfaces/IVault.sol";
import {LEDGER_COUNT, Ledger} from "../types/Ledger.sol";
import {EpochBookLib} from "./EpochBookLib.sol";
import {EpochVaultBase} from "./EpochVaultBase.sol";
import {ShareMathLib} from "./ShareMathLib.sol";

/// @title EpochVault
/// @notice The one base of both tranches and the insurance fund: shares, two books of requests, and their settlement.
/// @dev Holds shares only: those locked for redemption and those minted and not claimed. Tokens are in the vault. The
/// contract built on this says what the assets are worth, which ledger they are in, and when requests settle.
abstract contract EpochVault is EpochVaultBase, ReentrancyGuardTransient {
    using EpochBookLib for EpochBookLib.Book;

    modifier onlyController(address controller) {
        if (!_mayActFor(controller)) revert EpochVault_NotController(msg.sender, controller);
        _;
    }

    constructor(
        IVault vault,
        string memory name_,
        string memory symbol_,
        uint256 genesis,
        uint256 epochLength
    ) EpochVaultBase(vault, name_, symbol_, genesis, epochLength) {}

    // ---------------------------------------------------------------------------------------------------- requests

    /// @inheritdoc IERC7540Operator
    function setOperator(address operator, bool approved) external returns (bool) {
        isOperator[msg.sender][operator] = approved;
        emit OperatorSet(msg.sender, operator, approved);
        return true;
    }

    /// @inheritdoc IERC7540Deposit
    function requestDeposit(
        uint256 assets,
        address controller,
        address owner
    ) external nonReentrant returns (uint256 requestId) {
        // The vault is approved by everyone who trades: only the owner's word may pull the owner's tokens.
        if (!_mayActFor(owner)) revert EpochVault_NotOwner(msg.sender, owner);
        uint256 received = VAULT.receiveFrom(Ledger.Queue, owner, assets);
        requestId = _request(_deposits, controller, _walkDeposits(controller), received);
        emit DepositRequest(controller, owner, requestId, msg.sender, received / SCALE);
    }

    /// @inheritdoc IERC7540Redeem
    function requestRedeem(
        uint256 shares,
        address controller,
        address owner
    ) external nonReentrant returns (uint256 requestId) {
        if (!_mayActFor(owner)) _spendAllowance(owner, msg.sender, shares);
        requestId = _request(_redemptions, controller, _walkRedemptions(controller), shares);
        _transfer(owner, address(this), shares);
        _onLocked(controller, int256(shares));
        emit RedeemRequest(controller, owner, requestId, msg.sender, shares);
    }

    /// @inheritdoc IEpochVault
    function cancelDeposit(
        uint256 requestId,
        uint256 assets,
        address controller
    ) external nonReentrant onlyController(controller) {
        _cancel(_deposits, requestId, controller, assets, SCALE);
        VAULT.payTo(Ledger.Queue, controller, assets * SCALE);
        emit DepositCancelled(controller, requestId, assets);
    }

    /// @inheritdoc IEpochVault
    function cancelRedeem(
        uint256 requestId,
        uint256 shares,
        address controller
    ) external nonReentrant onlyController(controller) {
        _redemptions.save(controller, _walkRedemptions(controller));
        _cancel(_redemptions, requestId, controller, shares, 1);
        _onLocked(controller, -int256(shares));
        _transfer(address(this), controller, shares);
        emit RedeemCancelled(controller, requestId, shares);
    }

    /// @inheritdoc IEpochVault
    function reclaimDeposit(
        address receiver,
        address controller
    ) external nonReentrant onlyController(controller) returns (uint256 assets) {
        EpochBookLib.Claimant memory c = _walkDeposits(controller);
        assets = c.returned / SCALE;
        c.returned = 0;
        _deposits.save(controller, c);
        VAULT.payTo(Ledger.Queue, receiver, assets * SCALE);
        emit DepositReclaimed(controller, receiver, assets);
    }

    // ------------------------------------------------------------------------------------------------------ claims

    /// @inheritdoc IERC7540Deposit
    function deposit(
        uint256 assets,
        address receiver,
        address controller
    ) public nonReentrant onlyController(controller) returns (uint256 shares) {
        EpochBookLib.Claimant memory c = _walkDeposits(controller);
        _checkClaim(controller, c.filled / SCALE, assets);
        shares = _deposits.take(controller, c, assets * SCALE, 1);
        _handOverShares(controller, receiver, assets, shares);
    }

    /// @inheritdoc IERC7540Deposit
    function mint(
        uint256 shares,
        address receiver,
        address controller
    ) public nonReentrant onlyController(controller) returns (uint256 assets) {
        EpochBookLib.Claimant memory c = _walkDeposits(controller);
        _checkClaim(controller, c.proceeds, shares);
        assets = _deposits.takeExact(controller, c, shares, SCALE) / SCALE;
        _handOverShares(controller, receiver, assets, shares);
    }

    /// @inheritdoc IERC7575
    function redeem(
        uint256 shares,
        address receiver,
        address controller
    ) external nonReentrant onlyController(controller) returns (uint256 assets) {
        EpochBookLib.Claimant memory c = _walkRedemptions(controller);
        _checkClaim(controller, c.filled, shares);
        assets = _redemptions.take(controller, c, shares, SCALE) / SCALE;
        _payOut(controller, receiver, assets, shares);
    }

    /// @inheritdoc IERC7575
    function withdraw(
        uint256 assets,
        address receiver,
        address controller
    ) external nonReentrant onlyController(controller) returns (uint256 shares) {
        EpochBookLib.Claimant memory c = _walkRedemptions(controller);
        _checkClaim(controller, c.proceeds / SCALE, assets);
        shares = _redemptions.takeExact(controller, c, assets * SCALE, 1);
        _payOut(controller, receiver, assets, shares);
    }

    /// @inheritdoc IERC7575
    function deposit(uint256 assets, address receiver) external returns (uint256 shares) {
        return deposit(assets, receiver, msg.sender);
    }

    /// @inheritdoc IERC7575
    function mint(uint256 shares, address receiver) external returns (uint256 assets) {
        return mint(shares, receiver, msg.sender);
    }

    // -------------------------------------------------------------------------------------- for the contract on top

    /// @dev Settles both books up to `epoch`, in one call or not at all. Both sides are priced on the supply before.
    /// Deposits: all or none, none while closed, and all are given back if they would mint next to nothing. Redemptions: as
    /// far as `redeemLimit` pays, shares rounded up, none if nothing would be paid. What is not filled passes on.
    /// @return outcome What moved. Emits {RequestsSettled} if anything did, {DepositsReturned}.
    /// @return isComplete False if more ids wait than one call may fold: nothing has moved, call again.
    function _settle(
        uint256 epoch,
        uint256 navIn,
        uint256 navOut,
        uint256 redeemLimit,
        bool depositsOpen
    ) internal returns (ITranche.Outcome memory outcome, bool isComplete) {
        outcome.supplyBefore = totalSupply();
        uint256 deposited;
        (deposited, isComplete) = _deposits.fold(epoch);
        bool isReached;
        (outcome.sharesAsked, isReached) = _redemptions.fold(epoch);
        // One side alone would change the supply the other is priced on.
        if (!isComplete || !isReached) return (outcome, false);

        if (depositsOpen) _fillDeposits(epoch, navIn, deposited, outcome);
        else _deposits.fill(epoch, 0, 0);
        (outcome.sharesBurned, outcome.assetsOut) = ShareMathLib.redeemable(
            outcome.sharesAsked,
            navOut,
            outcome.supplyBefore,
            redeemLimit
        );
        _redemptions.fill(epoch, outcome.sharesBurned, outcome.assetsOut);

        if (outcome.sharesMinted == 0 && outcome.sharesBurned == 0) return (outcome, true);
        _onSettled(epoch);
        if (outcome.sharesMinted != 0) _mint(address(this), outcome.sharesMinted);
        if (outcome.sharesBurned != 0) _burn(address(this), outcome.sharesBurned);
        _post(Ledger.Queue, _assetLedger(), int256(outcome.assetsIn) - int256(outcome.assetsOut));
        emit RequestsSettled(
            epoch,
            navIn,
            navOut,
            outcome.assetsIn,
            outcome.sharesMinted,
            outcome.sharesBurned,
            outcome.assetsOut
        );
    }

    /// @dev A controller's deposits, before they change. A vault that keeps account of who held shares when reads here.
    function _walkDeposits(address controller) internal virtual returns (EpochBookLib.Claimant memory) {
        return _deposits.walk(controller);
    }

    /// @dev The same of redemptions.
    function _walkRedemptions(address controller) internal virtual returns (EpochBookLib.Claimant memory) {
        return _redemptions.walk(controller);
    }

    /// @dev Shares were locked for a controller's redemption, or taken back; its redemptions have been walked.
    function _onLocked(address controller, int256 shares) internal virtual {}

    /// @dev Shares are about to be minted or burned for the requests of `epoch`.
    function _onSettled(uint256 epoch) internal virtual {}

    /// @dev What waiting redemptions up to `epoch` are worth, USD WAD, rounded down.
    function _redemptionsAsked(uint256 epoch, uint256 nav) internal view returns (uint256) {
        return ShareMathLib.toAssetsDown(_redemptions.asked(epoch), nav, totalSupply());
    }

    /// @dev Moves money between two ledgers, the other way if `amount` is negative.
    function _post(Ledger from, Ledger to, int256 amount) internal {
        if (amount == 0) return;
        int256[LEDGER_COUNT] memory deltas;
        deltas[uint256(from)] = -amount;
        deltas[uint256(to)] = amount;
        VAULT.post(deltas);
    }

    // ----------------------------------------------------------------------------------------------------- private

    function _fillDeposits(uint256 epoch, uint256 nav, uint256 units, ITranche.Outcome memory outcome) private {
        uint256 minted = ShareMathLib.mintable(units, nav, outcome.supplyBefore);
        _deposits.fill(epoch, units, minted);
        if (minted != 0) (outcome.assetsIn, outcome.sharesMinted) = (units, minted);
        else if (units != 0) emit DepositsReturned(epoch, units);
    }

    function _request(
        EpochBookLib.Book storage book,
        address controller,
        EpochBookLib.Claimant memory c,
        uint256 units
    ) private returns (uint256 requestId) {
        if (controller == address(0)) revert EpochVault_ZeroController();
        if (units == 0) revert EpochVault_ZeroAmount();
        requestId = currentEpoch() + 1;
        book.request(requestId, controller, c, units);
    }

    /// @dev Only this epoch's requests: afterwards their price begins to show, and nobody may wait to choose (P5).
    function _cancel(
        EpochBookLib.Book storage book,
        uint256 requestId,
        address controller,
        uint256 amount,
        uint256 scale
    ) private {
        uint256 epoch = currentEpoch();
        if (requestId != epoch + 1) revert EpochVault_CannotCancel(requestId, epoch);
        uint256 has = book.requested[controller][requestId] / scale;
        if (amount > has) revert EpochVault_ExceedsPending(controller, has, amount);
        book.cancel(requestId, controller, amount * scale);
    }

    function _handOverShares(address controller, address receiver, uint256 assets, uint256 shares) private {
        _transfer(address(this), receiver, shares);
        emit Deposit(controller, receiver, assets, shares);
    }

    function _payOut(address controller, address receiver, uint256 assets, uint256 shares) private {
        VAULT.payTo(Ledger.Queue, receiver, assets * SCALE);
        emit Withdraw(msg.sender, receiver, controller, assets, shares);
    }

    function _checkClaim(address controller, uint256 has, uint256 needs) private pure {
        if (needs > has) revert EpochVault_ExceedsClaimable(controller, has, needs);
    }

    function _mayActFor(address who) private view returns (bool) {
        return who == msg.sender || isOperator[who][msg.sender];
    }
}
