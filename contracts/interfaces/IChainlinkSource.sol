// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketId} from "../types/MarketId.sol";
import {AggregatorV3Interface} from "./AggregatorV3Interface.sol";
import {IFeedSuccession} from "./IFeedSuccession.sol";

/// @title IChainlinkSource
/// @notice Prices from push feeds: an answer that is old, unfinished, absurd or differently scaled is no answer.
/// @dev An answer is good for every use or for none. `proof` of {firstPriceAfter} is `abi.encode(uint80 roundId)`: a round
/// of the present phase, published at or after the time asked for, while the round before it was published earlier. The
/// first round of a phase has none before it and proves nothing: such an order waits to be cancelled.
interface IChainlinkSource is IFeedSuccession {
    /// @notice No feed was set for the market.
    error ChainlinkSource_NoFeed(MarketId market);

    /// @notice The address has no code.
    error ChainlinkSource_NotAContract(address feed);

    /// @notice The feed has more decimals than can be scaled.
    error ChainlinkSource_TooManyDecimals(address feed, uint256 has, uint256 max);

    /// @notice The heartbeat is zero or longer than any feed should be silent. Seconds.
    error ChainlinkSource_HeartbeatOutOfRange(MarketId market, uint256 has, uint256 min, uint256 max);

    /// @notice The bounds are not `0 < minPrice < maxPrice <= limit`. USD WAD.
    error ChainlinkSource_BadBounds(MarketId market, uint256 minPrice, uint256 maxPrice, uint256 limit);

    /// @notice The answer is zero or negative. In the feed's decimals.
    error ChainlinkSource_NotPositive(MarketId market, int256 has);

    /// @notice The round has no publish time: nobody has answered it yet.
    error ChainlinkSource_IncompleteRound(MarketId market, uint80 roundId);

    /// @notice The answer claims to be from the future. Unix seconds.
    error ChainlinkSource_FutureAnswer(MarketId market, uint256 updatedAt, uint256 nowAt);

    /// @notice The answer is older than the heartbeat. Seconds.
    error ChainlinkSource_StaleAnswer(MarketId market, uint256 age, uint256 maxAge);

    /// @notice The answer is at a bound or beyond it. USD WAD; `has` is the largest number if it does not fit.
    error ChainlinkSource_OutOfBounds(MarketId market, uint256 has, uint256 minPrice, uint256 maxPrice);

    /// @notice The feed's decimals are not what they were when it was set.
    error ChainlinkSource_DecimalsChanged(MarketId market, uint256 has, uint256 needs);

    /// @notice The round was published before the time asked for. Unix seconds.
    error ChainlinkSource_RoundTooEarly(MarketId market, uint80 roundId, uint256 updatedAt, uint256 earliest);

    /// @notice The round before was published in time as well. Unix seconds.
    error ChainlinkSource_NotFirstRound(MarketId market, uint80 roundId, uint256 previousAt, uint256 earliest);

    /// @notice The first round of an aggregator: nothing shows that the one before it was earlier.
    error ChainlinkSource_FirstOfPhase(MarketId market, uint80 roundId);

    /// @notice The round is not of the aggregator that answers now.
    error ChainlinkSource_NotThisPhase(MarketId market, uint80 roundId, uint80 latestRoundId);

    /// @notice A market has a new feed, or the same one under new rules.
    event FeedSet(
        MarketId indexed market,
        address indexed feed,
        uint8 decimals,
        uint32 heartbeat,
        uint128 minPrice,
        uint128 maxPrice,
        uint40 openableFrom
    );

    /// @dev What is known of a market's feed.
    struct Feed {
        // slot 0: 160 + 32 + 8 + 40
        AggregatorV3Interface aggregator;
        uint32 heartbeat; // seconds an answer may be old
        uint8 decimals; // of the answer
        uint40 openableFrom; // unix seconds; before, the feed is good for leaving only
        // slot 1: an answer at a bound is invalid, because feeds with bounds of their own stop there
        uint128 minPrice; // USD per base unit, WAD
        uint128 maxPrice; // USD per base unit, WAD
    }

    /// @notice Names the feed of a market and the rules its answers must meet.
    /// @dev Units: `heartbeat` seconds; bounds USD per base unit, WAD. Decimals are read from the feed. Emits {FeedSet}.
    ///
    /// Requirements:
    /// - the caller is the governor (AccessManager);
    /// - `feed` has code, else {ChainlinkSource_NotAContract};
    /// - at most 24 decimals, else {ChainlinkSource_TooManyDecimals};
    /// - `heartbeat` in 1 to 172,800, else {ChainlinkSource_HeartbeatOutOfRange};
    /// - `0 < minPrice < maxPrice <= 2^112`, else {ChainlinkSource_BadBounds};
    /// - the feed answers now, by these rules, else the error of its answer;
    /// - gas to ask the old feed, else {PriceSource_NotEnoughGas};
    /// - if the old feed still answers, the two agree within 300 bps, else {PriceSource_FeedsDisagree}.
    ///
    /// Security: without the last rule a change of feed would pass by the router's own. A feed that replaces a dead one is
    /// good for leaving and not for opening for a day ({PriceSource_ReduceOnly}).
    function setFeed(
        MarketId market,
        AggregatorV3Interface feed,
        uint32 heartbeat,
        uint128 minPrice,
        uint128 maxPrice
    ) external;

    /// @notice The feed of a market; all zero if none.
    function feedOf(MarketId market) external view returns (Feed memory);
}
