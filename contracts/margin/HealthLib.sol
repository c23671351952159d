// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {FundingLib} from "../market/FundingLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {SideBookLib} from "../market/SideBookLib.sol";
import {MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {MarketBook, Position} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Replay, SideBook} from "../types/SideBook.sol";
import {Book, State} from "../types/State.sol";
import {MarginLib} from "./MarginLib.sol";
import {OperationLib} from "./OperationLib.sol";
import {PositionLib} from "./PositionLib.sol";

/// @title HealthLib
/// @notice Equity against requirements, at given prices, without changing anything.
library HealthLib {
    using MarketLib for MarketBook;
    using MathLib for int256;
    using PositionLib for Position;
    using SideBookLib for SideBook;

    /// @notice Health of an account whose open positions and prices are `book`.
    /// @dev Units: USD WAD. Rounding: equity down, requirements up. Funding is counted up to now.
    /// @param justOpened A market where the account has just added risk: its stored rate is at least half of the present
    /// one, so that need not be looked up again. Any unlisted id if none.
    function measure(
        State storage state,
        AccountId account,
        Book memory book,
        MarketId justOpened
    ) internal view returns (IClearinghouse.Health memory health) {
        int256 unrealised;
        for (uint256 i = 0; i < book.length; ++i) {
            MarketBook storage market = state.markets[book.markets[i]];
            uint256 price = book.prices[i];
            (Position memory position, int256 credit) = replayed(state, account, book.markets[i]);
            unrealised +=
                credit +
                position.pricePnl(price) +
                int256(uint256(position.settled)) -
                FundingLib.owed(position.size, market.fundingIndexAt(price), position.fundingEntry);
            uint256 notional = position.notional(price);
            uint256 slope = market.params.slopeBpsPerMillion;
            health.notional += notional;
            uint256 baseBps = book.markets[i] == justOpened ? 0 : MarginLib.baseRateBps(market);
            health.initialMargin += MarginLib.initial(notional, baseBps, position.mmBps, slope);
            health.maintenanceMargin += MarginLib.maintenance(notional, position.mmBps, slope);
        }
        int256 margin = int256(uint256(state.accounts[account].margin) + OperationLib.collectableBy(state, account));
        health.equity = margin + unrealised + int256(OperationLib.owedTo(state, account));
        // Unrealised profit backs positions, never withdrawals.
        int256 free = margin + MathLib.min(int256(0), unrealised) - int256(health.initialMargin);
        health.withdrawable = MathLib.min(uint256(margin), free.pos());
    }

    /// @notice A position as deleveraging has left it, and what its touch would bring: profit of what was closed and
    /// variation margin that comes back, less the funding of it.
    function replayed(
        State storage state,
        AccountId account,
        MarketId id
    ) internal view returns (Position memory position, int256 credit) {
        position = state.positions[account][id];
        if (position.size == 0) return (position, 0);
        SideBook storage side = state.markets[id].sideOf(position.size > 0);
        Replay memory r = side.previewReplay(position, type(uint256).max);
        credit = int256(r.credit + r.returned) - r.fundingOwed;
    }
}
