// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BPS, MathLib} from "../math/MathLib.sol";
import {RiskParams} from "../types/Market.sol";

/// @title FeeLib
/// @notice Divides a trading fee between insurance, treasury and LPs.
/// @dev Units: USD WAD. Rounding: insurance and treasury down, the rest to the LPs, so the parts add up.
library FeeLib {
    using MathLib for uint256;

    /// @notice The emptier the fund is against its target (a share of open notional), the more of the fee it gets.
    function split(
        uint256 fee,
        RiskParams memory risk,
        uint256 insurance,
        uint256 openNotional
    ) internal pure returns (uint256 toPool, uint256 toInsurance, uint256 toTreasury) {
        toInsurance = fee.mulDivDown(insuranceShareBps(risk, insurance, openNotional), BPS);
        toTreasury = fee.mulDivDown(risk.treasuryFeeBps, BPS);
        toPool = fee - toInsurance - toTreasury;
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
