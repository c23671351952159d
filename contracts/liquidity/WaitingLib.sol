// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MathLib} from "../math/MathLib.sol";

/// @dev Shares whose redemption has passed from one epoch to the next, by how often.
struct Waiting {
    uint256 once;
    uint256 twice;
    uint256 overdue; // three times or more
}

/// @title WaitingLib
/// @notice How long redemptions have waited. All that wait under one id are filled alike, so fractions are enough.
library WaitingLib {
    using MathLib for uint256;

    /// @notice Moves everything that a settlement left one epoch on.
    /// @dev Rounding: down for what has waited longer; the last wei is the newest.
    /// @param asked Shares that waited before the settlement, new ones included.
    /// @param burned What it filled of them.
    function pass(Waiting storage self, uint256 asked, uint256 burned) internal {
        uint256 left = asked - burned;
        (uint256 once, uint256 twice, uint256 overdue) = (self.once, self.twice, self.overdue);
        if (left == 0) {
            if (once | twice | overdue != 0) (self.once, self.twice, self.overdue) = (0, 0, 0);
            return;
        }
        self.overdue = (twice + overdue).mulDivDown(left, asked);
        self.twice = once.mulDivDown(left, asked);
        self.once = left - self.twice - self.overdue;
    }
}
