// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";

/// @title MockPriceSource
/// @notice Prices by decree.
contract MockPriceSource is IPriceSource {
    /// @notice The market was told to have no price.
    error MockPriceSource_Dead(MarketId market);

    /// @notice The price is from before the time asked for. Unix seconds.
    error MockPriceSource_TooEarly(MarketId market, uint256 publishedAt, uint256 earliest);

    struct Quote {
        uint128 price; // USD per base unit, WAD
        uint40 publishedAt; // 0: always now
        bool isDead;
    }

    mapping(MarketId market => Quote) private _quotes;

    /// @notice Sets a price that is always fresh.
    function setPrice(MarketId market, uint128 price) external {
        _quotes[market].price = price;
        _quotes[market].publishedAt = 0;
    }

    /// @notice Sets a price with a publish time, unix seconds.
    function setPriceAt(MarketId market, uint128 price, uint40 publishedAt) external {
        _quotes[market].price = price;
        _quotes[market].publishedAt = publishedAt;
    }

    /// @notice Makes reads of a market revert, or answer again.
    function setDead(MarketId market, bool dead) external {
        _quotes[market].isDead = dead;
    }

    /// @inheritdoc IPriceSource
    /// @dev The same for every use.
    function priceFor(MarketId market, PriceUse) public view returns (uint256 price, uint256 publishedAt) {
        Quote memory quote = _quotes[market];
        if (quote.isDead) revert MockPriceSource_Dead(market);
        return (quote.price, quote.publishedAt == 0 ? block.timestamp : quote.publishedAt);
    }

    /// @inheritdoc IPriceSource
    /// @dev The present price is the first of any time up to its own; the proof may be anything.
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata
    ) external payable returns (uint256 price, uint256 publishedAt) {
        (price, publishedAt) = priceFor(market, PriceUse.Value);
        if (publishedAt < earliest) revert MockPriceSource_TooEarly(market, publishedAt, earliest);
        if (msg.value != 0) Address.sendValue(payable(msg.sender), msg.value);
    }
}
