// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {IOracleRouter} from "../../../contracts/interfaces/IOracleRouter.sol";
import {IPriceSource} from "../../../contracts/interfaces/IPriceSource.sol";
import {ISequencerGate} from "../../../contracts/interfaces/ISequencerGate.sol";
import {MockAggregator} from "../../../contracts/mocks/MockAggregator.sol";
import {MockPriceSource} from "../../../contracts/mocks/MockPriceSource.sol";
import {OracleRouter} from "../../../contracts/oracle/OracleRouter.sol";
import {SequencerGate} from "../../../contracts/oracle/SequencerGate.sol";
import {MarketId} from "../../../contracts/types/MarketId.sol";
import {PriceUse} from "../../../contracts/types/PriceUse.sol";
import {TestBase} from "../../shared/TestBase.sol";

/// @dev Answers every call with three bytes.
contract NonsenseSource {
    fallback() external {
        assembly {
            return(0, 3)
        }
    }
}

/// @dev Spends all the gas it is given.
contract GasBurner {
    fallback() external {
        assembly {
            invalid()
        }
    }
}

contract OracleRouterTest is TestBase {
    MarketId private constant ETH = MarketId.wrap(3);
    uint256 private constant NOW = 1_760_000_000;
    uint256 private constant LIMIT = 1 << 112;

    OracleRouter private router;
    MockPriceSource private old;
    MockPriceSource private next;

    receive() external payable {}

    function setUp() public {
        vm.warp(NOW);
        router = new OracleRouter(address(new AccessManager(address(this))), ISequencerGate(address(0)));
        old = new MockPriceSource();
        next = new MockPriceSource();
        old.setPrice(ETH, 4_000e18);
        next.setPrice(ETH, 4_000e18);
        router.setSource(ETH, old);
    }

    function testFuzz_priceFor_passesOnWhatTheSourceSays(uint128 price, uint40 publishedAt) public {
        price = uint128(bound(price, 1, LIMIT - 1));
        publishedAt = uint40(bound(publishedAt, 1, NOW));
        old.setPriceAt(ETH, price, publishedAt);
        (uint256 has, uint256 hasAt) = router.priceFor(ETH, PriceUse.Value);
        assertEq(has, price);
        assertEq(hasAt, publishedAt);
    }

    function test_RevertWhen_NoSource() public {
        MarketId other = MarketId.wrap(4);
        assertEq(address(router.sourceOf(other)), address(0));
        vm.expectRevert(abi.encodeWithSelector(IOracleRouter.OracleRouter_NoSource.selector, other));
        router.priceFor(other, PriceUse.Value);
    }

    function testFuzz_RevertWhen_PriceInvalid(uint128 price) public {
        price = price % 4 == 0 ? 0 : uint128(bound(price, LIMIT, type(uint128).max));
        old.setPrice(ETH, price);
        vm.expectRevert(
            abi.encodeWithSelector(IOracleRouter.OracleRouter_InvalidPrice.selector, ETH, price, LIMIT - 1)
        );
        router.priceFor(ETH, PriceUse.Value);
    }

    function testFuzz_RevertWhen_PriceFromTheFuture(uint40 publishedAt) public {
        publishedAt = uint40(bound(publishedAt, NOW + 1, type(uint40).max));
        old.setPriceAt(ETH, 4_000e18, publishedAt);
        vm.expectRevert(abi.encodeWithSelector(IOracleRouter.OracleRouter_FuturePrice.selector, ETH, publishedAt, NOW));
        router.priceFor(ETH, PriceUse.Value);
    }

    function test_RevertWhen_SourceIsDead() public {
        old.setDead(ETH, true);
        vm.expectRevert(abi.encodeWithSelector(MockPriceSource.MockPriceSource_Dead.selector, ETH));
        router.priceFor(ETH, PriceUse.Value);
    }

    // ------------------------------------------------------------------------------------------------------- setSource

    function test_setSource_storesAndEmits() public {
        vm.expectEmit(address(router));
        emit IOracleRouter.SourceSet(ETH, address(next), 0);
        router.setSource(ETH, next);
        assertEq(address(router.sourceOf(ETH)), address(next));
    }

    function test_RevertWhen_CallerIsNotTheGovernor() public {
        address stranger = makeActor("stranger");
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        router.setSource(ETH, next);
    }

    function test_RevertWhen_NewSourceHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleRouter.OracleRouter_NoSource.selector, ETH));
        router.setSource(ETH, IPriceSource(address(0)));
        vm.expectRevert(abi.encodeWithSelector(IOracleRouter.OracleRouter_NoSource.selector, ETH));
        router.setSource(ETH, IPriceSource(makeActor("empty")));
    }

    function test_RevertWhen_NewSourceIsDead() public {
        next.setDead(ETH, true);
        vm.expectRevert(abi.encodeWithSelector(MockPriceSource.MockPriceSource_Dead.selector, ETH));
        router.setSource(ETH, next);
    }

    /// The bound is 300 bps of the smaller price, in both directions.
    /// @custom:checklist 5
    function testFuzz_setSource_acceptsAgreementOnly(uint128 a, uint128 b) public {
        a = uint128(bound(a, 1e6, 1e30));
        b = uint128(bound(b, a - a / 20, a + a / 20));
        old.setPrice(ETH, a);
        next.setPrice(ETH, b);
        (uint256 low, uint256 high) = a < b ? (a, b) : (b, a);
        bool agree = high * 10_000 <= low * 10_300;
        if (!agree) {
            vm.expectRevert(
                abi.encodeWithSelector(IOracleRouter.OracleRouter_SourcesDisagree.selector, ETH, a, b, 300)
            );
        }
        router.setSource(ETH, next);
        assertEq(address(router.sourceOf(ETH)), address(agree ? next : old));
    }

    function test_setSource_acceptsAtTheBoundAndNotBeyond() public {
        next.setPrice(ETH, 4_120e18 + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleRouter.OracleRouter_SourcesDisagree.selector,
                ETH,
                4_000e18,
                4_120e18 + 1,
                300
            )
        );
        router.setSource(ETH, next);
        next.setPrice(ETH, 4_120e18);
        router.setSource(ETH, next);
    }

    /// @custom:checklist 5
    function test_setSource_replacesADeadSourceFreely() public {
        next.setPrice(ETH, 1_000e18);
        uint256 before = vm.snapshotState();

        old.setDead(ETH, true);
        _replace(before);
        old.setPrice(ETH, 0);
        _replace(before);
        old.setPrice(ETH, uint128(LIMIT));
        _replace(before);
        old.setPriceAt(ETH, 4_000e18, uint40(NOW + 1));
        _replace(before);
        vm.etch(address(old), type(NonsenseSource).runtimeCode);
        _replace(before);
        vm.etch(address(old), type(GasBurner).runtimeCode);
        _replace(before);
        vm.etch(address(old), "");
        _replace(before);
    }

    /// Starved of gas, a live source would look dead and the new one would go unchecked.
    function test_RevertWhen_TooLittleGasToProbe() public {
        next.setPrice(ETH, 1_000e18);
        vm.expectPartialRevert(IOracleRouter.OracleRouter_NotEnoughGas.selector);
        router.setSource{gas: 900_000}(ETH, next);
    }

    /// Nothing vouches for what replaces a dead source: a day for leaving first, which a further change does not cut short.
    /// @custom:checklist 5
    function test_setSource_afterADeadOneIsForLeavingFirst() public {
        old.setDead(ETH, true);
        next.setPrice(ETH, 1_000e18);
        vm.expectEmit(address(router));
        emit IOracleRouter.SourceSet(ETH, address(next), NOW + 1 days);
        router.setSource(ETH, next);
        _expectReduceOnly(NOW);

        MockPriceSource third = new MockPriceSource();
        third.setPrice(ETH, 1_000e18);
        router.setSource(ETH, third);
        vm.warp(NOW + 1 days - 1);
        _expectReduceOnly(NOW + 1 days - 1);
        vm.warp(NOW + 1 days);
        router.priceFor(ETH, PriceUse.Open);
    }

    function test_setSource_firstAndAgreeingOnesOpenAtOnce() public {
        router.setSource(ETH, next);
        assertEq(router.openableFrom(ETH), 0);
        router.priceFor(ETH, PriceUse.Open);
    }

    // ------------------------------------------------------------------------------------------------------------ gate

    function test_priceFor_obeysTheGate() public {
        MockAggregator uptime = new MockAggregator(0, 0);
        SequencerGate gate = new SequencerGate(uptime, 1 hours);
        router = new OracleRouter(address(new AccessManager(address(this))), gate);
        router.setSource(ETH, old);
        assertEq(address(router.GATE()), address(gate));

        router.priceFor(ETH, PriceUse.Value);
        router.firstPriceAfter(ETH, NOW, "");
        for (uint8 use = 1; use < 3; ++use) {
            vm.expectRevert(abi.encodeWithSelector(ISequencerGate.SequencerGate_InGrace.selector, NOW + 1 hours, NOW));
            router.priceFor(ETH, PriceUse(use));
        }
        uptime.pushAnswer(1);
        for (uint8 use = 0; use < 3; ++use) {
            vm.expectRevert(abi.encodeWithSelector(ISequencerGate.SequencerGate_Down.selector));
            router.priceFor(ETH, PriceUse(use));
        }
        vm.expectRevert(abi.encodeWithSelector(ISequencerGate.SequencerGate_Down.selector));
        router.firstPriceAfter(ETH, NOW, "");
        vm.expectRevert(abi.encodeWithSelector(ISequencerGate.SequencerGate_Down.selector));
        router.livePrice(ETH, PriceUse.Value);
    }

    // ------------------------------------------------------------------------------------------------------ live price

    function test_livePrice_isZeroForADeadSource() public {
        assertEq(router.livePrice(ETH, PriceUse.Liquidate), 4_000e18);
        uint256 before = vm.snapshotState();
        old.setDead(ETH, true);
        _expectDead(before);
        old.setPrice(ETH, 0);
        _expectDead(before);
        old.setPrice(ETH, uint128(LIMIT));
        _expectDead(before);
        old.setPriceAt(ETH, 4_000e18, uint40(NOW + 1));
        _expectDead(before);
        vm.etch(address(old), type(NonsenseSource).runtimeCode);
        _expectDead(before);
        vm.etch(address(old), type(GasBurner).runtimeCode);
        _expectDead(before);
        vm.etch(address(old), "");
        _expectDead(before);
    }

    /// One that is only not good for a liquidation is not dead, and says why.
    function test_RevertWhen_LivePriceIsNotGoodForTheUse() public {
        bytes memory reason = abi.encodeWithSelector(MockPriceSource.MockPriceSource_Dead.selector, ETH);
        vm.mockCallRevert(address(old), abi.encodeCall(IPriceSource.priceFor, (ETH, PriceUse.Liquidate)), reason);
        assertEq(router.livePrice(ETH, PriceUse.Value), 4_000e18);
        vm.expectRevert(reason);
        router.livePrice(ETH, PriceUse.Liquidate);
    }

    /// One that has no price at all is not dead either while its source says so.
    function test_RevertWhen_TheSourceIsOnlySilent() public {
        old.setDead(ETH, true);
        assertEq(router.livePrice(ETH, PriceUse.Liquidate), 0);
        vm.mockCall(address(old), abi.encodeCall(IPriceSource.isDead, (ETH)), abi.encode(false));
        vm.expectRevert(abi.encodeWithSelector(MockPriceSource.MockPriceSource_Dead.selector, ETH));
        router.livePrice(ETH, PriceUse.Liquidate);
        vm.mockCallRevert(address(old), abi.encodeCall(IPriceSource.isDead, (ETH)), "");
        assertEq(router.livePrice(ETH, PriceUse.Liquidate), 0, "no answer is no no");
    }

    function test_RevertWhen_TooLittleGasToSeeItLive() public {
        vm.expectPartialRevert(IOracleRouter.OracleRouter_NotEnoughGas.selector);
        router.livePrice{gas: 310_000}(ETH, PriceUse.Value);
    }

    function _expectDead(uint256 before) private {
        for (uint8 use = 0; use < 3; use += 2) assertEq(router.livePrice{gas: 1_000_000}(ETH, PriceUse(use)), 0);
        vm.revertToState(before);
    }

    // ----------------------------------------------------------------------------------------------------- first price

    function test_firstPriceAfter_asksTheSourceAndGivesBackTheEther() public {
        vm.deal(address(this), 1_000);
        vm.expectCall(address(old), abi.encodeCall(IPriceSource.firstPriceAfter, (ETH, NOW - 5, "")));
        (uint256 price, uint256 publishedAt) = router.firstPriceAfter{value: 1_000}(ETH, NOW - 5, "");
        assertEq(price, 4_000e18);
        assertEq(publishedAt, NOW);
        assertEq(address(this).balance, 1_000);
    }

    function test_RevertWhen_TheFirstPriceIsNoPrice() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleRouter.OracleRouter_NoSource.selector, MarketId.wrap(9)));
        router.firstPriceAfter(MarketId.wrap(9), NOW, "");
        bytes memory call = abi.encodeCall(IPriceSource.firstPriceAfter, (ETH, NOW, ""));
        vm.mockCall(address(old), call, abi.encode(4_000e18, NOW - 1));
        vm.expectRevert(abi.encodeWithSelector(IOracleRouter.OracleRouter_PriceTooEarly.selector, ETH, NOW - 1, NOW));
        router.firstPriceAfter(ETH, NOW, "");
        vm.mockCall(address(old), call, abi.encode(4_000e18, NOW + 1));
        vm.expectRevert(abi.encodeWithSelector(IOracleRouter.OracleRouter_FuturePrice.selector, ETH, NOW + 1, NOW));
        router.firstPriceAfter(ETH, NOW, "");
        vm.mockCall(address(old), call, abi.encode(LIMIT, NOW));
        vm.expectRevert(
            abi.encodeWithSelector(IOracleRouter.OracleRouter_InvalidPrice.selector, ETH, LIMIT, LIMIT - 1)
        );
        router.firstPriceAfter(ETH, NOW, "");
    }

    function _expectReduceOnly(uint256 nowAt) private {
        router.priceFor(ETH, PriceUse.Value);
        router.priceFor(ETH, PriceUse.Liquidate);
        vm.expectRevert(
            abi.encodeWithSelector(IOracleRouter.OracleRouter_ReduceOnly.selector, ETH, NOW + 1 days, nowAt)
        );
        router.priceFor(ETH, PriceUse.Open);
    }

    function _replace(uint256 before) private {
        router.setSource(ETH, next);
        assertEq(address(router.sourceOf(ETH)), address(next));
        assertEq(router.openableFrom(ETH), NOW + 1 days);
        vm.revertToState(before);
    }
}
