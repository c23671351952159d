// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {AgreementLib} from "./AgreementLib.sol";
import {FeedSuccession} from "./FeedSuccession.sol";

/// @title CircuitBreaker
/// @notice The price of one source while another one agrees with it, and a speed limit on adding risk.
contract CircuitBreaker is ICircuitBreaker, FeedSuccession {
    /// @dev Prices are below this everywhere (see OracleRouter).
    uint256 private constant PRICE_LIMIT = 1 << 112;

    /// @dev Gas the second source may use; a live one needs half. It fits the clearinghouse's allowance for a price.
    uint256 private constant SECONDARY_GAS = 100_000;

    /// @dev Gas that must be left before: with less, a live source would look dead.
    uint256 private constant SECONDARY_GAS_NEEDED = 115_000;

    mapping(MarketId market => Pair) private _pairs;
    mapping(MarketId market => Reference[2]) private _references;

    constructor(address authority_) FeedSuccession(authority_) {}

    /// @notice Takes back what a source did not spend; {firstPriceAfter} hands it on.
    receive() external payable {}

    /// @inheritdoc IPriceSource
    function priceFor(MarketId market, PriceUse use) external view returns (uint256 price, uint256 publishedAt) {
        Pair memory pair = _pairOf(market);
        bool isConfirmed;
        (price, publishedAt, isConfirmed) = _ask(market, pair, use);
        if (use != PriceUse.Open) return (price, publishedAt);

        if (!isConfirmed) revert CircuitBreaker_SecondaryDead(market);
        if (block.timestamp < pair.openableFrom) {
            revert PriceSource_ReduceOnly(market, pair.openableFrom, block.timestamp);
        }
        for (uint256 i = 0; i < 2; ++i) _requireSlow(market, pair, _references[market][i], price);
    }

    /// @inheritdoc IPriceSource
    /// @dev With a first source fresh enough to liquidate by, the two disagree: that is nobody's choice. A pull feed as the
    /// second source can be left old, so it wants a short maximum age; better it is the first.
    function isDead(MarketId market) external view returns (bool) {
        IPriceSource primary = _pairOf(market).primary;
        try primary.priceFor(market, PriceUse.Liquidate) {
            return true;
        } catch {
            return primary.isDead(market);
        }
    }

    /// @inheritdoc IPriceSource
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata proof
    ) external payable returns (uint256 price, uint256 publishedAt) {
        Pair memory pair = _pairOf(market);
        (price, publishedAt) = pair.primary.firstPriceAfter{value: msg.value}(market, earliest, proof);
        // What is proven may be older than what the other source can confirm: the two are compared as they are now.
        (uint256 present, , ) = _ask(market, pair, PriceUse.Value);
        if (block.timestamp >= _dueAt(market, pair)) _keep(market, present);

        // Nothing is ever kept here, so whatever is left is the caller's.
        uint256 rest = address(this).balance;
        if (rest != 0) Address.sendValue(payable(msg.sender), rest);
    }

    /// @inheritdoc ICircuitBreaker
    function setSources(
        MarketId market,
        IPriceSource primary,
        IPriceSource secondary,
        uint16 maxDeviationBps,
        uint16 maxMoveBps,
        uint16 window
    ) external restricted {
        if (
            address(primary).code.length == 0 ||
            address(secondary).code.length == 0 ||
            address(primary) == address(secondary)
        ) {
            revert CircuitBreaker_BadSources(market, address(primary), address(secondary));
        }
        _requireRange(market, "maxDeviationBps", maxDeviationBps, 10, 1_000);
        _requireRange(market, "maxMoveBps", maxMoveBps, 50, 5_000);
        _requireRange(market, "window", window, 10, 1 hours);
        Pair memory next = Pair(primary, maxDeviationBps, maxMoveBps, window, 0, secondary);
        (uint256 newPrice, , bool isConfirmed) = _ask(market, next, PriceUse.Value);
        if (!isConfirmed) revert CircuitBreaker_SecondaryDead(market);

        Pair memory old = _pairs[market];
        if (address(old.primary) != address(0)) next.openableFrom = _succeed(market, newPrice, old.openableFrom);
        _pairs[market] = next;
        emit SourcesSet(
            market,
            address(primary),
            address(secondary),
            maxDeviationBps,
            maxMoveBps,
            window,
            next.openableFrom
        );
    }

    /// @inheritdoc ICircuitBreaker
    function poke(MarketId market) external {
        Pair memory pair = _pairOf(market);
        uint256 dueAt = _dueAt(market, pair);
        if (block.timestamp < dueAt) revert CircuitBreaker_TooSoon(market, dueAt, block.timestamp);
        (uint256 price, , ) = _ask(market, pair, PriceUse.Value);
        _keep(market, price);
    }

    /// @inheritdoc ICircuitBreaker
    function pairOf(MarketId market) external view returns (Pair memory) {
        return _pairs[market];
    }

    /// @inheritdoc ICircuitBreaker
    function referencesOf(MarketId market) external view returns (Reference memory current, Reference memory previous) {
        return (_references[market][0], _references[market][1]);
    }

    function _pairOf(MarketId market) private view returns (Pair memory pair) {
        pair = _pairs[market];
        if (address(pair.primary) == address(0)) revert CircuitBreaker_NoSources(market);
    }

    /// @dev The first source's price, its own error passed on; confirmed if the second source is alive, and agrees.
    function _ask(
        MarketId market,
        Pair memory pair,
        PriceUse use
    ) private view returns (uint256 price, uint256 publishedAt, bool isConfirmed) {
        (price, publishedAt) = pair.primary.priceFor(market, use);
        uint256 second;
        (isConfirmed, second) = _probe(market, pair.secondary);
        if (!isConfirmed) return (price, publishedAt, false);
        if (price >= PRICE_LIMIT || !AgreementLib.agree(price, second, pair.maxDeviationBps)) {
            revert CircuitBreaker_SourcesDisagree(market, price, second, pair.maxDeviationBps);
        }
    }

    /// @dev Never reverts for what `source` does: one that fails, burns its gas or answers nonsense is dead.
    function _probe(MarketId market, IPriceSource source) private view returns (bool isLive, uint256 price) {
        if (gasleft() < SECONDARY_GAS_NEEDED) revert CircuitBreaker_NotEnoughGas(gasleft(), SECONDARY_GAS_NEEDED);
        (bool ok, bytes memory answer) = address(source).staticcall{gas: SECONDARY_GAS}(
            abi.encodeCall(IPriceSource.priceFor, (market, PriceUse.Value))
        );
        if (!ok || answer.length < 64) return (false, 0);

        uint256 publishedAt;
        (price, publishedAt) = abi.decode(answer, (uint256, uint256));
        isLive = price != 0 && price < PRICE_LIMIT && publishedAt <= block.timestamp;
    }

    function _requireSlow(MarketId market, Pair memory pair, Reference memory earlier, uint256 price) private view {
        uint256 until = uint256(earlier.keptAt) + 2 * uint256(pair.window);
        if (block.timestamp >= until || AgreementLib.agree(earlier.price, price, pair.maxMoveBps)) return;
        revert CircuitBreaker_MovedTooFast(market, earlier.price, price, pair.maxMoveBps, until);
    }

    function _dueAt(MarketId market, Pair memory pair) private view returns (uint256) {
        return uint256(_references[market][0].keptAt) + pair.window;
    }

    function _keep(MarketId market, uint256 price) private {
        // A first source alone, with an absurd price: the router refuses it, and nothing is measured from it.
        if (price == 0 || price >= PRICE_LIMIT) return;
        _references[market][1] = _references[market][0];
        _references[market][0] = Reference(uint112(price), uint40(block.timestamp));
        emit ReferenceKept(market, price, block.timestamp);
    }

    function _requireRange(MarketId market, bytes32 what, uint256 has, uint256 min, uint256 max) private pure {
        if (has < min || has > max) revert CircuitBreaker_OutOfRange(market, what, has, min, max);
    }
}
