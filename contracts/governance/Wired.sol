// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Wired
/// @notice Base of contracts that must know each other: the deployer names the others once, and then nobody can.
/// @dev Two contracts cannot both be the other's constructor argument. The deployer has this one call and nothing else;
/// until it is made, the contract refuses to work.
abstract contract Wired {
    /// @notice Only who deployed the contract may wire it.
    error Wired_NotDeployer(address caller, address deployer);

    /// @notice Wiring is for good.
    error Wired_AlreadyWired();

    /// @notice Who may wire the contract, once.
    address public immutable DEPLOYER;

    bool private _isWired;

    constructor() {
        DEPLOYER = msg.sender;
    }

    /// @dev For the one function that wires. The flag is set before the body runs, so a call back cannot wire twice.
    modifier onlyOnce() {
        if (msg.sender != DEPLOYER) revert Wired_NotDeployer(msg.sender, DEPLOYER);
        if (_isWired) revert Wired_AlreadyWired();
        _isWired = true;
        _;
    }
}
