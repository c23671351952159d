// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {AccountId} from "../types/AccountId.sol";
import {MarketId} from "../types/MarketId.sol";

/// @title DirectExecutor
/// @notice Trades at once. It stands where the two-step orders will stand, and must not be deployed with real money: who
/// trades here knows the price already.
contract DirectExecutor {
    /// @notice The caller may not act for the account.
    error DirectExecutor_NotAuthorized(AccountId account, address caller);

    IClearinghouse public immutable CLEARINGHOUSE;

    constructor(IClearinghouse clearinghouse) {
        CLEARINGHOUSE = clearinghouse;
    }

    /// @notice Changes a position by `sizeDelta` at the present price plus impact.
    /// @dev Units: `sizeDelta` base units WAD, signed; `acceptablePrice` USD per base unit, WAD.
    ///
    /// Requirements: owner or operator, else {DirectExecutor_NotAuthorized}; those of `IClearinghouse.execute`.
    function trade(
        AccountId account,
        MarketId market,
        int256 sizeDelta,
        uint256 acceptablePrice
    ) external returns (uint256 fee) {
        if (!CLEARINGHOUSE.isAuthorized(account, msg.sender)) {
            revert DirectExecutor_NotAuthorized(account, msg.sender);
        }
        return CLEARINGHOUSE.execute(account, market, sizeDelta, acceptablePrice, 0);
    }

    /// @notice {trade} as an order would that has seen `firstPrice` first, USD per base unit, WAD.
    /// @dev Requirements: those of {trade}.
    function tradeAfter(
        AccountId account,
        MarketId market,
        int256 sizeDelta,
        uint256 acceptablePrice,
        uint256 firstPrice
    ) external returns (uint256 fee) {
        if (!CLEARINGHOUSE.isAuthorized(account, msg.sender)) {
            revert DirectExecutor_NotAuthorized(account, msg.sender);
        }
        return CLEARINGHOUSE.execute(account, market, sizeDelta, acceptablePrice, firstPrice);
    }
}
