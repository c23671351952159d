// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IOracleRouter} from "../interfaces/IOracleRouter.sol";
import {IOrders} from "../interfaces/IOrders.sol";
import {IVault} from "../interfaces/IVault.sol";
import {MathLib} from "../math/MathLib.sol";
import {Order, OrderKind} from "../types/Order.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {OrderBook} from "./OrderBook.sol";
import {OrderFees} from "./OrderFees.sol";
import {OrderLib} from "./OrderLib.sol";

/// @title Orders
/// @notice Trades in two steps: whoever orders commits, the price comes later, anybody executes.
/// @dev An order is deleted before the trade, so that nothing a trade calls can find it. Liquidation, deleveraging and
/// margin moves never ask this contract. `multicall` puts several calls of one caller into one transaction, all or none.
contract Orders is OrderBook, AccessManaged, Multicall {
    using OrderLib for Order;

    /// @notice Gas a trade is started with: twice what eight positions among 32 markets need.
    /// @dev Who missed hundreds of events may need more. A trade that runs out has no reason to give, and an order is
    /// cancelled for a reason only: with little gas nobody cancels anything.
    uint256 public constant TRADE_GAS = 3_000_000;

    /// @notice Gas of one order in a batch: the trade, and what comes before it.
    uint256 public constant ORDER_GAS = 4_000_000;

    /// @notice Most orders in a batch: of accounts with eight positions among 32 markets, below 8,000,000 gas in all.
    uint256 public constant MAX_BATCH = 16;

    /// @notice Where prices come from.
    IOracleRouter public immutable ORACLE;

    constructor(
        address authority_,
        IClearinghouse clearinghouse,
        IVault vault,
        IOracleRouter oracle,
        uint256 minDelay,
        uint256 fee
    ) AccessManaged(authority_) OrderFees(vault, fee) OrderBook(clearinghouse, minDelay) {
        ORACLE = oracle;
    }

    /// @dev What the oracle did not use comes back through here. Nobody else has a reason to send anything.
    receive() external payable {
        if (msg.sender != address(ORACLE)) revert Orders_NotOracle(msg.sender);
    }

    // ---------------------------------------------------------------------------------------------------- executing

    /// @inheritdoc IOrders
    function execute(uint256 orderId, bytes calldata proof) external payable nonReentrant {
        _step(orderId, proof, msg.sender);
        _returnEther();
    }

    /// @inheritdoc IOrders
    function executeBatch(uint256[] calldata orderIds, bytes[] calldata proofs) external payable nonReentrant {
        uint256 n = orderIds.length;
        if (n != proofs.length) revert Orders_LengthMismatch(n, proofs.length);
        if (n > MAX_BATCH) revert Orders_BatchTooLong(n, MAX_BATCH);
        uint256 needed = ORDER_GAS + ORDER_GAS / 32;
        for (uint256 i = 0; i < n; ++i) {
            // Whoever burnt the gas, the orders already executed stay executed.
            if (gasleft() < needed) {
                emit OrderSkipped(orderIds[i], abi.encodeWithSelector(Orders_NotEnoughGas.selector, gasleft(), needed));
                continue;
            }
            try this.executeOne{gas: ORDER_GAS}(orderIds[i], proofs[i], msg.sender) {} catch (bytes memory reason) {
                emit OrderSkipped(orderIds[i], reason);
            }
        }
        _returnEther();
    }

    /// @inheritdoc IOrders
    function executeOne(uint256 orderId, bytes calldata proof, address keeper) external {
        if (msg.sender != address(this)) revert Orders_NotItself(msg.sender);
        _step(orderId, proof, keeper);
    }

    /// @inheritdoc IOrders
    function claimFees() external nonReentrant returns (uint256) {
        return _payOut(msg.sender);
    }

    /// @inheritdoc IOrders
    function setKeeperFee(uint96 fee) external restricted {
        _setKeeperFee(fee);
    }

    // ------------------------------------------------------------------------------------------------------- inside

    /// @dev The next step of an order, or its end.
    function _step(uint256 orderId, bytes calldata proof, address keeper) private {
        Order memory order_ = _waiting(orderId);
        if (block.timestamp > order_.deadline) {
            _cancelExpired(orderId, order_);
        } else if (_isVoid(order_)) {
            _cancel(
                orderId,
                order_,
                abi.encodeWithSelector(Orders_VoidedByLiquidation.selector, orderId, order_.account)
            );
        } else if (order_.kind == OrderKind.Market) {
            _trade(orderId, order_, proof, keeper);
        } else {
            _trigger(orderId, order_, keeper);
        }
    }

    /// @dev Makes it a market order of this moment. To trade at the price that met the trigger would be to trade on a price
    /// that is known: whoever executes chooses the moment, and two such orders are a trade between any two of them.
    function _trigger(uint256 orderId, Order memory order_, address keeper) private {
        (uint256 price, uint256 publishedAt) = ORACLE.priceFor(order_.market, PriceUse.Value);
        if (publishedAt <= order_.placedAt) revert Orders_PriceTooOld(orderId, publishedAt, order_.placedAt + 1);
        if (!order_.isMetBy(price)) revert Orders_TriggerNotMet(orderId, price, order_.triggerPrice);
        // Nobody is paid for a trigger that leaves no time to trade.
        uint256 earliest = block.timestamp + MIN_DELAY;
        if (earliest > order_.deadline) revert Orders_DeadlineTooEarly(order_.deadline, earliest);

        Order storage stored = _orders[orderId];
        uint256 deadline = MathLib.min(uint256(order_.deadline), block.timestamp + MAX_COMMITMENT);
        (stored.kind, stored.placedAt, stored.deadline) = (OrderKind.Market, uint40(block.timestamp), uint40(deadline));
        _owe(keeper, order_.fee);
        emit OrderTriggered(orderId, keeper, price, order_.fee, deadline);
    }

    function _trade(uint256 orderId, Order memory order_, bytes calldata proof, address keeper) private {
        uint256 earliest = order_.placedAt + MIN_DELAY;
        if (block.timestamp < earliest) revert Orders_TooEarly(orderId, block.timestamp, earliest);
        (uint256 first, uint256 publishedAt) = ORACLE.firstPriceAfter{value: address(this).balance}(
            order_.market,
            earliest,
            proof
        );
        if (publishedAt < earliest) revert Orders_PriceTooOld(orderId, publishedAt, earliest);

        int256 delta = order_.sizeDelta;
        if (order_.isReduceOnly) {
            int256 size = CLEARINGHOUSE.replayed(order_.account, order_.market).position.size;
            delta = OrderLib.clip(delta, size);
            if (delta == 0) {
                _cancel(orderId, order_, abi.encodeWithSelector(Orders_NothingToReduce.selector, orderId, size));
                return;
            }
        }
        if (gasleft() < TRADE_GAS) revert Orders_NotEnoughGas(gasleft(), TRADE_GAS);
        delete _orders[orderId];
        try CLEARINGHOUSE.execute(order_.account, order_.market, delta, order_.limit(), first) returns (uint256) {
            _owe(keeper, order_.fee);
            emit OrderExecuted(orderId, order_.account, keeper, delta, first, publishedAt, order_.fee);
        } catch (bytes memory reason) {
            if (reason.length == 0) revert Orders_NoReason(orderId);
            if (!OrderLib.isVerdict(reason)) LowLevelCall.bubbleRevert(reason);
            if (OrderLib.isUnfunded(reason)) _cancelUnfunded(orderId, order_, keeper, reason);
            else _cancel(orderId, order_, reason);
        }
    }

    /// @dev Nothing is kept between calls, so whatever is here is what this call did not use.
    function _returnEther() private {
        if (address(this).balance != 0) Address.sendValue(payable(msg.sender), address(this).balance);
    }

    function _isVoid(Order memory order_) private view returns (bool) {
        return order_.isReduceOnly && CLEARINGHOUSE.account(order_.account).liquidations != order_.liquidations;
    }
}
