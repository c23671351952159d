// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILens} from "../interfaces/ILens.sol";
import {CENT, MathLib, WAD} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Position} from "../types/Market.sol";
import {LensMath} from "./LensMath.sol";
import {LensReader} from "./LensReader.sol";

/// @title AccountLens
/// @notice Accounts, for those who own them and for those who liquidate them. Linked: what it returns is encoded already.
library AccountLens {
    using LensReader for LensReader.Page;
    using MathLib for int256;
    using MathLib for uint256;

    /// @notice See {ILens.healths}.
    function healths(bytes calldata deployment, AccountId[] calldata ids) external view returns (bytes memory) {
        ILens.Addresses memory system = LensReader.unpack(deployment);
        ILens.HealthView[] memory seen = new ILens.HealthView[](ids.length);
        LensReader.Page memory page = LensReader.newPage(system);
        for (uint256 i = 0; i < ids.length; ++i) _showHealth(ids[i], page, uint32(i), seen[i]);
        return abi.encode(seen);
    }

    /// @notice See {ILens.accounts}.
    function accounts(bytes calldata deployment, AccountId[] calldata ids) external view returns (bytes memory) {
        ILens.Addresses memory system = LensReader.unpack(deployment);
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
        for (uint256 i = 0; i < w.legs.length; ++i) {
            LensReader.Leg memory leg = w.legs[i];
            LensReader.Quote memory quote = page.quoteOf(leg.market);
            _showLeg(leg, quote, seen.positions[i]);
            if (w.isPriced) seen.initialMargin += _initial(leg, quote);
        }
        if (w.isPriced) {
            int256 equity = w.equity - int256(w.outstanding);
            seen.withdrawable = LensMath.withdrawable(w.margin, equity, seen.initialMargin);
        }
        LensReader.release(scratch, page, loaded);
    }

    function _showLeg(
        LensReader.Leg memory leg,
        LensReader.Quote memory quote,
        ILens.PositionView memory seen
    ) private pure {
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
        (seen.missedEvents, seen.credit, seen.cut) = (leg.seen.missedEvents, leg.seen.credit, leg.seen.cut);
    }

    /// @dev The present rate follows volatility, which the clearinghouse measures: it comes with the market.
    function _initial(LensReader.Leg memory leg, LensReader.Quote memory quote) private pure returns (uint256) {
        uint256 mmBps = leg.seen.position.mmBps;
        return
            LensMath.initial(leg.notional, quote.market.initialRateBps, mmBps, quote.market.params.slopeBpsPerMillion);
    }
}
