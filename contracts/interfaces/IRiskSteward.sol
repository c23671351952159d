// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketId} from "../types/MarketId.sol";

/// @title IRiskSteward
/// @notice Small changes of risk parameters without the governor's delay: one step of one parameter per cool-down.
/// @dev Left to the governor, because users need notice of it: what reaches positions already open (`slopeBpsPerMillion`,
/// `targetHealthBps`), what prices and windows are numbered by (`skewScaleBase`, `keeperWindow`), who gets which part of
/// the money (`treasuryFeeBps`, `recoveryFeeBps`, the shares of the penalty), the cap of the keeper bond, market states,
/// price sources, everything of the pool and the fund.
interface IRiskSteward {
    /// @dev What a steward may move of one market, by the names of `MarketParams`.
    enum MarketParameter {
        ImrBps,
        VolFactorBps,
        FeeBps,
        MaxFundingBps,
        ReserveFactorBps,
        PoolShareBps,
        RiskWeightBps,
        MaxPositionBase,
        MinNotionalCents
    }

    /// @dev What a steward may move of all markets, by the names of `RiskParams`.
    enum RiskParameter {
        PenaltyBps,
        KeeperFloorCents,
        MaxMarkAge,
        InsuranceFeeMinBps,
        InsuranceFeeMaxBps,
        InsuranceTargetBps,
        DeleverageRewardBps,
        DeleverageRewardCapUsd
    }

    /// @notice The change is larger than a step; all in the parameter's own unit.
    error RiskSteward_StepTooLarge(uint256 from, uint256 to, uint256 maxStep);

    /// @notice The parameter has this value already.
    error RiskSteward_NothingChanges(uint256 value);

    /// @notice The parameter was moved lately.
    error RiskSteward_CoolingDown(uint256 nowAt, uint256 until);

    /// @notice A market's parameter moved, in its own unit.
    event MarketParameterAdjusted(MarketId indexed market, MarketParameter indexed parameter, uint256 from, uint256 to);

    /// @notice A parameter of all markets moved, in its own unit.
    event RiskParameterAdjusted(RiskParameter indexed parameter, uint256 from, uint256 to);

    /// @notice Moves one parameter of one market to `value` by at most a step.
    /// @dev A step is a tenth of the present value, rounded down, at least one unit. `value` in the parameter's own unit.
    /// Accrues under the old terms first, as {IClearinghouse.setMarketParams} does. Emits {MarketParameterAdjusted}.
    ///
    /// Requirements: steward; another value than the present, else {RiskSteward_NothingChanges}; at most a step away, else
    /// {RiskSteward_StepTooLarge}; three days since this parameter of this market moved last, else
    /// {RiskSteward_CoolingDown}; those of {IClearinghouse.setMarketParams}, bounds included.
    /// Security: one step of both parameters of the skew cap leaves 0.9 / 1.1 of it, more than the 80% at which opening
    /// stops, so that a steward alone, in one cool-down, makes no book ripe for deleveraging.
    function adjustMarket(MarketId market, MarketParameter parameter, uint256 value) external;

    /// @notice Moves one parameter of all markets to `value` by at most a step.
    /// @dev As {adjustMarket}, the cool-down by parameter. Emits {RiskParameterAdjusted}.
    function adjustRisk(RiskParameter parameter, uint256 value) external;

    /// @notice When a parameter of a market may move again, unix seconds; 0: it never has.
    function marketCoolingUntil(MarketId market, MarketParameter parameter) external view returns (uint256);

    /// @notice When a parameter of all markets may move again, unix seconds; 0: it never has.
    function riskCoolingUntil(RiskParameter parameter) external view returns (uint256);
}
