// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";

import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {IPythSource} from "../interfaces/IPythSource.sol";
import {BPS} from "../math/MathLib.sol";
import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {FeedSuccession} from "./FeedSuccession.sol";

/// @title PythSource
/// @notice Prices from a pull feed. A price costs two storage slots here and one call to the feed.
contract PythSource is IPythSource, FeedSuccession {
    /// @dev 10^36 is the largest factor then: every price is a whole number of the WAD, and 64 bits of it fit 256.
    int256 private constant MAX_EXPONENT = 18;

    /// @dev A liquidation can wait for an update its caller brings; an older price is one the caller has picked.
    uint256 private constant LIQUIDATION_AGE = 5 seconds;

    /// @dev From a report of silence to a dead market: time for the owners of positions, or a keeper, to bring a price.
    uint256 private constant SILENCE = 15 minutes;

    uint256 private constant MAX_AGE = 1 hours;
    uint256 private constant MAX_CONFIDENCE_BPS = 1_000;

    /// @notice The contract that holds and verifies the feed's prices.
    IPyth public immutable PYTH;

    mapping(MarketId market => Feed) private _feeds;

    /// @dev When somebody found a market without a price; means nothing once a later price is there.
    mapping(MarketId market => uint256) private _silentSince;

    constructor(address authority_, IPyth pyth) FeedSuccession(authority_) {
        if (address(pyth).code.length == 0) revert PythSource_NotAContract(address(pyth));
        PYTH = pyth;
    }

    /// @inheritdoc IPriceSource
    function priceFor(MarketId market, PriceUse use) external view returns (uint256 price, uint256 publishedAt) {
        Feed memory feed = _feedOf(market);
        if (use == PriceUse.Open && block.timestamp < feed.openableFrom) {
            revert PriceSource_ReduceOnly(market, feed.openableFrom, block.timestamp);
        }
        uint256 maxAge = use == PriceUse.Liquidate ? LIQUIDATION_AGE : feed.maxAge;
        return _check(market, feed, PYTH.getPriceUnsafe(feed.id), maxAge);
    }

    /// @inheritdoc IPriceSource
    /// @dev Silent since it was reported, and for long enough that anybody could have brought a price.
    function isDead(MarketId market) external view returns (bool) {
        uint256 since = _silentSince[market];
        if (since == 0 || block.timestamp < since + SILENCE) return false;
        return _publishedAt(market) < since;
    }

    /// @inheritdoc IPythSource
    function reportSilence(MarketId market) external {
        uint256 publishedAt = _publishedAt(market);
        if (_silentSince[market] > publishedAt) revert PythSource_ReportedAlready(market, _silentSince[market]);
        try this.priceFor(market, PriceUse.Value) returns (uint256 price, uint256) {
            revert PythSource_NotSilent(market, price);
        } catch {
            _silentSince[market] = block.timestamp;
            emit SilenceReported(market, publishedAt, block.timestamp + SILENCE);
        }
    }

    /// @inheritdoc IPriceSource
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata proof
    ) external payable returns (uint256 price, uint256 publishedAt) {
        Feed memory feed = _feedOf(market);
        if (earliest > block.timestamp) revert PythSource_TooSoon(market, earliest, block.timestamp);
        PythStructs.Price memory first = _parse(feed, earliest, abi.decode(proof, (bytes[])));
        (price, publishedAt) = _check(market, feed, first, feed.maxAge);
    }

    /// @inheritdoc IPythSource
    function update(bytes[] calldata data) external payable {
        uint256 fee = _fee(data);
        PYTH.updatePriceFeeds{value: fee}(data);
        _giveBack(msg.value - fee);
    }

    /// @inheritdoc IPythSource
    function updateFee(bytes[] calldata data) external view returns (uint256) {
        return PYTH.getUpdateFee(data);
    }

    /// @inheritdoc IPythSource
    function setFeed(
        MarketId market,
        bytes32 id,
        uint16 maxAge,
        uint16 maxConfidenceBps,
        uint88 minPrice,
        uint88 maxPrice
    ) external restricted {
        Feed memory next = Feed(id, minPrice, maxPrice, maxAge, maxConfidenceBps, 0);
        if (maxAge < LIQUIDATION_AGE || maxAge > MAX_AGE) {
            revert PythSource_MaxAgeOutOfRange(market, maxAge, LIQUIDATION_AGE, MAX_AGE);
        }
        if (maxConfidenceBps == 0 || maxConfidenceBps > MAX_CONFIDENCE_BPS) {
            revert PythSource_ConfidenceOutOfRange(market, maxConfidenceBps, 1, MAX_CONFIDENCE_BPS);
        }
        if (minPrice == 0 || minPrice >= maxPrice) revert PythSource_BadBounds(market, minPrice, maxPrice);
        (uint256 newPrice, ) = _check(market, next, PYTH.getPriceUnsafe(id), maxAge);

        Feed memory old = _feeds[market];
        if (old.maxAge != 0) next.openableFrom = _succeed(market, newPrice, old.openableFrom);
        _feeds[market] = next;
        emit FeedSet(market, id, maxAge, maxConfidenceBps, minPrice, maxPrice, next.openableFrom);
    }

    /// @inheritdoc IPythSource
    function feedOf(MarketId market) external view returns (Feed memory) {
        return _feeds[market];
    }

    function _feedOf(MarketId market) private view returns (Feed memory feed) {
        feed = _feeds[market];
        if (feed.maxAge == 0) revert PythSource_NoFeed(market);
    }

    /// @dev Zero for a feed that is no longer there.
    function _publishedAt(MarketId market) private view returns (uint256) {
        try PYTH.getPriceUnsafe(_feedOf(market).id) returns (PythStructs.Price memory answer) {
            return answer.publishTime;
        } catch {
            return 0;
        }
    }

    /// @dev Pays for the proof and stores it if it is newer than what the feed has.
    function _parse(
        Feed memory feed,
        uint256 earliest,
        bytes[] memory data
    ) private returns (PythStructs.Price memory) {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = feed.id;
        uint256 fee = _fee(data);
        // Unique: the one before it was published before `earliest`. Not minimal: updates of other feeds may come along.
        (PythStructs.PriceFeed[] memory found, ) = PYTH.parsePriceFeedUpdatesWithConfig{value: fee}(
            data,
            ids,
            uint64(earliest),
            uint64(earliest + feed.maxAge),
            true,
            false,
            true
        );
        _giveBack(msg.value - fee);
        return found[0].price;
    }

    /// @dev The one place where what the feed says becomes a price.
    function _check(
        MarketId market,
        Feed memory feed,
        PythStructs.Price memory answer,
        uint256 maxAge
    ) private view returns (uint256 price, uint256 publishedAt) {
        if (answer.price <= 0) revert PythSource_NotPositive(market, answer.price);
        publishedAt = answer.publishTime;
        if (publishedAt > block.timestamp) revert PythSource_FuturePrice(market, publishedAt, block.timestamp);
        uint256 age = block.timestamp - publishedAt;
        if (age > maxAge) revert PythSource_StalePrice(market, age, maxAge);

        uint256 raw = uint256(int256(answer.price));
        uint256 confidenceBps = Math.ceilDiv(answer.conf * BPS, raw); // up: half a basis point too wide is too wide
        if (confidenceBps > feed.maxConfidenceBps) {
            revert PythSource_WideConfidence(market, confidenceBps, feed.maxConfidenceBps);
        }

        price = _toWad(market, raw, answer.expo);
        if (price <= feed.minPrice || price >= feed.maxPrice) {
            revert PythSource_OutOfBounds(market, price, feed.minPrice, feed.maxPrice);
        }
    }

    /// @dev Exact: the smallest exponent is the WAD's.
    function _toWad(MarketId market, uint256 raw, int256 exponent) private pure returns (uint256) {
        if (exponent < -MAX_EXPONENT || exponent > MAX_EXPONENT) {
            revert PythSource_ExponentOutOfRange(market, exponent, -MAX_EXPONENT, MAX_EXPONENT);
        }
        return raw * 10 ** uint256(exponent + MAX_EXPONENT);
    }

    function _fee(bytes[] memory data) private view returns (uint256 fee) {
        fee = PYTH.getUpdateFee(data);
        if (msg.value < fee) revert PythSource_FeeTooLow(msg.value, fee);
    }

    /// @dev To whoever calls: one that takes no ether blocks itself and nobody else.
    function _giveBack(uint256 rest) private {
        if (rest != 0) Address.sendValue(payable(msg.sender), rest);
    }
}
