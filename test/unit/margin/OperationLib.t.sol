// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OperationLib} from "../../../contracts/margin/OperationLib.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {LEDGER_COUNT} from "../../../contracts/types/Ledger.sol";
import {Operation} from "../../../contracts/types/State.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract OperationLibTest is TestBase {
    using OperationLib for Operation;
    using OperationLib for bytes;

    /// Every field of the struct: one that is added and not copied shows here, as does one in another place.
    function testFuzz_pack_isUndoneByUnpack(Operation memory op, bytes memory junk) public pure {
        bytes32 before = keccak256(abi.encode(op));
        bytes memory packed = op.pack();
        bytes memory after_ = abi.encodePacked(junk); // memory behind it is not its own
        Operation memory back = packed.unpack();
        assertEq(uint256(keccak256(abi.encode(back))), uint256(before));
        assertEq(uint256(keccak256(abi.encode(op))), uint256(before), "the original is untouched");
        assertEq(uint256(keccak256(after_)), uint256(keccak256(junk)));
    }

    function test_unpack_isTheSameMemory() public pure {
        Operation memory op;
        op.account = AccountId.wrap(7);
        bytes memory packed = op.pack();
        Operation memory back = packed.unpack();
        back.flows[LEDGER_COUNT - 1] = -5;
        assertEq(packed.unpack().flows[LEDGER_COUNT - 1], -5);
        assertEq(op.flows[LEDGER_COUNT - 1], 0);
    }
}
