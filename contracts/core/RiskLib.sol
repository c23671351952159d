// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {HealthLib} from "../margin/HealthLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {BPS, MathLib, WAD} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {MarketBook, MarketParams, MarketState, NO_IMPACT} from "../types/Market.sol";
import {MarketId, NO_MARKET} from "../types/MarketId.sol";
import {Book, State, Trade} from "../types/State.sol";

/// @title RiskLib
/// @notice What a trade that added risk must satisfy once it is booked. Linked: too large for the clearinghouse.
library RiskLib {
    using MarketLib for MarketBook;
    using MathLib for int256;
    using MathLib for uint256;

    /// @dev Opening stops at this share of the skew cap; the rest is room for prices to move.
    uint256 private constant OPENING_SHARE_BPS = 8_000;

    /// @notice Market open, tranches funded, marks fresh, impact bounded, caps kept, initial margin there.
    /// @dev Reverts with the errors {IClearinghouse.execute} names. `backing` is what the pool's equity leaves for caps,
    /// after the trade.
    function checkOpening(
        State storage state,
        AccountId account,
        Book memory book,
        Trade memory trade,
        int256 backing,
        bool isPoolOpenable
    ) external view {
        _checkTrade(state, trade, backing.pos(), isPoolOpenable);
        IClearinghouse.Health memory health_ = HealthLib.measure(state, account, book, trade.market);
        if (health_.equity < int256(health_.initialMargin)) {
            revert IClearinghouse.Clearinghouse_BelowInitialMargin(account, health_.equity, health_.initialMargin);
        }
    }

    /// @notice Margin that backs nothing, see {HealthLib.measure}.
    function withdrawable(State storage state, AccountId account, Book memory book) external view returns (uint256) {
        return HealthLib.measure(state, account, book, NO_MARKET).withdrawable;
    }

    function _checkTrade(State storage state, Trade memory trade, uint256 backing, bool isPoolOpenable) private view {
        MarketBook storage market = state.markets[trade.market];
        MarketParams memory params = market.params;
        if (market.state != MarketState.Open) {
            revert IClearinghouse.Clearinghouse_MarketNotOpen(trade.market, market.state);
        }
        if (!isPoolOpenable) revert IClearinghouse.Clearinghouse_TranchesBelowMinimum();
        // Both caps are shares of the equity, so a guardian's share of them is one of it.
        if (block.timestamp < market.restrictedUntil) {
            uint256 shareBps = market.openingShareBps;
            if (shareBps == 0) revert IClearinghouse.Clearinghouse_MarketNotOpen(trade.market, MarketState.Halted);
            backing = backing.mulDivDown(shareBps, BPS);
        }
        _checkMarks(state, trade.market);

        int256 skew = market.skew();
        _checkImpact(trade.market, params, skew.abs(), state.risk.penaltyBps);

        uint256 side = (trade.delta > 0 ? market.long.sizeBase : market.short.sizeBase);
        uint256 interest = side.mulDivUp(trade.price, WAD);
        uint256 interestCap = backing.mulDivDown(params.reserveFactorBps, BPS);
        if (interest > interestCap) {
            revert IClearinghouse.Clearinghouse_OpenInterestCap(trade.market, interest, interestCap);
        }
        if (skew.abs() > trade.skewBefore.abs()) {
            uint256 skewNotional = skew.abs().mulDivUp(trade.price, WAD);
            uint256 skewCap = backing.mulDivDown(params.poolShareBps, params.riskWeightBps).mulDivDown(
                OPENING_SHARE_BPS,
                BPS
            );
            if (skewNotional > skewCap) {
                revert IClearinghouse.Clearinghouse_SkewCap(trade.market, skewNotional, skewCap);
            }
        }
    }

    /// @dev The worst impact an account can be charged stays under what maintenance margin leaves after the penalty:
    /// `(2|K| + maxPosition) / (2 * scale) < imr / 2 - penalty`, so that impact alone bankrupts nobody. No division.
    function _checkImpact(MarketId id, MarketParams memory params, uint256 skewBase, uint256 penaltyBps) private pure {
        if (params.skewScaleBase == NO_IMPACT) return;
        uint256 room = uint256(params.imrBps).zeroFloorSub(2 * penaltyBps);
        uint256 worst = 2 * skewBase + params.maxPositionBase;
        if (worst * BPS >= params.skewScaleBase * room) {
            revert IClearinghouse.Clearinghouse_ImpactTooLarge(
                id,
                worst.mulDivUp(BPS, 2 * uint256(params.skewScaleBase)),
                room / 2
            );
        }
    }

    /// @dev Caps rest on the pool's equity, which rests on every market's mark; an empty market cannot be stale.
    function _checkMarks(State storage state, MarketId traded) private view {
        uint256 count = state.marketCount;
        uint256 maxAge = state.risk.maxMarkAge;
        for (uint256 i = 0; i < count; ++i) {
            MarketId id = MarketId.wrap(uint8(i));
            if (id == traded) continue;
            MarketBook storage other = state.markets[id];
            uint256 age = block.timestamp - other.touchedAt;
            if (age > maxAge && (other.long.sizeBase != 0 || other.short.sizeBase != 0)) {
                revert IClearinghouse.Clearinghouse_StaleMark(id, age, maxAge);
            }
        }
    }
}
