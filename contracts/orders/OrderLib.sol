// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {MathLib} from "../math/MathLib.sol";
import {Order, OrderKind, OrderRequest} from "../types/Order.sol";

/// @title OrderLib
/// @notice What an order says, without asking anybody.
library OrderLib {
    using MathLib for int256;
    using MathLib for uint256;

    bytes32 private constant TYPEHASH = keccak256(
        "Order(uint256 account,uint8 market,uint8 kind,int256 sizeDelta,uint256 acceptablePrice,uint256 triggerPrice,"
        "uint256 deadline,bool isReduceOnly,address signer,uint256 nonce,uint256 signatureDeadline)"
    );

    /// @notice EIP-712 hash of an order. The signer is part of it: one key may sign for several contract wallets, and what
    /// it signed for one is not for another.
    function hash(
        OrderRequest calldata request,
        uint256 nonce,
        uint256 signatureDeadline,
        address signer
    ) internal pure returns (bytes32) {
        // A request has no dynamic parts, so its fields are encoded one after the other, a word each.
        return keccak256(abi.encode(TYPEHASH, request, signer, nonce, signatureDeadline));
    }

    /// @notice Steps a keeper has to be paid for: a trade, and a trigger before it.
    function stepsOf(OrderKind kind) internal pure returns (uint256) {
        return kind == OrderKind.Market ? 1 : 2;
    }

    /// @notice Whether `price` meets the trigger.
    function isMetBy(Order memory self, uint256 price) internal pure returns (bool) {
        return self.kind == OrderKind.AtOrAbove ? price >= self.triggerPrice : price <= self.triggerPrice;
    }

    /// @notice The worst fill the order accepts: what does not fit was meant as any.
    function limit(Order memory self) internal pure returns (uint256) {
        return self.acceptablePrice == type(uint128).max ? type(uint256).max : self.acceptablePrice;
    }

    /// @notice Part of `delta` that reduces a position of `size`: never flips it, never adds to it.
    function clip(int256 delta, int256 size) internal pure returns (int256) {
        if (size == 0 || (size > 0) == (delta > 0)) return 0;
        return delta.abs() > size.abs() ? -size : delta;
    }

    /// @notice Whether a verdict is about the account's own money: only its owner brings that about, and can undo it.
    function isUnfunded(bytes memory reason) internal pure returns (bool) {
        bytes4 refusal = bytes4(reason);
        return
            refusal == IClearinghouse.Clearinghouse_BelowInitialMargin.selector ||
            refusal == IClearinghouse.Clearinghouse_MarginBelowZero.selector;
    }

    /// @notice Whether the clearinghouse has refused the trade itself. Everything else can pass: a price that is missing, a
    /// mark that is old, events to be replayed first, little gas. Whoever executes could bring those about, so none of
    /// them may cost anyone an order.
    function isVerdict(bytes memory reason) internal pure returns (bool) {
        bytes4 refusal = bytes4(reason);
        return
            refusal == IClearinghouse.Clearinghouse_PriceNotAcceptable.selector ||
            isUnfunded(reason) ||
            refusal == IClearinghouse.Clearinghouse_MarketNotOpen.selector ||
            refusal == IClearinghouse.Clearinghouse_MarketNotListed.selector ||
            refusal == IClearinghouse.Clearinghouse_TranchesBelowMinimum.selector ||
            refusal == IClearinghouse.Clearinghouse_BelowMinNotional.selector ||
            refusal == IClearinghouse.Clearinghouse_AboveMaxPosition.selector ||
            refusal == IClearinghouse.Clearinghouse_TooManyPositions.selector ||
            refusal == IClearinghouse.Clearinghouse_ImpactTooLarge.selector ||
            refusal == IClearinghouse.Clearinghouse_OpenInterestCap.selector ||
            refusal == IClearinghouse.Clearinghouse_SkewCap.selector;
    }
}
