// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The eight places a dollar can be. Their sum is what the vault holds (I1); each is >= 0 (I2).
enum Ledger {
    Margin, // what traders deposited and may still lose; the sum over accounts
    Cash, // C: what the liquidity pool holds
    Insurance, // I: what the insurance fund holds
    PendingPnl, // profit closed by ADL and not collected yet
    Queue, // Q: deposits waiting, and redemptions settled but not claimed
    Recovery, // R: repayments of debts, paid out of cash and not collected yet
    Orders, // O: order fees and keeper bonds
    Fees // F: treasury and keeper fees
}

/// @dev File-level because an enum cannot size an array.
uint256 constant LEDGER_COUNT = 8;
