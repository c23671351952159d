// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title MockWallet
/// @notice A contract that signs by its owner's key, and can burn all gas instead of answering.
contract MockWallet is IERC1271 {
    /// @notice Only the owner calls from the wallet.
    error MockWallet_NotOwner(address caller);

    address public immutable OWNER;

    bool public isBurningGas;

    constructor(address owner) {
        OWNER = owner;
    }

    /// @notice Calls `target` in the wallet's name.
    function call(address target, bytes calldata data) external {
        if (msg.sender != OWNER) revert MockWallet_NotOwner(msg.sender);
        Address.functionCall(target, data);
    }

    /// @notice Makes every signature burn the gas it is checked with.
    function setBurningGas(bool burning) external {
        isBurningGas = burning;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (isBurningGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        return ECDSA.recover(hash, signature) == OWNER ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
