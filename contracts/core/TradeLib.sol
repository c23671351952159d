// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {FeeLib} from "../liquidity/FeeLib.sol";
import {TraderClaimLib} from "../loss/TraderClaimLib.sol";
import {MarginLib} from "../margin/MarginLib.sol";
import {OperationLib} from "../margin/OperationLib.sol";
import {PositionLib} from "../margin/PositionLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {PriceImpactLib} from "../market/PriceImpactLib.sol";
import {BPS, CENT, MathLib, WAD} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Ledger} from "../types/Ledger.sol";
import {TraderLosses} from "../types/Loss.sol";
import {MarketBook, MarketParams, Position, RiskParams} from "../types/Market.sol";
import {MAX_POSITIONS, MarketId} from "../types/MarketId.sol";
import {Operation, State, Trade} from "../types/State.sol";

/// @title TradeLib
/// @notice Executes one trade on one position. Linked: too large for the clearinghouse.
library TradeLib {
    using MarketLib for MarketBook;
    using MathLib for int256;
    using MathLib for uint256;
    using OperationLib for Operation;
    using PositionLib for Position;
    using TraderClaimLib for TraderLosses;

    /// @notice Closes, then opens, then charges the fee and the bond.
    /// @dev `trade.fillPrice` comes in as the order's first price, zero if none. Emits {IClearinghouse.PositionChanged},
    /// {IClearinghouse.FeeRouted}.
    function run(
        State storage state,
        bytes memory operation,
        AccountId account,
        Trade memory trade
    ) external returns (bytes memory, uint256 opened, int256 skewBefore, uint256 fee) {
        Operation memory op = OperationLib.unpack(operation);
        op.begin(state, account);
        MarketBook storage market = state.markets[trade.market];
        trade.skewBefore = market.skew();
        trade.fillPrice = _worse(trade);
        Position memory position = op.take(state, trade.market, trade.price);
        bool wasOpen = position.size != 0;

        MarketParams memory params = market.params;
        _close(op, market, params.skewScaleBase, trade, position);
        _open(market, params.skewScaleBase, trade, position);
        _checkFill(trade);
        _checkSize(params, trade, position);
        _chargeTerms(state, op, trade, params, position, wasOpen);
        op.put(state, trade.market, position, trade.price);
        _emitChange(account, trade, position);
        op.finish(state);
        return (op.pack(), trade.opened, trade.skewBefore, trade.fee);
    }

    function _emitChange(AccountId account, Trade memory trade, Position memory position) private {
        emit IClearinghouse.PositionChanged(
            account,
            trade.market,
            trade.delta,
            position.size,
            position.cost,
            trade.fillPrice,
            trade.impact,
            trade.realised,
            trade.fee
        );
    }

    /// @dev The part of the delta that reduces the position.
    function _close(
        Operation memory op,
        MarketBook storage market,
        uint256 scale,
        Trade memory trade,
        Position memory position
    ) private {
        uint256 amount = trade.delta.abs();
        trade.opened = amount;
        if (position.size == 0 || (position.size > 0) == (trade.delta > 0)) return;

        uint256 closed = amount.min(int256(position.size).abs());
        trade.opened = amount - closed;
        int256 delta = trade.delta > 0 ? int256(closed) : -int256(closed);
        (trade.value, trade.impact) = PriceImpactLib.value(trade.skewBefore, delta, trade.fillPrice, scale);
        (int256 toTrader, uint256 returned) = position.close(closed, trade.value);
        trade.realised = toTrader;
        op.credit(market, toTrader, returned);
    }

    /// @dev The part that adds risk, at the skew the closing part left.
    function _open(
        MarketBook storage market,
        uint256 scale,
        Trade memory trade,
        Position memory position
    ) private view {
        if (trade.opened == 0) return;
        int256 delta = trade.delta > 0 ? int256(trade.opened) : -int256(trade.opened);
        int256 skew = trade.skewBefore + trade.delta - delta;
        (uint256 value, int256 impact) = PriceImpactLib.value(skew, delta, trade.fillPrice, scale);
        uint256 mmBps = MarginLib.maintenanceRateBps(MarginLib.baseRateBps(market));
        position.open(delta, value, mmBps, market.fundingIndex);
        trade.value += value;
        trade.impact += impact;
    }

    /// @dev Of the present price and the first one, the one that costs the trader more. An order that could fill at the
    /// better of two known prices, or choose between them, would be an option that the pool has written for nothing.
    function _worse(Trade memory trade) private pure returns (uint256) {
        (uint256 first, uint256 present) = (trade.fillPrice, trade.price);
        if (first == 0) return present;
        return (trade.delta > 0) == (first > present) ? first : present;
    }

    function _checkFill(Trade memory trade) private pure {
        uint256 amount = trade.delta.abs();
        bool isBuy = trade.delta > 0;
        uint256 fill = isBuy ? trade.value.mulDivUp(WAD, amount) : trade.value.mulDivDown(WAD, amount);
        if (isBuy ? fill > trade.acceptablePrice : fill < trade.acceptablePrice) {
            revert IClearinghouse.Clearinghouse_PriceNotAcceptable(trade.market, fill, trade.acceptablePrice);
        }
    }

    function _checkSize(MarketParams memory params, Trade memory trade, Position memory position) private pure {
        if (position.size == 0) return;
        uint256 notional = position.notional(trade.price);
        uint256 minNotional = uint256(params.minNotionalCents) * CENT;
        if (notional < minNotional) {
            revert IClearinghouse.Clearinghouse_BelowMinNotional(trade.market, notional, minNotional);
        }
        uint256 size = int256(position.size).abs();
        if (trade.opened != 0 && size > params.maxPositionBase) {
            revert IClearinghouse.Clearinghouse_AboveMaxPosition(trade.market, size, params.maxPositionBase);
        }
    }

    /// @dev Bond, then fee.
    function _chargeTerms(
        State storage state,
        Operation memory op,
        Trade memory trade,
        MarketParams memory params,
        Position memory position,
        bool wasOpen
    ) private {
        RiskParams memory risk = state.risk;
        _moveBond(state, op, trade.market, position, wasOpen, risk);
        _chargeFee(state, op, trade, params, risk);
    }

    /// @dev A close that can pay only part of its fee goes through: what the pool owes the trader may be a debt for now.
    function _chargeFee(
        State storage state,
        Operation memory op,
        Trade memory trade,
        MarketParams memory params,
        RiskParams memory risk
    ) private {
        trade.fee = trade.delta.abs().mulDivUp(trade.fillPrice, WAD).mulDivUp(params.feeBps, BPS);
        if (trade.opened == 0) trade.fee = trade.fee.min(op.marginAfter(state).pos());
        if (trade.fee == 0) return;
        FeeLib.Parts memory parts = FeeLib.split(
            trade.fee,
            risk,
            op.insurance,
            op.openNotionalBefore,
            op.claimsBefore + state.losses.book.outstanding
        );
        op.charge(Ledger.Cash, parts.toPool);
        op.charge(Ledger.Insurance, parts.toInsurance);
        op.charge(Ledger.Fees, parts.toTreasury);
        op.income += parts.toPool;
        if (parts.toRecovery != 0) {
            op.charge(Ledger.Recovery, parts.toRecovery);
            op.recovery += parts.toRecovery - state.losses.repay(parts.toRecovery);
        }
        emit IClearinghouse.FeeRouted(trade.fee, parts.toPool, parts.toInsurance, parts.toRecovery, parts.toTreasury);
    }

    function _moveBond(
        State storage state,
        Operation memory op,
        MarketId id,
        Position memory position,
        bool wasOpen,
        RiskParams memory risk
    ) private {
        bool isOpen = position.size != 0;
        if (wasOpen == isOpen) return;
        uint32 bit = uint32(1 << MarketId.unwrap(id));
        uint32 open = state.accounts[op.account].openMarkets;
        if (isOpen) {
            open |= bit;
            if (_count(open) > MAX_POSITIONS) {
                revert IClearinghouse.Clearinghouse_TooManyPositions(op.account, MAX_POSITIONS);
            }
            position.bondCents = risk.keeperFloorCents;
            op.charge(Ledger.Orders, uint256(position.bondCents) * CENT);
        } else {
            open &= ~bit;
            op.refund(Ledger.Orders, uint256(position.bondCents) * CENT);
        }
        state.accounts[op.account].openMarkets = open;
    }

    function _count(uint32 bits) private pure returns (uint256 n) {
        for (; bits != 0; bits &= bits - 1) ++n;
    }
}
