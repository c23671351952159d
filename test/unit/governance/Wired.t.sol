// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Wired} from "../../../contracts/governance/Wired.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract WiredHarness is Wired {
    uint256 public wired;

    function wire(uint256 value) external onlyOnce {
        wired = value;
    }

    function wireTwice() external onlyOnce {
        _again();
    }

    function _again() private onlyOnce {}
}

contract WiredTest is TestBase {
    WiredHarness private harness;

    function setUp() public {
        harness = new WiredHarness();
    }

    function test_wire_runsForTheDeployer() public {
        assertEq(harness.DEPLOYER(), address(this));
        harness.wire(7);
        assertEq(harness.wired(), 7);
    }

    function test_RevertWhen_WiredAgain() public {
        harness.wire(7);
        vm.expectRevert(Wired.Wired_AlreadyWired.selector);
        harness.wire(8);
    }

    function test_RevertWhen_WiredFromInside() public {
        vm.expectRevert(Wired.Wired_AlreadyWired.selector);
        harness.wireTwice();
    }

    function testFuzz_RevertWhen_CallerIsNotTheDeployer(address caller) public {
        vm.assume(caller != address(this));
        vm.expectRevert(abi.encodeWithSelector(Wired.Wired_NotDeployer.selector, caller, address(this)));
        vm.prank(caller);
        harness.wire(7);
    }
}
