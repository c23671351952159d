// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketId} from "../types/MarketId.sol";
import {IPriceSource} from "./IPriceSource.sol";

/// @title IFeedSuccession
/// @notice The rule for replacing one feed by another inside a source, and its errors.
interface IFeedSuccession is IPriceSource {
    /// @notice A feed that replaces a live one disagrees with it by more than the bound. USD WAD.
    error PriceSource_FeedsDisagree(MarketId market, uint256 oldPrice, uint256 newPrice, uint256 maxDeviationBps);

    /// @notice Too little gas to tell a dead feed from a live one.
    error PriceSource_NotEnoughGas(uint256 has, uint256 needs);

    /// @notice The feed replaced a dead one a short time ago. Unix seconds.
    error PriceSource_ReduceOnly(MarketId market, uint256 openableFrom, uint256 nowAt);
}
