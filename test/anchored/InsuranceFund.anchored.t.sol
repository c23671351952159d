// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {InsuranceFund} from "../../contracts/insurance/InsuranceFund.sol";
import {ShareFixture} from "../unit/shares/ShareFixture.sol";

/// Bugs that a reading for whose price is whose found, frozen.
contract InsuranceFundAnchored is ShareFixture {
    InsuranceFund internal fund;

    function setUp() public {
        _deployVault();
        AccessManager authority = new AccessManager(address(this));
        fund = new InsuranceFund(vault, address(authority), "Insurance", "INS", genesis, LENGTH, 5_000);
        _wireVault(address(fund));
    }

    /// P5. A redemption nobody had settled for more than 64 epochs takes two calls, a new deposit one. The first call minted
    /// for the deposit, the second priced the redemption: at the assets recorded before the deposit, over a supply that
    /// already had the deposit's shares. Ann's thousand dollars were paid with five hundred. Now neither side settles until
    /// both can: both prices are of the supply before.
    function test_anchored_P5_bothSidesSettleInOneCallOnly() public {
        _invest(1_000 * NATIVE);
        uint256 shares = fund.balanceOf(ann);
        vm.prank(ann);
        fund.requestRedeem(shares, ann, ann);
        _goTo(80);
        vm.prank(ben);
        uint256 id = fund.requestDeposit(1_000 * NATIVE, ben, ben);
        _goTo(id + 1);
        fund.recordEpoch();
        vm.warp(vm.getBlockTimestamp() + 30 minutes);
        fund.settleEpoch();
        fund.settleEpoch();

        vm.startPrank(ann);
        fund.redeem(0, ann, ann); // 64 ids on
        uint256 redeemable = fund.maxRedeem(ann);
        assertEq(redeemable, shares);
        assertApproxEqAbs(fund.redeem(redeemable, ann, ann), 1_000 * NATIVE, 1);
        vm.stopPrank();
        assertApproxEqAbs(fund.maxMint(ben), shares, 1e6);
    }

    function _invest(uint256 amount) private {
        vm.prank(ann);
        uint256 id = fund.requestDeposit(amount, ann, ann);
        _goTo(id + 1);
        fund.recordEpoch();
        vm.warp(vm.getBlockTimestamp() + 30 minutes);
        fund.settleEpoch();
        vm.prank(ann);
        fund.deposit(amount, ann);
    }
}
