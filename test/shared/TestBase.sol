// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @title TestBase
/// @notice Assertions, bounds and the lists the invariant runner asks for.
/// @dev A failed assertion reverts. The runner counts a revert as a failure in a test, in `setUp` and in an `invariant_`
/// function, but not in a handler (`failOnRevert: false`): a handler records what it saw wrong in its own storage and the
/// invariant asserts on that.
abstract contract TestBase {
    error Assert_False(string what);
    error Assert_NotEqual(string what, uint256 has, uint256 expected);
    error Assert_NotEqualSigned(string what, int256 has, int256 expected);
    error Assert_NotEqualAddress(string what, address has, address expected);
    error Assert_NotEqualBytes32(string what, bytes32 has, bytes32 expected);
    error Assert_NotEqualBool(string what, bool has, bool expected);
    error Assert_NotEqualBytes(string what, bytes has, bytes expected);
    error Assert_NotBelow(string what, uint256 has, uint256 limit);
    error Assert_NotBelowSigned(string what, int256 has, int256 limit);
    error Assert_Above(string what, uint256 has, uint256 max);
    error Assert_AboveSigned(string what, int256 has, int256 max);
    error Assert_TooFar(string what, uint256 has, uint256 expected, uint256 maxDelta);
    error Assert_TooFarSigned(string what, int256 has, int256 expected, uint256 maxDelta);
    error Bound_Empty(uint256 min, uint256 max);
    error Bound_EmptySigned(int256 min, int256 max);

    /// @dev Where the runner listens.
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    // ------------------------------------------------------------------------------------------------------ assertions

    function assertTrue(bool condition, string memory what) internal pure {
        if (!condition) revert Assert_False(what);
    }

    function assertTrue(bool condition) internal pure {
        assertTrue(condition, "");
    }

    function assertFalse(bool condition, string memory what) internal pure {
        if (condition) revert Assert_NotEqualBool(what, true, false);
    }

    function assertFalse(bool condition) internal pure {
        assertFalse(condition, "");
    }

    function assertEq(uint256 has, uint256 expected, string memory what) internal pure {
        if (has != expected) revert Assert_NotEqual(what, has, expected);
    }

    function assertEq(uint256 has, uint256 expected) internal pure {
        assertEq(has, expected, "");
    }

    function assertEq(int256 has, int256 expected, string memory what) internal pure {
        if (has != expected) revert Assert_NotEqualSigned(what, has, expected);
    }

    function assertEq(int256 has, int256 expected) internal pure {
        assertEq(has, expected, "");
    }

    function assertEq(address has, address expected, string memory what) internal pure {
        if (has != expected) revert Assert_NotEqualAddress(what, has, expected);
    }

    function assertEq(address has, address expected) internal pure {
        assertEq(has, expected, "");
    }

    function assertEq(bytes32 has, bytes32 expected, string memory what) internal pure {
        if (has != expected) revert Assert_NotEqualBytes32(what, has, expected);
    }

    function assertEq(bytes32 has, bytes32 expected) internal pure {
        assertEq(has, expected, "");
    }

    function assertEq(bool has, bool expected, string memory what) internal pure {
        if (has != expected) revert Assert_NotEqualBool(what, has, expected);
    }

    function assertEq(bool has, bool expected) internal pure {
        assertEq(has, expected, "");
    }

    function assertEq(bytes memory has, bytes memory expected, string memory what) internal pure {
        if (keccak256(has) != keccak256(expected)) revert Assert_NotEqualBytes(what, has, expected);
    }

    function assertEq(bytes memory has, bytes memory expected) internal pure {
        assertEq(has, expected, "");
    }

    /// @dev `has < limit`.
    function assertLt(uint256 has, uint256 limit, string memory what) internal pure {
        if (has >= limit) revert Assert_NotBelow(what, has, limit);
    }

    function assertLt(uint256 has, uint256 limit) internal pure {
        assertLt(has, limit, "");
    }

    function assertLt(int256 has, int256 limit, string memory what) internal pure {
        if (has >= limit) revert Assert_NotBelowSigned(what, has, limit);
    }

    function assertLt(int256 has, int256 limit) internal pure {
        assertLt(has, limit, "");
    }

    /// @dev `has > limit`.
    function assertGt(uint256 has, uint256 limit, string memory what) internal pure {
        assertLt(limit, has, what);
    }

    function assertGt(uint256 has, uint256 limit) internal pure {
        assertLt(limit, has, "");
    }

    function assertGt(int256 has, int256 limit, string memory what) internal pure {
        assertLt(limit, has, what);
    }

    function assertGt(int256 has, int256 limit) internal pure {
        assertLt(limit, has, "");
    }

    /// @dev `has <= max`.
    function assertLe(uint256 has, uint256 max, string memory what) internal pure {
        if (has > max) revert Assert_Above(what, has, max);
    }

    function assertLe(uint256 has, uint256 max) internal pure {
        assertLe(has, max, "");
    }

    function assertLe(int256 has, int256 max, string memory what) internal pure {
        if (has > max) revert Assert_AboveSigned(what, has, max);
    }

    function assertLe(int256 has, int256 max) internal pure {
        assertLe(has, max, "");
    }

    /// @dev `has >= min`.
    function assertGe(uint256 has, uint256 min, string memory what) internal pure {
        assertLe(min, has, what);
    }

    function assertGe(uint256 has, uint256 min) internal pure {
        assertLe(min, has, "");
    }

    function assertGe(int256 has, int256 min, string memory what) internal pure {
        assertLe(min, has, what);
    }

    function assertGe(int256 has, int256 min) internal pure {
        assertLe(min, has, "");
    }

    /// @dev `|has - expected| <= maxDelta`.
    function assertApproxEqAbs(uint256 has, uint256 expected, uint256 maxDelta, string memory what) internal pure {
        uint256 delta = has > expected ? has - expected : expected - has;
        if (delta > maxDelta) revert Assert_TooFar(what, has, expected, maxDelta);
    }

    function assertApproxEqAbs(uint256 has, uint256 expected, uint256 maxDelta) internal pure {
        assertApproxEqAbs(has, expected, maxDelta, "");
    }

    function assertApproxEqAbs(int256 has, int256 expected, uint256 maxDelta, string memory what) internal pure {
        // Two's complement: the difference of any two fits 256 bits unsigned.
        uint256 delta;
        unchecked {
            delta = has > expected ? uint256(has) - uint256(expected) : uint256(expected) - uint256(has);
        }
        if (delta > maxDelta) revert Assert_TooFarSigned(what, has, expected, maxDelta);
    }

    function assertApproxEqAbs(int256 has, int256 expected, uint256 maxDelta) internal pure {
        assertApproxEqAbs(has, expected, maxDelta, "");
    }

    // ---------------------------------------------------------------------------------------------------------- bounds

    /// @dev `x` if it lies in `[min, max]`, else folded into it.
    function bound(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        if (min > max) revert Bound_Empty(min, max);
        if (x >= min && x <= max) return x;
        uint256 span = max - min;
        // The whole range holds every x, so `span + 1` cannot overflow here.
        return min + (x % (span + 1));
    }

    /// @dev The same for signed numbers: shifted by 2^255 they keep their order.
    function bound(int256 x, int256 min, int256 max) internal pure returns (int256) {
        if (min > max) revert Bound_EmptySigned(min, max);
        return _unshift(bound(_shift(x), _shift(min), _shift(max)));
    }

    function _shift(int256 x) private pure returns (uint256) {
        return uint256(x) ^ (1 << 255);
    }

    function _unshift(uint256 x) private pure returns (int256) {
        return int256(x ^ (1 << 255));
    }

    // ----------------------------------------------------------------------------------------------------------- actors

    /// @dev An address named in traces, with nothing at it.
    function makeActor(string memory name) internal returns (address actor) {
        (actor, ) = makeActorAndKey(name);
    }

    /// @dev The same, with the key that signs for it.
    function makeActorAndKey(string memory name) internal returns (address actor, uint256 privateKey) {
        privateKey = uint256(keccak256(bytes(name))) >> 1; // below the order of the curve
        actor = vm.addr(privateKey);
        vm.label(actor, name);
    }
}
