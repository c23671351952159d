// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IChainlinkSource} from "../interfaces/IChainlinkSource.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {MarketId} from "../types/MarketId.sol";
import {AgreementLib} from "./AgreementLib.sol";

/// @title ChainlinkSource
/// @notice Prices from push feeds. A price costs two storage slots here and two calls to the feed.
contract ChainlinkSource is IChainlinkSource, AccessManaged {
    uint256 private constant WAD_DECIMALS = 18;

    /// @dev 10^6 is the largest divisor then, so an answer loses digits only below the WAD.
    uint256 private constant MAX_DECIMALS = 24;

    /// @dev The slowest public feeds answer once a day; twice that is a feed nobody runs.
    uint256 private constant MAX_HEARTBEAT = 2 days;

    /// @dev Prices are below this everywhere (see OracleRouter); an answer at a bound is invalid, so it may equal it.
    uint256 private constant PRICE_LIMIT = 1 << 112;

    mapping(MarketId market => Feed) private _feeds;

    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IPriceSource
    function priceOf(MarketId market) external view returns (uint256 price, uint256 publishedAt) {
        Feed memory feed = _feeds[market];
        if (address(feed.aggregator) == address(0)) revert ChainlinkSource_NoFeed(market);
        return _read(market, feed);
    }

    /// @inheritdoc IChainlinkSource
    function setFeed(
        MarketId market,
        AggregatorV3Interface feed,
        uint32 heartbeat,
        uint128 minPrice,
        uint128 maxPrice
    ) external restricted {
        Feed memory next = Feed(feed, heartbeat, _checkedDecimals(feed), minPrice, maxPrice);
        if (heartbeat == 0 || heartbeat > MAX_HEARTBEAT) {
            revert ChainlinkSource_HeartbeatOutOfRange(market, heartbeat, 1, MAX_HEARTBEAT);
        }
        if (minPrice == 0 || minPrice >= maxPrice || maxPrice > PRICE_LIMIT) {
            revert ChainlinkSource_BadBounds(market, minPrice, maxPrice, PRICE_LIMIT);
        }
        (uint256 newPrice, ) = _read(market, next);

        if (address(_feeds[market].aggregator) != address(0)) _requireAgreement(market, newPrice);

        _feeds[market] = next;
        emit FeedSet(market, address(feed), next.decimals, heartbeat, minPrice, maxPrice);
    }

    /// @inheritdoc IChainlinkSource
    function feedOf(MarketId market) external view returns (Feed memory) {
        return _feeds[market];
    }

    /// @dev The one place where an answer becomes a price. `answeredInRound` is deprecated by the feeds and not read.
    function _read(MarketId market, Feed memory feed) private view returns (uint256 price, uint256 publishedAt) {
        (uint80 roundId, int256 answer, , uint256 updatedAt, ) = feed.aggregator.latestRoundData();
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

    /// @dev Asks through the own front door, so that whatever makes the old feed fail fails the call and not this one.
    function _requireAgreement(MarketId market, uint256 newPrice) private view {
        if (gasleft() < AgreementLib.GAS_NEEDED) {
            revert ChainlinkSource_NotEnoughGas(gasleft(), AgreementLib.GAS_NEEDED);
        }
        try this.priceOf{gas: AgreementLib.PROBE_GAS}(market) returns (uint256 oldPrice, uint256) {
            if (!AgreementLib.agree(oldPrice, newPrice)) {
                revert ChainlinkSource_FeedsDisagree(market, oldPrice, newPrice, AgreementLib.MAX_DEVIATION_BPS);
            }
        } catch {} // dead: replaced freely
    }
}
