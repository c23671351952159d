// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

/// @title Handover
/// @notice The last step of a deployment: who deployed hands the power over all powers to the governor and keeps nothing.
/// @dev One transaction, so that the manager is never without an admin and never left with two. The deployer grants this
/// contract the admin role and calls {handOver} once; afterwards it holds nothing and does nothing.
contract Handover {
    /// @dev Of the `AccessManager`: grants roles, assigns functions to them.
    uint64 private constant ADMIN_ROLE = 0;

    /// @notice Only who deployed the contract hands over.
    error Handover_NotDeployer(address caller, address deployer);

    /// @notice Who may hand over.
    address public immutable DEPLOYER;

    /// @notice Where roles are kept.
    IAccessManager public immutable ACCESS;

    constructor(IAccessManager access) {
        DEPLOYER = msg.sender;
        ACCESS = access;
    }

    /// @notice Makes the governor the one admin, behind `delay` seconds.
    /// @dev A deployer who governs stays admin, behind the same delay.
    ///
    /// Requirements: the deployer, else {Handover_NotDeployer}; this contract is admin without a delay.
    function handOver(address governor, uint32 delay) external {
        if (msg.sender != DEPLOYER) revert Handover_NotDeployer(msg.sender, DEPLOYER);
        ACCESS.grantRole(ADMIN_ROLE, governor, delay);
        if (governor != msg.sender) ACCESS.revokeRole(ADMIN_ROLE, msg.sender);
        ACCESS.renounceRole(ADMIN_ROLE, address(this));
    }
}
