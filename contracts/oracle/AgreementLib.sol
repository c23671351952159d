// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BPS} from "../math/MathLib.sol";

/// @title AgreementLib
/// @notice Whether a price may take the place of another one, and what it may cost to ask the old one.
library AgreementLib {
    /// @dev Two feeds of one asset differ by their deviation thresholds (50 bps each at most for the assets one would
    /// list) and by lag in a fast market. 300 bps leaves room for both and stays below the 200 to 500 bps of margin a
    /// position has, so that a change of source alone bankrupts hardly anybody.
    uint256 internal constant MAX_DEVIATION_BPS = 300;

    /// @dev How long what replaces something dead may only be used to leave: time for all to see what it says.
    uint256 internal constant REDUCE_ONLY_TIME = 24 hours;

    /// @dev Gas a dead source can burn. A live one needs a tenth.
    uint256 internal constant PROBE_GAS = 1_000_000;

    /// @dev Gas that must be left before the probe: 64/63 of it for the call, the rest for what follows. With less, a
    /// live source would look dead.
    uint256 internal constant GAS_NEEDED = 1_150_000;

    /// @notice Whether two prices differ by at most the bound, measured on the smaller one.
    /// @dev Units: USD per base unit, WAD, < 2^128 each. Rounding: none, no division. Symmetric.
    function agree(uint256 a, uint256 b) internal pure returns (bool) {
        return agree(a, b, MAX_DEVIATION_BPS);
    }

    /// @notice The same with a bound of one's own, in basis points.
    function agree(uint256 a, uint256 b, uint256 maxDeviationBps) internal pure returns (bool) {
        (uint256 low, uint256 high) = a < b ? (a, b) : (b, a);
        return (high - low) * BPS <= low * maxDeviationBps;
    }
}
