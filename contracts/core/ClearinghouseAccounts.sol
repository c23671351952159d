// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {OperationLib} from "../margin/OperationLib.sol";
import {SettlementLib} from "../margin/SettlementLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Ledger} from "../types/Ledger.sol";
import {Account} from "../types/Market.sol";
import {Operation} from "../types/State.sol";
import {ClearinghouseBase} from "./ClearinghouseBase.sol";

/// @title ClearinghouseAccounts
/// @notice Margin in, out, and between one owner's accounts.
abstract contract ClearinghouseAccounts is ClearinghouseBase {
    using OperationLib for Operation;
    using OperationLib for bytes;

    /// @inheritdoc IClearinghouse
    function deposit(AccountId id, uint256 amountNative) external nonReentrant {
        _deposit(id, amountNative);
    }

    /// @inheritdoc IClearinghouse
    function depositWithPermit(
        AccountId id,
        uint256 amountNative,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        // A permit that somebody else has already submitted fails here and has done its work.
        try IERC20Permit(VAULT.TOKEN()).permit(msg.sender, address(VAULT), amountNative, deadline, v, r, s) {} catch {}
        _deposit(id, amountNative);
    }

    /// @inheritdoc IClearinghouse
    function withdraw(AccountId id, uint256 amountNative) external nonReentrant {
        uint256 amount = amountNative * VAULT.SCALE();
        _takeFree(id, amount);
        VAULT.payTo(Ledger.Margin, id.owner(), amount);
        emit Withdrawn(id, id.owner(), amount, _state.accounts[id].margin);
    }

    /// @inheritdoc IClearinghouse
    function transferMargin(AccountId from, AccountId to, uint256 amount) external nonReentrant {
        if (from.owner() != to.owner()) revert Clearinghouse_DifferentOwners(from, to);
        _takeFree(from, amount);
        _state.accounts[to].margin += uint128(amount);
        emit MarginTransferred(from, to, amount);
    }

    /// @inheritdoc IClearinghouse
    function setOperator(address operator, bool approved) external {
        _state.operators[msg.sender][operator] = approved;
        emit OperatorSet(msg.sender, operator, approved);
    }

    /// @inheritdoc IClearinghouse
    function claimFees() external nonReentrant returns (uint256 paid) {
        uint256 due = feesOf(msg.sender);
        paid = VAULT.payTo(Ledger.Fees, msg.sender, due);
        if (paid == 0) revert Clearinghouse_NothingToClaim(msg.sender);
        // The treasury's part is what the ledger holds beyond keeper fees, so only these need writing down.
        uint256 keeperPart = _state.keeperFees[msg.sender];
        if (keeperPart > paid) keeperPart = paid;
        _state.keeperFees[msg.sender] -= keeperPart;
        _state.keeperFeesTotal -= uint128(keeperPart);
        emit FeesClaimed(msg.sender, paid);
    }

    /// @inheritdoc IDeleveraging
    function claim(AccountId id) external nonReentrant returns (uint256 paid) {
        if (id.owner() == address(0)) revert Clearinghouse_ZeroOwner(id);
        // A debt that was written off becomes a claim when the account is touched.
        if (_state.accounts[id].debts != 0) _commit(SettlementLib.collectDebts(_state, _open().pack(), id).unpack());
        paid = VAULT.payTo(Ledger.Recovery, id.owner(), SettlementLib.collectClaim(_state, id));
        if (paid == 0) revert Clearinghouse_NothingToClaim(id.owner());
        _state.lossClaims[id].repaid -= paid;
        emit ClaimPaid(id, id.owner(), paid);
    }

    /// @inheritdoc IDeleveraging
    function recover(uint256 amountNative) external nonReentrant returns (uint256 taken) {
        Operation memory op = _open();
        uint256 owed = op.claimsBefore + _state.losses.book.outstanding;
        uint256 scale = VAULT.SCALE();
        uint256 needed = (owed + scale - 1) / scale;
        if (amountNative > needed) amountNative = needed;
        if (amountNative == 0) revert Clearinghouse_ZeroAmount();
        taken = VAULT.receiveFrom(Ledger.Recovery, msg.sender, amountNative);
        uint256 toTraders = SettlementLib.repayClaims(_state, taken);
        op.recovery = taken - toTraders;
        _commit(op);
        emit Recovered(msg.sender, toTraders, taken - toTraders);
    }

    /// @inheritdoc IClearinghouse
    function isAuthorized(AccountId id, address caller) public view returns (bool) {
        address owner = id.owner();
        return caller == owner || _state.operators[owner][caller];
    }

    /// @inheritdoc IClearinghouse
    function feesOf(address beneficiary) public view returns (uint256 due) {
        due = _state.keeperFees[beneficiary];
        if (beneficiary == TREASURY) due += VAULT.balanceOf(Ledger.Fees) - _state.keeperFeesTotal;
    }

    function _deposit(AccountId id, uint256 amountNative) private {
        if (amountNative == 0) revert Clearinghouse_ZeroAmount();
        if (id.owner() == address(0)) revert Clearinghouse_ZeroOwner(id);
        uint256 received = VAULT.receiveFrom(Ledger.Margin, msg.sender, amountNative);
        Account storage target = _state.accounts[id];
        uint256 margin = target.margin + received;
        target.margin = uint128(margin);
        emit Deposited(id, msg.sender, received, margin);
    }

    /// @dev Takes margin that backs nothing. Without positions no price is read, so nothing can stop it.
    function _takeFree(AccountId id, uint256 amount) private {
        if (!isAuthorized(id, msg.sender)) revert Clearinghouse_NotAuthorized(id, msg.sender);
        if (amount == 0) revert Clearinghouse_ZeroAmount();
        Account storage source = _state.accounts[id];
        if (source.debts != 0) {
            _commit(SettlementLib.collectDebts(_state, _open().pack(), id).unpack());
        }
        uint256 free = source.openMarkets == 0 ? source.margin : _withdrawable(id);
        if (amount > free) revert Clearinghouse_AboveWithdrawable(id, free, amount);
        source.margin -= uint128(amount);
    }
}
