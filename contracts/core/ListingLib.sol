// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {RiskConfig} from "../governance/RiskConfig.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {VolatilityLib} from "../market/VolatilityLib.sol";
import {MathLib} from "../math/MathLib.sol";
import {MarketBook, MarketParams, MarketState, NO_IMPACT, RiskParams} from "../types/Market.sol";
import {MAX_MARKETS, MarketId} from "../types/MarketId.sol";
import {State} from "../types/State.sol";

/// @title ListingLib
/// @notice What loops over markets or changes their terms. Linked: rare, and too large for the clearinghouse.
library ListingLib {
    using MarketLib for MarketBook;
    using SafeCast for int256;
    using SafeCast for uint256;
    using VolatilityLib for uint256[3];

    /// @dev How long a market has to be without a price before it is settled.
    uint256 private constant SETTLEMENT_DELAY = 7 days;

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
        _requireNotSettled(id, listed);
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
        _requireNotSettled(id, listed);
        listed.state = newState;
        (listed.restrictedUntil, listed.restrictedFor, listed.openingShareBps) = (0, 0, 0);
        emit IClearinghouse.MarketStateSet(id, newState);
    }

    /// @notice Notes that a market has no price, or, a week later, settles it.
    /// @dev The caller has asked for the price: there is none. See {IClearinghouse.settleDeadMarket}.
    /// @return growth How much the mark grew.
    function settleDead(State storage state, MarketId id) external returns (int256 growth) {
        MarketBook storage listed = state.markets[id];
        _requireNotSettled(id, listed);
        uint256 deadSince = listed.deadSince;
        // A touch in between had a price: the week starts again.
        if (deadSince <= listed.touchedAt) {
            listed.deadSince = uint40(block.timestamp);
            emit IClearinghouse.MarketFoundDead(id, block.timestamp + SETTLEMENT_DELAY);
            return 0;
        }
        if (block.timestamp < deadSince + SETTLEMENT_DELAY) {
            revert IClearinghouse.Clearinghouse_TooEarlyToSettle(id, deadSince + SETTLEMENT_DELAY, block.timestamp);
        }
        return _settle(id, listed);
    }

    /// @notice Settles a market that is delisted, at `price` or without one (zero).
    /// @return income What the pool earned in funding.
    /// @return growth How much the mark grew.
    function delist(State storage state, MarketId id, uint256 price) external returns (uint256 income, int256 growth) {
        MarketBook storage listed = state.markets[id];
        _requireNotSettled(id, listed);
        if (price != 0) income = listed.touch(price);
        growth = _settle(id, listed);
    }

    /// @dev From here on every position closes at one price, without impact, funding or fee: what was held for whoever
    /// unwinds the skew is the pool's.
    function _settle(MarketId id, MarketBook storage listed) private returns (int256 growth) {
        uint256 price = listed.windows.meanPrice(listed.touchedAt, listed.params.keeperWindow);
        if (price == 0) price = listed.lastPrice;
        listed.state = MarketState.Settled;
        (listed.params.skewScaleBase, listed.params.feeBps) = (NO_IMPACT, 0);
        listed.touchedAt = uint40(block.timestamp);
        growth = listed.remark(price);
        emit IClearinghouse.MarketSettled(id, price);
    }

    function _requireNotSettled(MarketId id, MarketBook storage listed) private view {
        if (listed.state == MarketState.Settled) {
            revert IClearinghouse.Clearinghouse_StateNotSettable(id, MarketState.Settled);
        }
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
