// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {MockUSD} from "./MockUSD.sol";

/// @title MockOddToken
/// @notice A dollar with one bad habit at a time, besides those of {MockUSD}.
contract MockOddToken is MockUSD {
    /// @notice Transfers of nothing are refused.
    error MockOddToken_ZeroAmount();

    /// @notice Nothing moves.
    error MockOddToken_Paused();

    enum Habit {
        None,
        ReturnsFalse, // instead of moving anything
        ReturnsNothing, // instead of true
        RevertsOnZero,
        IsPaused,
        ChargesSender, // a hundredth on top of the amount
        CallsBack // whoever asked for it, before a transfer
    }

    Habit public habit;

    address private _target;
    bytes private _data;

    constructor(uint8 decimals_) MockUSD(decimals_) {}

    function setHabit(Habit habit_) external {
        habit = habit_;
    }

    /// @notice Calls `target` with `data` before the next transfer, once; its failure is the transfer's.
    function callBack(address target, bytes calldata data) external {
        (habit, _target, _data) = (Habit.CallsBack, target, data);
    }

    /// @notice A rebase: takes `amount` from a holder, in token decimals.
    function shrink(address holder, uint256 amount) external {
        _burn(holder, amount);
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 value) public override returns (bool) {
        if (habit == Habit.ReturnsFalse) return false;
        super.transfer(to, value);
        _endSilently();
        return true;
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        if (habit == Habit.ReturnsFalse) return false;
        super.transferFrom(from, to, value);
        _endSilently();
        return true;
    }

    function _update(address from, address to, uint256 value) internal override {
        bool isTransfer = from != address(0) && to != address(0);
        if (!isTransfer) return super._update(from, to, value);
        if (habit == Habit.IsPaused) revert MockOddToken_Paused();
        if (habit == Habit.RevertsOnZero && value == 0) revert MockOddToken_ZeroAmount();
        if (habit == Habit.ChargesSender) super._update(from, address(0), value / 100);
        if (habit == Habit.CallsBack) {
            habit = Habit.None;
            Address.functionCall(_target, _data);
        }
        super._update(from, to, value);
    }

    function _endSilently() private view {
        if (habit != Habit.ReturnsNothing) return;
        assembly ("memory-safe") {
            return(0, 0)
        }
    }
}
