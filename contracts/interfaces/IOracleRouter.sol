// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketId} from "../types/MarketId.sol";
import {IPriceSource} from "./IPriceSource.sol";

/// @title IOracleRouter
/// @notice Maps a market to its price source.
interface IOracleRouter {
    /// @notice No source was ever set for the market.
    error OracleRouter_NoSource(MarketId market);

    /// @notice A source returned a price of zero or one too large for the ledger.
    error OracleRouter_InvalidPrice(MarketId market, uint256 has, uint256 max);

    /// @notice A source returned a publish time in the future.
    error OracleRouter_FuturePrice(MarketId market, uint256 publishedAt, uint256 nowAt);

    /// @notice A source that replaces a live one disagrees with it by more than the bound.
    error OracleRouter_SourcesDisagree(MarketId market, uint256 oldPrice, uint256 newPrice, uint256 maxDeviationBps);

    /// @notice Too little gas to tell a dead source from a live one.
    error OracleRouter_NotEnoughGas(uint256 has, uint256 needs);

    /// @notice A market has a new source.
    event SourceSet(MarketId indexed market, address indexed source);

    /// @notice The current price of a market.
    /// @dev Units: USD per base unit, WAD, in (0, 2^112). Reverts rather than return a number nobody should use.
    function priceOf(MarketId market) external view returns (uint256 price, uint256 publishedAt);

    /// @notice The first price of a market published at or after `earliest`, shown by `proof` in the source's own format.
    /// @dev Units: USD per base unit, WAD, in (0, 2^112). May bring the price of {priceOf} up to date. Ether pays for the
    /// proof; what is not used is returned to the caller within the call.
    ///
    /// Requirements:
    /// - the proof shows that no earlier price fits, else the source's own error;
    /// - the price could be one of {priceOf}, else {OracleRouter_InvalidPrice} or {OracleRouter_FuturePrice}.
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata proof
    ) external payable returns (uint256 price, uint256 publishedAt);

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
    /// Security: a source that reverts, burns its gas or answers nonsense is dead, and no longer has a say.
    function setSource(MarketId market, IPriceSource source) external;

    /// @notice The source of a market, zero if none.
    function sourceOf(MarketId market) external view returns (IPriceSource);
}
