// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "./AccountId.sol";
import {MarketId} from "./MarketId.sol";

/// @dev What an order waits for. A limit buy, a stop sell, a take-profit of a short: AtOrBelow. A limit sell, a stop buy, a
/// take-profit of a long: AtOrAbove. Once its trigger is met, an order is a market order of that moment.
enum OrderKind {
    Market,
    AtOrAbove,
    AtOrBelow
}

/// @dev An order as asked for, and as it is signed.
struct OrderRequest {
    AccountId account;
    MarketId market;
    OrderKind kind;
    int256 sizeDelta; // base units WAD, signed
    uint256 acceptablePrice; // worst fill, impact included, USD per base unit WAD
    uint256 triggerPrice; // USD per base unit WAD; zero for a market order
    uint256 deadline; // unix seconds; the last second it can trade in
    bool isReduceOnly; // clipped to the position when it trades, void after a liquidation
}

/// @dev An order as stored. Nothing lists or counts the orders of an account, so their number needs no limit.
struct Order {
    // slot 0
    AccountId account;
    // slot 1: 104 + 128 + 8 + 8 + 8 = 256
    int104 sizeDelta; // base units WAD, signed
    uint128 acceptablePrice; // USD per base unit WAD; the largest number means any
    MarketId market;
    OrderKind kind; // Market from the moment the trigger is met
    bool isReduceOnly;
    // slot 2: 160 + 40 + 40
    address payer; // of the fee; zero: no such order
    uint40 placedAt; // when it was submitted or triggered: what the delay counts from
    uint40 deadline;
    // slot 3: 112 + 96 + 32
    uint112 triggerPrice; // USD per base unit WAD
    uint96 fee; // for the keeper of each step that is left: one of a market order, two before a trigger; USD
    uint32 liquidations; // of the account when it was submitted, if reduce-only
}
