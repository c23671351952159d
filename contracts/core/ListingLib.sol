// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {RiskConfig} from "../governance/RiskConfig.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {MathLib} from "../math/MathLib.sol";
import {MarketBook, MarketParams, MarketState, RiskParams} from "../types/Market.sol";
import {MAX_MARKETS, MarketId} from "../types/MarketId.sol";
import {State} from "../types/State.sol";

/// @title ListingLib
/// @notice What loops over markets or changes their terms. Linked: rare, and too large for the clearinghouse.
library ListingLib {
    using MarketLib for MarketBook;
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @notice Adds a market, reduce-only until somebody opens it.
    /// @dev Requirements: fewer than 32 markets, else {IClearinghouse.Clearinghouse_TooManyMarkets}; bounds of `RiskConfig`.
    function list(State storage state, bytes calldata encoded) external returns (MarketId id) {
        MarketParams memory params = abi.decode(encoded, (MarketParams));
        uint256 count = state.marketCount;
        if (count == MAX_MARKETS) revert IClearinghouse.Clearinghouse_TooManyMarkets(count, MAX_MARKETS);
        RiskConfig.checkMarket(params, state.risk);
        id = MarketId.wrap(uint8(count));
        MarketBook storage listed = state.markets[id];
        listed.params = params;
        listed.isListed = true;
        listed.state = MarketState.ReduceOnly;
        listed.touchedAt = uint40(block.timestamp);
        state.marketCount = uint8(count + 1);
        emit IClearinghouse.MarketListed(id, params);
    }

    /// @notice Changes a market's parameters after accruing under the old ones.
    function setParams(
        State storage state,
        MarketId id,
        bytes calldata encoded,
        uint256 price
    ) external returns (uint256 income, int256 growth) {
        MarketParams memory params = abi.decode(encoded, (MarketParams));
        RiskConfig.checkMarket(params, state.risk);
        MarketBook storage listed = state.markets[id];
        income = listed.touch(price);
        // Windows of another length are numbered otherwise and mean nothing any more.
        if (params.keeperWindow != listed.params.keeperWindow) delete listed.windows;
        listed.params = params;
        growth = listed.remark(price);
        emit IClearinghouse.MarketParamsSet(id, params);
    }

    /// @notice Sets a market's state; what a guardian had restricted is free again.
    /// @dev Emits {IClearinghouse.MarketStateSet}.
    function setState(State storage state, MarketId id, MarketState newState) external {
        if (newState == MarketState.Settled) revert IClearinghouse.Clearinghouse_StateNotSettable(id, newState);
        MarketBook storage listed = state.markets[id];
        listed.state = newState;
        (listed.restrictedUntil, listed.restrictedFor, listed.openingShareBps) = (0, 0, 0);
        emit IClearinghouse.MarketStateSet(id, newState);
    }

    /// @notice Restricts opening in a market for a time, or changes the restriction that runs.
    /// @dev See {IClearinghouse.restrictOpening}. What runs keeps its beginning, so that changing it is no renewal.
    function restrictOpening(State storage state, MarketId id, uint256 shareBps, uint256 duration) external {
        MarketBook storage listed = state.markets[id];
        if (listed.state != MarketState.Open) revert IClearinghouse.Clearinghouse_MarketNotOpen(id, listed.state);
        uint256 nowAt = block.timestamp;
        uint256 since = nowAt;
        (uint256 until, uint256 ran) = (listed.restrictedUntil, listed.restrictedFor);
        if (nowAt < until) {
            since = until - ran;
        } else {
            // One block can be held by a restriction of a second: without a least rest, so could every block.
            uint256 restUntil = until + Math.max(ran, RiskConfig.MIN_GUARDIAN_REST);
            if (nowAt < restUntil) revert IClearinghouse.Clearinghouse_GuardianMustRest(id, nowAt, restUntil);
        }
        RiskConfig.checkRestriction(shareBps, nowAt - since, duration);

        until = nowAt + duration;
        listed.restrictedUntil = until.toUint32();
        listed.restrictedFor = (until - since).toUint24();
        listed.openingShareBps = uint16(shareBps);
        emit IClearinghouse.OpeningRestricted(id, shareBps, since, until);
    }

    /// @notice Accrues a market's funding at `price` and stores its mark.
    /// @dev Emits {IClearinghouse.MarketMarked}.
    /// @return income What the pool earned in funding.
    /// @return growth How much the mark grew.
    function mark(State storage state, MarketId id, uint256 price) external returns (uint256 income, int256 growth) {
        MarketBook storage listed = state.markets[id];
        income = listed.touch(price);
        growth = listed.remark(price);
        emit IClearinghouse.MarketMarked(id, price, listed.mark, listed.fundingIndex);
    }

    /// @notice Sets the parameters of all markets, checked against each market's own.
    function setRisk(State storage state, bytes calldata encoded) external {
        RiskParams memory params = abi.decode(encoded, (RiskParams));
        RiskConfig.checkRisk(params);
        uint256 count = state.marketCount;
        for (uint8 i = 0; i < count; ++i) RiskConfig.checkMarket(state.markets[MarketId.wrap(i)].params, params);
        state.risk = params;
        emit IClearinghouse.RiskParamsSet(params);
    }

    /// @notice Remembers every market's contribution to the pool's equity.
    function recordBases(State storage state) external {
        uint256 count = state.marketCount;
        for (uint8 i = 0; i < count; ++i) {
            MarketBook storage listed = state.markets[MarketId.wrap(i)];
            listed.baseCandidate = listed.contribution().toInt128();
        }
    }

    /// @notice Puts the smaller of the remembered and the present contribution in force as the insured level.
    function applyBases(State storage state) external {
        uint256 count = state.marketCount;
        for (uint8 i = 0; i < count; ++i) {
            MarketBook storage listed = state.markets[MarketId.wrap(i)];
            listed.base = MathLib.min(int256(listed.baseCandidate), listed.contribution()).toInt128();
        }
    }
}
