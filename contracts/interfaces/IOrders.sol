// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../types/AccountId.sol";
import {Order, OrderKind, OrderRequest} from "../types/Order.sol";

/// @title IOrders
/// @notice Trades in two steps, so that nobody trades on a price they already know: whoever orders commits first, and the
/// price comes later.
/// @dev A market order trades with the first price published at or after `placedAt + MIN_DELAY`, at that or at the present
/// price, whichever is worse for it: waiting, choosing the moment, or making it fail gains nothing. A trigger order does
/// the same from the moment its trigger was met. Units: USD, prices and sizes WAD; times unix seconds.
interface IOrders {
    // ------------------------------------------------------------------------------------------------------- errors

    error Orders_NotAuthorized(AccountId account, address caller);
    error Orders_NotItself(address caller);
    error Orders_NotOracle(address caller);
    error Orders_NoOrder(uint256 orderId);
    error Orders_ZeroSize();
    error Orders_TriggerMismatch(OrderKind kind, uint256 triggerPrice);
    error Orders_DeadlineTooEarly(uint256 has, uint256 min);
    error Orders_DeadlineTooLate(uint256 has, uint256 max);
    error Orders_DelayOutOfRange(uint256 has, uint256 min, uint256 max);
    error Orders_KeeperFeeTooHigh(uint256 has, uint256 max);
    error Orders_TooEarly(uint256 orderId, uint256 nowAt, uint256 earliest);
    error Orders_PriceTooOld(uint256 orderId, uint256 publishedAt, uint256 earliest);
    error Orders_TriggerNotMet(uint256 orderId, uint256 price, uint256 triggerPrice);
    error Orders_Committed(uint256 orderId, uint256 deadline);
    error Orders_NotEnoughGas(uint256 has, uint256 needs);

    /// @notice A trade failed without a reason: out of gas, as far as anyone can tell. The order stays.
    error Orders_NoReason(uint256 orderId);

    error Orders_SignatureExpired(uint256 deadline, uint256 nowAt);
    error Orders_InvalidSignature(address signer);
    error Orders_NonceUsed(address signer, uint256 nonce);
    error Orders_LengthMismatch(uint256 orders, uint256 proofs);
    error Orders_BatchTooLong(uint256 has, uint256 max);
    error Orders_NothingToClaim(address caller);

    // Why an order was cancelled, besides the clearinghouse's own reasons.

    error Orders_Expired(uint256 orderId, uint256 deadline, uint256 nowAt);
    error Orders_VoidedByLiquidation(uint256 orderId, AccountId account);
    error Orders_NothingToReduce(uint256 orderId, int256 size);

    // ------------------------------------------------------------------------------------------------------- events

    /// @notice An order waits. `feePaid` is what its keepers may earn, USD.
    event OrderSubmitted(
        uint256 indexed orderId,
        AccountId indexed account,
        address indexed payer,
        OrderRequest request,
        uint256 feePaid
    );

    /// @notice A trigger was met: a market order from now on.
    event OrderTriggered(uint256 indexed orderId, address indexed keeper, uint256 price, uint256 fee, uint256 deadline);

    /// @notice An order traded `sizeDelta`. The clearinghouse's {PositionChanged} says at what price.
    event OrderExecuted(
        uint256 indexed orderId,
        AccountId indexed account,
        address indexed keeper,
        int256 sizeDelta,
        uint256 firstPrice,
        uint256 publishedAt,
        uint256 fee
    );

    /// @notice An order is gone without a trade; `reason` is an encoded error, empty if its owner took it back.
    event OrderCancelled(
        uint256 indexed orderId,
        AccountId indexed account,
        address indexed payer,
        uint256 refund,
        bytes reason
    );

    /// @notice The keeper that found an order's account without the margin for it earned the fee; {OrderCancelled} follows.
    event UnfundedOrderRemoved(uint256 indexed orderId, address indexed keeper, uint256 fee);

    /// @notice An order of a batch could not be executed now and stays; `reason` is an encoded error.
    event OrderSkipped(uint256 indexed orderId, bytes reason);

    event NonceCancelled(address indexed signer, uint256 nonce);
    event FeesClaimed(address indexed beneficiary, uint256 amount);
    event KeeperFeeSet(uint256 keeperFee);

    // --------------------------------------------------------------------------------------------------- submitting

    /// @notice Places an order.
    /// @dev The fee of one step, two for a trigger order, is taken from the caller into `Ledger.Orders`. Initial margin is
    /// checked when it trades, none is reserved; where it is missing the fee is lost. Emits {OrderSubmitted}.
    ///
    /// Requirements: owner or operator, else {Orders_NotAuthorized}; a size, else {Orders_ZeroSize}; a trigger price if and
    /// only if it has a trigger, else {Orders_TriggerMismatch}; a deadline after the delay, else {Orders_DeadlineTooEarly},
    /// and of a market order within MAX_COMMITMENT, else {Orders_DeadlineTooLate}; the caller approved the vault.
    function submit(OrderRequest calldata request) external returns (uint256 orderId);

