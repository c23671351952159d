// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {FundingLib} from "../market/FundingLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Market, Position} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Book, State} from "../types/State.sol";
import {MarginLib} from "./MarginLib.sol";
import {OperationLib} from "./OperationLib.sol";
import {PositionLib} from "./PositionLib.sol";

/// @title HealthLib
/// @notice Equity against requirements, at given prices, without changing anything.
library HealthLib {
    using MarketLib for Market;
    using MathLib for int256;
    using PositionLib for Position;

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
            Market storage market = state.markets[book.markets[i]];
            Position memory position = state.positions[account][book.markets[i]];
            uint256 price = book.prices[i];
            unrealised +=
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
}
