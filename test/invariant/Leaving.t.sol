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

/// @notice What every call keeps to, and, at the end of every run, I12: everyone leaves, in any order, and what stays is dust.
contract LeavingInvariants is ExchangeFixture {
    /// @dev Wei below a token's smallest unit, per account.
    uint256 private constant UNIT = 1e12;

    function setUp() public {
        (AccountId[] memory traders, AccountId[] memory idlers) = _deployWithPeople();
        _target(new LeavingActions(sys, traders, idlers, lp));
    }

    /// I4: parts add up to the deficit. I5: a layer pays only when earlier ones are at their limit. I7: traders in profit are
    /// charged the same `h`, at most their profit, and nobody else is. I8: no liquidation leaves equity below zero. I9: at
    /// one price, a share is worth less only by what is booked. I10: settling moves no value. I11: nobody is repaid more
    /// than it lost. I12: in the end everyone can leave, in any order. I14: opening and withdrawing leave nobody liquidatable.
    /// @custom:checklist 9, 19, 20
    function invariant_I4_I5_I7_I8_I9_I10_I11_I12_I14_everyCallKeptItsPromise() public view {
        for (uint256 id = 1; id <= 14; ++id) {
            string memory what = handler.broken(id);
            if (bytes(what).length != 0) assertTrue(false, string.concat("I", vm.toString(id), ": ", what));
        }
    }

    /// I12: on the way out of six fixed runs positions are closed, and claims are paid.
    function test_leave_closesAndClaims() public {
        uint256[3] memory exits;
        for (uint256 run = 0; run < 6; ++run) {
            uint256 start = vm.snapshotState();
            _replay(run);
            LeavingActions(address(handler)).leave(run);
            for (uint256 i = 0; i < 3; ++i) exits[i] += LeavingActions(address(handler)).exits(i);
            vm.revertToState(start);
        }
        assertGt(exits[0], 0, "nobody closed a position");
        assertGt(exits[2], 0, "no claim was paid on the way out");
    }

    /// @dev At the end of every run: all leave, in an order drawn from the state.
    function afterInvariant() public {
        uint256 seed = uint256(keccak256(abi.encode(handler.calls(), vm.getBlockTimestamp(), sys.pool.equity())));
        LeavingActions(address(handler)).leave(seed);
        invariant_I4_I5_I7_I8_I9_I10_I11_I12_I14_everyCallKeptItsPromise();
        _checkEmpty();
    }

    function _checkEmpty() private view {
        uint256[LEDGER_COUNT] memory all = sys.vault.balances();
        uint256 accounts = handler.accounts().length;
        assertLt(all[uint256(Ledger.Margin)], accounts * UNIT, "I12: margin stays");
        assertEq(all[uint256(Ledger.Orders)], 0, "I12: bonds stay");
        assertLt(all[uint256(Ledger.PendingPnl)], UNIT, "I12: profit of closed positions stays");
        (uint256 outstanding, uint256 lost, uint256 repaid) = sys.clearinghouse.traderClaims();
        assertLe(repaid + outstanding, lost, "I11: more is owed or repaid than was lost");
        assertLt(repaid - handler.paidOut(), accounts * UNIT, "I12: repaid claims stay");
        // LPs have not claimed.
        (, , uint256 toSenior) = sys.senior.totalClaims();
        (, , uint256 toJunior) = sys.junior.totalClaims();
        uint256 recovery = all[uint256(Ledger.Recovery)];
        assertGe(recovery, toSenior + toJunior, "I11: what LPs were repaid is gone");
        assertLt(recovery - toSenior - toJunior, 2 * accounts * UNIT, "I12: repaid debts stay");
    }
}
