// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What became of one deficit: `deficit = forgone + insurance + junior + senior + adl + residual` (I4).
/// The deficit is the sum and is not stored. USD. Packed by what comes together, so that most incidents fill one slot.
struct Incident {
    // slot 0
    uint128 insurance;
    uint128 junior;
    // slot 1
    uint128 forgone; // profit the pool was shown and never had
    uint128 senior;
    // slot 2
    uint128 adl; // charged to traders in profit
    uint128 residual; // what nobody could carry
}

/// @dev Debts of the pool to traders, paid from cash in this order before anything else.
enum DebtClass {
    SettledReturn, // variation margin whose loss did not come true
    UnpaidProfit // realised profit that cash could not pay
}

/// @dev File-level because an enum cannot size an array.
uint256 constant DEBT_CLASSES = 2;

/// @dev Debts of one class to many accounts, paid pro rata without a loop (see DebtLib).
struct DebtBook {
    uint128 outstanding; // USD still owed to all
    uint32 era; // grows when points are re-issued
    uint256 points; // sum over accounts in this era
    uint256 paidIndex; // USD paid per point, scaled by 1e36, cumulative over eras
    mapping(uint32 era => EraEnd) ends;
}

/// @dev How an era of points ended: each old point became `outstanding / points` new ones.
struct EraEnd {
    uint256 paidIndex;
    uint256 outstanding;
    uint256 points;
}

/// @dev One account's part of a debt book.
struct DebtClaim {
    uint256 points;
    uint256 indexSeen;
    uint32 era;
}
