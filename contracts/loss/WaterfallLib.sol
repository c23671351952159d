// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MathLib} from "../math/MathLib.sol";

/// @title WaterfallLib
/// @notice Who pays for a deficit: pure splits, no state, no money.
/// @dev Units: USD WAD.
library WaterfallLib {
    using MathLib for int256;
    using MathLib for uint256;

    /// @notice Divides a loss of pool equity between the tranches and what stands behind them.
    /// @dev Rounding: none. There is no division, so the parts add up to the loss.
    /// @param loss What insurance did not pay of a matched deficit.
    /// @param equityAfter `E` with the loss in it.
    /// @param protectedFloor Below this the loss goes on to traders in profit.
    /// @param principal Senior principal `T`: what lies above is junior's.
    function allocate(
        uint256 loss,
        int256 equityAfter,
        uint256 protectedFloor,
        uint256 principal
    ) internal pure returns (uint256 junior, uint256 senior, uint256 shortOfFloor) {
        shortOfFloor = loss.min((int256(protectedFloor) - equityAfter).pos());
        uint256 rest = loss - shortOfFloor;
        uint256 juniorBefore = (equityAfter + int256(loss) - int256(principal)).pos();
        junior = rest.min(juniorBefore);
        senior = rest - junior;
    }

    /// @notice Divides `total` over `weights`, the last positive one taking what rounding leaves.
    /// @dev Rounding: down. All weights zero: all to `fallbackIndex`.
    function shareOut(
        uint256 total,
        uint256[] memory weights,
        uint256 fallbackIndex
    ) internal pure returns (uint256[] memory parts) {
        parts = new uint256[](weights.length);
        uint256 sum;
        uint256 last = fallbackIndex;
        for (uint256 i = 0; i < weights.length; ++i) {
            if (weights[i] == 0) continue;
            sum += weights[i];
            last = i;
        }
        if (parts.length == 0) return parts;

        uint256 left = total;
        if (sum != 0) {
            for (uint256 i = 0; i < weights.length; ++i) {
                if (weights[i] == 0 || i == last) continue;
                parts[i] = total.mulDivDown(weights[i], sum);
                left -= parts[i];
            }
        }
        parts[last] = left;
    }
}
