// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BPS, MathLib} from "../math/MathLib.sol";
import {RiskParams} from "../types/Market.sol";

/// @title FeeLib
/// @notice Divides a trading fee between insurance, recovery claims, treasury and LPs.
/// @dev Units: USD WAD. Rounding: insurance, recovery and treasury down, the rest to the LPs, so the parts add up.
library FeeLib {
    using MathLib for uint256;

    /// @dev Where a fee goes; the parts add up to it.
    struct Parts {
        uint256 toPool;
        uint256 toInsurance;
        uint256 toRecovery;
        uint256 toTreasury;
    }

    /// @notice The emptier the fund is against its target (a share of open notional), the more of the fee it gets. Recovery
    /// claims get `recoveryFeeBps` while any are outstanding, never more than that; the treasury is junior to both.
    function split(
        uint256 fee,
        RiskParams memory risk,
        uint256 insurance,
        uint256 openNotional,
        uint256 claims
    ) internal pure returns (Parts memory parts) {
        parts.toInsurance = fee.mulDivDown(insuranceShareBps(risk, insurance, openNotional), BPS);
        uint256 left = fee - parts.toInsurance;
        parts.toRecovery = fee.mulDivDown(risk.recoveryFeeBps, BPS).min(left).min(claims);
        left -= parts.toRecovery;
        parts.toTreasury = fee.mulDivDown(risk.treasuryFeeBps, BPS).min(left);
        parts.toPool = left - parts.toTreasury;
    }

    /// @notice Insurance share of fees: `insuranceFeeMaxBps` when empty, `insuranceFeeMinBps` at target.
    /// @dev Rounding: up, for the fund.
    function insuranceShareBps(
        RiskParams memory risk,
        uint256 insurance,
        uint256 openNotional
    ) internal pure returns (uint256) {
        uint256 target = openNotional.mulDivDown(risk.insuranceTargetBps, BPS);
        if (target == 0) return risk.insuranceFeeMinBps;
        uint256 span = risk.insuranceFeeMaxBps - risk.insuranceFeeMinBps;
        return risk.insuranceFeeMaxBps - span.mulDivDown(MathLib.min(insurance, target), target);
    }
}
