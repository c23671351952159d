// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IOracleRouter} from "../interfaces/IOracleRouter.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {MarketId} from "../types/MarketId.sol";
import {AgreementLib} from "./AgreementLib.sol";

/// @title OracleRouter
/// @notice Maps a market to its price source.
contract OracleRouter is IOracleRouter, AccessManaged {
    /// @dev Prices are stored in 128 bits and multiplied by sizes of 104: below 2^112 every product fits 256 bits.
    uint256 private constant PRICE_LIMIT = 1 << 112;

    mapping(MarketId market => IPriceSource) private _sources;

    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IOracleRouter
    function priceOf(MarketId market) external view returns (uint256 price, uint256 publishedAt) {
        IPriceSource source = _sources[market];
        if (address(source) == address(0)) revert OracleRouter_NoSource(market);
        return _ask(market, source);
    }

    /// @dev What the source returns of the ether on its way back to the caller.
    receive() external payable {}

    /// @inheritdoc IOracleRouter
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata proof
    ) external payable returns (uint256 price, uint256 publishedAt) {
        address source = address(_sources[market]);
        if (source == address(0)) revert OracleRouter_NoSource(market);
        (price, publishedAt) = IOracleRouter(source).firstPriceAfter{value: msg.value}(market, earliest, proof);
        _check(market, price, publishedAt);
        if (address(this).balance != 0) Address.sendValue(payable(msg.sender), address(this).balance);
    }

    /// @inheritdoc IOracleRouter
    function setSource(MarketId market, IPriceSource source) external restricted {
        if (address(source).code.length == 0) revert OracleRouter_NoSource(market);
        (uint256 newPrice, ) = _ask(market, source);

        IPriceSource old = _sources[market];
        if (address(old) != address(0)) {
            (bool isLive, uint256 oldPrice) = _probe(market, old);
            if (isLive && !AgreementLib.agree(oldPrice, newPrice)) {
                revert OracleRouter_SourcesDisagree(market, oldPrice, newPrice, AgreementLib.MAX_DEVIATION_BPS);
            }
        }

        _sources[market] = source;
        emit SourceSet(market, address(source));
    }

    /// @inheritdoc IOracleRouter
    function sourceOf(MarketId market) external view returns (IPriceSource) {
        return _sources[market];
    }

    function _ask(MarketId market, IPriceSource source) private view returns (uint256 price, uint256 publishedAt) {
        (price, publishedAt) = source.priceOf(market);
        _check(market, price, publishedAt);
    }

    function _check(MarketId market, uint256 price, uint256 publishedAt) private view {
        if (price == 0 || price >= PRICE_LIMIT) revert OracleRouter_InvalidPrice(market, price, PRICE_LIMIT - 1);
        if (publishedAt > block.timestamp) revert OracleRouter_FuturePrice(market, publishedAt, block.timestamp);
    }

    /// @dev Never reverts for what `source` does: whatever {priceOf} would refuse counts as dead.
    function _probe(MarketId market, IPriceSource source) private view returns (bool isLive, uint256 price) {
        if (gasleft() < AgreementLib.GAS_NEEDED) {
            revert OracleRouter_NotEnoughGas(gasleft(), AgreementLib.GAS_NEEDED);
        }
        // A call by hand: `try` would revert on an answer that does not decode.
        (bool ok, bytes memory answer) = address(source).staticcall{gas: AgreementLib.PROBE_GAS}(
            abi.encodeCall(IPriceSource.priceOf, (market))
        );
        if (!ok || answer.length < 64) return (false, 0);

        uint256 publishedAt;
        (price, publishedAt) = abi.decode(answer, (uint256, uint256));
        isLive = price != 0 && price < PRICE_LIMIT && publishedAt <= block.timestamp;
    }
}
