// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {MarketParams, RiskParams} from "../../contracts/types/Market.sol";
import {InvariantBase} from "./InvariantBase.sol";
import {SystemFixture} from "./SystemFixture.sol";

/// @title QuietFixture
/// @notice No fees, penalties and bonds: nothing hides a rule that pays. Positions on both sides, in profit and at a loss.
abstract contract QuietFixture is InvariantBase, SystemFixture {
    AccountId internal outsider;

    /// @dev Two owners, one with two accounts. Prices have moved since they opened, but hurt nobody too much.
    function _deployGroup() internal returns (AccountId[] memory group) {
        _deployFunded();
        outsider = _fundAccount(makeActor("outsider"), 200_000);
        group = new AccountId[](3);
        group[0] = _fundAccount(makeActor("one"), 50_000);
        group[1] = _fundAccount(makeActor("two"), 50_000);
        group[2] = toAccountId(group[0].owner(), 1);
        _fundAndApprove(group[0].owner(), 100_000);
        vm.prank(group[0].owner());
        sys.clearinghouse.deposit(group[2], 30_000e6);

        _trade(outsider, 0, 3e18);
        _trade(outsider, 1, -80e18);
        _trade(outsider, 2, 200_000e18);
        _trade(group[0], 0, -1e18);
        _trade(group[0], 1, 20e18);
        _trade(group[1], 0, 0.5e18);
        _trade(group[2], 2, -100_000e18);
        _setPrice(0, 97_000e18);
        _setPrice(1, 3_050e18);
        _setPrice(2, 0.203e18);
        // An hour on, volatility has left the windows again.
        _advance(2 hours);
        sys.clearinghouse.markAll();
    }

    function _risk() internal pure override returns (RiskParams memory risk) {
        risk = super._risk();
        (risk.penaltyBps, risk.keeperFloorCents) = (0, 0);
    }

    function _marketParams(uint8 market) internal pure override returns (MarketParams memory params) {
        params = super._marketParams(market);
        params.feeBps = 0;
    }
}
