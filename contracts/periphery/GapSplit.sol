// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MathLib} from "../math/MathLib.sol";

/// @title GapSplit
/// @notice The splits of `WaterfallLib`, for whom that library is out of reach.
/// @dev Units: USD WAD. Tests compare the two.
library GapSplit {
    using MathLib for int256;
    using MathLib for uint256;

    /// @notice As `WaterfallLib.allocate`. Rounding: none.
    function allocate(
        uint256 loss,
        int256 equityAfter,
        uint256 protectedFloor,
        uint256 principal
    ) internal pure returns (uint256 junior, uint256 senior, uint256 shortOfFloor) {
        shortOfFloor = loss.min((int256(protectedFloor) - equityAfter).pos());
        uint256 rest = loss - shortOfFloor;
        junior = rest.min((equityAfter + int256(loss) - int256(principal)).pos());
        senior = rest - junior;
    }

    /// @notice As `WaterfallLib.shareOut`. Rounding: down, the last positive weight takes what is left.
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
            (sum, last) = (sum + weights[i], i);
        }
        uint256 left = total;
        for (uint256 i = 0; i < weights.length; ++i) {
            if (weights[i] == 0 || i == last) continue;
            parts[i] = total.mulDivDown(weights[i], sum);
            left -= parts[i];
        }
        parts[last] = left;
    }

    /// @notice Index of the largest value, the first of equal ones; 0 of nothing.
    function largest(uint256[] memory values) internal pure returns (uint256 index) {
        for (uint256 i = 1; i < values.length; ++i) {
            if (values[i] > values[index]) index = i;
        }
    }
}
