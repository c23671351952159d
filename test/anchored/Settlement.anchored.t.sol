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

    /// I12. A loss was settled, then most of it was won back: what was paid in too much returns at the next settlement. A loss
    /// elsewhere is above the margin, and the account is healthy, so nobody may liquidate it; but a close looked for money in
    /// positions above their entry only and reverted with `Clearinghouse_MarginBelowZero`.
    function test_anchored_I12_aLossIsPaidFromWhatAnotherPositionHasPaidTooMuch() public {
        _deployFunded();
        AccountId alice = _fundAccount(makeActor("alice"), 60_000);
        _trade(alice, 2, 1_500_000e18);
        _trade(alice, 0, 1e18);
        _setPrice(2, 0.17e18);
        sys.clearinghouse.settle(alice);
        uint256 settled = sys.clearinghouse.position(alice, MarketId.wrap(2)).settled;
        assertGt(settled, 40_000e18, "nothing was settled");

        _setPrice(2, 0.198e18);
        _setPrice(0, 80_000e18);
        IClearinghouse.Health memory h = sys.clearinghouse.health(alice);
        assertGt(h.equity, int256(h.maintenanceMargin), "healthy");
        assertLt(sys.clearinghouse.account(alice).margin, 20_000e18, "the margin is enough");
        _trade(alice, 0, -1e18);
        uint256 loss = 1_500_000 * 0.002e18;
        assertApproxEqAbs(
            sys.clearinghouse.position(alice, MarketId.wrap(2)).settled,
            loss,
            500e18,
            "the rest came back"
        );
        assertApproxEqAbs(int256(uint256(sys.clearinghouse.account(alice).margin)), h.equity, 100e18);
    }
}
