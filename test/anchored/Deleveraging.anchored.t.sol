// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../../contracts/types/AccountId.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {SystemFixture} from "../shared/SystemFixture.sol";

/// Bugs that a fuzzer found, frozen.
contract DeleveragingAnchored is SystemFixture {
    /// I5. The pool is short of its floor while no market owes its traders anything: a first call takes its turn without a
    /// charge, and the round weighs nothing. When another market's traders come to be in profit, its share of the round was
    /// divided by that nothing: every later call reverted, and no shortfall could be called for any more (found as "the pool
    /// is short of its floor, and nobody may call for it").
    function test_anchored_I5_aRoundThatBeganWithNothingOwedDoesNotBlock() public {
        _deployFunded();
        AccountId alice = _fundAccount(makeActor("alice"), 20_000);
        AccountId bob = _fundAccount(makeActor("bob"), 20_000);
        AccountId carol = _fundAccount(makeActor("carol"), 20_000);
        _trade(alice, 0, 1.6e18);
        _trade(bob, 0, -1.6e18);
        _trade(carol, 1, 10e18);
        _trade(carol, 2, 50_000e18);
        // The winner leaves, and the loser's loss meets nobody in profit.
        _setPrice(0, 20_000e18);
        _trade(bob, 0, 1.6e18);
        sys.clearinghouse.liquidate(alice);
        _setPrice(1, 2_900e18);
        _setPrice(2, 0.19e18);
        sys.clearinghouse.markAll();
        assertLt(sys.pool.equity(), int256(sys.pool.floor()), "short of its floor");
        assertEq(sys.clearinghouse.deleverage(MarketId.wrap(2)), 0, "nobody is in profit");

        _setPrice(1, 4_000e18);
        assertGt(sys.clearinghouse.deleverage(MarketId.wrap(1)), 9_000e18, "all of the profit");
    }
}
