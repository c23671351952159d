// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IOrders} from "../interfaces/IOrders.sol";
import {MathLib} from "../math/MathLib.sol";
import {Order, OrderKind, OrderRequest} from "../types/Order.sol";
import {OrderFees} from "./OrderFees.sol";
import {OrderLib} from "./OrderLib.sol";

/// @title OrderBook
/// @notice Orders that wait: how they come and how they go without a trade.
/// @dev An order is four slots and belongs to no list.
abstract contract OrderBook is OrderFees, EIP712, ReentrancyGuardTransient {
    using BitMaps for BitMaps.BitMap;
    using MathLib for uint256;
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @dev Bounds of MIN_DELAY, seconds: shorter than a block says nothing about the future, longer is no trading.
    uint256 private constant SHORTEST_DELAY = 1;
    uint256 private constant LONGEST_DELAY = 60;

    /// @notice How long a market order can bind whoever gave it: longer than the slowest feed takes for a new price.
    uint256 public constant MAX_COMMITMENT = 1 days;

    /// @notice Where orders trade.
    IClearinghouse public immutable CLEARINGHOUSE;

    /// @notice Seconds from a submission, or from a trigger, to the earliest price that can fill the order.
    uint256 public immutable MIN_DELAY;

    /// @inheritdoc IOrders
    uint256 public orderCount;

    mapping(uint256 orderId => Order) internal _orders;
    mapping(address signer => BitMaps.BitMap) private _nonces;

    constructor(IClearinghouse clearinghouse, uint256 minDelay) EIP712("Breakwater Orders", "1") {
        if (minDelay < SHORTEST_DELAY || minDelay > LONGEST_DELAY) {
            revert Orders_DelayOutOfRange(minDelay, SHORTEST_DELAY, LONGEST_DELAY);
        }
        CLEARINGHOUSE = clearinghouse;
        MIN_DELAY = minDelay;
    }

    // --------------------------------------------------------------------------------------------------- submitting

    /// @inheritdoc IOrders
    function submit(OrderRequest calldata request) external nonReentrant returns (uint256) {
        return _place(request, msg.sender);
    }

    /// @inheritdoc IOrders
    function submitSigned(
        OrderRequest calldata request,
        uint256 nonce,
        uint256 signatureDeadline,
        address signer,
        bytes calldata signature
    ) external nonReentrant returns (uint256) {
        if (block.timestamp > signatureDeadline) revert Orders_SignatureExpired(signatureDeadline, block.timestamp);
        _useNonce(signer, nonce);
        bytes32 digest = digestOf(request, nonce, signatureDeadline, signer);
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature)) {
            revert Orders_InvalidSignature(signer);
        }
        return _place(request, signer);
    }

    /// @inheritdoc IOrders
    function cancelNonce(uint256 nonce) external {
        _useNonce(msg.sender, nonce);
        emit NonceCancelled(msg.sender, nonce);
    }

    /// @inheritdoc IOrders
    function cancel(uint256 orderId) external nonReentrant {
        Order memory order_ = _waiting(orderId);
        if (block.timestamp > order_.deadline) {
            _cancelExpired(orderId, order_);
            return;
        }
        if (!CLEARINGHOUSE.isAuthorized(order_.account, msg.sender)) {
            revert Orders_NotAuthorized(order_.account, msg.sender);
        }
        // From here on the first price may be known, and an order that can be taken back is an option.
        if (order_.kind == OrderKind.Market && block.timestamp >= order_.placedAt + MIN_DELAY) {
            revert Orders_Committed(orderId, order_.deadline);
        }
        _cancel(orderId, order_, "");
    }

    // -------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IOrders
    function order(uint256 orderId) external view returns (Order memory) {
        return _orders[orderId];
    }

    /// @inheritdoc IOrders
    function isNonceUsed(address signer, uint256 nonce) external view returns (bool) {
        return _nonces[signer].get(nonce);
    }

    /// @inheritdoc IOrders
    function digestOf(
        OrderRequest calldata request,
        uint256 nonce,
        uint256 signatureDeadline,
        address signer
    ) public view returns (bytes32) {
        return _hashTypedDataV4(OrderLib.hash(request, nonce, signatureDeadline, signer));
    }

    // ------------------------------------------------------------------------------------------------------- inside

    function _place(OrderRequest calldata request, address payer) internal returns (uint256 orderId) {
        if (!CLEARINGHOUSE.isAuthorized(request.account, payer)) {
            revert Orders_NotAuthorized(request.account, payer);
        }
        if (request.sizeDelta == 0) revert Orders_ZeroSize();
        bool isMarket = request.kind == OrderKind.Market;
        if (isMarket != (request.triggerPrice == 0)) {
            revert Orders_TriggerMismatch(request.kind, request.triggerPrice);
        }
        uint256 earliest = block.timestamp + MIN_DELAY;
        if (request.deadline < earliest) revert Orders_DeadlineTooEarly(request.deadline, earliest);
        uint256 latest = isMarket ? block.timestamp + MAX_COMMITMENT : type(uint40).max;
        if (request.deadline > latest) revert Orders_DeadlineTooLate(request.deadline, latest);

        uint256 steps = OrderLib.stepsOf(request.kind);
        uint96 fee = _takeFee(payer, steps);
        orderId = ++orderCount;
        _orders[orderId] = Order({
            account: request.account,
            sizeDelta: request.sizeDelta.toInt104(),
            acceptablePrice: uint128(request.acceptablePrice.min(type(uint128).max)),
            market: request.market,
            kind: request.kind,
            isReduceOnly: request.isReduceOnly,
            payer: payer,
            placedAt: uint40(block.timestamp),
            deadline: uint40(request.deadline),
            triggerPrice: request.triggerPrice.toUint112(),
            fee: fee,
            liquidations: request.isReduceOnly ? CLEARINGHOUSE.account(request.account).liquidations : 0
        });
        emit OrderSubmitted(orderId, request.account, payer, request, steps * fee);
    }

    function _cancelExpired(uint256 orderId, Order memory order_) internal {
        bytes memory reason = abi.encodeWithSelector(
            Orders_Expired.selector,
            orderId,
            order_.deadline,
            block.timestamp
        );
        _cancel(orderId, order_, reason);
    }

    /// @dev The payer gets back what no keeper has earned. Nobody is paid for a cancellation: it would pay whoever can make
    /// an order fail.
    function _cancel(uint256 orderId, Order memory order_, bytes memory reason) internal {
        uint256 refund = OrderLib.stepsOf(order_.kind) * order_.fee;
        _owe(order_.payer, refund);
        _drop(orderId, order_, refund, reason);
    }

    /// @dev But one without money behind it: nobody would take it away, and its owner, who alone can fund it, would trade at
    /// its first price once a later one is known. The keeper has done a trade's work and is paid as for one.
    function _cancelUnfunded(uint256 orderId, Order memory order_, address keeper, bytes memory reason) internal {
        _owe(keeper, order_.fee);
        emit UnfundedOrderRemoved(orderId, keeper, order_.fee);
        _drop(orderId, order_, 0, reason);
    }

    function _drop(uint256 orderId, Order memory order_, uint256 refund, bytes memory reason) private {
        delete _orders[orderId];
        emit OrderCancelled(orderId, order_.account, order_.payer, refund, reason);
    }

    function _useNonce(address signer, uint256 nonce) private {
        if (_nonces[signer].get(nonce)) revert Orders_NonceUsed(signer, nonce);
        _nonces[signer].set(nonce);
    }

    function _waiting(uint256 orderId) internal view returns (Order memory order_) {
        order_ = _orders[orderId];
        if (order_.payer == address(0)) revert Orders_NoOrder(orderId);
    }
}
