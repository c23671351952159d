// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Leg, LiquidationPlanLib} from "../../../contracts/liquidation/LiquidationPlanLib.sol";
import {MarginLib} from "../../../contracts/margin/MarginLib.sol";
import {PriceImpactLib} from "../../../contracts/market/PriceImpactLib.sol";
import {MarketParams, NO_IMPACT, RiskParams} from "../../../contracts/types/Market.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract LiquidationPlanLibTest is TestBase {
    using LiquidationPlanLib for Leg[];
    using LiquidationPlanLib for Leg;

    struct Account {
        Leg[] legs;
        MarketParams[] params;
        RiskParams risk;
        uint256 maintenance;
    }

    function _leg(uint256 seed, MarketParams memory params) private pure returns (Leg memory leg) {
        leg.size = bound(seed, 1e18, 3e19);
        leg.isLong = seed % 2 == 0;
        leg.price = bound(seed >> 32, 1_000e18, 10_000e18);
        leg.mmBps = bound(seed >> 64, 100, 500);
        int256 others = bound(int256(seed >> 96), -1e21, 1e21);
        leg.skew = others + (leg.isLong ? int256(leg.size) : -int256(leg.size));
        leg.notional = (leg.size * leg.price + 1e18 - 1) / 1e18;
        leg.fullImpact = PriceImpactLib.impact(
            leg.skew,
            leg.isLong ? -int256(leg.size) : int256(leg.size),
            leg.price,
            params.skewScaleBase
        );
    }

    function _account(uint256[3] memory seeds, bool hasImpact) private pure returns (Account memory account) {
        account.legs = new Leg[](3);
        account.params = new MarketParams[](3);
        account.risk.penaltyBps = 50;
        account.risk.targetHealthBps = 15_000;
        for (uint256 i = 0; i < 3; ++i) {
            account.params[i].minNotionalCents = 100_000;
            account.params[i].skewScaleBase = hasImpact ? uint128(1e24) : NO_IMPACT;
            account.legs[i] = _leg(seeds[i], account.params[i]);
            account.maintenance += MarginLib.maintenance(account.legs[i].notional, account.legs[i].mmBps, 0);
        }
    }

    /// @dev Equity and requirement after the plan, as the liquidation will book it.
    function _after(
        Account memory account,
        int256 equity
    ) private pure returns (int256 equityAfter, uint256 maintenanceAfter, bool isAllClosed) {
        isAllClosed = true;
        uint256 closedNotional;
        equityAfter = equity;
        for (uint256 i = 0; i < account.legs.length; ++i) {
            Leg memory leg = account.legs[i];
            if (leg.price == 0) continue;
            closedNotional += (leg.closed * leg.price + 1e18 - 1) / 1e18;
            equityAfter -= PriceImpactLib.impact(
                leg.skew,
                leg.closingDelta(),
                leg.price,
                account.params[i].skewScaleBase
            );
            uint256 left = leg.size - leg.closed;
            if (left == 0) continue;
            isAllClosed = false;
            maintenanceAfter += MarginLib.maintenance((left * leg.price + 1e18 - 1) / 1e18, leg.mmBps, 0);
        }
        equityAfter -= int256((closedNotional * account.risk.penaltyBps + 9_999) / 10_000);
    }

    function test_plan_closesWhatRestoresTheTarget() public pure {
        Account memory account = _account([uint256(0), 0, 0], false);
        account.legs = new Leg[](1);
        account.legs[0] = Leg(10e18, true, 10e18, 94_900e18, 949_000e18, 100, 0, 0, 0);
        // e 9,000; MM 9,490; q = (14,235 - 9,000) / (14,235 - 4,745) = 0.55163…
        account.legs.plan(account.params, account.risk, 9_000e18, 9_490e18);
        // q is rounded up in its last digit, the size after it.
        assertEq(account.legs[0].closed, 10 * ((uint256(5_235e18) * 1e18) / 9_490e18 + 1));
    }

    function testFuzz_plan_closesEverythingWithoutEquity(uint256[3] memory seeds, int256 equity) public pure {
        Account memory account = _account(seeds, true);
        account.legs.plan(account.params, account.risk, bound(equity, -1e30, 0), account.maintenance);
        for (uint256 i = 0; i < 3; ++i) assertEq(account.legs[i].closed, account.legs[i].size);
    }

    /// A liquidation leaves either nothing or something healthier, nothing of it below the smallest position.
    /// @custom:checklist 13
    function testFuzz_plan_neverLowersTheRatio(
        uint256[3] memory seeds,
        uint256 equitySeed,
        bool hasImpact
    ) public pure {
        Account memory account = _account(seeds, hasImpact);
        int256 equity = int256(bound(equitySeed, 1, account.maintenance));
        account.legs.plan(account.params, account.risk, equity, account.maintenance);
        (int256 equityAfter, uint256 maintenanceAfter, bool isAllClosed) = _after(account, equity);
        for (uint256 i = 0; i < 3; ++i) {
            Leg memory leg = account.legs[i];
            assertLe(leg.closed, leg.size, "closed more than there is");
            uint256 left = leg.size - leg.closed;
            if (left != 0) assertGe((left * leg.price) / 1e18 + 1, 1_000e18, "left less than the smallest position");
        }
        if (isAllClosed) return;
        assertGt(equityAfter, int256(0), "left bankrupt");
        assertGt(uint256(equityAfter) * account.maintenance, uint256(equity) * maintenanceAfter, "ratio fell");
    }

    /// Without impact the remainder stands at the target, never below it and above by rounding only.
    function testFuzz_plan_hitsTheTarget(uint256[3] memory seeds, uint256 equitySeed) public pure {
        Account memory account = _account(seeds, false);
        int256 equity = int256(bound(equitySeed, 1, account.maintenance));
        account.legs.plan(account.params, account.risk, equity, account.maintenance);
        (int256 equityAfter, uint256 maintenanceAfter, bool isAllClosed) = _after(account, equity);
        if (isAllClosed) return;
        uint256 target = (maintenanceAfter * 15_000) / 10_000;
        assertApproxEqAbs(uint256(equityAfter), target, 1e8, "off the target");
    }

    /// The same fraction of every leg, and nothing of a leg without a price.
    /// @custom:checklist 12
    function testFuzz_plan_closesTheSameFractionOfAll(uint256[3] memory seeds, uint256 equitySeed) public pure {
        Account memory account = _account(seeds, true);
        account.maintenance -= MarginLib.maintenance(account.legs[1].notional, account.legs[1].mmBps, 0);
        account.legs[1].price = 0;
        int256 equity = int256(bound(equitySeed, 1, account.maintenance));
        account.legs.plan(account.params, account.risk, equity, account.maintenance);
        assertEq(account.legs[1].closed, 0, "closed without a price");
        uint256 a = (account.legs[0].closed * 1e18) / account.legs[0].size;
        uint256 b = (account.legs[2].closed * 1e18) / account.legs[2].size;
        assertApproxEqAbs(a, b, 3, "not the same fraction");
    }
}
