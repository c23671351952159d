// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IChainlinkSource} from "../interfaces/IChainlinkSource.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {FeedSuccession} from "./FeedSuccession.sol";

/// @title ChainlinkSource
/// @notice Prices from push feeds. A price costs two storage slots here and two calls to the feed.
contract ChainlinkSource is IChainlinkSource, FeedSuccession {
    uint256 private constant WAD_DECIMALS = 18;

    /// @dev 10^6 is the largest divisor then, so an answer loses digits only below the WAD.
    uint256 private constant MAX_DECIMALS = 24;

    /// @dev The slowest public feeds answer once a day; twice that is a feed nobody runs.
    uint256 private constant MAX_HEARTBEAT = 2 days;

    /// @dev Prices are below this everywhere (see OracleRouter); an answer at a bound is invalid, so it may equal it.
    uint256 private constant PRICE_LIMIT = 1 << 112;

    /// @dev Round ids of a proxy: 16 bits of phase, then 64 of the aggregator's own round.
    uint256 private constant PHASE_OFFSET = 64;

    mapping(MarketId market => Feed) private _feeds;

    constructor(address authority_) FeedSuccession(authority_) {}

    /// @inheritdoc IPriceSource
    function priceFor(MarketId market, PriceUse use) external view returns (uint256 price, uint256 publishedAt) {
        Feed memory feed = _feedOf(market);
        if (use == PriceUse.Open && block.timestamp < feed.openableFrom) {
            revert PriceSource_ReduceOnly(market, feed.openableFrom, block.timestamp);
        }
        return _read(market, feed);
    }

    /// @inheritdoc IPriceSource
    /// @dev A push feed is as live as its publishers: nobody here can make it silent.
    function isDead(MarketId) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IPriceSource
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata proof
    ) external payable returns (uint256 price, uint256 publishedAt) {
        Feed memory feed = _feedOf(market);
        uint80 roundId = abi.decode(proof, (uint80));
        _requireFirst(market, feed.aggregator, roundId, earliest);
        (, int256 answer, , uint256 updatedAt, ) = feed.aggregator.getRoundData(roundId);
        if (updatedAt < earliest) revert ChainlinkSource_RoundTooEarly(market, roundId, updatedAt, earliest);
        (price, publishedAt) = _check(market, feed, roundId, answer, updatedAt);

        // A push feed asks for no fee.
        if (msg.value != 0) Address.sendValue(payable(msg.sender), msg.value);
    }

    /// @inheritdoc IChainlinkSource
    function setFeed(
        MarketId market,
        AggregatorV3Interface feed,
        uint32 heartbeat,
        uint128 minPrice,
        uint128 maxPrice
    ) external restricted {
        Feed memory next = Feed(feed, heartbeat, _checkedDecimals(feed), 0, minPrice, maxPrice);
        if (heartbeat == 0 || heartbeat > MAX_HEARTBEAT) {
            revert ChainlinkSource_HeartbeatOutOfRange(market, heartbeat, 1, MAX_HEARTBEAT);
        }
        if (minPrice == 0 || minPrice >= maxPrice || maxPrice > PRICE_LIMIT) {
            revert ChainlinkSource_BadBounds(market, minPrice, maxPrice, PRICE_LIMIT);
        }
        (uint256 newPrice, ) = _read(market, next);

        Feed memory old = _feeds[market];
        if (address(old.aggregator) != address(0)) {
            next.openableFrom = _succeed(market, newPrice, old.openableFrom);
        }
        _feeds[market] = next;
        emit FeedSet(market, address(feed), next.decimals, heartbeat, minPrice, maxPrice, next.openableFrom);
    }

    /// @inheritdoc IChainlinkSource
    function feedOf(MarketId market) external view returns (Feed memory) {
        return _feeds[market];
    }

    function _feedOf(MarketId market) private view returns (Feed memory feed) {
        feed = _feeds[market];
        if (address(feed.aggregator) == address(0)) revert ChainlinkSource_NoFeed(market);
    }

    /// @dev Rounds are numbered within a phase, one aggregator behind the proxy. A round is the first after a moment if the
    /// one before it is from an earlier moment; where the one before is of another aggregator, or the round is not of the
    /// present one, two rounds could both claim to be the first, so neither is.
    function _requireFirst(
        MarketId market,
        AggregatorV3Interface aggregator,
        uint80 roundId,
        uint256 earliest
    ) private view {
        (uint80 latestId, , , , ) = aggregator.latestRoundData();
        if (roundId >> PHASE_OFFSET != latestId >> PHASE_OFFSET) {
            revert ChainlinkSource_NotThisPhase(market, roundId, latestId);
        }
        if (uint64(roundId) <= 1) revert ChainlinkSource_FirstOfPhase(market, roundId);
        (, , , uint256 previousAt, ) = aggregator.getRoundData(roundId - 1);
        if (previousAt == 0) revert ChainlinkSource_IncompleteRound(market, roundId - 1);
        if (previousAt >= earliest) revert ChainlinkSource_NotFirstRound(market, roundId, previousAt, earliest);
    }

    function _read(MarketId market, Feed memory feed) private view returns (uint256 price, uint256 publishedAt) {
        (uint80 roundId, int256 answer, , uint256 updatedAt, ) = feed.aggregator.latestRoundData();
        return _check(market, feed, roundId, answer, updatedAt);
    }

    /// @dev The one place where an answer becomes a price. `answeredInRound` is deprecated by the feeds and not read.
    function _check(
        MarketId market,
        Feed memory feed,
        uint80 roundId,
        int256 answer,
        uint256 updatedAt
    ) private view returns (uint256 price, uint256 publishedAt) {
        if (answer <= 0) revert ChainlinkSource_NotPositive(market, answer);
        if (updatedAt == 0) revert ChainlinkSource_IncompleteRound(market, roundId);
        if (updatedAt > block.timestamp) revert ChainlinkSource_FutureAnswer(market, updatedAt, block.timestamp);

        uint256 age = block.timestamp - updatedAt;
        if (age > feed.heartbeat) revert ChainlinkSource_StaleAnswer(market, age, feed.heartbeat);

        // A proxy can be pointed at an aggregator of another scale: a price wrong by powers of ten within wide bounds.
        uint256 decimalsNow = feed.aggregator.decimals();
        if (decimalsNow != feed.decimals) revert ChainlinkSource_DecimalsChanged(market, decimalsNow, feed.decimals);

        price = _toWad(uint256(answer), feed.decimals);
        if (price <= feed.minPrice || price >= feed.maxPrice) {
            revert ChainlinkSource_OutOfBounds(market, price, feed.minPrice, feed.maxPrice);
        }
        publishedAt = updatedAt;
    }

    /// @dev Rounds down: digits below the WAD are dropped. Saturates, so that an absurd answer fails at the bound.
    function _toWad(uint256 answer, uint256 decimals_) private pure returns (uint256) {
        return
            decimals_ <= WAD_DECIMALS
                ? Math.saturatingMul(answer, 10 ** (WAD_DECIMALS - decimals_))
                : answer / 10 ** (decimals_ - WAD_DECIMALS);
    }

    function _checkedDecimals(AggregatorV3Interface feed) private view returns (uint8 decimals_) {
        if (address(feed).code.length == 0) revert ChainlinkSource_NotAContract(address(feed));
        decimals_ = feed.decimals();
        if (decimals_ > MAX_DECIMALS) revert ChainlinkSource_TooManyDecimals(address(feed), decimals_, MAX_DECIMALS);
    }
}