    /// @notice Places an order that `signer` has signed (EIP-712; ERC-1271 for contracts). Anyone may bring it; the signer
    /// pays the fee.
    /// @dev Emits {OrderSubmitted}.
    ///
    /// Requirements: as {submit} for the signer; in time, else {Orders_SignatureExpired}; a new nonce, else
    /// {Orders_NonceUsed}; a valid signature, else {Orders_InvalidSignature}.
    /// Security: signed over every field, the signer, this contract and this chain. Nonces need no order.
    function submitSigned(
        OrderRequest calldata request,
        uint256 nonce,
        uint256 signatureDeadline,
        address signer,
        bytes calldata signature
    ) external returns (uint256 orderId);

    /// @notice Uses up a nonce of the caller: what was signed with it can no longer be submitted.
    /// @dev Emits {NonceCancelled}. Requirements: a new nonce, else {Orders_NonceUsed}.
    function cancelNonce(uint256 nonce) external;

    /// @notice Takes an order back; the fee that is left is the payer's.
    /// @dev Emits {OrderCancelled}.
    ///
    /// Requirements: before the deadline only the account's owner or operators, else {Orders_NotAuthorized}, and a market
    /// order only until its first price could exist, else {Orders_Committed}: later it would be an option. After the
    /// deadline anybody.
    function cancel(uint256 orderId) external;

    // ---------------------------------------------------------------------------------------------------- executing

    /// @notice Takes an order's next step: meets its trigger, or trades. The caller earns the fee of the step.
    /// @dev Cancels instead, refunding the payer and paying nobody, what is expired, void, has nothing to reduce, or is
    /// refused by the clearinghouse for a reason of its own (see `OrderLib.isVerdict`). Ether pays for the price; what is
    /// not used comes back. Emits {OrderTriggered}, {OrderExecuted} or {OrderCancelled}.
    ///
    /// A market order whose account lacks the margin when it should trade is cancelled without a refund: the caller earns
    /// its fee, so that none waits unfunded for its owner to see how prices go. Emits {UnfundedOrderRemoved}.
    ///
    /// Requirements: trigger: a present price published after the submission, else {Orders_PriceTooOld}, that meets the
    /// trigger, else {Orders_TriggerNotMet}. Trade: the delay is over, else {Orders_TooEarly}; `proof` shows the first price
    /// after it, else the source's error; gas, else {Orders_NotEnoughGas} or {Orders_NoReason}. Whatever else stops it, a
    /// price that is missing or a mark that is old, reverts and leaves the order.
    function execute(uint256 orderId, bytes calldata proof) external payable;

    /// @notice {execute} for many; one that fails, or burns all it is given, stops no other.
    /// @dev Each gets ORDER_GAS. Emits {OrderSkipped} for what stays.
    ///
    /// Requirements: a proof for each, else {Orders_LengthMismatch}; at most MAX_BATCH, else {Orders_BatchTooLong}.
    function executeBatch(uint256[] calldata orderIds, bytes[] calldata proofs) external payable;

    /// @notice One order of a batch.
    /// @dev Requirements: the caller is this contract, else {Orders_NotItself}; those of {execute}.
    function executeOne(uint256 orderId, bytes calldata proof, address keeper) external;

    /// @notice Pays the caller what it has earned or gets back.
    /// @dev Whole token units. Emits {FeesClaimed}. Requirements: something is due, else {Orders_NothingToClaim}.
    function claimFees() external returns (uint256 paid);

    /// @notice Changes the fee of a step of orders to come, USD.
    /// @dev Emits {KeeperFeeSet}. Requirements: governor; at most MAX_KEEPER_FEE, else {Orders_KeeperFeeTooHigh}.
    function setKeeperFee(uint96 keeperFee) external;

    // -------------------------------------------------------------------------------------------------------- views

    /// @notice An order that waits; its payer is zero if there is none.
    function order(uint256 orderId) external view returns (Order memory);

    /// @notice What has to be signed for {submitSigned}.
    function digestOf(
        OrderRequest calldata request,
        uint256 nonce,
        uint256 signatureDeadline,
        address signer
    ) external view returns (bytes32);

    /// @notice Whether a nonce was used or cancelled.
    function isNonceUsed(address signer, uint256 nonce) external view returns (bool);

    /// @notice Fees and refunds due to an address, USD.
    function feesOf(address beneficiary) external view returns (uint256);

    /// @notice Fee of a step, USD.
    function keeperFee() external view returns (uint256);

    /// @notice Orders submitted ever; ids are 1 to this.
    function orderCount() external view returns (uint256);

    /// @notice Seconds from a submission, or from a trigger, to the earliest price that can fill the order.
    function MIN_DELAY() external view returns (uint256);
}
