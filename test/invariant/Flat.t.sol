// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../../contracts/types/AccountId.sol";
import {QuietFixture} from "../shared/QuietFixture.sol";
import {System} from "../shared/SystemFixture.sol";
import {QuietHandler} from "./QuietHandler.sol";

/// @dev Concrete here: the runner knows the contracts of this file only.
contract FlatActions is QuietHandler {
    constructor(System memory system, AccountId[] memory group_) QuietHandler(system, group_) {}

    /// @dev At constant price and time nobody becomes liquidatable by his own hand.
    function liquidate(uint256 who) external {
        try sys.clearinghouse.liquidate(_member(who)) {
            broken[13] = "an account of the group became liquidatable";
        } catch {
            _count(true);
        }
    }
}

/// @notice I13: at constant price and time, from a state without liquidatable accounts, going flat makes no profit.
contract FlatInvariants is QuietFixture {
    FlatActions internal handler;

    function setUp() public {
        AccountId[] memory group = _deployGroup();
        handler = new FlatActions(sys, group);
        uint256 snapshot = vm.snapshotState();
        handler.closeAll();
        uint256 wealth = handler.wealth();
        vm.revertToState(snapshot);
        handler.remember(wealth);
        targetContract(address(handler));
        targetSelectors(address(handler), _selectors());
    }

    function _selectors() private pure returns (bytes4[] memory list) {
        list = new bytes4[](11);
        for (uint256 i = 0; i < 3; ++i) list[i] = QuietHandler.trade.selector;
        list[3] = QuietHandler.reduce.selector;
        list[4] = QuietHandler.settle.selector;
        list[5] = QuietHandler.withdraw.selector;
        list[6] = QuietHandler.deposit.selector;
        list[7] = QuietHandler.transfer.selector;
        list[8] = QuietHandler.poke.selector;
        list[9] = QuietHandler.goFlat.selector;
        list[10] = FlatActions.liquidate.selector;
    }

    function afterInvariant() public view {
        assertGe(2 * handler.successes(), handler.calls(), "less than half of the calls succeeded");
    }

    /// I13
    /// @custom:checklist 31
    function invariant_I13_goingFlatAtConstantPriceMakesNoProfit() public view {
        assertEq(bytes(handler.broken(13)).length, 0, handler.broken(13));
    }
}
