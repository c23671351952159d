// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {MathLib} from "../math/MathLib.sol";

/// @title ShareMathLib
/// @notice The price of a share: `(nav + 1) / (supply + 1e6)`. Units: USD WAD; shares with 24 decimals.
/// @dev The virtual shares own what nobody else does, so a first depositor cannot make the next one's shares round to
/// nothing, and a vault wiped out with shares outstanding still has a price.
library ShareMathLib {
    uint8 internal constant DECIMALS = 24;
    uint256 internal constant VIRTUAL_SHARES = 1e6;
    uint256 internal constant VIRTUAL_ASSETS = 1;

    /// @dev Each near-total loss multiplies what a dollar mints: 100,000 USD after a wipe-out that leaves 2 USD by 50,000,
    /// and ten of those in a row fit. Half a word, so that no sum of shares overflows and no settlement reverts; a vault
    /// that gets here takes no more deposits.
    uint256 internal constant MAX_SUPPLY = type(uint256).max / 2;

    /// @notice `shares(assets)`, rounded down.
    function toSharesDown(uint256 assets, uint256 nav, uint256 supply) internal pure returns (uint256) {
        return MathLib.mulDivDown(assets, supply + VIRTUAL_SHARES, nav + VIRTUAL_ASSETS);
    }

    /// @notice `assets(shares)`, rounded down.
    function toAssetsDown(uint256 shares, uint256 nav, uint256 supply) internal pure returns (uint256) {
        return MathLib.mulDivDown(shares, nav + VIRTUAL_ASSETS, supply + VIRTUAL_SHARES);
    }

    /// @notice As {toSharesDown}; 0 if the supply would pass {MAX_SUPPLY}. Never reverts.
    function mintable(uint256 assets, uint256 nav, uint256 supply) internal pure returns (uint256 shares) {
        (uint256 high, ) = Math.mul512(assets, supply + VIRTUAL_SHARES);
        if (high > nav) return 0; // the quotient would not fit a word
        shares = toSharesDown(assets, nav, supply);
        if (shares > MAX_SUPPLY - supply) return 0;
    }

    /// @notice How many of `shares` are redeemed, and for what, if at most `limit` may be paid.
    /// @dev Both zero if nothing would be paid. Rounding: assets down, shares up.
    function redeemable(
        uint256 shares,
        uint256 nav,
        uint256 supply,
        uint256 limit
    ) internal pure returns (uint256 burned, uint256 assets) {
        uint256 value = toAssetsDown(shares, nav, supply);
        if (value == 0 || limit == 0) return (0, 0);
        if (value <= limit) return (shares, value);
        return (MathLib.mulDivUp(shares, limit, value), limit);
    }
}
