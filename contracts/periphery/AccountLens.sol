// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {ILens} from "../interfaces/ILens.sol";
import {CENT, MathLib, WAD} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Position} from "../types/Market.sol";
import {LensReader} from "./LensReader.sol";

/// @title AccountLens
/// @notice Accounts, for those who own them and for those who liquidate them. Linked: what it returns is encoded already.
library AccountLens {
    using LensReader for LensReader.Page;
    using MathLib for int256;
    using MathLib for uint256;

    /// @notice See {ILens.healths}.
    function healths(ILens.Addresses memory system, AccountId[] calldata ids) external view returns (bytes memory) {
        ILens.HealthView[] memory seen = new ILens.HealthView[](ids.length);
        LensReader.Page memory page = LensReader.newPage(system);
        for (uint256 i = 0; i < ids.length; ++i) _showHealth(ids[i], page, uint32(i), seen[i]);
        return abi.encode(seen);
    }

    /// @notice See {ILens.accounts}.
    function accounts(ILens.Addresses memory system, AccountId[] calldata ids) external view returns (bytes memory) {
        ILens.AccountView[] memory seen = new ILens.AccountView[](ids.length);
        LensReader.Page memory page = LensReader.newPage(system);
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 n = LensReader.countBits(system.clearinghouse.account(ids[i]).openMarkets);
            seen[i].positions = new ILens.PositionView[](n);
            _show(ids[i], page, seen[i]);
        }
        return abi.encode(seen);
    }

    function _showHealth(
        AccountId id,
        LensReader.Page memory page,
        uint32 index,
        ILens.HealthView memory seen
    ) private view {
        (uint256 scratch, uint256 loaded) = (LensReader.scratch(), page.loaded);
        LensReader.Weighed memory w = page.weigh(id);
        (seen.index, seen.isLiquidatable, seen.isPriced) = (index, w.isLiquidatable, w.isPriced);
        (seen.equity, seen.maintenance) = (w.equity, w.maintenance);
        LensReader.release(scratch, page, loaded);
    }

    function _show(AccountId id, LensReader.Page memory page, ILens.AccountView memory seen) private view {
        (uint256 scratch, uint256 loaded) = (LensReader.scratch(), page.loaded);
        LensReader.Weighed memory w = page.weigh(id);
        seen.id = id;
        (seen.margin, seen.openMarkets) = (w.account.margin, w.account.openMarkets);
        seen.liquidations = w.account.liquidations;
        (seen.isPriced, seen.isReadable, seen.isLiquidatable) = (w.isPriced, w.isReadable, w.isLiquidatable);
        (seen.equity, seen.maintenanceMargin, seen.notional) = (w.equity, w.maintenance, w.notional);
        if (w.isPriced) {
            // The present initial rate follows volatility, which only the clearinghouse can measure.
            IClearinghouse.Health memory health = page.system.clearinghouse.health(id);
            (seen.initialMargin, seen.withdrawable) = (health.initialMargin, health.withdrawable);
        }
        for (uint256 i = 0; i < w.legs.length; ++i) {
            LensReader.Leg memory leg = w.legs[i];
            _showLeg(id, leg, page, seen.positions[i]);
        }
        LensReader.release(scratch, page, loaded);
    }

    function _showLeg(
        AccountId id,
        LensReader.Leg memory leg,
        LensReader.Page memory page,
        ILens.PositionView memory seen
    ) private view {
        LensReader.Quote memory quote = page.quoteOf(leg.market);
        seen.market = leg.market;
        (seen.isPriced, seen.isRead) = (quote.price != 0, leg.isRead);
        seen.price = seen.isPriced ? quote.price : quote.market.lastPrice;
        if (!leg.isRead) return;
        Position memory position = leg.seen.position;
        (seen.size, seen.cost) = (position.size, position.cost);
        if (position.size != 0) seen.entryPrice = seen.cost.mulDivDown(WAD, seen.size.abs());
        (seen.pricePnl, seen.fundingOwed, seen.settled) = (leg.pricePnl, leg.fundingOwed, position.settled);
        seen.unrealised = leg.pricePnl + int256(seen.settled) - leg.fundingOwed;
        (seen.notional, seen.maintenance, seen.mmBps) = (leg.notional, leg.maintenance, position.mmBps);
        seen.bond = uint256(position.bondCents) * CENT;
        // Reading a position brings its cursor to the last event that reached its bucket.
        seen.missedEvents = position.eventCursor - page.system.clearinghouse.position(id, leg.market).eventCursor;
        (seen.credit, seen.cut) = (leg.seen.credit, leg.seen.cut);
    }
}
