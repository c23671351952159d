// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {DeficitLib} from "../loss/DeficitLib.sol";
import {FundingLib} from "../market/FundingLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {PriceImpactLib} from "../market/PriceImpactLib.sol";
import {MarginLib} from "../margin/MarginLib.sol";
import {OperationLib} from "../margin/OperationLib.sol";
import {PositionLib} from "../margin/PositionLib.sol";
import {CENT, MathLib, WAD} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {MarketBook, MarketParams, Position, RiskParams} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Attribution, Book, Operation, Outcome, State} from "../types/State.sol";
import {Leg, LiquidationPlanLib} from "./LiquidationPlanLib.sol";

/// @title LiquidationLib
/// @notice Takes an unhealthy account apart and says what is missing. Linked: rare, and too large for the clearinghouse.
/// @dev Works on storage and memory only; prices come in as numbers, money leaves as flows.
library LiquidationLib {
    using LiquidationPlanLib for Leg[];
    using LiquidationPlanLib for Leg;
    using MarketLib for MarketBook;
    using MathLib for int256;
    using MathLib for uint256;
    using OperationLib for Operation;
    using PositionLib for Position;

    /// @dev Working memory: one entry a position, in the order of the book.
    struct Work {
        RiskParams risk;
        Position[] positions;
        Leg[] legs;
        MarketParams[] params;
        uint256 liveCount;
    }

    /// @notice Closes what has to be closed and settles the account's money; {DeficitLib} does the rest.
    /// @dev Emits {IClearinghouse.PositionLiquidated}.
    ///
    /// Requirements: a position with a price, else {IClearinghouse.Clearinghouse_NothingToLiquidate}; equity below
    /// maintenance, else {IClearinghouse.Clearinghouse_NotLiquidatable}.
    function run(
        State storage state,
        bytes memory operation,
        Book memory book,
        AccountId account,
        address keeper
    ) external returns (bytes memory, Attribution memory) {
        Operation memory op = OperationLib.unpack(operation);
        Outcome memory outcome;
        op.begin(state, account);
        if (_hasDead(book)) op = OperationLib.unpack(DeficitLib.catchUpDead(state, op.pack(), book));
        Work memory work = _crystallise(state, op, book);
        if (work.liveCount == 0) revert IClearinghouse.Clearinghouse_NothingToLiquidate(account);

        bool isOrphan = account.owner() == address(0);
        _measure(state, op, book, work, outcome);
        if (!isOrphan && outcome.equityBefore >= int256(outcome.maintenance)) {
            revert IClearinghouse.Clearinghouse_NotLiquidatable(account, outcome.equityBefore, outcome.maintenance);
        }

        work.legs.plan(work.params, work.risk, isOrphan ? int256(0) : outcome.equityBefore, outcome.maintenance);
        _close(state, op, book, work, outcome);
        unchecked {
            // Voids the account's reduce-only orders. Nothing about them may stop a liquidation, not even an overflow.
            ++state.accounts[account].liquidations;
        }
        if (isOrphan) _dropOrphanProfit(state, op, book);

        outcome.deficit = op.settleMoney(state);
        outcome.isAllClosed = _isAllClosed(work);
        if (outcome.deficit != 0) _weigh(work, outcome);
        return DeficitLib.conclude(state, op.pack(), book, outcome, keeper);
    }

    function _hasDead(Book memory book) private pure returns (bool) {
        for (uint256 i = 0; i < book.length; ++i) {
            if (book.prices[i] == 0) return true;
        }
        return false;
    }

    /// @dev Takes every live position out of its market, at zero unrealised profit; the loss it had is remembered.
    function _crystallise(
        State storage state,
        Operation memory op,
        Book memory book
    ) private returns (Work memory work) {
        uint256 n = book.length;
        work.risk = state.risk;
        work.positions = new Position[](n);
        work.legs = new Leg[](n);
        work.params = new MarketParams[](n);
        for (uint256 i = 0; i < n; ++i) {
            uint256 price = book.prices[i];
            if (price == 0) continue;
            MarketBook storage market = state.markets[book.markets[i]];
            work.params[i] = market.params;
            Leg memory leg = work.legs[i];
            leg.skew = market.skew();
            Position memory position = op.take(state, book.markets[i], price);
            leg.loss = (-position.pricePnl(price)).pos();
            (int256 toTrader, uint256 returned) = position.crystallise(price, type(uint256).max);
            op.credit(market, toTrader, returned);

            leg.price = price;
            leg.size = int256(position.size).abs();
            leg.isLong = position.size > 0;
            leg.notional = position.notional(price);
            leg.mmBps = position.mmBps;
            leg.fullImpact = PriceImpactLib.impact(
                leg.skew,
                -int256(position.size),
                price,
                work.params[i].skewScaleBase
            );
            work.positions[i] = position;
            ++work.liveCount;
        }
    }

    /// @dev Equity counts what the pool owes the account; a position without a price counts only if it loses.
    function _measure(
        State storage state,
        Operation memory op,
        Book memory book,
        Work memory work,
        Outcome memory outcome
    ) private view {
        int256 equity = op.margin + op.net + int256(OperationLib.owedTo(state, op.account));
        for (uint256 i = 0; i < book.length; ++i) {
            Leg memory leg = work.legs[i];
            if (leg.price != 0) {
                outcome.maintenance += MarginLib.maintenance(
                    leg.notional,
                    leg.mmBps,
                    work.params[i].slopeBpsPerMillion
                );
            } else {
                equity += MathLib.min(int256(0), _lastPnl(state, op.account, book.markets[i]));
            }
        }
        outcome.equityBefore = equity;
    }

    function _lastPnl(State storage state, AccountId account, MarketId id) private view returns (int256) {
        MarketBook storage market = state.markets[id];
        Position memory position = state.positions[account][id];
        return
            position.pricePnl(market.lastPrice) +
            int256(uint256(position.settled)) -
            FundingLib.owed(position.size, market.fundingIndex, position.fundingEntry);
    }

    function _close(
        State storage state,
        Operation memory op,
        Book memory book,
        Work memory work,
        Outcome memory outcome
    ) private {
        for (uint256 i = 0; i < book.length; ++i) {
            Leg memory leg = work.legs[i];
            if (leg.price == 0) continue;
            outcome.closedNotional += leg.closed.mulDivUp(leg.price, WAD);
            outcome.bonds += _closeLeg(state, op, book.markets[i], leg, work.positions[i]);
        }
    }

    /// @return bond What the keeper earns if nothing of the position is left.
    function _closeLeg(
        State storage state,
        Operation memory op,
        MarketId id,
        Leg memory leg,
        Position memory position
    ) private returns (uint256 bond) {
        MarketBook storage market = state.markets[id];
        int256 delta = leg.closingDelta();
        {
            (uint256 value, int256 impact) = PriceImpactLib.value(
                leg.skew,
                delta,
                leg.price,
                market.params.skewScaleBase
            );
            (int256 toTrader, uint256 returned) = position.close(leg.closed, value);
            op.credit(market, toTrader, returned);
            if (leg.loss != 0) leg.loss += impact.pos();
        }
        if (position.size == 0) {
            bond = uint256(position.bondCents) * CENT;
            state.accounts[op.account].openMarkets &= ~uint32(1 << MarketId.unwrap(id));
        }
        op.put(state, id, position, leg.price);
        // Nothing is left to close of what deleveraging has closed.
        if (delta != 0) emit IClearinghouse.PositionLiquidated(op.account, id, delta, position.size, leg.price);
    }

    /// @dev Nobody owns what a position without an owner earns: it stays with the pool. Called once everything is netted:
    /// a profit that is dropped before closing would turn the closing impact into a deficit.
    function _dropOrphanProfit(State storage state, Operation memory op, Book memory book) private {
        if (op.net <= 0) return;
        state.markets[book.markets[0]].realise(-op.net);
        (op.net, op.returned) = (0, 0);
    }

    function _isAllClosed(Work memory work) private pure returns (bool) {
        for (uint256 i = 0; i < work.legs.length; ++i) {
            if (work.legs[i].closed != work.legs[i].size) return false;
        }
        return true;
    }

    /// @dev What a deficit is divided by: price loss before crystallising plus closing impact; none losing: the largest.
    function _weigh(Work memory work, Outcome memory outcome) private pure {
        uint256 n = work.legs.length;
        outcome.weights = new uint256[](n);
        for (uint256 i = 0; i < n; ++i) {
            outcome.weights[i] = work.legs[i].loss;
            if (work.legs[i].notional > work.legs[outcome.largest].notional) outcome.largest = i;
        }
    }
}
