// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarginLib} from "../margin/MarginLib.sol";
import {PriceImpactLib} from "../market/PriceImpactLib.sol";
import {BPS, CENT, MathLib, WAD} from "../math/MathLib.sol";
import {MarketParams, RiskParams} from "../types/Market.sol";

/// @dev One crystallised position as the plan sees it. USD and base units WAD.
struct Leg {
    uint256 size; // |size|
    bool isLong;
    int256 skew; // of its market, the position included
    uint256 price; // zero: no valid price, not closed
    uint256 notional;
    uint256 mmBps;
    uint256 loss; // price loss before crystallising
    int256 fullImpact; // of closing all of it
    uint256 closed; // decided by the plan
}

/// @title LiquidationPlanLib
/// @notice Decides how much of each position a liquidation closes: the same fraction of all, the smallest that restores
/// the target health, or everything.
/// @dev Pure. Closing `q` of everything changes equity by `-q * (l * N + I)` and the requirement by `-q * MM`; setting
/// equity to `t * MM` of the remainder gives `q = (t * MM - e) / (t * MM - l * N - I)`. Rounding: `q` and sizes up.
library LiquidationPlanLib {
    using MathLib for int256;
    using MathLib for uint256;

    /// @notice Fills `closed` of every leg with a price.
    /// @param equity Equity of the account after crystallising.
    /// @param maintenance Its requirement.
    function plan(
        Leg[] memory legs,
        MarketParams[] memory params,
        RiskParams memory risk,
        int256 equity,
        uint256 maintenance
    ) internal pure {
        uint256 fraction = equity > 0 ? _fraction(legs, risk, uint256(equity), maintenance) : WAD;
        if (fraction < WAD) {
            for (uint256 i = 0; i < legs.length; ++i) {
                if (legs[i].price != 0) legs[i].closed = legs[i].size.min(legs[i].size.mulDivUp(fraction, WAD));
            }
            if (_helps(legs, params, risk, equity, maintenance)) return;
        }
        for (uint256 i = 0; i < legs.length; ++i) {
            if (legs[i].price != 0) legs[i].closed = legs[i].size;
        }
    }

    /// @notice Signed trade that closes `leg.closed`.
    function closingDelta(Leg memory leg) internal pure returns (int256) {
        return leg.isLong ? -int256(leg.closed) : int256(leg.closed);
    }

    function _fraction(
        Leg[] memory legs,
        RiskParams memory risk,
        uint256 equity,
        uint256 maintenance
    ) private pure returns (uint256) {
        uint256 notional;
        int256 impact;
        for (uint256 i = 0; i < legs.length; ++i) {
            if (legs[i].price == 0) continue;
            notional += legs[i].notional;
            impact += legs[i].fullImpact;
        }
        uint256 target = maintenance.mulDivUp(risk.targetHealthBps, BPS);
        int256 relief = int256(target) - int256(notional.mulDivUp(risk.penaltyBps, BPS)) - impact;
        if (relief <= 0 || target <= equity) return WAD;
        return WAD.min((target - equity).mulDivUp(WAD, uint256(relief)));
    }

    /// @dev True if the margin ratio rises and no remainder is below the minimum notional.
    function _helps(
        Leg[] memory legs,
        MarketParams[] memory params,
        RiskParams memory risk,
        int256 equity,
        uint256 maintenance
    ) private pure returns (bool) {
        uint256 closedNotional;
        uint256 requirement;
        int256 impact;
        for (uint256 i = 0; i < legs.length; ++i) {
            Leg memory leg = legs[i];
            if (leg.price == 0) continue;
            closedNotional += leg.closed.mulDivUp(leg.price, WAD);
            impact += PriceImpactLib.impact(leg.skew, closingDelta(leg), leg.price, params[i].skewScaleBase);
            uint256 left = leg.size - leg.closed;
            if (left == 0) continue;
            uint256 notional = left.mulDivUp(leg.price, WAD);
            if (notional < uint256(params[i].minNotionalCents) * CENT) return false;
            requirement += MarginLib.maintenance(notional, leg.mmBps, params[i].slopeBpsPerMillion);
        }
        if (requirement == 0) return false;
        int256 left_ = equity - impact - int256(closedNotional.mulDivUp(risk.penaltyBps, BPS));
        // e' / MM' > e / MM, without a division.
        return left_ > 0 && uint256(left_) * maintenance > uint256(equity) * requirement;
    }
}
