// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ledger} from "../../../contracts/types/Ledger.sol";
import {TrancheFixture} from "./TrancheFixture.sol";

/// @title ClaimFixture
/// @notice A tranche that loses and is repaid; the test is its pool.
abstract contract ClaimFixture is TrancheFixture {
    uint256 internal constant SCALE = 1e12; // USD wei in a token unit

    /// @dev Takes USD wei out of the pool and owes them to the holders of now.
    function _loseAndOwe(uint256 usd) internal {
        _lose(Ledger.Cash, usd);
        tranche.mintClaims(usd);
    }

    /// @dev Brings whole token units into the recovery ledger; repays at most `usd`.
    function _repay(uint256 usd) internal returns (uint256 paid) {
        _earn(Ledger.Recovery, (usd + SCALE - 1) / SCALE);
        (paid, ) = tranche.repayClaims(usd);
    }

    function _claimable(address who) internal view returns (uint256 claimable) {
        (claimable, ) = tranche.claimsOf(who);
    }

    function _outstanding(address who) internal view returns (uint256 outstanding) {
        (, outstanding) = tranche.claimsOf(who);
    }

    function _transfer(address from, address to, uint256 shares) internal {
        vm.prank(from);
        tranche.transfer(to, shares);
    }

    /// @dev Shares of somebody, whatever state they are in.
    function _sharesOf(address who) internal view returns (uint256) {
        return tranche.balanceOf(who) + tranche.maxMint(who) + tranche.pendingRedeemRequest(0, who);
    }

    /// @dev Down, never up: what a claim may lose to roundings.
    function _assertJustBelow(uint256 has, uint256 exact, uint256 tolerance, string memory what) internal pure {
        assertLe(has, exact, what);
        assertLe(exact - has, tolerance, what);
    }
}
