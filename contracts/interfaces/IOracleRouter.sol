// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {IPriceSource} from "./IPriceSource.sol";
import {ISequencerGate} from "./ISequencerGate.sol";

/// @title IOracleRouter
/// @notice Maps a market to its price source, behind the sequencer's gate.
interface IOracleRouter {
    /// @notice No source was ever set for the market.
    error OracleRouter_NoSource(MarketId market);

    /// @notice A source returned a price of zero or one too large for the ledger.
    error OracleRouter_InvalidPrice(MarketId market, uint256 has, uint256 max);

    /// @notice A source returned a publish time in the future.
    error OracleRouter_FuturePrice(MarketId market, uint256 publishedAt, uint256 nowAt);

    /// @notice A source returned a price from before the time asked for.
    error OracleRouter_PriceTooEarly(MarketId market, uint256 publishedAt, uint256 earliest);

    /// @notice The source replaced a dead one a short time ago. Unix seconds.
    error OracleRouter_ReduceOnly(MarketId market, uint256 openableFrom, uint256 nowAt);

    /// @notice A source that replaces a live one disagrees with it by more than the bound.
    error OracleRouter_SourcesDisagree(MarketId market, uint256 oldPrice, uint256 newPrice, uint256 maxDeviationBps);

    /// @notice Too little gas to tell a dead source from a live one.
    error OracleRouter_NotEnoughGas(uint256 has, uint256 needs);

    /// @notice A market has a new source, and may add risk from `openableFrom` on. Unix seconds.
    event SourceSet(MarketId indexed market, address indexed source, uint256 openableFrom);

    /// @notice The current price of a market, for one purpose.
    /// @dev Units: USD per base unit, WAD, in (0, 2^112). Reverts rather than return a number nobody should use.
    ///
    /// Requirements:
    /// - the gate is open for this use, else the errors of {ISequencerGate};
    /// - the market has a source, else {OracleRouter_NoSource};
    /// - for `Open`: its source is not in its reduce-only day, else {OracleRouter_ReduceOnly};
    /// - the source answers, else its own error, {OracleRouter_InvalidPrice} or {OracleRouter_FuturePrice}.
    function priceFor(MarketId market, PriceUse use) external view returns (uint256 price, uint256 publishedAt);

    /// @notice The first price published at or after `earliest`, by the market's source.
    /// @dev Units: as {priceFor}; `earliest` unix seconds. Ether is passed to the source, and what it gives back to the
    /// caller. See {IPriceSource-firstPriceAfter}.
    ///
    /// Requirements: those of {priceFor} for `Value`; not from before `earliest`, else {OracleRouter_PriceTooEarly}.
    ///
    /// Security: says nothing about whether risk may be added now. Ask {priceFor} for `Open` too.
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata proof
    ) external payable returns (uint256 price, uint256 publishedAt);

    /// @notice The current price of a market that may be dead: zero if it has none, whatever its source does.
    /// @dev Units: as {priceFor}. For operations that no dead feed may stop.
    ///
    /// Requirements: the gate is open for this use, else the errors of {ISequencerGate}; a source, else
    /// {OracleRouter_NoSource}; gas to ask it, else {OracleRouter_NotEnoughGas}. A market that has a price for `Value`, or
    /// whose source says so ({IPriceSource-isDead}), is not dead: then the error of its source, if no price is good for this
    /// use.
    ///
    /// Security: whoever liquidates must not be able to make a market look dead, neither by leaving a price old, nor by
    /// sending little gas, nor while the sequencer is down: what is lost in a dead market counts, what is won does not.
    function livePrice(MarketId market, PriceUse use) external view returns (uint256 price);

    /// @notice Names the source of a market.
    /// @dev Emits {SourceSet}.
    ///
    /// Requirements:
    /// - the caller is the governor (AccessManager);
    /// - the new source is a contract, else {OracleRouter_NoSource};
    /// - the new source answers now, else its own error, {OracleRouter_InvalidPrice} or {OracleRouter_FuturePrice};
    /// - gas to ask the old source, else {OracleRouter_NotEnoughGas};
    /// - if the old source still answers, the two agree within the bound, else {OracleRouter_SourcesDisagree}.
    ///
    /// Security: a source that reverts, burns its gas or answers nonsense is dead, and no longer has a say. Nothing vouches
    /// for the one that takes its place, so for a day it is good for leaving and not for opening.
    function setSource(MarketId market, IPriceSource source) external;

    /// @notice The source of a market, zero if none.
    function sourceOf(MarketId market) external view returns (IPriceSource);

    /// @notice When the market's source may be used to add risk. Unix seconds, 0: at once.
    function openableFrom(MarketId market) external view returns (uint256);

    /// @notice The sequencer's gate; zero where there is no sequencer.
    function GATE() external view returns (ISequencerGate);
}
