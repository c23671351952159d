// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title MockOddToken
/// @notice A dollar with one bad habit at a time. Its code can be put in the place of a `MockUSD`: balances stay, and the
/// habit is none.
contract MockOddToken is ERC20 {
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

    uint8 private immutable DECIMALS;

    Habit public habit;

    address private _target;
    bytes private _data;

    constructor(uint8 decimals_) ERC20("Mock USD", "mUSD") {
        DECIMALS = decimals_;
    }

    /// @notice Prints `amount`, in token decimals.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Takes up a habit, or drops it.
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

    function decimals() public view override returns (uint8) {
        return DECIMALS;
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
