// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITranche} from "../interfaces/ITranche.sol";
import {BPS, MathLib} from "../math/MathLib.sol";

/// @title TrancheLib
/// @notice How the pool's equity divides between senior and junior, and how the senior principal moves.
/// @dev Units: USD WAD. `T` is the senior principal: equity up to it is senior's, everything above is junior's.
library TrancheLib {
    using MathLib for int256;
    using MathLib for uint256;

    /// @notice Senior `clamp(E, 0, T)`, junior `max(0, E - T)`.
    function navs(int256 equity, uint256 principal) internal pure returns (uint256 senior, uint256 junior) {
        uint256 positive = equity.pos();
        senior = positive.min(principal);
        junior = positive - senior;
    }

    /// @notice Senior's part of an income, `sigma * min(income, max(0, E - T))`.
    /// @dev Rounding: down. `sigma` weighs the two NAVs; nothing while the principal is not whole.
    function coupon(
        uint256 income,
        int256 equity,
        uint256 principal,
        uint256 seniorWeight,
        uint256 juniorWeight
    ) internal pure returns (uint256) {
        (uint256 senior, uint256 junior) = navs(equity, principal);
        uint256 weighted = seniorWeight * senior;
        uint256 total = weighted + juniorWeight * junior;
        if (total == 0) return 0;
        return income.min(junior).mulDivDown(weighted, total);
    }

    /// @notice Divides free capital over two requests pro rata. Rounding: down.
    function shareFree(
        uint256 free,
        uint256 askedSenior,
        uint256 askedJunior
    ) internal pure returns (uint256 senior, uint256 junior) {
        uint256 asked = askedSenior + askedJunior;
        if (asked <= free) return (askedSenior, askedJunior);
        return (free.mulDivDown(askedSenior, asked), free.mulDivDown(askedJunior, asked));
    }

    /// @notice Principal and floor after senior shares were minted and burned.
    /// @dev Burned shares take their share of both with them; minted ones, of a tranche that is whole, add what they paid.
    /// Rounding: down.
    function moveSenior(
        uint256 principal,
        uint256 floor,
        uint256 floorBps,
        ITranche.Outcome memory outcome
    ) internal pure returns (uint256 principalAfter, uint256 floorAfter) {
        (principalAfter, floorAfter) = (principal, floor);
        uint256 supply = outcome.supplyBefore;
        if (outcome.sharesMinted != 0) {
            principalAfter += outcome.assetsIn;
            floorAfter += outcome.assetsIn.mulDivDown(floorBps, BPS);
        }
        if (outcome.sharesBurned != 0) {
            principalAfter -= principal.mulDivDown(outcome.sharesBurned, supply);
            floorAfter -= floor.mulDivDown(outcome.sharesBurned, supply);
        }
    }
}
