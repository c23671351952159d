// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TestBase} from "./TestBase.sol";

/// @title InvariantBase
/// @notice What the invariant runner may call, and as whom. It asks by these five getters once, after `setUp`.
/// @dev Without a target it calls every contract `setUp` deployed, with any selector: name the handlers.
abstract contract InvariantBase is TestBase {
    /// @dev Layout the runner decodes.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    address[] private _targets;
    address[] private _excluded;
    address[] private _senders;
    FuzzSelector[] private _targetSelectors;
    FuzzSelector[] private _excludedSelectors;

    /// @dev Calls this contract. With any target set, nothing but targets is called.
    function targetContract(address target) internal {
        _targets.push(target);
    }

    /// @dev Never calls this contract.
    function excludeContract(address excluded) internal {
        _excluded.push(excluded);
    }

    /// @dev Calls only these functions of `target`. A selector given twice is drawn twice as often.
    function targetSelectors(address target, bytes4[] memory selectors) internal {
        _targetSelectors.push(FuzzSelector(target, selectors));
    }

    /// @dev Never calls these functions of `target`.
    function excludeSelectors(address target, bytes4[] memory selectors) internal {
        _excludedSelectors.push(FuzzSelector(target, selectors));
    }

    /// @dev Calls come from this address or another one named so; by default from anybody.
    function targetSender(address sender) internal {
        _senders.push(sender);
    }

    function targetContracts() external view returns (address[] memory) {
        return _targets;
    }

    function excludeContracts() external view returns (address[] memory) {
        return _excluded;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory) {
        return _targetSelectors;
    }

    function excludeSelectors() external view returns (FuzzSelector[] memory) {
        return _excludedSelectors;
    }

    function targetSenders() external view returns (address[] memory) {
        return _senders;
    }
}
