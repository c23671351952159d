// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {InsuranceFund} from "../../../contracts/insurance/InsuranceFund.sol";
import {IInsuranceFund} from "../../../contracts/interfaces/IInsuranceFund.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {ShareFixture} from "./ShareFixture.sol";

contract InsuranceFundTest is ShareFixture {
    InsuranceFund internal fund;

    function setUp() public {
        _deployVault();
        AccessManager authority = new AccessManager(address(this));
        fund = new InsuranceFund(vault, address(authority), "Insurance", "INS", genesis, LENGTH, 5_000);
        fund.wire(address(this));
        _wireVault(address(fund));
    }

    function _requestDeposit(address who, uint256 amount) private returns (uint256) {
        vm.prank(who);
        return fund.requestDeposit(amount, who, who);
    }

    /// @dev Records and settles the epoch `id`.
    function _settle(uint256 id) private {
        _goTo(id + 1);
        fund.recordEpoch();
        vm.warp(vm.getBlockTimestamp() + 30 minutes);
        fund.settleEpoch();
    }

    function _claimShares(address who) private returns (uint256) {
        uint256 assets = fund.maxDeposit(who);
        vm.prank(who);
        return fund.deposit(assets, who);
    }

    function _invest(address who, uint256 amount) private returns (uint256) {
        _settle(_requestDeposit(who, amount));
        return _claimShares(who);
    }

    function _claimAssets(address who) private returns (uint256) {
        uint256 shares = fund.maxRedeem(who);
        vm.prank(who);
        return fund.redeem(shares, who, who);
    }

    // ----------------------------------------------------------------------------------------------------- reverts

    function test_RevertWhen_CoverCallerIsNotWaterfall() public {
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IInsuranceFund.InsuranceFund_NotWaterfall.selector, ann));
        fund.cover(1);
    }

    function test_RevertWhen_DrawLimitIsSetByAnotherOrTooHigh() public {
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, ann));
        fund.setMaxDrawPerDayBps(1);
        vm.expectRevert(abi.encodeWithSelector(IInsuranceFund.InsuranceFund_InvalidDrawLimit.selector, 10_001, 10_000));
        fund.setMaxDrawPerDayBps(10_001);
    }

    function test_RevertWhen_EpochIsRecordedTooEarlyOrTwice() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IInsuranceFund.InsuranceFund_EpochNotOver.selector,
                0,
                genesis + LENGTH,
                vm.getBlockTimestamp()
            )
        );
        fund.recordEpoch();
        _goTo(1);
        fund.recordEpoch();
        vm.expectRevert(abi.encodeWithSelector(IInsuranceFund.InsuranceFund_EpochAlreadyRecorded.selector, 0));
        fund.recordEpoch();
    }

    function test_RevertWhen_EpochIsSettledTooEarlyOrTwice() public {
        _goTo(1);
        vm.expectRevert(IInsuranceFund.InsuranceFund_NothingRecorded.selector);
        fund.settleEpoch();
        fund.recordEpoch();
        uint256 due = vm.getBlockTimestamp() + 30 minutes;
        vm.warp(due - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IInsuranceFund.InsuranceFund_TooEarlyToSettle.selector, 0, due, due - 1)
        );
        fund.settleEpoch();
        vm.warp(due);
        fund.settleEpoch();
        vm.expectRevert(IInsuranceFund.InsuranceFund_NothingRecorded.selector);
        fund.settleEpoch();
    }

    // ------------------------------------------------------------------------------------------------------ cover

    function test_cover_paysWhatIsMatchedIntoCash() public {
        _earn(Ledger.Insurance, 50_000 * NATIVE);
        vm.expectEmit(address(fund));
        emit IInsuranceFund.Covered(10_000 * USD, 10_000 * USD, 40_000 * USD);
        assertEq(fund.cover(10_000 * USD), 10_000 * USD);
        assertEq(vault.balanceOf(Ledger.Cash), 10_000 * USD);
        assertEq(vault.balanceOf(Ledger.Insurance), 40_000 * USD);
    }

    /// Row 2 of the worked numbers: all but one basis point.
    function test_cover_leavesABasisPointWithoutDailyLimit() public {
        fund.setMaxDrawPerDayBps(10_000);
        _earn(Ledger.Insurance, 50_000 * NATIVE);
        assertEq(fund.available(), 49_995 * USD);
        assertEq(fund.cover(140_000 * USD), 49_995 * USD);
        assertEq(fund.cover(1 * USD), 1 * USD);
    }

    /// @custom:checklist 28
    function test_cover_obeysTheLimitOfTheUtcDay() public {
        vm.warp((vm.getBlockTimestamp() / 1 days + 1) * 1 days);
        _earn(Ledger.Insurance, 1_000 * NATIVE);
        assertEq(fund.cover(300 * USD), 300 * USD);
        assertEq(fund.available(), 200 * USD);
        // The base is the fund at the day's first draw: income of the day does not raise it.
        _earn(Ledger.Insurance, 1_000 * NATIVE);
        assertEq(fund.cover(300 * USD), 200 * USD);
        assertEq(fund.cover(300 * USD), 0);
        vm.warp(vm.getBlockTimestamp() + 1 days - 1);
        assertEq(fund.available(), 0);
        vm.warp(vm.getBlockTimestamp() + 1);
        assertEq(fund.available(), 750 * USD);
        // A lower limit holds at once, also below what was drawn.
        assertEq(fund.cover(750 * USD), 750 * USD);
        fund.setMaxDrawPerDayBps(100);
        assertEq(fund.available(), 0);
    }

    function test_cover_ofAnEmptyFundPaysNothing() public {
        assertEq(fund.cover(100 * USD), 0);
        assertEq(fund.cover(0), 0);
    }

    /// @custom:checklist 20
    function testFuzz_cover_neverRevertsNorEmptiesTheFund(uint96 assets, uint128[4] memory asks, uint16 bps) public {
        fund.setMaxDrawPerDayBps(uint16(bound(uint256(bps), 0, 10_000)));
        _earn(Ledger.Insurance, bound(uint256(assets), 1, 1e20));
        for (uint256 i = 0; i < asks.length; ++i) {
            uint256 before = vault.balanceOf(Ledger.Insurance);
            uint256 expected = fund.available();
            uint256 paid = fund.cover(asks[i]);
            assertEq(paid, asks[i] < expected ? asks[i] : expected);
            assertEq(vault.balanceOf(Ledger.Insurance), before - paid);
            assertGt(vault.balanceOf(Ledger.Insurance), 0);
            vm.warp(vm.getBlockTimestamp() + 9 hours);
        }
    }

    // ----------------------------------------------------------------------------------------------------- epochs

    /// @custom:checklist 18, 25, 28
    function test_settleEpoch_redeemsAtTheLowerAndDepositsAtTheHigherValue() public {
        uint256 shares = _invest(ann, 1_000 * NATIVE);
        vm.prank(ann);
        uint256 id = fund.requestRedeem(shares / 2, ann, ann);
        _requestDeposit(ben, 100 * NATIVE);
        _goTo(id + 1);
        fund.recordEpoch();
        (uint256 epoch, uint256 recordedAt, uint256 assets) = fund.record();
        assertEq(epoch, id);
        assertEq(recordedAt, vm.getBlockTimestamp());
        assertEq(assets, 1_000 * USD);
        // A loss between record and settlement falls on who leaves; who comes pays the price before it.
        fund.cover(200 * USD);
        vm.warp(recordedAt + 30 minutes);
        fund.settleEpoch();
        assertApproxEqAbs(_claimAssets(ann), 400 * NATIVE, 1);
        assertApproxEqAbs(_claimShares(ben), 100e24, 1e7);
        assertApproxEqAbs(vault.balanceOf(Ledger.Insurance), 500 * USD, 1);
    }

    function test_settleEpoch_letsEverybodyLeave() public {
        uint256 shares = _invest(ann, 1_000 * NATIVE);
        _earn(Ledger.Insurance, 123_456_789);
        vm.prank(ann);
        uint256 id = fund.requestRedeem(shares, ann, ann);
        _settle(id);
        assertApproxEqAbs(_claimAssets(ann), 1_123_456_789, 1);
        assertEq(fund.totalSupply(), 0);
    }

    function test_settleEpoch_replacesARecordThatWasNotSettled() public {
        uint256 id = _requestDeposit(ann, 100 * NATIVE);
        _goTo(id + 1);
        fund.recordEpoch();
        _settle(id + 4);
        assertEq(_claimShares(ann), 100e24);
    }

    function test_settleEpoch_resumesWhenMoreIdsWaitThanOneCallFolds() public {
        _requestDeposit(ann, 100 * NATIVE);
        _settle(100);
        assertEq(fund.depositBatch(100).filled, 0);
        fund.settleEpoch();
        assertEq(fund.depositBatch(100).filled, 100 * USD);
        vm.prank(ann);
        fund.deposit(0, ann);
        assertEq(_claimShares(ann), 100e24);
    }

    /// Fund wiped out with shares outstanding: the next depositor gets the fund, the old shares a basis point of it, and can
    /// leave.
    /// @custom:checklist 23
    function test_settleEpoch_acceptsDepositsIntoAWipedOutFund() public {
        _invest(ann, 1_000_000 * NATIVE);
        _lose(Ledger.Insurance, vault.balanceOf(Ledger.Insurance));
        uint256 shares = _invest(ben, 1_000 * NATIVE);
        assertApproxEqAbs(fund.convertToAssets(shares), 1_000 * NATIVE, NATIVE / 10);
        assertApproxEqAbs(fund.convertToAssets(fund.balanceOf(ann)), NATIVE / 10, NATIVE / 1_000);
        vm.prank(ben);
        _settle(fund.requestRedeem(shares, ben, ben));
        assertApproxEqAbs(_claimAssets(ben), 1_000 * NATIVE, NATIVE / 10);
    }

    /// Fees earned before the first share belong to no one: the first depositor cannot take them.
    /// @custom:checklist 24
    function test_settleEpoch_keepsEarlyIncomeFromTheFirstDepositor() public {
        _earn(Ledger.Insurance, 1_000 * NATIVE);
        uint256 shares = _invest(ann, 1_000 * NATIVE);
        vm.prank(ann);
        _settle(fund.requestRedeem(shares, ann, ann));
        assertLe(_claimAssets(ann), 1_000 * NATIVE);
    }

    /// @custom:checklist 25, 28
    function testFuzz_settleEpoch_roundTripNeverProfits(uint64 seed, uint64 amount, uint64 drawn) public {
        _invest(cat, bound(uint256(seed), 1, 1e15));
        fund.cover(drawn);
        uint256 before = token.balanceOf(ann);
        uint256 shares = _invest(ann, bound(uint256(amount), 1, 1e15));
        if (shares == 0) return;
        vm.prank(ann);
        _settle(fund.requestRedeem(shares, ann, ann));
        _claimAssets(ann);
        assertLe(token.balanceOf(ann), before, "a round trip made money");
    }
}
