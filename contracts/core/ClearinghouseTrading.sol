// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {LiquidationLib} from "../liquidation/LiquidationLib.sol";
import {DeficitLib} from "../loss/DeficitLib.sol";
import {DeleveragingLib} from "../loss/DeleveragingLib.sol";
import {OperationLib} from "../margin/OperationLib.sol";
import {SettlementLib} from "../margin/SettlementLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {MarketBook} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {Attribution, Book, DeleverageCall, Operation, Trade} from "../types/State.sol";
import {ClearinghouseBase} from "./ClearinghouseBase.sol";
import {ListingLib} from "./ListingLib.sol";
import {RiskLib} from "./RiskLib.sol";
import {TradeLib} from "./TradeLib.sol";

/// @title ClearinghouseTrading
/// @notice Trades, and what anybody may call: mark, settle, liquidate.
abstract contract ClearinghouseTrading is ClearinghouseBase {
    using MarketLib for MarketBook;
    using MathLib for int256;
    using OperationLib for Operation;
    using OperationLib for bytes;

    /// @dev Gas that asking other markets for their prices, and marking them, may have taken by the time deleveraging asks
    /// the next one, and may take in all before an event of 192 buckets: five sources that answer, or one that burns gas.
    uint256 private constant MAX_ASK_GAS = 4_000_000;
    uint256 private constant MAX_ASK_GAS_BEFORE_EVENT = 350_000;

    /// @inheritdoc IClearinghouse
    function execute(
        AccountId id,
        MarketId marketId,
        int256 sizeDelta,
        uint256 acceptablePrice,
        uint256 firstPrice
    ) external nonReentrant returns (uint256) {
        if (msg.sender != _state.executor) revert Clearinghouse_NotExecutor(msg.sender);
        if (sizeDelta == 0) revert Clearinghouse_ZeroAmount();
        _requireListed(marketId);
        Trade memory trade;
        trade.market = marketId;
        trade.delta = sizeDelta;
        trade.acceptablePrice = acceptablePrice;
        bool isOpening = _isOpening(_state.positions[id][marketId].size, sizeDelta);
        trade.price = _price(marketId, isOpening ? PriceUse.Open : PriceUse.Value);
        trade.fillPrice = firstPrice;

        bytes memory op;
        (op, trade.opened, trade.skewBefore, trade.fee) = TradeLib.run(_state, _open().pack(), id, trade);
        ILiquidityPool.Standing memory standing = _commit(op.unpack());
        if (trade.opened != 0) {
            // Events the position had missed left less to close than was on record.
            if (!isOpening) _price(marketId, PriceUse.Open);
            Book memory book = _book(id, marketId, trade.price);
            RiskLib.checkOpening(_state, id, book, trade, standing.backing, standing.isOpenable);
        }
        return trade.fee;
    }

    /// @inheritdoc IClearinghouse
    function settle(AccountId id) external nonReentrant {
        // What an ownerless position has paid in belongs to nobody and stays with the pool.
        if (id.owner() == address(0)) revert Clearinghouse_ZeroOwner(id);
        Book memory book = _liveBook(id, PriceUse.Value);
        _commit(SettlementLib.collectLosses(_state, _open().pack(), id, book).unpack());
    }

    /// @inheritdoc IClearinghouse
    function mark(MarketId id) external nonReentrant {
        _requireListed(id);
        Operation memory op;
        _mark(op, id, _price(id, PriceUse.Value));
        _commit(op);
    }

    /// @inheritdoc IClearinghouse
    function markAll() external nonReentrant {
        Operation memory op;
        uint256 count = _state.marketCount;
        for (uint8 i = 0; i < count; ++i) {
            MarketId id = MarketId.wrap(i);
            _mark(op, id, _price(id, PriceUse.Value));
        }
        _commit(op);
    }

    /// @inheritdoc IClearinghouse
    function settleDeadMarket(MarketId id) external nonReentrant {
        _requireListed(id);
        uint256 price = _tryPrice(id, PriceUse.Value);
        if (price != 0) revert Clearinghouse_MarketHasPrice(id, price);
        Operation memory op;
        op.marks = ListingLib.settleDead(_state, id);
        _commit(op);
    }

    /// @inheritdoc IClearinghouse
    function closeSettled(AccountId id, MarketId marketId) external nonReentrant {
        // An ownerless position is closed by a liquidation: what it earns belongs to nobody.
        if (id.owner() == address(0)) revert Clearinghouse_ZeroOwner(id);
        _commit(SettlementLib.closeSettled(_state, _open().pack(), id, marketId).unpack());
    }

    /// @inheritdoc IClearinghouse
    function liquidate(AccountId id) external nonReentrant {
        Book memory book = _liveBook(id, PriceUse.Liquidate);
        (bytes memory op, Attribution memory attribution) = LiquidationLib.run(
            _state,
            _open().pack(),
            book,
            id,
            msg.sender
        );
        ILiquidityPool.Standing memory standing = _commit(op.unpack());
        if (attribution.deficit != 0) _absorb(id, book, attribution, standing.unpaid != 0);
    }

    /// @inheritdoc IDeleveraging
    function deleverage(MarketId id) external nonReentrant returns (uint256 collected) {
        _requireListed(id);
        Operation memory op;
        DeleverageCall memory c;
        bool isFresh;
        (c.dead, isFresh) = _refresh(op, id);
        (c.market, c.price, c.keeper) = (id, _mark(op, id, _price(id, PriceUse.Liquidate)), msg.sender);
        ILiquidityPool.Standing memory standing = _commit(op);
        if (!isFresh) return 0;
        (c.equity, c.floor, c.backing) = (standing.equity, standing.floor, standing.backing);
        bytes memory done;
        (done, collected) = DeleveragingLib.run(_state, _open().pack(), c);
        standing = _commit(done.unpack());
        if (c.equity >= int256(c.floor)) return collected;
        _state.markets[id].base += int128(uint128(WATERFALL.coverResidual(collected)));
        if (standing.equity >= int256(standing.floor)) _state.round.contributed = 0;
    }

    /// @inheritdoc IDeleveraging
    function replay(
        AccountId id,
        MarketId marketId,
        uint256 maxEvents
    ) external nonReentrant returns (bool isComplete) {
        bytes memory op;
        (op, isComplete) = SettlementLib.replay(_state, _open().pack(), id, marketId, maxEvents);
        _commit(op.unpack());
    }

    /// @inheritdoc IClearinghouse
    function payDebts() external nonReentrant {
        Operation memory op;
        ILiquidityPool.Standing memory standing = _commit(op);
        // Without positions no loser is left who could pay: what is owed becomes claims, and the pool can start again.
        if (standing.unpaid == 0 || POOL.openNotional() != 0) return;
        uint256 amount = SettlementLib.writeOffDebts(_state);
        op.unpaid = -int256(amount);
        _commit(op);
        WATERFALL.coverResidual(amount);
    }

    /// @dev Whether a trade adds risk, by what is on record: opens, grows, or flips.
    function _isOpening(int256 size, int256 delta) private pure returns (bool) {
        return size == 0 || (size > 0) == (delta > 0) || delta.abs() > size.abs();
    }

    /// @dev Takes a deficit through the layers; what the pool's floor lacks comes from traders in profit.
    function _absorb(AccountId id, Book memory book, Attribution memory attribution, bool hasDebts) private {
        (uint256 paid, uint256 short) = WATERFALL.absorb(id, attribution.deficit, attribution.matched);
        if (attribution.matched == 0) return;
        DeficitLib.bookCover(_state, book, attribution.matchedByMarket, paid);
        Operation memory op;
        uint256 taken;
        if (short != 0) {
            bytes memory done;
            (done, taken) = DeleveragingLib.cover(_state, op.pack(), book, attribution, short);
            op = done.unpack();
        }
        if (short != 0 || (paid != 0 && hasDebts)) _commit(op);
        if (short != 0) WATERFALL.conclude(id, taken);
    }

    /// @dev Marks every other market with positions whose mark is old. Those without a price keep it, and for as long as
    /// a mark would be fresh are not asked again: 31 sources that burn gas would cost more than a call may. Gas is counted
    /// where it is spent, not by what was sent, so a caller has no say in what counts as fresh.
    /// @return dead Bit m set: market m has no price.
    /// @return isFresh False if asking took too much to go on: the next call finds most of it done.
    function _refresh(Operation memory op, MarketId except) private returns (uint256 dead, bool isFresh) {
        uint256 count = _state.marketCount;
        uint256 maxAge = _state.risk.maxMarkAge;
        uint256 spent;
        for (uint8 i = 0; i < count; ++i) {
            MarketId id = MarketId.wrap(i);
            MarketBook storage market_ = _state.markets[id];
            if (id == except || block.timestamp - market_.touchedAt <= maxAge) continue;
            if (market_.openNotional() == 0) continue;
            if (block.timestamp - market_.seenDeadAt <= maxAge) {
                dead |= 1 << i;
                continue;
            }
            if (spent > MAX_ASK_GAS) return (dead, false);
            uint256 gasBefore = gasleft();
            uint256 price = _tryPrice(id, PriceUse.Value);
            if (price == 0) {
                dead |= 1 << i;
                market_.seenDeadAt = uint40(block.timestamp);
            } else {
                _mark(op, id, price);
            }
            spent += gasBefore - gasleft();
        }
        isFresh = spent <= MAX_ASK_GAS_BEFORE_EVENT;
    }

    function _mark(Operation memory op, MarketId id, uint256 price) internal returns (uint256) {
        (uint256 income, int256 growth) = ListingLib.mark(_state, id, price);
        op.income += income;
        op.marks += growth;
        return price;
    }
}
