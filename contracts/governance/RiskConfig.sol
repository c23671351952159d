// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {BPS} from "../math/MathLib.sol";
import {MarketParams, NO_IMPACT, RiskParams} from "../types/Market.sol";

/// @title RiskConfig
/// @notice The hard bounds of every parameter: what no vote and no key can go past.
/// @dev Bounds are inclusive. Three of them tie a market to the parameters of all markets, so both setters check them:
/// a market at listing and change, all listed markets when the common parameters change.
///
/// mmr, the maintenance rate, is half of `imrBps`. Positions round it up and volatility and slope only raise it, so what
/// holds for the exact half holds for every position.
/// - `target health * mmr > penalty`: a partial liquidation has a fraction to solve for, and paying the penalty never
///   makes the account worse off than closing less;
/// - `minNotional * mmr >= 2 * keeperFloorCap`: the smallest position always covers its keeper bond twice;
/// - `maxPosition / (2 * skewScale) < mmr - penalty`: closing one position on its own cannot bankrupt it by impact. The
///   part that skew adds, `(2|K| + maxPosition) / (2 * skewScale)`, moves with the book: every opening checks it.
library RiskConfig {
    /// @notice A parameter is outside of its bounds; `name` says which. In the parameter's own unit.
    error RiskConfig_OutOfBounds(bytes32 name, uint256 has, uint256 min, uint256 max);

    uint256 internal constant MIN_IMR_BPS = 50;
    uint256 internal constant MAX_IMR_BPS = 5_000;
    uint256 internal constant MAX_VOL_FACTOR_BPS = 100_000; // ten times the largest recent move
    uint256 internal constant MAX_SLOPE_BPS_PER_MILLION = 1_000;
    uint256 internal constant MAX_FEE_BPS = 100;
    uint256 internal constant MAX_FUNDING_BPS = 1_000; // 10% a day
    uint256 internal constant MIN_KEEPER_WINDOW = 10; // seconds
    uint256 internal constant MAX_KEEPER_WINDOW = 3_600; // seconds: the look-back is one hour
    uint256 internal constant MAX_FACTOR_BPS = 1_000_000; // a hundred times
    uint256 internal constant MAX_MIN_NOTIONAL_CENTS = 100_000_000; // 1,000,000 USD
    /// @dev What `Position.size` holds; 18 decimals.
    uint256 internal constant MAX_POSITION_BASE = uint256(uint104(type(int104).max));

    uint256 internal constant MAX_PENALTY_BPS = 500;
    uint256 internal constant MIN_TARGET_HEALTH_BPS = 10_000; // one maintenance margin
    uint256 internal constant MAX_TARGET_HEALTH_BPS = 50_000;
    uint256 internal constant MAX_MARK_AGE = 86_400; // seconds
    uint256 internal constant MAX_RECOVERY_FEE_BPS = 5_000;
    uint256 internal constant MAX_DELEVERAGE_REWARD_BPS = 100;
    uint256 internal constant MAX_DELEVERAGE_REWARD_CAP_USD = 100_000; // an hour

    /// @dev How long a guardian can keep opening in a market restricted, seconds.
    uint256 internal constant MAX_RESTRICTION = 3 days;
    /// @dev How long after it a guardian has to leave the market alone at least, seconds.
    uint256 internal constant MIN_GUARDIAN_REST = 1 hours;

    /// @notice Checks everything about one market: its own bounds and those against the common parameters.
    /// @dev Reverts with {RiskConfig_OutOfBounds}.
    function checkMarket(MarketParams memory market, RiskParams memory risk) internal pure {
        _check("skewScaleBase", market.skewScaleBase, 1, type(uint128).max);
        _check("maxPositionBase", market.maxPositionBase, 1, MAX_POSITION_BASE);
        _check("imrBps", market.imrBps, MIN_IMR_BPS, MAX_IMR_BPS);
        _check("volFactorBps", market.volFactorBps, 0, MAX_VOL_FACTOR_BPS);
        _check("slopeBpsPerMillion", market.slopeBpsPerMillion, 0, MAX_SLOPE_BPS_PER_MILLION);
        _check("feeBps", market.feeBps, 0, MAX_FEE_BPS);
        _check("maxFundingBps", market.maxFundingBps, 0, MAX_FUNDING_BPS);
        _check("keeperWindow", market.keeperWindow, MIN_KEEPER_WINDOW, MAX_KEEPER_WINDOW);
        _check("reserveFactorBps", market.reserveFactorBps, 0, MAX_FACTOR_BPS);
        _check("poolShareBps", market.poolShareBps, 0, MAX_FACTOR_BPS);
        _check("riskWeightBps", market.riskWeightBps, 1, MAX_FACTOR_BPS); // a divisor
        _check("minNotionalCents", market.minNotionalCents, 1, MAX_MIN_NOTIONAL_CENTS);
        checkMarketAgainstRisk(market, risk);
    }

    /// @notice Checks the common parameters on their own.
    /// @dev Reverts with {RiskConfig_OutOfBounds}.
    function checkRisk(RiskParams memory risk) internal pure {
        _check("penaltyBps", risk.penaltyBps, 0, MAX_PENALTY_BPS);
        _check("targetHealthBps", risk.targetHealthBps, MIN_TARGET_HEALTH_BPS, MAX_TARGET_HEALTH_BPS);
        _check("keeperShareBps", risk.keeperShareBps, 0, BPS);
        _check("insuranceShareBps", risk.insuranceShareBps, 0, BPS - risk.keeperShareBps);
        _check("keeperFloorCents", risk.keeperFloorCents, 0, risk.keeperFloorCapCents);
        _check("maxMarkAge", risk.maxMarkAge, 1, MAX_MARK_AGE);
        _check("treasuryFeeBps", risk.treasuryFeeBps, 0, BPS);
        _check("insuranceFeeMaxBps", risk.insuranceFeeMaxBps, 0, BPS - risk.treasuryFeeBps);
        _check("insuranceFeeMinBps", risk.insuranceFeeMinBps, 0, risk.insuranceFeeMaxBps);
        _check("insuranceTargetBps", risk.insuranceTargetBps, 0, BPS);
        _check("recoveryFeeBps", risk.recoveryFeeBps, 0, MAX_RECOVERY_FEE_BPS);
        _check("deleverageRewardBps", risk.deleverageRewardBps, 0, MAX_DELEVERAGE_REWARD_BPS);
        _check("deleverageRewardCapUsd", risk.deleverageRewardCapUsd, 0, MAX_DELEVERAGE_REWARD_CAP_USD);
    }

    /// @notice Checks a guardian's restriction that has run for `ran` seconds and is to run for `duration` more.
    /// @dev Reverts with {RiskConfig_OutOfBounds}.
    function checkRestriction(uint256 shareBps, uint256 ran, uint256 duration) internal pure {
        _check("openingShareBps", shareBps, 0, BPS - 1);
        _check("restriction", duration, 0, MAX_RESTRICTION - ran);
    }

    /// @notice Checks the three bounds that tie a market to the common parameters.
    /// @dev Reverts with {RiskConfig_OutOfBounds}, its limit worked out for the parameter it names. Limits round towards
    /// the strict side. Both arguments have passed their own bounds.
    function checkMarketAgainstRisk(MarketParams memory market, RiskParams memory risk) internal pure {
        uint256 imrBps = market.imrBps; // twice the maintenance rate

        // health * imr / 2 > penalty, in bps of bps. The smallest integer above the quotient: floor + 1.
        uint256 minHealth = (2 * BPS * risk.penaltyBps) / imrBps + 1;
        _check("targetHealthTimesMmr", risk.targetHealthBps, minHealth, MAX_TARGET_HEALTH_BPS);

        // notional * imr / 2 >= 2 * cap: rounded up.
        uint256 minNotional = Math.ceilDiv(4 * BPS * risk.keeperFloorCapCents, imrBps);
        _check("minNotionalTimesMmr", market.minNotionalCents, minNotional, MAX_MIN_NOTIONAL_CENTS);

        if (market.skewScaleBase == NO_IMPACT) return;
        // position / (2 * scale) < imr / 2 - penalty. No room at all: the largest position is none. Else rounded down,
        // less one for the strict sign.
        uint256 roomBps = imrBps > 2 * risk.penaltyBps ? imrBps - 2 * risk.penaltyBps : 0;
        uint256 maxPosition = roomBps == 0 ? 0 : (market.skewScaleBase * roomBps - 1) / BPS;
        _check("maxPositionImpact", market.maxPositionBase, 0, maxPosition);
    }

    function _check(bytes32 name, uint256 has, uint256 min, uint256 max) private pure {
        if (has < min || has > max) revert RiskConfig_OutOfBounds(name, has, min, max);
    }
}
