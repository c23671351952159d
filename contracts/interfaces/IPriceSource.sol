// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";

/// @title IPriceSource
/// @notice Turns one kind of feed into a USD price, or reverts: never a stale number.
interface IPriceSource {
    /// @notice The current price of a market, for one purpose.
    /// @dev Units: `price` USD per base unit, WAD, > 0; `publishedAt` unix seconds, never in the future. Two uses that both
    /// get a price get the same.
    ///
    /// Requirements: the feed's answer is valid for this use by the source's own rules, else one of the source's errors.
    function priceFor(MarketId market, PriceUse use) external view returns (uint256 price, uint256 publishedAt);

    /// @notice Whether a market that has no price now counts as dead, so that other markets go on without it.
    /// @dev Asked only after {priceFor} has failed for `PriceUse.Value`.
    ///
    /// Security: what a dead market would win does not count in a liquidation. A feed that is silent only because nobody
    /// brought its price must not be dead before its friends had time to bring one.
    function isDead(MarketId market) external view returns (bool);

    /// @notice The first price published at or after `earliest`, proven by whoever calls.
    /// @dev Units: as {priceFor}; `earliest` unix seconds. What `proof` holds is the source's to say. Ether beyond the
    /// feed's fee goes back to the caller. May store the price where it is newer than the one the feed has.
    ///
    /// Requirements: `proof` shows a valid price and that none was published between `earliest` and it, else one of the
    /// source's errors; the price is no older than a current one may be, for `PriceUse.Value`.
    ///
    /// Security: one price fits, whoever calls and whenever. An order filled at it cannot be filled at a better one, and
    /// one whose first price has grown too old is not filled at all.
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata proof
    ) external payable returns (uint256 price, uint256 publishedAt);
}
