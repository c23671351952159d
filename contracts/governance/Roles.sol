// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Role ids in the AccessManager. A role may change parameters within the bounds of `RiskConfig`, or stop opening.
/// No role can move money, reorder who pays for a loss, stop a liquidation, or keep an account without positions from
/// withdrawing: what does these things has no restricted function. The manager's own role 0, who grants all others, is the
/// governor's and behind the same delay.

/// @dev Lists markets, opens them, sets pool and fund parameters and price sources. Execution delay 7 days.
uint64 constant GOVERNOR_ROLE = 1;

/// @dev Moves parameters through `RiskSteward`: small bounded steps with a cool-down. No delay.
uint64 constant STEWARD_ROLE = 2;

/// @dev Restricts opening in a market for a bounded time; cancels what the governor has scheduled. Closing and liquidating
/// go on. No delay.
uint64 constant GUARDIAN_ROLE = 3;

/// @dev Sets the parameters of one market and of all. Two hold it: the governor behind its delay, and the contract
/// `RiskSteward` without one, whose code bounds what it passes on.
uint64 constant PARAMETERS_ROLE = 4;
