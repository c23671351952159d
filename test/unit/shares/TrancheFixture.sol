// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITranche} from "../../../contracts/interfaces/ITranche.sol";
import {Tranche} from "../../../contracts/liquidity/Tranche.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {ShareFixture} from "./ShareFixture.sol";

/// @title TrancheFixture
/// @notice A junior tranche whose pool is the test.
abstract contract TrancheFixture is ShareFixture {
    Tranche internal tranche;

    function setUp() public {
        _deployVault();
        tranche = new Tranche(vault, "Junior", "JR", genesis, LENGTH, false);
        tranche.wire(address(this));
        _wireVault(address(tranche));
    }

    /// @dev The test is the pool: junior's net asset value is all the cash.
    function navs() public view returns (uint256 senior, uint256 junior) {
        return (7 * USD, vault.balanceOf(Ledger.Cash));
    }

    function _nav() internal view returns (uint256 nav) {
        (, nav) = navs();
    }

    function _requestDeposit(address who, uint256 amount) internal returns (uint256) {
        vm.prank(who);
        return tranche.requestDeposit(amount, who, who);
    }

    function _requestRedeem(address who, uint256 shares) internal returns (uint256) {
        vm.prank(who);
        return tranche.requestRedeem(shares, who, who);
    }

    function _settle(uint256 epoch) internal returns (ITranche.Outcome memory) {
        return tranche.settle(epoch, _nav(), _nav(), type(uint256).max, true);
    }

    /// @dev Deposits, settles, claims: `who` holds shares in the first second of the epoch after next.
    function _invest(address who, uint256 amount) internal returns (uint256 shares) {
        uint256 id = _requestDeposit(who, amount);
        _goTo(id + 1);
        _settle(id);
        return _claimShares(who);
    }

    function _claimShares(address who) internal returns (uint256) {
        uint256 assets = tranche.maxDeposit(who);
        vm.prank(who);
        return tranche.deposit(assets, who);
    }

    function _claimAssets(address who) internal returns (uint256) {
        uint256 shares = tranche.maxRedeem(who);
        vm.prank(who);
        return tranche.redeem(shares, who, who);
    }
}
