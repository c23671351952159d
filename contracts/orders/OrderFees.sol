// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOrders} from "../interfaces/IOrders.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Ledger} from "../types/Ledger.sol";

/// @title OrderFees
/// @notice What keepers earn and payers get back: taken in once, paid out when asked for.
/// @dev All of it stays in `Ledger.Orders` beside the keeper bonds, which are the clearinghouse's: what is due plus the fees
/// of waiting orders never exceeds what came in here, so no bond is ever paid out as a fee.
abstract contract OrderFees is IOrders {
    /// @notice Hard bound of a step's fee, USD: a signature or an approval can cost no more than twice this.
    uint256 public constant MAX_KEEPER_FEE = 10e18;

    /// @notice Where the fees are.
    IVault public immutable VAULT;

    /// @inheritdoc IOrders
    uint256 public keeperFee;

    /// @inheritdoc IOrders
    mapping(address beneficiary => uint256 usd) public feesOf;

    constructor(IVault vault, uint256 fee) {
        VAULT = vault;
        _setKeeperFee(fee);
    }

    function _setKeeperFee(uint256 fee) internal {
        if (fee > MAX_KEEPER_FEE) revert Orders_KeeperFeeTooHigh(fee, MAX_KEEPER_FEE);
        keeperFee = fee;
        emit KeeperFeeSet(fee);
    }

    /// @dev Takes the fee of `steps` from `payer`; what arrived is what can be paid. Rounding: whole token units, down.
    /// @return perStep USD, at most what was asked for.
    function _takeFee(address payer, uint256 steps) internal returns (uint96 perStep) {
        uint256 amountNative = (keeperFee / VAULT.SCALE()) * steps;
        if (amountNative == 0) return 0;
        perStep = uint96(VAULT.receiveFrom(Ledger.Orders, payer, amountNative) / steps);
    }

    function _owe(address beneficiary, uint256 amount) internal {
        feesOf[beneficiary] += amount;
    }

    function _payOut(address beneficiary) internal returns (uint256 paid) {
        uint256 due = feesOf[beneficiary];
        paid = due - (due % VAULT.SCALE());
        if (paid == 0) revert Orders_NothingToClaim(beneficiary);
        // The rest of a token unit waits for the next fee. A payout that the token refuses undoes this too.
        feesOf[beneficiary] = due - paid;
        VAULT.payTo(Ledger.Orders, beneficiary, paid);
        emit FeesClaimed(beneficiary, paid);
    }
}
