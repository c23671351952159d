// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AggregatorV3Interface} from "../../../contracts/interfaces/AggregatorV3Interface.sol";
import {ISequencerGate} from "../../../contracts/interfaces/ISequencerGate.sol";
import {MockAggregator} from "../../../contracts/mocks/MockAggregator.sol";
import {SequencerGate} from "../../../contracts/oracle/SequencerGate.sol";
import {PriceUse} from "../../../contracts/types/PriceUse.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract SequencerGateTest is TestBase {
    uint256 private constant NOW = 1_760_000_000;
    uint256 private constant GRACE = 1 hours;

    MockAggregator private feed;
    SequencerGate private gate;

    function setUp() public {
        vm.warp(NOW - 2 * GRACE);
        feed = new MockAggregator(0, 0);
        gate = new SequencerGate(feed, GRACE);
        vm.warp(NOW);
    }

    function test_requireOpen_letsEveryUseThroughWhenUp() public view {
        for (uint8 use = 0; use < 3; ++use) gate.requireOpen(PriceUse(use));
    }

    function testFuzz_RevertWhen_Down(int256 answer) public {
        vm.assume(answer != 0);
        feed.pushAnswer(answer);
        _expectDown();
    }

    /// @custom:checklist 16
    function test_RevertWhen_TheFeedDoesNotSay() public {
        feed.pushRound(0, 0); // nobody has started the round
        _expectDown();
        feed.pushRound(0, NOW + 1);
        _expectDown();
        feed.pushRound(0, NOW - 2 * GRACE);
        gate.requireOpen(PriceUse.Liquidate);
        feed.setReverting(true);
        _expectDown();
        feed.setReverting(false);
        feed.setBurningGas(true);
        _expectDown();
    }

    function testFuzz_requireOpen_valueOnlyInGrace(uint256 age) public {
        age = bound(age, 0, 2 * GRACE);
        feed.pushAnswer(0);
        vm.warp(NOW + age);
        gate.requireOpen(PriceUse.Value);
        for (uint8 use = 1; use < 3; ++use) {
            if (age <= GRACE) {
                vm.expectRevert(
                    abi.encodeWithSelector(ISequencerGate.SequencerGate_InGrace.selector, NOW + GRACE, NOW + age)
                );
            }
            gate.requireOpen(PriceUse(use));
        }
    }

    function test_RevertWhen_GraceOutOfRange() public {
        uint256[2] memory bad = [uint256(30 minutes - 1), 24 hours + 1];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    ISequencerGate.SequencerGate_GraceOutOfRange.selector,
                    bad[i],
                    30 minutes,
                    24 hours
                )
            );
            new SequencerGate(feed, bad[i]);
        }
        assertEq(new SequencerGate(feed, 30 minutes).GRACE(), 30 minutes);
        assertEq(new SequencerGate(feed, 24 hours).GRACE(), 24 hours);
    }

    function test_RevertWhen_FeedHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(ISequencerGate.SequencerGate_NotAContract.selector, address(0)));
        new SequencerGate(AggregatorV3Interface(address(0)), GRACE);
    }

    function _expectDown() private {
        for (uint8 use = 0; use < 3; ++use) {
            vm.expectRevert(abi.encodeWithSelector(ISequencerGate.SequencerGate_Down.selector));
            gate.requireOpen{gas: 1_000_000}(PriceUse(use));
        }
    }
}
