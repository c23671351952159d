// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../../contracts/types/AccountId.sol";
import {LEDGER_COUNT, Ledger} from "../../contracts/types/Ledger.sol";
import {System} from "../shared/SystemFixture.sol";
import {ExchangeFixture} from "./ExchangeFixture.sol";
import {ExchangeLeaving} from "./ExchangeLeaving.sol";

/// @dev Concrete here: the runner knows the contracts of this file only.
contract LeavingActions is ExchangeLeaving {
    constructor(
        System memory system,
        AccountId[] memory traders_,
        AccountId[] memory idlers_,
        address lp_
    ) ExchangeLeaving(system, traders_, idlers_, lp_) {}
}

/// @notice I12: whatever has happened, in the end everyone can leave, in any order, and what stays is dust.
contract LeavingInvariants is ExchangeFixture {
    /// @dev Wei below a token's smallest unit, per account.
    uint256 private constant UNIT = 1e12;

    function setUp() public {
        (AccountId[] memory traders, AccountId[] memory idlers) = _deployWithPeople();
        _target(new LeavingActions(sys, traders, idlers, lp));
    }

    /// I12: while people trade, nobody without positions is held back.
    function invariant_I12_everyoneCanLeaveInAnyOrder() public view {
        assertEq(bytes(handler.broken(6)).length, 0, handler.broken(6));
    }

    /// @dev At the end of every run: all leave, in an order drawn from the state.
    function afterInvariant() public {
        uint256 seed = uint256(keccak256(abi.encode(handler.calls(), vm.getBlockTimestamp(), sys.pool.equity())));
        LeavingActions(address(handler)).leave(seed);
        _checkEmpty();
    }

    function _checkEmpty() private view {
        for (uint256 id = 1; id <= 14; ++id) {
            assertEq(bytes(handler.broken(id)).length, 0, handler.broken(id));
        }
        uint256[LEDGER_COUNT] memory all = sys.vault.balances();
        uint256 accounts = handler.accounts().length;
        assertLt(all[uint256(Ledger.Margin)], accounts * UNIT, "I12: margin stays");
        assertEq(all[uint256(Ledger.Orders)], 0, "I12: bonds stay");
        assertLt(all[uint256(Ledger.PendingPnl)], UNIT, "I12: profit of closed positions stays");
        (uint256 outstanding, uint256 lost, uint256 repaid) = sys.clearinghouse.traderClaims();
        assertLe(repaid + outstanding, lost, "I11: more is owed or repaid than was lost");
        assertLt(repaid - handler.paidOut(), accounts * UNIT, "I12: repaid claims stay");
        assertLt(all[uint256(Ledger.Recovery)], 2 * accounts * UNIT, "I12: repaid debts stay");
    }
}
