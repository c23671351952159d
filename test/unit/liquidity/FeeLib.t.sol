// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeeLib} from "../../../contracts/liquidity/FeeLib.sol";
import {RiskParams} from "../../../contracts/types/Market.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract FeeLibTest is TestBase {
    function _risk(uint256 seed) private pure returns (RiskParams memory risk) {
        risk.treasuryFeeBps = uint16(bound(seed, 0, 10_000));
        risk.insuranceFeeMaxBps = uint16(bound(seed >> 32, 0, 10_000 - risk.treasuryFeeBps));
        risk.insuranceFeeMinBps = uint16(bound(seed >> 64, 0, risk.insuranceFeeMaxBps));
        risk.insuranceTargetBps = uint16(bound(seed >> 96, 0, 10_000));
        risk.recoveryFeeBps = uint16(bound(seed >> 128, 0, 5_000));
    }

    function test_insuranceShareBps_fallsFromMaxToMin() public pure {
        RiskParams memory risk;
        (risk.insuranceFeeMinBps, risk.insuranceFeeMaxBps, risk.insuranceTargetBps) = (500, 3_000, 200);
        assertEq(FeeLib.insuranceShareBps(risk, 0, 1_000_000e18), 3_000, "empty");
        assertEq(FeeLib.insuranceShareBps(risk, 10_000e18, 1_000_000e18), 1_750, "half");
        assertEq(FeeLib.insuranceShareBps(risk, 20_000e18, 1_000_000e18), 500, "at target");
        assertEq(FeeLib.insuranceShareBps(risk, 90_000e18, 1_000_000e18), 500, "above");
        assertEq(FeeLib.insuranceShareBps(risk, 0, 0), 500, "no target");
    }

    function testFuzz_split_conservesTheFee(
        uint256 seed,
        uint128 fee,
        uint128 fund,
        uint128 open,
        uint128 claims
    ) public pure {
        RiskParams memory risk = _risk(seed);
        FeeLib.Parts memory parts = FeeLib.split(fee, risk, fund, open, claims);
        assertEq(parts.toPool + parts.toInsurance + parts.toRecovery + parts.toTreasury, fee);
        assertLe(parts.toRecovery, claims, "more than is owed");
        assertLe(parts.toRecovery, (uint256(fee) * risk.recoveryFeeBps) / 10_000, "more than the share");
        // Insurance and recovery come before the treasury.
        FeeLib.Parts memory without = FeeLib.split(fee, risk, fund, open, 0);
        assertEq(parts.toInsurance, without.toInsurance, "insurance pays for claims");
        assertLe(parts.toTreasury, without.toTreasury, "the treasury gains by claims");
    }

    function test_split_treasuryIsJuniorToRecovery() public pure {
        RiskParams memory risk;
        (risk.treasuryFeeBps, risk.recoveryFeeBps) = (7_000, 5_000);
        FeeLib.Parts memory parts = FeeLib.split(100e18, risk, 0, 0, 1_000e18);
        assertEq(parts.toRecovery, 50e18);
        assertEq(parts.toTreasury, 50e18);
        assertEq(parts.toPool, 0);
    }

    function testFuzz_insuranceShareBps_neverRisesWithTheFund(
        uint256 seed,
        uint128 a,
        uint128 b,
        uint128 open
    ) public pure {
        if (a > b) (a, b) = (b, a);
        RiskParams memory risk = _risk(seed);
        uint256 poor = FeeLib.insuranceShareBps(risk, a, open);
        uint256 rich = FeeLib.insuranceShareBps(risk, b, open);
        assertGe(poor, rich, "a poorer fund gets less");
        assertLe(poor, risk.insuranceFeeMaxBps, "above the maximum");
        assertGe(rich, risk.insuranceFeeMinBps, "below the minimum");
    }
}
