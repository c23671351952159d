// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Number of a market in the order of listing, 0 to 31. Also its bit in an account's set of open markets.
type MarketId is uint8;

using {sameMarket as ==} for MarketId global;

function sameMarket(MarketId a, MarketId b) pure returns (bool) {
    return MarketId.unwrap(a) == MarketId.unwrap(b);
}

/// @dev No market has this id.
MarketId constant NO_MARKET = MarketId.wrap(type(uint8).max);

/// @dev A bitmap of markets fits 32 bits, and whatever loops over all markets is bounded by this.
uint256 constant MAX_MARKETS = 32;

/// @dev Whatever loops over an account's positions (health, liquidation) is bounded by this.
uint256 constant MAX_POSITIONS = 8;
