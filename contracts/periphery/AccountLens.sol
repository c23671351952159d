// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {ILens} from "../interfaces/ILens.sol";
import {CENT, MathLib, WAD} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Position} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {LensBase} from "./LensBase.sol";

/// @title AccountLens
/// @notice Accounts, for those who own them and for those who liquidate them.
abstract contract AccountLens is LensBase {
    using MathLib for int256;
    using MathLib for uint256;

    /// @inheritdoc ILens
    function healths(AccountId[] calldata ids) external view returns (HealthView[] memory page) {
        page = new HealthView[](ids.length);
        Quote[] memory quotes = _newQuotes();
        for (uint256 i = 0; i < ids.length; ++i) {
            Weighed memory w = _weigh(ids[i], quotes);
            page[i] = HealthView(uint32(i), w.isLiquidatable, w.isPriced, w.equity, w.maintenance);
        }
    }

    /// @inheritdoc ILens
    function accounts(AccountId[] calldata ids) external view returns (AccountView[] memory page) {
        page = new AccountView[](ids.length);
        Quote[] memory quotes = _newQuotes();
        for (uint256 i = 0; i < ids.length; ++i) _show(ids[i], quotes, page[i]);
    }

    function _show(AccountId id, Quote[] memory quotes, AccountView memory seen) private view {
        Weighed memory w = _weigh(id, quotes);
        seen.id = id;
        (seen.margin, seen.openMarkets) = (w.account.margin, w.account.openMarkets);
        seen.liquidations = w.account.liquidations;
        (seen.isPriced, seen.isReadable, seen.isLiquidatable) = (w.isPriced, w.isReadable, w.isLiquidatable);
        (seen.equity, seen.maintenanceMargin, seen.notional) = (w.equity, w.maintenance, w.notional);
        if (w.isPriced) {
            // The present initial rate follows volatility, which only the clearinghouse can measure.
            IClearinghouse.Health memory health = CLEARINGHOUSE.health(id);
            (seen.initialMargin, seen.withdrawable) = (health.initialMargin, health.withdrawable);
        }
        seen.positions = new PositionView[](w.legs.length);
        for (uint256 i = 0; i < w.legs.length; ++i) {
            Leg memory leg = w.legs[i];
            _showLeg(id, leg, _quote(quotes, leg.market), seen.positions[i]);
        }
    }

    function _showLeg(AccountId id, Leg memory leg, Quote memory quote, PositionView memory seen) private view {
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
        seen.missedEvents = position.eventCursor - CLEARINGHOUSE.position(id, leg.market).eventCursor;
        (seen.credit, seen.cut) = (leg.seen.credit, leg.seen.cut);
    }
}
