// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {LiquidationLib} from "../liquidation/LiquidationLib.sol";
import {SettlementLib} from "../margin/SettlementLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Market} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Book, Operation, Outcome, Trade} from "../types/State.sol";
import {ClearinghouseBase} from "./ClearinghouseBase.sol";
import {RiskLib} from "./RiskLib.sol";
import {TradeLib} from "./TradeLib.sol";

/// @title ClearinghouseTrading
/// @notice Trades, and what anybody may call: mark, settle, liquidate.
abstract contract ClearinghouseTrading is ClearinghouseBase {
    using MarketLib for Market;

    /// @inheritdoc IClearinghouse
    function execute(
        AccountId id,
        MarketId marketId,
        int256 sizeDelta,
        uint256 acceptablePrice
    ) external nonReentrant returns (uint256) {
        if (msg.sender != executor) revert Clearinghouse_NotExecutor(msg.sender);
        if (sizeDelta == 0) revert Clearinghouse_ZeroAmount();
        _requireListed(marketId);
        Trade memory trade;
        trade.market = marketId;
        trade.delta = sizeDelta;
        trade.acceptablePrice = acceptablePrice;
        trade.price = _price(marketId);

        Operation memory op;
        (op, trade) = TradeLib.run(_state, _open(), id, trade);
        ILiquidityPool.Standing memory standing = _commit(op);
        if (trade.opened != 0) {
            Book memory book = _book(id, false);
            RiskLib.checkOpening(_state, id, book, trade, standing.equity, standing.isOpenable);
        }
        return trade.fee;
    }

    /// @inheritdoc IClearinghouse
    function settle(AccountId id) external nonReentrant {
        // What an ownerless position has paid in belongs to nobody and stays with the pool.
        if (id.owner() == address(0)) revert Clearinghouse_ZeroOwner(id);
        Book memory book = _book(id, true);
        _commit(SettlementLib.collectLosses(_state, _open(), id, book));
    }

    /// @inheritdoc IClearinghouse
    function mark(MarketId id) external nonReentrant {
        _requireListed(id);
        Operation memory op;
        _mark(op, id);
        _commit(op);
    }

    /// @inheritdoc IClearinghouse
    function markAll() external nonReentrant {
        Operation memory op;
        uint256 count = _state.marketCount;
        for (uint8 i = 0; i < count; ++i) _mark(op, MarketId.wrap(i));
        _commit(op);
    }

    /// @inheritdoc IClearinghouse
    function liquidate(AccountId id) external nonReentrant {
        Book memory book = _book(id, true);
        Operation memory op;
        Outcome memory outcome;
        (op, outcome) = LiquidationLib.run(_state, _open(), book, id, msg.sender);
        ILiquidityPool.Standing memory standing = _commit(op);
        emit AccountLiquidated(
            id,
            msg.sender,
            outcome.equityBefore,
            outcome.maintenance,
            outcome.closedNotional,
            outcome.penalty,
            outcome.bonds,
            outcome.deficit
        );
        if (outcome.deficit == 0) return;

        uint256 paid = WATERFALL.absorb(id, outcome.deficit, outcome.matched);
        if (outcome.matched != 0) LiquidationLib.bookCover(_state, book, outcome.matchedByMarket, paid);
        if (standing.unpaid != 0 && paid != 0) _payDebts(standing.cash + paid);
    }

    /// @inheritdoc IClearinghouse
    function payDebts() external nonReentrant {
        Operation memory op;
        _commit(op);
    }

    function _mark(Operation memory op, MarketId id) internal {
        Market storage market_ = _state.markets[id];
        uint256 price = _price(id);
        op.income += market_.touch(price);
        op.marks += market_.remark(price);
        emit MarketMarked(id, price, market_.mark, market_.fundingIndex);
    }
}
