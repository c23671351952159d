// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IOracleRouter} from "../interfaces/IOracleRouter.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {ISequencerGate} from "../interfaces/ISequencerGate.sol";
import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {AgreementLib} from "./AgreementLib.sol";

/// @title OracleRouter
/// @notice Maps a market to its price source, behind the sequencer's gate. A price costs one storage slot here.
contract OracleRouter is IOracleRouter, AccessManaged {
    /// @dev Prices are stored in 128 bits and multiplied by sizes of 104: below 2^112 every product fits 256 bits.
    uint256 private constant PRICE_LIMIT = 1 << 112;

    /// @dev Gas a source gets where its market may be dead. A call that cannot provide it reverts, so nobody makes a live
    /// source look dead by sending little gas; a source that burns it all counts as dead.
    uint256 private constant FEED_GAS = 300_000;

    /// @dev 160 + 40: one slot.
    struct Route {
        IPriceSource source;
        uint40 openableFrom; // unix seconds; before, the price is good for leaving only
    }

    /// @inheritdoc IOracleRouter
    ISequencerGate public immutable GATE;

    mapping(MarketId market => Route) private _routes;

    constructor(address authority_, ISequencerGate gate) AccessManaged(authority_) {
        GATE = gate;
    }

    /// @notice Takes back what a source did not spend; {firstPriceAfter} hands it on.
    receive() external payable {}

    /// @inheritdoc IOracleRouter
    function priceFor(MarketId market, PriceUse use) external view returns (uint256 price, uint256 publishedAt) {
        Route memory route = _route(market, use);
        if (use == PriceUse.Open && block.timestamp < route.openableFrom) {
            revert OracleRouter_ReduceOnly(market, route.openableFrom, block.timestamp);
        }
        return _ask(market, route.source, use);
    }

    /// @inheritdoc IOracleRouter
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata proof
    ) external payable returns (uint256 price, uint256 publishedAt) {
        IPriceSource source = _route(market, PriceUse.Value).source;
        (price, publishedAt) = source.firstPriceAfter{value: msg.value}(market, earliest, proof);
        _check(market, price, publishedAt);
        if (publishedAt < earliest) revert OracleRouter_PriceTooEarly(market, publishedAt, earliest);

        // Nothing is ever kept here, so whatever is left is the caller's.
        uint256 rest = address(this).balance;
        if (rest != 0) Address.sendValue(payable(msg.sender), rest);
    }

    /// @inheritdoc IOracleRouter
    function livePrice(MarketId market, PriceUse use) external view returns (uint256 price) {
        IPriceSource source = _route(market, use).source;
        uint256 gasBefore = gasleft();
        bool isLive;
        (isLive, price) = _probe(market, source, use, FEED_GAS);
        if (isLive) return price;
        // One that burns what it is given is dead, and is not given it twice.
        if (gasBefore - gasleft() > (FEED_GAS * 9) / 10) return 0;
        (isLive, ) = _probe(market, source, PriceUse.Value, FEED_GAS);
        if (!isLive && _isDead(market, source)) return 0;
        (price, ) = _ask(market, source, use); // says why
    }

    /// @dev Only a clear no keeps a market alive.
    function _isDead(MarketId market, IPriceSource source) private view returns (bool) {
        (bool ok, bytes memory answer) = address(source).staticcall{gas: FEED_GAS}(
            abi.encodeCall(IPriceSource.isDead, (market))
        );
        return !ok || answer.length < 32 || abi.decode(answer, (uint256)) != 0;
    }

    /// @inheritdoc IOracleRouter
    function setSource(MarketId market, IPriceSource source) external restricted {
        if (address(source).code.length == 0) revert OracleRouter_NoSource(market);
        (uint256 newPrice, ) = _ask(market, source, PriceUse.Value);

        Route memory route = _routes[market];
        if (address(route.source) != address(0)) {
            (bool isLive, uint256 oldPrice) = _probe(market, route.source, PriceUse.Value, AgreementLib.PROBE_GAS);
            if (!isLive) {
                route.openableFrom = uint40(block.timestamp + AgreementLib.REDUCE_ONLY_TIME);
            } else if (!AgreementLib.agree(oldPrice, newPrice)) {
                revert OracleRouter_SourcesDisagree(market, oldPrice, newPrice, AgreementLib.MAX_DEVIATION_BPS);
            }
        }

        // Agreeing with a source that is in its reduce-only day does not end the day.
        route.source = source;
        _routes[market] = route;
        emit SourceSet(market, address(source), route.openableFrom);
    }

    /// @inheritdoc IOracleRouter
    function sourceOf(MarketId market) external view returns (IPriceSource) {
        return _routes[market].source;
    }

    /// @inheritdoc IOracleRouter
    function openableFrom(MarketId market) external view returns (uint256) {
        return _routes[market].openableFrom;
    }

    function _route(MarketId market, PriceUse use) private view returns (Route memory route) {
        if (address(GATE) != address(0)) GATE.requireOpen(use);
        route = _routes[market];
        if (address(route.source) == address(0)) revert OracleRouter_NoSource(market);
    }

    function _ask(
        MarketId market,
        IPriceSource source,
        PriceUse use
    ) private view returns (uint256 price, uint256 publishedAt) {
        (price, publishedAt) = source.priceFor(market, use);
        _check(market, price, publishedAt);
    }

    function _check(MarketId market, uint256 price, uint256 publishedAt) private view {
        if (price == 0 || price >= PRICE_LIMIT) revert OracleRouter_InvalidPrice(market, price, PRICE_LIMIT - 1);
        if (publishedAt > block.timestamp) revert OracleRouter_FuturePrice(market, publishedAt, block.timestamp);
    }

    /// @dev Never reverts for what `source` does: whatever {priceFor} would refuse counts as dead.
    function _probe(
        MarketId market,
        IPriceSource source,
        PriceUse use,
        uint256 gasCap
    ) private view returns (bool isLive, uint256 price) {
        // 64/63 of it for the call, the rest for what follows.
        uint256 needed = gasCap + gasCap / 32 + 10_000;
        if (gasleft() < needed) revert OracleRouter_NotEnoughGas(gasleft(), needed);
        // A call by hand: `try` would revert on an answer that does not decode.
        (bool ok, bytes memory answer) = address(source).staticcall{gas: gasCap}(
            abi.encodeCall(IPriceSource.priceFor, (market, use))
        );
        if (!ok || answer.length < 64) return (false, 0);

        uint256 publishedAt;
        (price, publishedAt) = abi.decode(answer, (uint256, uint256));
        isLive = price != 0 && price < PRICE_LIMIT && publishedAt <= block.timestamp;
    }
}
