// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Role ids in the AccessManager. A role may change parameters within the bounds of `RiskConfig`, or stop opening.
/// No role can move money, reorder who pays for a loss, stop a liquidation, or keep an account without positions from
/// withdrawing: what does these things has no restricted function.

/// @dev Lists markets, opens them, sets every parameter and price source. Execution delay 7 days.
uint64 constant GOVERNOR_ROLE = 1;

/// @dev Changes risk parameters by small bounded steps with a cool-down. No delay.
uint64 constant STEWARD_ROLE = 2;

/// @dev Stops opening in a market and cannot start it again; closing and liquidating go on. No delay.
uint64 constant GUARDIAN_ROLE = 3;
