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

/// @dev How an era of points ended: each old point became `outstanding / points` new ones, or, if the debt was written
/// off, so many USD of the loss `lossId`.
struct EraEnd {
    uint256 paidIndex;
    uint256 outstanding;
    uint256 points;
    uint256 lossId; // 0: not written off
}

/// @dev One account's part of a debt book.
struct DebtClaim {
    uint256 points;
    uint256 indexSeen;
    uint32 era;
}

/// @dev One loss of many traders at once, in the book of recovery claims. Each joins when it is touched, counted from here.
struct LossEvent {
    // slot 0
    uint256 paidIndex; // of the book when the loss happened
    // slot 1: 160 + 32
    uint160 rate; // points per USD lost, scaled by 1e36
    uint32 era;
}

/// @dev What traders lost to deleveraging and to write-offs, and are owed back.
struct TraderLosses {
    DebtBook book;
    // slot: 32 + 112 + 112
    uint32 count; // losses on record; ids count from 1
    uint112 lost; // USD, ever
    uint112 repaid; // USD, ever
    mapping(uint256 lossId => LossEvent) events;
}

/// @dev Somebody's part of what traders are owed back.
struct LossClaim {
    DebtClaim claim;
    uint256 repaid; // collected from the book, not paid out, USD
}

/// @dev What one share held since the first loss would have, right after the n-th loss. Any share's part of what came
/// between two losses is the difference of two such records (see ShareClaimLib).
struct ShareLoss {
    uint256 points; // of one share, in `era`, scaled by 1e60
    uint256 repaid; // to one share, USD scaled by 1e60
    // slot 2: 160 + 32
    uint160 paidIndex; // of the book
    uint32 era; // of the book
}

/// @dev What one holder is owed back. Shares that a request has locked and shares that wait to be claimed count as the
/// controller's.
struct ShareClaim {
    // slot 0: 160 + 32 + 32
    uint160 points; // of `era`
    uint32 era;
    uint32 lossesSeen; // losses the shares in the holder's own hands have taken part in
    // slot 1: 152 + 104
    uint152 indexSeen; // meaningless without points
    uint104 repaid; // and not paid out, USD
    // slot 2
    uint256 locked; // shares in redemption requests, as far as the requests were walked
}

/// @dev What the holders of one tranche lost and are owed back.
struct ShareLosses {
    DebtBook book;
    // slot: 32 + 8 + 104 + 104
    uint32 count; // records; losses between which nobody's shares were brought up to date share one
    bool isSeen; // somebody's shares have been brought up to the last record
    uint104 lost; // USD, ever
    uint104 repaid; // USD, ever
    mapping(uint256 count => ShareLoss) losses;
    mapping(address holder => ShareClaim) claims;
    mapping(uint256 epoch => uint256 count) settledAfter; // losses before the settlement of an epoch
}

/// @dev A holder's claim brought to the present, in memory.
struct Purse {
    uint256 points;
    uint256 repaid; // USD
}
