// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title TickLib
/// @notice Integer price ticks, 64 to an octave: exact, at most 1.57% wide, no logarithm.
library TickLib {
    /// @notice `64 * floor(log2 p)` plus the next six bits of `p`.
    /// @dev Units: price USD per base unit, WAD; zero counts as one wei. Rounding: down to the lower end of the tick.
    function tickOf(uint256 price) internal pure returns (uint32) {
        if (price == 0) return 0;
        uint256 exponent = Math.log2(price);
        uint256 next = exponent >= 6 ? price >> (exponent - 6) : price << (6 - exponent);
        return uint32(exponent * 64 + (next & 63));
    }
}
