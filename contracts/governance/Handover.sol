// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Wired} from "./Wired.sol";

/// @title Handover
/// @notice The last step of a deployment: who deployed hands the power over all powers to the governor and keeps nothing.
/// @dev One transaction, so that the manager is never without an admin and never left with two. The deployer grants this
/// contract the admin role and calls {handOver} once; afterwards it holds nothing and does nothing.
contract Handover is Wired {
    /// @dev Of the `AccessManager`: grants roles, assigns functions to them.
    uint64 private constant ADMIN_ROLE = 0;

    /// @notice Where roles are kept.
    IAccessManager public immutable ACCESS;

    constructor(IAccessManager access) {
        ACCESS = access;
    }

    /// @notice Makes the governor the one admin, behind `delay` seconds.
    /// @dev A deployer who governs stays admin, behind the same delay.
    ///
    /// Requirements: the deployer, once, else the errors of {Wired}; this contract is admin without a delay.
    function handOver(address governor, uint32 delay) external onlyOnce {
        ACCESS.grantRole(ADMIN_ROLE, governor, delay);
        if (governor != msg.sender) ACCESS.revokeRole(ADMIN_ROLE, msg.sender);
        ACCESS.renounceRole(ADMIN_ROLE, address(this));
    }
}
