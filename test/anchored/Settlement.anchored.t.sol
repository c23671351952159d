// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../../contracts/types/AccountId.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {IClearinghouse} from "../../contracts/interfaces/IClearinghouse.sol";
import {SystemFixture} from "../shared/SystemFixture.sol";

/// Bugs that a fuzzer found, frozen.
contract SettlementAnchored is SystemFixture {
    /// I12. Deleveraging has closed most of a winner, and what that pays waits for the position's next touch. The price falls
    /// back, so that what is left of the position is no winner any more, and a loss elsewhere is above the margin. The
    /// account is healthy, so nobody may liquidate it; but a close looked for money in winning positions only and reverted
    /// with `Clearinghouse_MarginBelowZero` (found as "a position that can neither be closed nor liquidated").
    function test_anchored_I12_aLossIsPaidFromWhatDeleveragingClosedElsewhere() public {
        _deployFunded();
        AccountId alice = _fundAccount(makeActor("alice"), 60_000);
        _trade(alice, 2, 1_500_000e18);
        _trade(alice, 0, 1e18);
        _setPrice(2, 0.238e18);
        sys.clearinghouse.markAll();
        assertGe(sys.pool.equity(), int256(sys.pool.floor()));
        sys.clearinghouse.deleverage(MarketId.wrap(2));
        uint256 credit = sys.clearinghouse.replayed(alice, MarketId.wrap(2)).credit;
        assertGt(credit, 30_000e18, "nothing was closed");

        _setPrice(2, 0.2e18);
        _setPrice(0, 20_000e18);
        IClearinghouse.Health memory h = sys.clearinghouse.health(alice);
        assertGt(h.equity, int256(h.maintenanceMargin), "healthy");
        _trade(alice, 0, -1e18);
        assertEq(sys.clearinghouse.replayed(alice, MarketId.wrap(2)).credit, 0, "taken in");
        assertApproxEqAbs(int256(uint256(sys.clearinghouse.account(alice).margin)), h.equity, 100e18);
    }
}
