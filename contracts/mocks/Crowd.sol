// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title Crowd
/// @notice Makes many calls in one transaction, in its own name: one owner of thousands of sub-accounts, and many views
/// read at once.
/// @dev Anybody may make it do anything. For measurements and demos.
contract Crowd {
    /// @notice Calls `target` once for each of `calls`, in their order; the first revert is passed on and undoes all.
    /// @return results What each call returned.
    function callAll(address target, bytes[] calldata calls) external returns (bytes[] memory results) {
        results = new bytes[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) results[i] = Address.functionCall(target, calls[i]);
    }
}
