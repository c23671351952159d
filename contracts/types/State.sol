// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "./AccountId.sol";
import {LEDGER_COUNT} from "./Ledger.sol";
import {DEBT_CLASSES, DebtBook, DebtClaim, LossClaim, TraderLosses} from "./Loss.sol";
import {Account, MarketBook, Position, RiskParams} from "./Market.sol";
import {MarketId} from "./MarketId.sol";

/// @dev Everything the clearinghouse stores; one struct so that linked libraries can work on it.
struct State {
    mapping(AccountId => Account) accounts;
    mapping(AccountId => mapping(MarketId => Position)) positions;
    mapping(MarketId => MarketBook) markets;
    mapping(AccountId => DebtClaim[DEBT_CLASSES]) claims;
    mapping(address owner => mapping(address operator => bool)) operators;
    mapping(address keeper => uint256 usd) keeperFees;
    DebtBook[DEBT_CLASSES] debts;
    RiskParams risk;
    // one slot: 8 + 160, what every opening reads
    uint8 marketCount;
    address executor; // turns orders into trades; fixed when wired
    // one slot: 96 + 128
    uint96 orphanCount;
    uint128 keeperFeesTotal; // the rest of `Ledger.Fees` is the treasury's
    DeleveragingRound round;
    TraderLosses losses;
    mapping(AccountId => LossClaim) lossClaims;
}

/// @dev Whose turn it is to restore the pool's floor, and what callers have earned lately.
struct DeleveragingRound {
    // slot 0: 32 + 32 + 96
    uint32 contributed; // bit m set: market m has had its turn
    uint32 hour; // of the last reward, hours since 1970
    uint96 rewarded; // in that hour, USD
    // slot 1
    uint128 need; // what the floor lacked when the round began, USD
    uint128 weight; // what the pool owed traders then, summed over markets where it did, USD
}

/// @dev What one operation does to money, gathered in memory and carried out once. USD WAD.
struct Operation {
    AccountId account;
    bool isShort; // margin does not cover `net`: profits of other positions must be turned into margin first
    int256 margin; // the account's margin as the operation goes on
    int256 net; // owed by the pool to the account (+) or by the account to the pool (-)
    uint256 returned; // part of `net` that is variation margin paid earlier
    int256[LEDGER_COUNT] flows; // by `Ledger`, sums to zero when done
    int256 marks; // change of the sum of marks
    int256 unpaid; // change of the pool's debts to traders
    int256 openNotional; // change of the sum of entry costs
    uint256 income; // what LPs earned
    uint256 recovery; // moved to `Ledger.Recovery` for LPs' claims
    // What the pool had when the operation began.
    uint256 cash;
    uint256 insurance;
    uint256 debtsBefore;
    uint256 openNotionalBefore;
    uint256 claimsBefore; // recovery claims of LPs outstanding
}

/// @dev An account's open positions, side by side, in ascending market order.
struct Book {
    uint256 length;
    MarketId[] markets;
    uint256[] prices; // zero: the market has no valid price now
}

/// @dev What a liquidation leaves for the waterfall.
struct Outcome {
    int256 equityBefore;
    uint256 maintenance;
    uint256 closedNotional;
    uint256 penalty;
    uint256 bonds;
    uint256 deficit;
    bool isAllClosed; // of the positions with a price
    uint256[] weights; // by position of the book: what the deficit is divided by
    uint256 largest; // position with the largest notional: takes all of it if every weight is zero
}

/// @dev A deficit divided over the markets of a book, and how much of each part is a real loss of the pool.
struct Attribution {
    uint256 deficit;
    uint256 matched;
    uint256[] matchedByMarket;
}

/// @dev One trade as asked for and as it turned out. USD, prices and base units WAD.
struct Trade {
    MarketId market;
    int256 delta;
    uint256 acceptablePrice;
    uint256 price; // of the oracle: what marks, limits and requirements are measured at
    uint256 fillPrice; // what it trades at before impact: the oracle's, or a worse one that the order has seen first
    uint256 opened; // part of |delta| that adds risk
    int256 skewBefore;
    uint256 value; // what the buy cost or the sell brought
    int256 impact;
    int256 realised;
    uint256 fee;
}

/// @dev One call to deleverage, on fresh marks.
struct DeleverageCall {
    MarketId market;
    uint256 price;
    int256 equity; // of the pool
    int256 backing; // what its caps rest on
    uint256 floor; // Phi in force
    uint256 dead; // bit m set: market m has no price, and its mark is old
    address keeper; // who calls and is paid
}
