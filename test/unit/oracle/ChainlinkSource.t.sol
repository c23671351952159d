// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {AggregatorV3Interface} from "../../../contracts/interfaces/AggregatorV3Interface.sol";
import {IChainlinkSource} from "../../../contracts/interfaces/IChainlinkSource.sol";
import {IFeedSuccession} from "../../../contracts/interfaces/IFeedSuccession.sol";
import {MockAggregator} from "../../../contracts/mocks/MockAggregator.sol";
import {ChainlinkSource} from "../../../contracts/oracle/ChainlinkSource.sol";
import {MarketId} from "../../../contracts/types/MarketId.sol";
import {PriceUse} from "../../../contracts/types/PriceUse.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract ChainlinkSourceTest is TestBase {
    MarketId private constant BTC = MarketId.wrap(0);
    uint32 private constant HEARTBEAT = 3_600;
    uint128 private constant MIN_PRICE = 1_000e18;
    uint128 private constant MAX_PRICE = 10_000_000e18;
    uint256 private constant NOW = 1_760_000_000;

    ChainlinkSource private source;
    MockAggregator private feed;

    receive() external payable {}

    function setUp() public {
        vm.warp(NOW);
        // The test is the manager's admin, and a function nobody was given belongs to the admin.
        source = new ChainlinkSource(address(new AccessManager(address(this))));
        feed = new MockAggregator(8, 100_000e8);
        source.setFeed(BTC, feed, HEARTBEAT, MIN_PRICE, MAX_PRICE);
    }

    // ------------------------------------------------------------------------------------------------------- answers

    function test_priceFor_scalesToWad() public view {
        (uint256 price, uint256 publishedAt) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, 100_000e18);
        assertEq(publishedAt, NOW);
    }

    function test_RevertWhen_NoFeed() public {
        MarketId other = MarketId.wrap(1);
        vm.expectRevert(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_NoFeed.selector, other));
        source.priceFor(other, PriceUse.Value);
    }

    /// @custom:checklist 3
    function testFuzz_RevertWhen_AnswerNotPositive(int256 answer) public {
        answer = bound(answer, type(int256).min, 0);
        feed.pushAnswer(answer);
        vm.expectRevert(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_NotPositive.selector, BTC, answer));
        source.priceFor(BTC, PriceUse.Value);
    }

    function test_RevertWhen_RoundIncomplete() public {
        feed.pushRound(100_000e8, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_IncompleteRound.selector, BTC, uint80(2))
        );
        source.priceFor(BTC, PriceUse.Value);
    }

    /// @custom:checklist 3
    function testFuzz_RevertWhen_AnswerFromTheFuture(uint256 updatedAt) public {
        updatedAt = bound(updatedAt, NOW + 1, type(uint256).max);
        feed.pushRound(100_000e8, updatedAt);
        vm.expectRevert(
            abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_FutureAnswer.selector, BTC, updatedAt, NOW)
        );
        source.priceFor(BTC, PriceUse.Value);
    }

    /// @custom:checklist 3
    function testFuzz_RevertWhen_AnswerStale(uint256 age) public {
        age = bound(age, HEARTBEAT + 1, NOW - 1);
        feed.pushRound(100_000e8, NOW - age);
        vm.expectRevert(
            abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_StaleAnswer.selector, BTC, age, HEARTBEAT)
        );
        source.priceFor(BTC, PriceUse.Value);
    }

    function testFuzz_priceFor_acceptsAnswerWithinHeartbeat(uint256 age) public {
        age = bound(age, 0, HEARTBEAT);
        feed.pushRound(100_000e8, NOW - age);
        (uint256 price, uint256 publishedAt) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, 100_000e18);
        assertEq(publishedAt, NOW - age);
    }

    /// @custom:checklist 4
    function testFuzz_RevertWhen_DecimalsChanged(uint8 decimals) public {
        vm.assume(decimals != 8);
        feed.setDecimals(decimals);
        vm.expectRevert(
            abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_DecimalsChanged.selector, BTC, decimals, 8)
        );
        source.priceFor(BTC, PriceUse.Value);
    }

    /// @custom:checklist 3
    function test_RevertWhen_AnswerAtABound() public {
        _expectOutOfBounds(1_000e8, MIN_PRICE);
        _expectOutOfBounds(10_000_000e8, MAX_PRICE);
        _expectOutOfBounds(1, 1e10);
        // Too large to scale: saturates instead of overflowing.
        _expectOutOfBounds(type(int256).max, type(uint256).max);
    }

    function test_priceFor_acceptsAnswerJustInsideTheBounds() public {
        feed.pushAnswer(1_000e8 + 1);
        (uint256 price, ) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, uint256(MIN_PRICE) + 1e10);
        feed.pushAnswer(10_000_000e8 - 1);
        (price, ) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, uint256(MAX_PRICE) - 1e10);
    }

    function testFuzz_RevertWhen_AnswerBeyondABound(uint256 answer, bool above) public {
        answer = above ? bound(answer, 10_000_000e8, type(uint256).max >> 1) : bound(answer, 1, 1_000e8);
        feed.pushAnswer(int256(answer));
        vm.expectPartialRevert(IChainlinkSource.ChainlinkSource_OutOfBounds.selector);
        source.priceFor(BTC, PriceUse.Value);
    }

    function test_RevertWhen_FeedReverts() public {
        feed.setReverting(true);
        vm.expectRevert(MockAggregator.MockAggregator_Down.selector);
        source.priceFor(BTC, PriceUse.Value);
    }

    /// One price, written with any number of decimals that can hold it, is one price.
    /// @custom:checklist 4
    function testFuzz_priceFor_isTheSameInEveryEncoding(uint256 whole, uint8 decimals) public {
        whole = bound(whole, 1_001, 9_999_999);
        decimals = uint8(bound(decimals, 0, 24));
        _useFresh(decimals, int256(whole * 10 ** decimals));
        (uint256 price, ) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, whole * 1e18);
    }

    /// The same down to the last digit of the WAD, which needs 18 decimals or more.
    function testFuzz_priceFor_keepsEveryDigit(uint256 wad, uint8 decimals) public {
        wad = bound(wad, uint256(MIN_PRICE) + 1, uint256(MAX_PRICE) - 1);
        decimals = uint8(bound(decimals, 18, 24));
        _useFresh(decimals, int256(wad * 10 ** (decimals - 18)));
        (uint256 price, ) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, wad);
    }

    /// Digits below the WAD are dropped.
    function testFuzz_priceFor_roundsDown(uint256 wad, uint8 decimals, uint256 dust) public {
        wad = bound(wad, uint256(MIN_PRICE) + 1, uint256(MAX_PRICE) - 1);
        decimals = uint8(bound(decimals, 19, 24));
        uint256 unit = 10 ** (decimals - 18);
        _useFresh(decimals, int256(wad * unit + bound(dust, 0, unit - 1)));
        (uint256 price, ) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, wad);
    }

    // --------------------------------------------------------------------------------------------------------- setFeed

    function test_setFeed_storesAndEmits() public {
        MockAggregator next = new MockAggregator(18, 100_000e18);
        vm.expectEmit(address(source));
        emit IChainlinkSource.FeedSet(BTC, address(next), 18, 60, 1e18, 1 << 112, 0);
        source.setFeed(BTC, next, 60, 1e18, 1 << 112);

        IChainlinkSource.Feed memory stored = source.feedOf(BTC);
        assertEq(address(stored.aggregator), address(next));
        assertEq(stored.heartbeat, 60);
        assertEq(stored.decimals, 18);
        assertEq(stored.minPrice, 1e18);
        assertEq(stored.maxPrice, 1 << 112);
    }

    function test_RevertWhen_CallerIsNotTheGovernor() public {
        address stranger = makeActor("stranger");
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        source.setFeed(BTC, feed, HEARTBEAT, MIN_PRICE, MAX_PRICE);
    }

    function test_RevertWhen_FeedHasNoCode() public {
        address empty = makeActor("empty");
        vm.expectRevert(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_NotAContract.selector, empty));
        source.setFeed(BTC, AggregatorV3Interface(empty), HEARTBEAT, MIN_PRICE, MAX_PRICE);
    }

    /// @custom:checklist 4
    function testFuzz_RevertWhen_TooManyDecimals(uint8 decimals) public {
        decimals = uint8(bound(decimals, 25, 255));
        feed.setDecimals(decimals);
        vm.expectRevert(
            abi.encodeWithSelector(
                IChainlinkSource.ChainlinkSource_TooManyDecimals.selector,
                address(feed),
                decimals,
                24
            )
        );
        source.setFeed(BTC, feed, HEARTBEAT, MIN_PRICE, MAX_PRICE);
    }

    function testFuzz_RevertWhen_HeartbeatOutOfRange(uint32 heartbeat) public {
        vm.assume(heartbeat == 0 || heartbeat > 172_800);
        _expectBadHeartbeat(heartbeat);
        _expectBadHeartbeat(0);
        _expectBadHeartbeat(172_801);
        source.setFeed(BTC, feed, 172_800, MIN_PRICE, MAX_PRICE);
    }

    function test_RevertWhen_BoundsAreBad() public {
        _expectBadBounds(0, MAX_PRICE);
        _expectBadBounds(MAX_PRICE, MAX_PRICE);
        _expectBadBounds(MAX_PRICE, MIN_PRICE);
        _expectBadBounds(MIN_PRICE, (1 << 112) + 1);
    }

    function test_RevertWhen_NewFeedDoesNotAnswer() public {
        MockAggregator next = new MockAggregator(8, 0);
        vm.expectRevert(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_NotPositive.selector, BTC, int256(0)));
        source.setFeed(BTC, next, HEARTBEAT, MIN_PRICE, MAX_PRICE);
    }

    /// @custom:checklist 5
    function test_RevertWhen_NewFeedDisagreesWithALiveOne() public {
        MockAggregator next = new MockAggregator(8, 103_000e8 + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IFeedSuccession.PriceSource_FeedsDisagree.selector,
                BTC,
                100_000e18,
                103_000e18 + 1e10,
                300
            )
        );
        source.setFeed(BTC, next, HEARTBEAT, MIN_PRICE, MAX_PRICE);
    }

    function test_setFeed_acceptsAgreementAtTheBound() public {
        source.setFeed(BTC, new MockAggregator(8, 103_000e8), HEARTBEAT, MIN_PRICE, MAX_PRICE);
        (uint256 price, ) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, 103_000e18);
    }

    function test_setFeed_replacesADeadFeedFreely() public {
        feed.setReverting(true);
        source.setFeed(BTC, new MockAggregator(8, 50_000e8), HEARTBEAT, MIN_PRICE, MAX_PRICE);
        (uint256 price, ) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, 50_000e18);
    }

    function test_setFeed_afterADeadOneIsForLeavingFirst() public {
        feed.setReverting(true);
        source.setFeed(BTC, new MockAggregator(8, 50_000e8), HEARTBEAT, MIN_PRICE, MAX_PRICE);
        assertEq(source.feedOf(BTC).openableFrom, NOW + 1 days);
        source.priceFor(BTC, PriceUse.Liquidate);
        vm.expectRevert(
            abi.encodeWithSelector(IFeedSuccession.PriceSource_ReduceOnly.selector, BTC, NOW + 1 days, NOW)
        );
        source.priceFor(BTC, PriceUse.Open);

        // Agreeing with a feed in its day does not end the day.
        MockAggregator third = new MockAggregator(8, 50_000e8);
        source.setFeed(BTC, third, HEARTBEAT, MIN_PRICE, MAX_PRICE);
        assertEq(source.feedOf(BTC).openableFrom, NOW + 1 days);
        vm.warp(NOW + 1 days);
        third.pushAnswer(50_000e8);
        source.priceFor(BTC, PriceUse.Open);
    }

    // ----------------------------------------------------------------------------------------------------- first price

    function test_firstPriceAfter_takesTheRoundAfterTheMoment() public {
        vm.deal(address(this), 100);
        vm.warp(NOW + 100);
        feed.pushRound(101_000e8, NOW + 20);
        feed.pushRound(102_000e8, NOW + 40);
        // Round 2 for every moment after round 1, up to its own; round 3 afterwards.
        for (uint256 earliest = NOW + 1; earliest <= NOW + 40; ++earliest) {
            bool isSecond = earliest <= NOW + 20;
            (uint256 price, uint256 publishedAt) = source.firstPriceAfter{value: 100}(
                BTC,
                earliest,
                abi.encode(uint80(isSecond ? 2 : 3))
            );
            assertEq(price, isSecond ? 101_000e18 : 102_000e18);
            assertEq(publishedAt, NOW + (isSecond ? 20 : 40));
            assertEq(address(this).balance, 100);
        }
    }

    /// @custom:checklist 6
    function test_RevertWhen_RoundIsNotTheFirst() public {
        vm.warp(NOW + 100);
        feed.pushRound(101_000e8, NOW + 20);
        feed.pushRound(102_000e8, NOW + 40);
        vm.expectRevert(
            abi.encodeWithSelector(
                IChainlinkSource.ChainlinkSource_NotFirstRound.selector,
                BTC,
                uint80(3),
                NOW + 20,
                NOW + 20
            )
        );
        source.firstPriceAfter(BTC, NOW + 20, abi.encode(uint80(3)));
        vm.expectRevert(
            abi.encodeWithSelector(
                IChainlinkSource.ChainlinkSource_RoundTooEarly.selector,
                BTC,
                uint80(2),
                NOW + 20,
                NOW + 21
            )
        );
        source.firstPriceAfter(BTC, NOW + 21, abi.encode(uint80(2)));
    }

    function test_RevertWhen_NoRoundComesBeforeIt() public {
        vm.expectRevert(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_FirstOfPhase.selector, BTC, uint80(1)));
        source.firstPriceAfter(BTC, NOW - 10, abi.encode(uint80(1)));
        vm.expectRevert(
            abi.encodeWithSelector(
                IChainlinkSource.ChainlinkSource_NotThisPhase.selector,
                BTC,
                (uint80(1) << 64) | 2,
                uint80(1)
            )
        );
        source.firstPriceAfter(BTC, NOW - 10, abi.encode((uint80(1) << 64) | 2));
        feed.pushRound(0, 0);
        feed.pushRound(100_000e8, NOW);
        vm.expectRevert(
            abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_IncompleteRound.selector, BTC, uint80(2))
        );
        source.firstPriceAfter(BTC, NOW - 10, abi.encode(uint80(3)));
        vm.expectRevert(abi.encodeWithSelector(MockAggregator.MockAggregator_NoRound.selector, uint80(4)));
        source.firstPriceAfter(BTC, NOW - 10, abi.encode(uint80(5)));
    }

    function test_firstPriceAfter_obeysTheSameRules() public {
        feed.pushRound(0, NOW + 10);
        feed.pushRound(102_000e8, NOW + 20);
        vm.warp(NOW + 20);
        vm.expectRevert(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_NotPositive.selector, BTC, int256(0)));
        source.firstPriceAfter(BTC, NOW + 5, abi.encode(uint80(2)));
        vm.warp(NOW + 20 + HEARTBEAT);
        source.firstPriceAfter(BTC, NOW + 15, abi.encode(uint80(3)));
        vm.warp(NOW + 21 + HEARTBEAT);
        vm.expectRevert(
            abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_StaleAnswer.selector, BTC, HEARTBEAT + 1, HEARTBEAT)
        );
        source.firstPriceAfter(BTC, NOW + 15, abi.encode(uint80(3)));
    }

    function test_setFeed_replacesAFeedThatBurnsItsGas() public {
        feed.setBurningGas(true);
        source.setFeed(BTC, new MockAggregator(8, 50_000e8), HEARTBEAT, MIN_PRICE, MAX_PRICE);
    }

    /// Starved of gas, a live feed would look dead and the new one would go unchecked.
    function test_RevertWhen_TooLittleGasToProbe() public {
        MockAggregator next = new MockAggregator(8, 50_000e8);
        vm.expectPartialRevert(IFeedSuccession.PriceSource_NotEnoughGas.selector);
        source.setFeed{gas: 900_000}(BTC, next, HEARTBEAT, MIN_PRICE, MAX_PRICE);
    }

    // --------------------------------------------------------------------------------------------------------- helpers

    /// @dev A market without a past, so that nothing is compared.
    function _useFresh(uint8 decimals, int256 answer) private {
        source = new ChainlinkSource(address(new AccessManager(address(this))));
        feed = new MockAggregator(decimals, answer);
        source.setFeed(BTC, feed, HEARTBEAT, MIN_PRICE, MAX_PRICE);
    }

    function _expectOutOfBounds(int256 answer, uint256 price) private {
        feed.pushAnswer(answer);
        vm.expectRevert(
            abi.encodeWithSelector(
                IChainlinkSource.ChainlinkSource_OutOfBounds.selector,
                BTC,
                price,
                MIN_PRICE,
                MAX_PRICE
            )
        );
        source.priceFor(BTC, PriceUse.Value);
    }

    function _expectBadHeartbeat(uint32 heartbeat) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IChainlinkSource.ChainlinkSource_HeartbeatOutOfRange.selector,
                BTC,
                heartbeat,
                1,
                172_800
            )
        );
        source.setFeed(BTC, feed, heartbeat, MIN_PRICE, MAX_PRICE);
    }

    function _expectBadBounds(uint128 minPrice, uint128 maxPrice) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IChainlinkSource.ChainlinkSource_BadBounds.selector,
                BTC,
                minPrice,
                maxPrice,
                1 << 112
            )
        );
        source.setFeed(BTC, feed, HEARTBEAT, minPrice, maxPrice);
    }
}
