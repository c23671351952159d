// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../../contracts/types/AccountId.sol";
import {InvariantBase} from "../shared/InvariantBase.sol";
import {SystemFixture} from "../shared/SystemFixture.sol";
import {ExchangeHandler} from "./ExchangeHandler.sol";
import {ExchangeLosses} from "./ExchangeLosses.sol";

/// @title ExchangeFixture
/// @notice The exchange with its people, and what the runner draws from.
abstract contract ExchangeFixture is InvariantBase, SystemFixture {
    ExchangeHandler internal handler;

    function _deployWithPeople() internal returns (AccountId[] memory traders, AccountId[] memory idlers) {
        _deployFunded();
        traders = new AccountId[](4);
        idlers = new AccountId[](2);
        for (uint256 i = 0; i < 4; ++i) {
            traders[i] = _fundAccount(makeActor(string.concat("trader ", vm.toString(i))), 20_000);
            sys.token.mint(traders[i].owner(), 1e15);
        }
        for (uint256 i = 0; i < 2; ++i) {
            idlers[i] = _fundAccount(makeActor(string.concat("idler ", vm.toString(i))), 7_777);
        }
        sys.token.mint(lp, 1e15);
    }

    function _target(ExchangeHandler actions) internal {
        handler = actions;
        targetContract(address(actions));
        targetSelectors(address(actions), _selectors());
    }

    /// @dev Opening and what takes money from traders are drawn more often: without positions nothing else matters.
    function _selectors() internal pure returns (bytes4[] memory list) {
        list = new bytes4[](26);
        for (uint256 i = 0; i < 5; ++i) list[i] = ExchangeHandler.open.selector;
        for (uint256 i = 5; i < 7; ++i) list[i] = ExchangeLosses.liquidate.selector;
        list[7] = ExchangeHandler.reduce.selector;
        list[8] = ExchangeHandler.flip.selector;
        list[9] = ExchangeHandler.deposit.selector;
        list[10] = ExchangeHandler.withdraw.selector;
        list[11] = ExchangeHandler.idle.selector;
        list[12] = ExchangeHandler.movePrice.selector;
        list[13] = ExchangeHandler.wait.selector;
        list[14] = ExchangeHandler.settle.selector;
        list[15] = ExchangeLosses.collect.selector;
        list[16] = ExchangeHandler.request.selector;
        list[17] = ExchangeHandler.endEpoch.selector;
        for (uint256 i = 18; i < 21; ++i) list[i] = ExchangeHandler.duel.selector;
        for (uint256 i = 21; i < 24; ++i) list[i] = ExchangeLosses.deleverage.selector;
        list[24] = ExchangeLosses.replay.selector;
        list[25] = ExchangeLosses.recover.selector;
    }

    /// @dev One fixed run of 64 calls.
    /// @return reverted Calls that reverted outside of a `try`: they did nothing, as for the runner, and count as failures.
    function _replay(uint256 run) internal returns (uint256 reverted) {
        bytes4[] memory selectors = _selectors();
        for (uint256 i = 0; i < 64; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(run, i)));
            // Calls with fewer arguments ignore the rest.
            bytes memory input = abi.encodePacked(
                selectors[seed % selectors.length],
                seed >> 8,
                keccak256(abi.encode(seed)),
                seed >> 32,
                seed >> 64,
                seed >> 96
            );
            (bool isDone, ) = address(handler).call(input);
            if (!isDone) ++reverted;
        }
    }
}
