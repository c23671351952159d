// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {ILens} from "../interfaces/ILens.sol";
import {BPS, MathLib, WAD} from "../math/MathLib.sol";
import {Market} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Order, OrderKind} from "../types/Order.sol";
import {LensBase} from "./LensBase.sol";
import {LensMath} from "./LensMath.sol";

/// @title MarketLens
/// @notice Markets, and the orders that wait for their prices.
abstract contract MarketLens is LensBase {
    using LensMath for Market;
    using MathLib for int256;
    using MathLib for uint256;

    // -------------------------------------------------------------------------------------------------------- markets

    /// @inheritdoc ILens
    function markets(uint256 from, uint256 count) external view returns (MarketView[] memory page) {
        page = new MarketView[](_pageLength(from, count, CLEARINGHOUSE.marketCount()));
        Quote[] memory quotes = _newQuotes();
        uint256 backing = POOL.backing().pos();
        for (uint256 i = 0; i < page.length; ++i) {
            MarketId id = MarketId.wrap(uint8(from + i));
            _show(id, _quote(quotes, id), backing, page[i]);
        }
    }

    function _show(MarketId id, Quote memory quote, uint256 backing, MarketView memory seen) private view {
        Market memory market = quote.market;
        (seen.id, seen.market) = (id, market);
        (seen.isPriced, seen.canLiquidate) = (quote.price != 0, !quote.isRefused);
        seen.publishedAt = quote.publishedAt;
        if (quote.publishedAt != 0) seen.age = block.timestamp - quote.publishedAt;
        seen.openableFrom = ORACLE.openableFrom(id);
        uint256 price = seen.isPriced ? quote.price : market.lastPrice;
        seen.price = price;

        seen.longNotional = uint256(market.long.sizeBase).mulDivUp(price, WAD);
        seen.shortNotional = uint256(market.short.sizeBase).mulDivUp(price, WAD);
        seen.openInterestCap = backing.mulDivDown(market.params.reserveFactorBps, BPS);
        seen.skew = market.skew();
        seen.skewNotional = seen.skew.abs().mulDivUp(price, WAD);
        seen.skewCap = backing.mulDivDown(market.params.poolShareBps, market.params.riskWeightBps);
        seen.fundingPerHour = market.fundingRate(1 hours);
        seen.fundingIndex = seen.isPriced ? quote.fundingIndex : int256(market.fundingIndex);
        seen.markNow = market.markAt(price, seen.fundingIndex);
        seen.longBuckets = CLEARINGHOUSE.buckets(id, true, price).length;
        seen.shortBuckets = CLEARINGHOUSE.buckets(id, false, price).length;
        // It reverts while another market's turn comes first.
        try CLEARINGHOUSE.previewDeleverage(id) returns (IDeleveraging.DeleveragePreview memory preview) {
            seen.deleverage = preview;
            seen.isDeleverageDue = preview.haircut != 0 || preview.closeFraction != 0;
        } catch {}
    }

    // --------------------------------------------------------------------------------------------------------- orders

    /// @inheritdoc ILens
    function orders(uint256[] calldata ids) external view returns (OrderView[] memory page) {
        page = new OrderView[](ids.length);
        uint256 delay = ORDERS.MIN_DELAY();
        for (uint256 i = 0; i < ids.length; ++i) _showOrder(ids[i], delay, page[i]);
    }

    /// @inheritdoc ILens
    function openOrders(uint256 from, uint256 count) external view returns (OrderView[] memory page) {
        page = new OrderView[](_pageLength(from, count, ORDERS.orderCount() + 1));
        uint256 delay = ORDERS.MIN_DELAY();
        uint256 n;
        for (uint256 i = 0; i < page.length; ++i) {
            _showOrder(from + i, delay, page[n]);
            if (page[n].isWaiting) ++n;
        }
        // What was looked at and does not wait is cut off.
        assembly ("memory-safe") {
            mstore(page, n)
        }
    }

    function _showOrder(uint256 id, uint256 delay, OrderView memory seen) private view {
        Order memory order = ORDERS.order(id);
        seen.id = id;
        seen.isWaiting = order.payer != address(0);
        if (!seen.isWaiting) return;
        seen.order = order;
        seen.executableFrom = order.kind == OrderKind.Market ? order.placedAt + delay : order.placedAt;
        seen.isExpired = block.timestamp > order.deadline;
        seen.isTimely = !seen.isExpired && block.timestamp >= seen.executableFrom;
        seen.isVoid =
            order.isReduceOnly && CLEARINGHOUSE.account(order.account).liquidations != order.liquidations;
    }
}
