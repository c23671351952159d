// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {MathLib} from "../math/MathLib.sol";

/// @title ShareMathLib
/// @notice The price of a share: `(nav + 1) / (supply + 1e6)`. Units: USD WAD; shares with 24 decimals.
/// @dev The virtual shares own what nobody else does, so a first depositor cannot make the next one's shares round to
/// nothing. Whoever refills a vault that was wiped out leaves one basis point to those who were: shares outstanding always
/// have a price, and no deposit multiplies their number by more than ten thousand.
library ShareMathLib {
    uint8 internal constant DECIMALS = 24;
    uint256 internal constant VIRTUAL_SHARES = 1e6;
    uint256 internal constant VIRTUAL_ASSETS = 1;

    /// @dev Each wipe-out multiplies what a dollar mints by ten thousand at most: ten in a row fit, whatever they leave.
    /// Half a word, so that no sum of shares overflows and no settlement reverts; a vault that gets here takes no deposits.
    uint256 internal constant MAX_SUPPLY = type(uint256).max / 2;

    /// @notice `shares(assets)`, rounded down.
    function toSharesDown(uint256 assets, uint256 nav, uint256 supply) internal pure returns (uint256) {
        return MathLib.mulDivDown(assets, supply + VIRTUAL_SHARES, nav + VIRTUAL_ASSETS);
    }

    /// @notice `assets(shares)`, rounded down.
    function toAssetsDown(uint256 shares, uint256 nav, uint256 supply) internal pure returns (uint256) {
        return MathLib.mulDivDown(shares, nav + VIRTUAL_ASSETS, supply + VIRTUAL_SHARES);
    }

    /// @dev Part of a deposit that shares outstanding are worth at least when it is priced.
    uint256 internal constant LEAST_NAV_DIVISOR = 10_000;

    /// @dev All deposits of a settlement together mint so many or none, so rounding takes at most a thousandth of them. Only
    /// where next to no shares own much is this more than a fraction of a cent.
    uint256 internal constant LEAST_SHARES = 1_000;

    /// @notice As {toSharesDown}, at a net asset value of at least a basis point of the deposit if shares are outstanding;
    /// 0 below {LEAST_SHARES} or if the supply would pass {MAX_SUPPLY}. Never reverts.
    function mintable(uint256 assets, uint256 nav, uint256 supply) internal pure returns (uint256 shares) {
        if (supply != 0) nav = MathLib.max(nav, assets / LEAST_NAV_DIVISOR);
        (uint256 high, ) = Math.mul512(assets, supply + VIRTUAL_SHARES);
        if (high > nav) return 0; // the quotient would not fit a word
        shares = toSharesDown(assets, nav, supply);
        if (shares < LEAST_SHARES || shares > MAX_SUPPLY - supply) return 0;
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
