// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {ILens} from "../interfaces/ILens.sol";
import {BPS, MathLib, WAD} from "../math/MathLib.sol";
import {Market} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Order, OrderKind} from "../types/Order.sol";
import {LensMath} from "./LensMath.sol";
import {LensReader} from "./LensReader.sol";

/// @title MarketLens
/// @notice Markets, and the orders that wait for their prices. Linked: what it returns is encoded already.
library MarketLens {
    using LensReader for LensReader.Page;
    using LensMath for Market;
    using MathLib for int256;
    using MathLib for uint256;

    // -------------------------------------------------------------------------------------------------------- markets

    /// @notice See {ILens.markets}.
    function markets(ILens.Addresses memory system, uint256 from, uint256 count) external view returns (bytes memory) {
        uint256 n = LensReader.pageLength(from, count, system.clearinghouse.marketCount());
        ILens.MarketView[] memory seen = new ILens.MarketView[](n);
        LensReader.Page memory page = LensReader.newPage(system);
        uint256 backing = system.pool.backing().pos();
        for (uint256 i = 0; i < n; ++i) _showMarket(page, MarketId.wrap(uint8(from + i)), backing, seen[i]);
        return abi.encode(seen);
    }

    function _showMarket(
        LensReader.Page memory page,
        MarketId id,
        uint256 backing,
        ILens.MarketView memory seen
    ) private view {
        LensReader.Quote memory quote = page.quoteOf(id);
        Market memory market = quote.market;
        (seen.id, seen.market) = (id, market);
        (seen.isPriced, seen.canLiquidate) = (quote.price != 0, !quote.isRefused);
        seen.publishedAt = quote.publishedAt;
        if (quote.publishedAt != 0) seen.age = block.timestamp - quote.publishedAt;
        seen.openableFrom = page.system.oracle.openableFrom(id);
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
        seen.longBuckets = page.system.clearinghouse.buckets(id, true, price).length;
        seen.shortBuckets = page.system.clearinghouse.buckets(id, false, price).length;
        // It reverts while another market's turn comes first.
        try page.system.clearinghouse.previewDeleverage(id) returns (IDeleveraging.DeleveragePreview memory preview) {
            seen.deleverage = preview;
            seen.isDeleverageDue = preview.haircut != 0 || preview.closeFraction != 0;
        } catch {}
    }

    // --------------------------------------------------------------------------------------------------------- orders

    /// @notice See {ILens.orders}.
    function orders(ILens.Addresses memory system, uint256[] calldata ids) external view returns (bytes memory) {
        ILens.OrderView[] memory seen = new ILens.OrderView[](ids.length);
        uint256 delay = system.orders.MIN_DELAY();
        for (uint256 i = 0; i < ids.length; ++i) _showOrder(system, ids[i], delay, seen[i]);
        return abi.encode(seen);
    }

    /// @notice See {ILens.openOrders}.
    function openOrders(
        ILens.Addresses memory system,
        uint256 from,
        uint256 count
    ) external view returns (bytes memory) {
        uint256 looked = LensReader.pageLength(from, count, system.orders.orderCount() + 1);
        ILens.OrderView[] memory seen = new ILens.OrderView[](looked);
        uint256 delay = system.orders.MIN_DELAY();
        uint256 n;
        for (uint256 i = 0; i < looked; ++i) {
            _showOrder(system, from + i, delay, seen[n]);
            if (seen[n].isWaiting) ++n;
        }
        // What was looked at and does not wait is cut off.
        assembly ("memory-safe") {
            mstore(seen, n)
        }
        return abi.encode(seen);
    }

    function _showOrder(
        ILens.Addresses memory system,
        uint256 id,
        uint256 delay,
        ILens.OrderView memory seen
    ) private view {
        Order memory order = system.orders.order(id);
        seen.id = id;
        seen.isWaiting = order.payer != address(0);
        if (!seen.isWaiting) return;
        seen.order = order;
        seen.executableFrom = order.kind == OrderKind.Market ? order.placedAt + delay : order.placedAt;
        seen.isExpired = block.timestamp > order.deadline;
        seen.isTimely = !seen.isExpired && block.timestamp >= seen.executableFrom;
        if (!order.isReduceOnly) return;
        seen.isVoid = system.clearinghouse.account(order.account).liquidations != order.liquidations;
    }
}
