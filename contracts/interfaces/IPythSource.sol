// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketId} from "../types/MarketId.sol";
import {IFeedSuccession} from "./IFeedSuccession.sol";

/// @title IPythSource
/// @notice Prices from a pull feed: anybody brings a signed price, and the newest one brought is the current one.
/// @dev `proof` of {firstPriceAfter} is `abi.encode(bytes[] updateData)`, with an update of the market's feed whose
/// predecessor was published before the time asked for, at most the feed's maximum age after it. It is stored if it is
/// newer than what is there. The feed is paid from the ether that comes along.
interface IPythSource is IFeedSuccession {
    /// @notice No feed was set for the market.
    error PythSource_NoFeed(MarketId market);

    /// @notice The address has no code.
    error PythSource_NotAContract(address pyth);

    /// @notice The maximum age is outside its bounds. Seconds.
    error PythSource_MaxAgeOutOfRange(MarketId market, uint256 has, uint256 min, uint256 max);

    /// @notice The confidence bound is outside its own bounds. Basis points.
    error PythSource_ConfidenceOutOfRange(MarketId market, uint256 has, uint256 min, uint256 max);

    /// @notice The bounds are not `0 < minPrice < maxPrice`. USD WAD.
    error PythSource_BadBounds(MarketId market, uint256 minPrice, uint256 maxPrice);

    /// @notice The exponent is one no price is written with.
    error PythSource_ExponentOutOfRange(MarketId market, int256 has, int256 min, int256 max);

    /// @notice The price is zero or negative. In the feed's own scale.
    error PythSource_NotPositive(MarketId market, int256 has);

    /// @notice The price claims to be from the future. Unix seconds.
    error PythSource_FuturePrice(MarketId market, uint256 publishedAt, uint256 nowAt);

    /// @notice The price is older than this use allows. Seconds.
    error PythSource_StalePrice(MarketId market, uint256 age, uint256 maxAge);

    /// @notice The publishers disagree too much. Basis points of the price, rounded up.
    error PythSource_WideConfidence(MarketId market, uint256 hasBps, uint256 maxBps);

    /// @notice The price is at a bound or beyond it. USD WAD.
    error PythSource_OutOfBounds(MarketId market, uint256 has, uint256 minPrice, uint256 maxPrice);

    /// @notice A first price was asked for at a time yet to come. Unix seconds.
    error PythSource_TooSoon(MarketId market, uint256 earliest, uint256 nowAt);

    /// @notice The market has a price: it is not silent. USD WAD.
    error PythSource_NotSilent(MarketId market, uint256 price);

    /// @notice Its silence was reported, and nothing was brought since.
    error PythSource_ReportedAlready(MarketId market, uint256 reportedAt);

    /// @notice Too little ether for the feed's fee. Wei.
    error PythSource_FeeTooLow(uint256 has, uint256 needs);

    /// @notice A market has no price; it counts as dead from `deadFrom` on unless somebody brings one before. Unix seconds.
    event SilenceReported(MarketId indexed market, uint256 publishedAt, uint256 deadFrom);

    /// @notice A market has a new feed, or the same one under new rules.
    event FeedSet(
        MarketId indexed market,
        bytes32 indexed id,
        uint16 maxAge,
        uint16 maxConfidenceBps,
        uint88 minPrice,
        uint88 maxPrice,
        uint40 openableFrom
    );

    /// @dev What is known of a market's feed.
    struct Feed {
        // slot 0
        bytes32 id; // as the feed's publisher numbers it
        // slot 1: 88 + 88 + 16 + 16 + 40
        uint88 minPrice; // USD per base unit, WAD; 88 bits reach 300 million dollars
        uint88 maxPrice;
        uint16 maxAge; // seconds a price may be old
        uint16 maxConfidenceBps; // of the price
        uint40 openableFrom; // unix seconds; before, the feed is good for leaving only
    }

    /// @notice Names the feed of a market and the rules its prices must meet.
    /// @dev Units: seconds, basis points; bounds USD per base unit, WAD. Emits {FeedSet}.
    ///
    /// Requirements:
    /// - the caller is the governor (AccessManager);
    /// - `maxAge` in 5 to 3,600, else {PythSource_MaxAgeOutOfRange};
    /// - `maxConfidenceBps` in 1 to 1,000, else {PythSource_ConfidenceOutOfRange};
    /// - `0 < minPrice < maxPrice`, else {PythSource_BadBounds};
    /// - the feed has a price now, by these rules, else the error of its price;
    /// - gas to ask the old feed, else {PriceSource_NotEnoughGas};
    /// - if the old feed still has a price, the two agree within 300 bps, else {PriceSource_FeedsDisagree}.
    ///
    /// Security: a feed nobody has updated within `maxAge` counts as dead, so update it first: what replaces a dead one is
    /// good for leaving and not for opening for a day ({PriceSource_ReduceOnly}).
    function setFeed(
        MarketId market,
        bytes32 id,
        uint16 maxAge,
        uint16 maxConfidenceBps,
        uint88 minPrice,
        uint88 maxPrice
    ) external;

    /// @notice Says that a market has no price. If nobody brings one within a quarter of an hour, it counts as dead.
    /// @dev A price published after the report ends it, whoever brings it. Emits {SilenceReported}.
    ///
    /// Requirements: no price for `PriceUse.Value`, else {PythSource_NotSilent}; no report that still runs, else
    /// {PythSource_ReportedAlready}.
    /// Security: see {IPriceSource-isDead}. Without the delay whoever liquidates could leave a price old and take the
    /// market's profit out of an account. A price that is invalid, but new, ends a report too: a market whose publishers
    /// disagree is held from liquidation as long as somebody pays for bringing every quarter of an hour that they do.
    function reportSilence(MarketId market) external;

    /// @notice Brings signed prices. Anybody may; what is older than what is there changes nothing.
    /// @dev Ether beyond the fee goes back to the caller.
    ///
    /// Requirements: ether for the fee, else {PythSource_FeeTooLow}; the feed's own, with its errors.
    function update(bytes[] calldata data) external payable;

    /// @notice What {update} costs now. Wei.
    function updateFee(bytes[] calldata data) external view returns (uint256);

    /// @notice The feed of a market; all zero if none.
    function feedOf(MarketId market) external view returns (Feed memory);
}
