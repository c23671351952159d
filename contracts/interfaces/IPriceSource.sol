// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketId} from "../types/MarketId.sol";

/// @title IPriceSource
/// @notice Turns one kind of feed into a USD price, or reverts: never a stale number.
interface IPriceSource {
    /// @notice The current price of a market.
    /// @dev Units: `price` USD per base unit, WAD, > 0; `publishedAt` unix seconds, never in the future.
    ///
    /// Requirements: the feed's answer is valid by the source's own rules, else one of the source's errors.
    function priceOf(MarketId market) external view returns (uint256 price, uint256 publishedAt);
}
