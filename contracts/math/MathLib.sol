// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

uint256 constant WAD = 1e18;
uint256 constant BPS = 1e4;
/// @dev USD cents to WAD.
uint256 constant CENT = 1e16;

/// @title MathLib
/// @notice Products and quotients that name their rounding side. Down and Up are towards zero and away from it;
/// Floor and Ceil are towards minus and plus infinity.
library MathLib {
    function mulDivDown(uint256 a, uint256 b, uint256 d) internal pure returns (uint256) {
        return Math.mulDiv(a, b, d);
    }

    function mulDivUp(uint256 a, uint256 b, uint256 d) internal pure returns (uint256) {
        return Math.mulDiv(a, b, d, Math.Rounding.Ceil);
    }

    /// @dev `a * b / d` towards plus infinity.
    function mulDivCeil(int256 a, uint256 b, uint256 d) internal pure returns (int256) {
        return a >= 0 ? int256(mulDivUp(uint256(a), b, d)) : -int256(mulDivDown(abs(a), b, d));
    }

    /// @dev `a * b / d` towards minus infinity.
    function mulDivFloor(int256 a, uint256 b, uint256 d) internal pure returns (int256) {
        return a >= 0 ? int256(mulDivDown(uint256(a), b, d)) : -int256(mulDivUp(abs(a), b, d));
    }

    /// @dev `a * b / d` towards plus infinity, both factors signed.
    function mulDivCeil(int256 a, int256 b, uint256 d) internal pure returns (int256) {
        return b >= 0 ? mulDivCeil(a, uint256(b), d) : mulDivCeil(-a, abs(b), d);
    }

    /// @dev `a * b / d` towards minus infinity, both factors signed.
    function mulDivFloor(int256 a, int256 b, uint256 d) internal pure returns (int256) {
        return b >= 0 ? mulDivFloor(a, uint256(b), d) : mulDivFloor(-a, abs(b), d);
    }

    function abs(int256 a) internal pure returns (uint256) {
        return a >= 0 ? uint256(a) : uint256(-a);
    }

    /// @dev max(0, a).
    function pos(int256 a) internal pure returns (uint256) {
        return a > 0 ? uint256(a) : 0;
    }

    function min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    function max(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a : b;
    }

    function min(int256 a, int256 b) internal pure returns (int256) {
        return a < b ? a : b;
    }

    function max(int256 a, int256 b) internal pure returns (int256) {
        return a > b ? a : b;
    }

    /// @dev max(0, a - b).
    function zeroFloorSub(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a - b : 0;
    }
}
