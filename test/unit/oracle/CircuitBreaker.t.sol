// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {ICircuitBreaker} from "../../../contracts/interfaces/ICircuitBreaker.sol";
import {IFeedSuccession} from "../../../contracts/interfaces/IFeedSuccession.sol";
import {IPriceSource} from "../../../contracts/interfaces/IPriceSource.sol";
import {MockPriceSource} from "../../../contracts/mocks/MockPriceSource.sol";
import {CircuitBreaker} from "../../../contracts/oracle/CircuitBreaker.sol";
import {MarketId} from "../../../contracts/types/MarketId.sol";
import {PriceUse} from "../../../contracts/types/PriceUse.sol";
import {TestBase} from "../../shared/TestBase.sol";
import {GasBurner, NonsenseSource} from "./OracleRouter.t.sol";

contract CircuitBreakerTest is TestBase {
    MarketId private constant ETH = MarketId.wrap(3);
    uint256 private constant NOW = 1_760_000_000;
    uint16 private constant MAX_DEVIATION_BPS = 100;
    uint16 private constant MAX_MOVE_BPS = 500;
    uint16 private constant WINDOW = 300;

    CircuitBreaker private breaker;
    MockPriceSource private first;
    MockPriceSource private second;

    receive() external payable {}

    function setUp() public {
        vm.warp(NOW);
        breaker = new CircuitBreaker(address(new AccessManager(address(this))));
        first = new MockPriceSource();
        second = new MockPriceSource();
        _setBoth(4_000e18);
        breaker.setSources(ETH, first, second, MAX_DEVIATION_BPS, MAX_MOVE_BPS, WINDOW);
    }

    // ------------------------------------------------------------------------------------------------------ deviation

    function testFuzz_priceFor_isTheFirstSourcesWhileTheSecondAgrees(uint128 other, uint8 use) public {
        other = uint128(bound(other, 3_800e18, 4_200e18));
        second.setPrice(ETH, other);
        (uint256 low, uint256 high) = other < 4_000e18 ? (uint256(other), uint256(4_000e18)) : (4_000e18, other);
        bool isAgreed = (high - low) * 10_000 <= low * MAX_DEVIATION_BPS;
        if (!isAgreed) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    ICircuitBreaker.CircuitBreaker_SourcesDisagree.selector,
                    ETH,
                    4_000e18,
                    other,
                    MAX_DEVIATION_BPS
                )
            );
        }
        (uint256 price, uint256 publishedAt) = breaker.priceFor(ETH, PriceUse(use % 3));
        if (isAgreed) assertEq(price, 4_000e18);
        if (isAgreed) assertEq(publishedAt, NOW);
    }

    /// Whatever the second source does wrong, one can leave and be liquidated at the first one's price, not open.
    function test_priceFor_withTheSecondDeadIsForLeavingOnly() public {
        uint256 before = vm.snapshotState();
        second.setDead(ETH, true);
        _expectLeavingOnly(before);
        second.setPrice(ETH, 0);
        _expectLeavingOnly(before);
        second.setPrice(ETH, 1 << 112);
        _expectLeavingOnly(before);
        second.setPriceAt(ETH, 4_000e18, uint40(NOW + 1));
        _expectLeavingOnly(before);
        vm.etch(address(second), type(NonsenseSource).runtimeCode);
        _expectLeavingOnly(before);
        vm.etch(address(second), type(GasBurner).runtimeCode);
        _expectLeavingOnly(before);
        vm.etch(address(second), "");
        _expectLeavingOnly(before);
    }

    function test_RevertWhen_TheFirstIsDead() public {
        first.setDead(ETH, true);
        for (uint8 use = 0; use < 3; ++use) {
            vm.expectRevert(abi.encodeWithSelector(MockPriceSource.MockPriceSource_Dead.selector, ETH));
            breaker.priceFor(ETH, PriceUse(use));
        }
    }

    /// Two live sources that disagree are nobody's choice; a first one that is only silent keeps its market alive.
    function test_isDead_isTheFirstOnesWordUnlessTheyDisagree() public {
        second.setPrice(ETH, 5_000e18);
        assertTrue(breaker.isDead(ETH), "they disagree");
        first.setDead(ETH, true);
        assertTrue(breaker.isDead(ETH), "the first is a push feed");
        vm.mockCall(address(first), abi.encodeCall(IPriceSource.isDead, (ETH)), abi.encode(false));
        assertTrue(!breaker.isDead(ETH), "the first is only silent");
        first.setDead(ETH, false);
        assertTrue(breaker.isDead(ETH), "fresh, and they disagree");
    }

    function test_RevertWhen_NoSources() public {
        MarketId other = MarketId.wrap(1);
        vm.expectRevert(abi.encodeWithSelector(ICircuitBreaker.CircuitBreaker_NoSources.selector, other));
        breaker.priceFor(other, PriceUse.Value);
        vm.expectRevert(abi.encodeWithSelector(ICircuitBreaker.CircuitBreaker_NoSources.selector, other));
        breaker.poke(other);
    }

    /// Starved of gas, a second source that disagrees would look dead, and the first one's price would pass.
    function test_RevertWhen_TooLittleGasToAskTheSecond() public {
        second.setPrice(ETH, 5_000e18);
        vm.expectPartialRevert(ICircuitBreaker.CircuitBreaker_NotEnoughGas.selector);
        breaker.priceFor{gas: 110_000}(ETH, PriceUse.Liquidate);
    }

    // ---------------------------------------------------------------------------------------------------- speed limit

    function test_priceFor_stopsOpeningAfterAFastMoveAndNothingElse() public {
        breaker.poke(ETH);
        vm.warp(NOW + 10);
        _setBoth(4_200e18); // 500 bps: at the limit
        breaker.priceFor(ETH, PriceUse.Open);
        _setBoth(4_200e18 + 1);
        _expectTooFast(4_000e18, 4_200e18 + 1, NOW + 2 * WINDOW);
        (uint256 price, ) = breaker.priceFor(ETH, PriceUse.Value);
        assertEq(price, 4_200e18 + 1);
        (price, ) = breaker.priceFor(ETH, PriceUse.Liquidate);
        assertEq(price, 4_200e18 + 1);
        _setBoth(3_800e18); // down by 526 bps of the smaller
        _expectTooFast(4_000e18, 3_800e18, NOW + 2 * WINDOW);
    }

    /// Nobody can hide a move by keeping a price right after it, nor right before the old one counts no longer.
    function test_poke_keepsTheOldPriceForItsWindowAndAnother() public {
        breaker.poke(ETH);
        _setBoth(5_000e18);
        vm.warp(NOW + WINDOW - 1);
        vm.expectRevert(
            abi.encodeWithSelector(ICircuitBreaker.CircuitBreaker_TooSoon.selector, ETH, NOW + WINDOW, NOW + WINDOW - 1)
        );
        breaker.poke(ETH);
        vm.warp(NOW + WINDOW);
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.ReferenceKept(ETH, 5_000e18, NOW + WINDOW);
        breaker.poke(ETH);
        _expectTooFast(4_000e18, 5_000e18, NOW + 2 * WINDOW);
        (ICircuitBreaker.Reference memory current, ICircuitBreaker.Reference memory previous) = breaker.referencesOf(
            ETH
        );
        assertEq(current.price, 5_000e18);
        assertEq(previous.price, 4_000e18);
    }

    /// Whatever anybody pokes, a move stops opening for two windows at most.
    function testFuzz_priceFor_opensAgainAfterTwoWindows(uint256[8] memory waits) public {
        breaker.poke(ETH);
        _setBoth(5_000e18);
        for (uint256 i = 0; i < 8; ++i) {
            vm.warp(vm.getBlockTimestamp() + bound(waits[i], 0, WINDOW));
            try breaker.poke(ETH) {} catch {}
        }
        if (vm.getBlockTimestamp() < NOW + 2 * WINDOW) vm.warp(NOW + 2 * WINDOW);
        breaker.priceFor(ETH, PriceUse.Open);
    }

    /// A slow move of any length, with somebody poking, never stops opening.
    function test_priceFor_letsASlowMoveThrough() public {
        uint128 price = 4_000e18;
        for (uint256 i = 0; i < 30; ++i) {
            breaker.poke(ETH);
            breaker.priceFor(ETH, PriceUse.Open);
            vm.warp(vm.getBlockTimestamp() + WINDOW);
            _setBoth(price += 80e18); // 200 bps a window at most
        }
    }

    function test_priceFor_hasNoLimitWithoutAReference() public {
        _setBoth(8_000e18);
        breaker.priceFor(ETH, PriceUse.Open);
        breaker.poke(ETH);
        vm.warp(NOW + 2 * WINDOW);
        _setBoth(4_000e18);
        breaker.priceFor(ETH, PriceUse.Open);
    }

    function test_RevertWhen_PokingWithoutAPrice() public {
        second.setPrice(ETH, 5_000e18);
        vm.expectPartialRevert(ICircuitBreaker.CircuitBreaker_SourcesDisagree.selector);
        breaker.poke(ETH);
    }

    // ----------------------------------------------------------------------------------------------------- first price

    function test_firstPriceAfter_asksTheFirstKeepsAReferenceAndGivesBackTheEther() public {
        vm.deal(address(this), 1_000);
        (uint256 price, uint256 publishedAt) = breaker.firstPriceAfter{value: 1_000}(ETH, NOW, "");
        assertEq(price, 4_000e18);
        assertEq(publishedAt, NOW);
        assertEq(address(this).balance, 1_000);
        (ICircuitBreaker.Reference memory current, ) = breaker.referencesOf(ETH);
        assertEq(current.price, 4_000e18);
        assertEq(current.keptAt, NOW);
        breaker.firstPriceAfter(ETH, NOW, ""); // too soon to keep another, and no reason to fail
    }

    function test_RevertWhen_TheFirstPriceIsOneTheOtherDisputes() public {
        second.setPrice(ETH, 5_000e18);
        vm.expectPartialRevert(ICircuitBreaker.CircuitBreaker_SourcesDisagree.selector);
        breaker.firstPriceAfter(ETH, NOW, "");
    }

    // ------------------------------------------------------------------------------------------------------ setSources

    function test_setSources_storesAndEmits() public {
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.SourcesSet(ETH, address(second), address(first), 10, 50, 10, 0);
        breaker.setSources(ETH, second, first, 10, 50, 10);
        assertEq(address(breaker.pairOf(ETH).primary), address(second));
        assertEq(address(breaker.pairOf(ETH).secondary), address(first));
    }

    function test_RevertWhen_CallerIsNotTheGovernor() public {
        address stranger = makeActor("stranger");
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        breaker.setSources(ETH, first, second, MAX_DEVIATION_BPS, MAX_MOVE_BPS, WINDOW);
    }

    function test_RevertWhen_SourcesAreBad() public {
        _expectBadSources(first, first);
        _expectBadSources(first, IPriceSource(address(0)));
        _expectBadSources(IPriceSource(makeActor("empty")), second);
        second.setDead(ETH, true);
        vm.expectRevert(abi.encodeWithSelector(ICircuitBreaker.CircuitBreaker_SecondaryDead.selector, ETH));
        breaker.setSources(ETH, first, second, MAX_DEVIATION_BPS, MAX_MOVE_BPS, WINDOW);
    }

    function test_RevertWhen_BoundsAreOutOfRange() public {
        _expectOutOfRange("maxDeviationBps", 9, 10, 1_000, 9, MAX_MOVE_BPS, WINDOW);
        _expectOutOfRange("maxDeviationBps", 1_001, 10, 1_000, 1_001, MAX_MOVE_BPS, WINDOW);
        _expectOutOfRange("maxMoveBps", 49, 50, 5_000, MAX_DEVIATION_BPS, 49, WINDOW);
        _expectOutOfRange("maxMoveBps", 5_001, 50, 5_000, MAX_DEVIATION_BPS, 5_001, WINDOW);
        _expectOutOfRange("window", 9, 10, 3_600, MAX_DEVIATION_BPS, MAX_MOVE_BPS, 9);
        _expectOutOfRange("window", 3_601, 10, 3_600, MAX_DEVIATION_BPS, MAX_MOVE_BPS, 3_601);
    }

    function test_setSources_afterADeadPairIsForLeavingFirst() public {
        first.setDead(ETH, true);
        MockPriceSource next = new MockPriceSource();
        next.setPrice(ETH, 1_000e18);
        second.setPrice(ETH, 1_000e18);
        breaker.setSources(ETH, next, second, MAX_DEVIATION_BPS, MAX_MOVE_BPS, WINDOW);
        breaker.priceFor(ETH, PriceUse.Value);
        vm.expectRevert(
            abi.encodeWithSelector(IFeedSuccession.PriceSource_ReduceOnly.selector, ETH, NOW + 1 days, NOW)
        );
        breaker.priceFor(ETH, PriceUse.Open);
        vm.warp(NOW + 1 days);
        breaker.priceFor(ETH, PriceUse.Open);
    }

    function test_RevertWhen_NewPairDisagreesWithALiveOne() public {
        MockPriceSource next = new MockPriceSource();
        MockPriceSource other = new MockPriceSource();
        next.setPrice(ETH, 4_200e18);
        other.setPrice(ETH, 4_200e18);
        vm.expectRevert(
            abi.encodeWithSelector(IFeedSuccession.PriceSource_FeedsDisagree.selector, ETH, 4_000e18, 4_200e18, 300)
        );
        breaker.setSources(ETH, next, other, MAX_DEVIATION_BPS, MAX_MOVE_BPS, WINDOW);
    }

    // -------------------------------------------------------------------------------------------------------- helpers

    function _setBoth(uint128 price) private {
        first.setPrice(ETH, price);
        second.setPrice(ETH, price);
    }

    /// @dev With the gas the clearinghouse gives a price, less what the router uses.
    function _expectLeavingOnly(uint256 before) private {
        (uint256 price, ) = breaker.priceFor{gas: 280_000}(ETH, PriceUse.Value);
        assertEq(price, 4_000e18);
        (price, ) = breaker.priceFor{gas: 280_000}(ETH, PriceUse.Liquidate);
        assertEq(price, 4_000e18);
        vm.expectRevert(abi.encodeWithSelector(ICircuitBreaker.CircuitBreaker_SecondaryDead.selector, ETH));
        breaker.priceFor{gas: 280_000}(ETH, PriceUse.Open);
        vm.revertToState(before);
    }

    function _expectTooFast(uint256 earlier, uint256 price, uint256 until) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ICircuitBreaker.CircuitBreaker_MovedTooFast.selector,
                ETH,
                earlier,
                price,
                MAX_MOVE_BPS,
                until
            )
        );
        breaker.priceFor(ETH, PriceUse.Open);
    }

    function _expectBadSources(IPriceSource a, IPriceSource b) private {
        vm.expectRevert(
            abi.encodeWithSelector(ICircuitBreaker.CircuitBreaker_BadSources.selector, ETH, address(a), address(b))
        );
        breaker.setSources(ETH, a, b, MAX_DEVIATION_BPS, MAX_MOVE_BPS, WINDOW);
    }

    function _expectOutOfRange(
        bytes32 what,
        uint256 has,
        uint256 min,
        uint256 max,
        uint16 deviation,
        uint16 move,
        uint16 window
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(ICircuitBreaker.CircuitBreaker_OutOfRange.selector, ETH, what, has, min, max)
        );
        breaker.setSources(ETH, first, second, deviation, move, window);
    }
}
