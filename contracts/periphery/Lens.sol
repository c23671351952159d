// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountLens} from "./AccountLens.sol";
import {GapLens} from "./GapLens.sol";
import {LensBase} from "./LensBase.sol";
import {MarketLens} from "./MarketLens.sol";
import {PoolLens} from "./PoolLens.sol";

/// @title Lens
/// @notice One reader over one deployment. Stores nothing, owns nothing, asks nobody's leave; a new one can take its place at
/// any time. Its parts say what they read.
contract Lens is AccountLens, MarketLens, PoolLens, GapLens {
    constructor(Addresses memory system) LensBase(system) {}

    /// @notice The deployment it reads.
    function addresses() external view returns (Addresses memory) {
        return
            Addresses({
                clearinghouse: address(CLEARINGHOUSE),
                pool: address(POOL),
                insurance: address(INSURANCE),
                waterfall: address(WATERFALL),
                orders: address(ORDERS),
                oracle: address(ORACLE),
                vault: address(VAULT),
                senior: address(SENIOR),
                junior: address(JUNIOR)
            });
    }
}
