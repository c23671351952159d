// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {DebtLib} from "../loss/DebtLib.sol";
import {TraderClaimLib} from "../loss/TraderClaimLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {SideBookLib} from "../market/SideBookLib.sol";
import {PriceImpactLib} from "../market/PriceImpactLib.sol";
import {CENT, MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Ledger} from "../types/Ledger.sol";
import {DEBT_CLASSES, DebtBook, TraderLosses} from "../types/Loss.sol";
import {MarketBook, MarketState, NO_IMPACT, Position} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Replay, SideBook} from "../types/SideBook.sol";
import {Book, Operation, State} from "../types/State.sol";
import {OperationLib} from "./OperationLib.sol";
import {PositionLib} from "./PositionLib.sol";

/// @title SettlementLib
/// @notice Turns what positions have won or lost on paper into money. Linked: too large for the clearinghouse.
library SettlementLib {
    using DebtLib for DebtBook;
    using MarketLib for MarketBook;
    using MathLib for int256;
    using MathLib for uint256;
    using OperationLib for Operation;
    using PositionLib for Position;
    using SideBookLib for SideBook;
    using TraderClaimLib for TraderLosses;

    /// @notice Collects the unrealised losses of an account, at most its margin, and returns what no longer is lost.
    /// @dev Funding of all positions first, then losses in ascending market order. Positions without a price are passed
    /// over. Rounding: losses up.
    function collectLosses(
        State storage state,
        bytes memory operation,
        AccountId account,
        Book memory book
    ) external returns (bytes memory) {
        Operation memory op = OperationLib.unpack(operation);
        op.begin(state, account);
        Position[] memory positions = new Position[](book.length);
        for (uint256 i = 0; i < book.length; ++i) {
            if (book.prices[i] != 0) positions[i] = op.take(state, book.markets[i], book.prices[i]);
        }
        for (uint256 i = 0; i < book.length; ++i) {
            uint256 price = book.prices[i];
            if (price == 0) continue;
            Position memory position = positions[i];
            uint256 cap = position.settled + (op.margin + op.net).pos();
            (int256 toTrader, uint256 returned) = position.settleLoss((-position.pricePnl(price)).pos(), cap);
            op.credit(state.markets[book.markets[i]], toTrader, returned);
            op.put(state, book.markets[i], position, price);
        }
        op.finish(state);
        return op.pack();
    }

    /// @notice Turns what has been repaid to an account into margin.
    function collectDebts(
        State storage state,
        bytes memory operation,
        AccountId account
    ) external returns (bytes memory) {
        Operation memory op = OperationLib.unpack(operation);
        op.begin(state, account);
        op.finish(state);
        return op.pack();
    }

    /// @notice Ends an operation whose account is short of margin: takes in what deleveraging closed, and turns into money
    /// what every position is worth that is worth something: its profit, or what it has paid in beyond its loss. The
    /// others are not touched.
    /// @dev Requirements: that is enough, else {IClearinghouse.Clearinghouse_MarginBelowZero}.
    function finishShort(
        State storage state,
        bytes memory operation,
        Book memory book
    ) external returns (bytes memory) {
        Operation memory op = OperationLib.unpack(operation);
        for (uint256 i = 0; i < book.length; ++i) _cashIn(state, op, book.markets[i], book.prices[i]);
        op.finish(state);
        if (op.isShort) revert IClearinghouse.Clearinghouse_MarginBelowZero(op.account, op.marginAfter(state));
        return op.pack();
    }

    /// @dev Worth is decided on what deleveraging has left of the position; what it has closed needs no price.
    function _cashIn(State storage state, Operation memory op, MarketId id, uint256 price) private {
        MarketBook storage market = state.markets[id];
        Position memory position = state.positions[op.account][id];
        Replay memory r = market.sideOf(position.size > 0).previewReplay(position, OperationLib.MAX_EVENTS);
        bool isWaiting = int256(r.credit + r.returned) > r.fundingOwed;
        bool hasWorth = price != 0 && position.pricePnl(price) + int256(uint256(position.settled)) > 0;
        if (!hasWorth) {
            if (isWaiting) op.advance(state, id, OperationLib.MAX_EVENTS);
            return;
        }
        position = op.take(state, id, price);
        (int256 toTrader, uint256 returned) = position.crystallise(price, type(uint256).max);
        op.credit(market, toTrader, returned);
        op.put(state, id, position, price);
    }

    /// @notice Repays debts to traders from `cash`, first class first, pro rata inside a class.
    /// @dev Emits {IClearinghouse.DebtsPaid}.
    /// @return paid What goes from cash to recovery.
    /// @return cancelled What is no longer owed: the payment and forgiven dust.
    function payDebts(State storage state, uint256 cash) external returns (uint256 paid, uint256 cancelled) {
        uint256[DEBT_CLASSES] memory parts;
        for (uint256 i = 0; i < DEBT_CLASSES; ++i) {
            DebtBook storage debts = state.debts[i];
            parts[i] = (cash - paid).min(debts.outstanding);
            if (parts[i] == 0) continue;
            paid += parts[i];
            cancelled += parts[i] + debts.pay(parts[i]);
        }
        emit IClearinghouse.DebtsPaid(parts[0], parts[1]);
    }

    /// @notice Applies to one position the deleveraging events it has missed, at most `maxEvents`.
    /// @dev Needs no price: only funding and variation margin of what was closed move in the sums, and the mark with them.
    /// Requirements: a position, else {IDeleveraging.Clearinghouse_NothingToReplay}.
    /// @return isComplete False if events are left.
    function replay(
        State storage state,
        bytes memory operation,
        AccountId account,
        MarketId id,
        uint256 maxEvents
    ) external returns (bytes memory, bool isComplete) {
        Operation memory op = OperationLib.unpack(operation);
        if (state.positions[account][id].size == 0) {
            revert IDeleveraging.Clearinghouse_NothingToReplay(account, id);
        }
        op.begin(state, account);
        isComplete = op.advance(state, id, maxEvents);
        op.finish(state);
        return (op.pack(), isComplete);
    }

    /// @notice Closes a position in a settled market at its price, without fee; the bond goes back.
    /// @dev Emits {IClearinghouse.PositionSettled}. Requirements: the market is settled, else
    /// {IClearinghouse.Clearinghouse_MarketNotSettled}; a position, else {IClearinghouse.Clearinghouse_NoPosition}.
    function closeSettled(
        State storage state,
        bytes memory operation,
        AccountId account,
        MarketId id
    ) external returns (bytes memory) {
        Operation memory op = OperationLib.unpack(operation);
        MarketBook storage market = state.markets[id];
        if (market.state != MarketState.Settled) revert IClearinghouse.Clearinghouse_MarketNotSettled(id, market.state);
        if (state.positions[account][id].size == 0) revert IClearinghouse.Clearinghouse_NoPosition(account, id);
        op.begin(state, account);
        uint256 price = market.lastPrice;
        Position memory position = op.take(state, id, price);
        int256 size = position.size;
        if (size != 0) {
            (uint256 value, ) = PriceImpactLib.value(0, -size, price, NO_IMPACT);
            (int256 toTrader, uint256 returned) = position.close(size.abs(), value);
            op.credit(market, toTrader, returned);
            op.refund(Ledger.Orders, uint256(position.bondCents) * CENT);
            state.accounts[account].openMarkets &= ~uint32(1 << MarketId.unwrap(id));
            emit IClearinghouse.PositionSettled(account, id, size, price, toTrader);
        }
        op.put(state, id, position, price);
        op.finish(state);
        return op.pack();
    }

    /// @notice Puts what was repaid of an account's recovery claim at its disposal.
    /// @return due What can be paid out now; the caller writes down what it pays.
    function collectClaim(State storage state, AccountId account) external returns (uint256 due) {
        return state.losses.collect(state.lossClaims[account]);
    }

    /// @notice Repays traders' recovery claims, pro rata, from money that is in `Ledger.Recovery`.
    /// @return paid What was owed of `amount`.
    function repayClaims(State storage state, uint256 amount) external returns (uint256 paid) {
        return state.losses.repay(amount);
    }

    /// @notice Turns every debt of the pool to traders into recovery claims: nobody is left whose losses could pay it.
    /// @dev Emits {IDeleveraging.DebtsWrittenOff}.
    /// @return amount What the pool no longer owes.
    function writeOffDebts(State storage state) external returns (uint256 amount) {
        for (uint256 i = 0; i < DEBT_CLASSES; ++i) {
            uint256 owed = state.debts[i].outstanding;
            if (owed == 0) continue;
            state.debts[i].writeOff(state.losses.nextId());
            state.losses.enter(owed);
            amount += owed;
        }
        emit IDeleveraging.DebtsWrittenOff(amount);
    }
}
