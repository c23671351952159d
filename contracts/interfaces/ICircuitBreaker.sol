// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketId} from "../types/MarketId.sol";
import {IFeedSuccession} from "./IFeedSuccession.sol";
import {IPriceSource} from "./IPriceSource.sol";

/// @title ICircuitBreaker
/// @notice The price of one source while another one agrees with it, and a speed limit on adding risk.
/// @dev Two live sources that disagree are no price for anything: one of them is wrong, and nobody can tell which. If the
/// second one is dead, leaving and liquidating go on at the first one's price; adding risk waits.
///
/// The speed limit compares with up to two earlier prices kept here. {poke}, which anybody may call, and each proven price
/// keep a new one once the last is a window old; each counts for two windows. So while the market is used there is always
/// one from the beginning of the last window, and a move that was faster stops opening for two windows at most. Nobody can
/// prolong that except by a further real move, and a market nobody uses has no limit: there is nothing to compare with.
interface ICircuitBreaker is IFeedSuccession {
    /// @notice No sources were set for the market.
    error CircuitBreaker_NoSources(MarketId market);

    /// @notice A source has no code, or both are the same.
    error CircuitBreaker_BadSources(MarketId market, address primary, address secondary);

    /// @notice A bound is outside its own bounds.
    error CircuitBreaker_OutOfRange(MarketId market, bytes32 what, uint256 has, uint256 min, uint256 max);

    /// @notice The two sources differ by more than the bound. USD WAD.
    error CircuitBreaker_SourcesDisagree(MarketId market, uint256 primary, uint256 secondary, uint256 maxDeviationBps);

    /// @notice The second source has no price: no risk is added on one source alone.
    error CircuitBreaker_SecondaryDead(MarketId market);

    /// @notice The price moved too fast for opening. USD WAD; `until` unix seconds, if it moves no further.
    error CircuitBreaker_MovedTooFast(
        MarketId market,
        uint256 earlier,
        uint256 price,
        uint256 maxMoveBps,
        uint256 until
    );

    /// @notice The last price kept is not old enough to be replaced. Unix seconds.
    error CircuitBreaker_TooSoon(MarketId market, uint256 dueAt, uint256 nowAt);

    /// @notice Too little gas to tell a dead source from a live one.
    error CircuitBreaker_NotEnoughGas(uint256 has, uint256 needs);

    /// @notice A market has new sources or bounds.
    event SourcesSet(
        MarketId indexed market,
        address indexed primary,
        address indexed secondary,
        uint16 maxDeviationBps,
        uint16 maxMoveBps,
        uint16 window,
        uint40 openableFrom
    );

    /// @notice A price to measure the speed from was kept.
    event ReferenceKept(MarketId indexed market, uint256 price, uint256 keptAt);

    /// @dev Where a market's price comes from.
    struct Pair {
        // slot 0: 160 + 16 + 16 + 16 + 40
        IPriceSource primary; // its price is the price
        uint16 maxDeviationBps; // between the two, of the smaller
        uint16 maxMoveBps; // from a reference, of the smaller
        uint16 window; // seconds
        uint40 openableFrom; // unix seconds; before, the pair is good for leaving only
        // slot 1: 160
        IPriceSource secondary; // has to agree
    }

    /// @dev A price as it was. One slot: 112 + 40.
    struct Reference {
        uint112 price; // USD per base unit, WAD
        uint40 keptAt; // unix seconds
    }

    /// @notice Names the sources of a market and how far prices may be apart and move.
    /// @dev Units: basis points, seconds. Emits {SourcesSet}.
    ///
    /// Requirements:
    /// - the caller is the governor (AccessManager);
    /// - two different contracts, else {CircuitBreaker_BadSources};
    /// - `maxDeviationBps` in 10 to 1,000, `maxMoveBps` in 50 to 5,000, `window` in 10 to 3,600 seconds, else
    ///   {CircuitBreaker_OutOfRange};
    /// - both answer now and agree, else the first's own error, {CircuitBreaker_SecondaryDead} or
    ///   {CircuitBreaker_SourcesDisagree};
    /// - gas to ask the old pair, else {PriceSource_NotEnoughGas};
    /// - if the old pair still has a price, the two agree within 300 bps, else {PriceSource_FeedsDisagree}.
    ///
    /// Security: a pair that replaces a dead one is good for leaving and not for opening for a day
    /// ({PriceSource_ReduceOnly}).
    function setSources(
        MarketId market,
        IPriceSource primary,
        IPriceSource secondary,
        uint16 maxDeviationBps,
        uint16 maxMoveBps,
        uint16 window
    ) external;

    /// @notice Keeps the present price to measure the speed from. Anybody may.
    /// @dev Emits {ReferenceKept}.
    ///
    /// Requirements: a price good for `PriceUse.Value`; the last one kept is a window old, else {CircuitBreaker_TooSoon}.
    ///
    /// Security: a price kept too early would hide a move, so the last one stays for its window; what is kept is a valid
    /// price of the moment, so nobody can keep one that blocks.
    function poke(MarketId market) external;

    /// @notice Sources and bounds of a market; all zero if none.
    function pairOf(MarketId market) external view returns (Pair memory);

    /// @notice The prices the speed is measured from; zero if none.
    function referencesOf(MarketId market) external view returns (Reference memory current, Reference memory previous);
}
