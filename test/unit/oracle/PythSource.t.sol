// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {MockPyth} from "@pythnetwork/pyth-sdk-solidity/MockPyth.sol";
import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";

import {IFeedSuccession} from "../../../contracts/interfaces/IFeedSuccession.sol";
import {IPythSource} from "../../../contracts/interfaces/IPythSource.sol";
import {PythSource} from "../../../contracts/oracle/PythSource.sol";
import {MarketId} from "../../../contracts/types/MarketId.sol";
import {PriceUse} from "../../../contracts/types/PriceUse.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract PythSourceTest is TestBase {
    MarketId private constant BTC = MarketId.wrap(0);
    bytes32 private constant ID = "BTC/USD";
    bytes32 private constant OTHER = "ETH/USD";
    uint16 private constant MAX_AGE = 60;
    uint16 private constant MAX_CONFIDENCE_BPS = 50;
    uint88 private constant MIN_PRICE = 1_000e18;
    uint88 private constant MAX_PRICE = 10_000_000e18;
    uint64 private constant NOW = 1_760_000_000;
    uint256 private constant FEE = 7;

    MockPyth private pyth;
    PythSource private source;

    receive() external payable {}

    function setUp() public {
        vm.warp(NOW);
        vm.deal(address(this), 1 ether);
        pyth = new MockPyth(60, FEE);
        source = new PythSource(address(new AccessManager(address(this))), pyth);
        _publish(100_000e8, 0, -8, NOW);
        source.setFeed(BTC, ID, MAX_AGE, MAX_CONFIDENCE_BPS, MIN_PRICE, MAX_PRICE);
    }

    // ------------------------------------------------------------------------------------------------------- answers

    function test_priceFor_isTheSameForEveryUse() public view {
        for (uint8 use = 0; use < 3; ++use) {
            (uint256 price, uint256 publishedAt) = source.priceFor(BTC, PriceUse(use));
            assertEq(price, 100_000e18);
            assertEq(publishedAt, NOW);
        }
    }

    function test_RevertWhen_NoFeed() public {
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_NoFeed.selector, MarketId.wrap(1)));
        source.priceFor(MarketId.wrap(1), PriceUse.Value);
    }

    function test_RevertWhen_NothingWasEverPublished() public {
        vm.expectRevert(PythErrors.PriceFeedNotFound.selector);
        source.setFeed(MarketId.wrap(1), OTHER, MAX_AGE, MAX_CONFIDENCE_BPS, MIN_PRICE, MAX_PRICE);
    }

    function testFuzz_RevertWhen_PriceNotPositive(int64 price) public {
        price = int64(bound(price, type(int64).min, 0));
        _publishLater(price, 0, -8);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_NotPositive.selector, BTC, int256(price)));
        source.priceFor(BTC, PriceUse.Value);
    }

    function testFuzz_RevertWhen_PriceFromTheFuture(uint64 publishedAt) public {
        publishedAt = uint64(bound(publishedAt, NOW + 1, type(uint64).max));
        _publish(100_000e8, 0, -8, publishedAt);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_FuturePrice.selector, BTC, publishedAt, NOW));
        source.priceFor(BTC, PriceUse.Value);
    }

    /// @custom:checklist 3
    function testFuzz_priceFor_isAsOldAsTheUseAllows(uint256 age, uint8 use) public {
        age = bound(age, 0, 2 * MAX_AGE);
        use = use % 3;
        vm.warp(NOW + age);
        uint256 maxAge = PriceUse(use) == PriceUse.Liquidate ? 5 : MAX_AGE;
        if (age > maxAge) {
            vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_StalePrice.selector, BTC, age, maxAge));
        }
        source.priceFor(BTC, PriceUse(use));
    }

    /// @custom:checklist 3
    function test_RevertWhen_ConfidenceIsWide() public {
        _publishLater(100_000e8, 500e8, -8); // 50 bps
        source.priceFor(BTC, PriceUse.Value);
        _publishLater(100_000e8, 500e8 + 1, -8);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_WideConfidence.selector, BTC, 51, 50));
        source.priceFor(BTC, PriceUse.Value);
        _publishLater(100_000e8, type(uint64).max, -8);
        vm.expectPartialRevert(IPythSource.PythSource_WideConfidence.selector);
        source.priceFor(BTC, PriceUse.Value);
    }

    function test_RevertWhen_PriceAtABound() public {
        _expectOutOfBounds(1_000e8, -8, MIN_PRICE);
        _expectOutOfBounds(10_000_000e8, -8, MAX_PRICE);
        _expectOutOfBounds(1, -18, 1);
        _expectOutOfBounds(type(int64).max, 18, uint256(uint64(type(int64).max)) * 1e36);
    }

    /// @custom:checklist 4
    function testFuzz_RevertWhen_ExponentOutOfRange(int32 exponent) public {
        vm.assume(exponent < -18 || exponent > 18);
        _publishLater(100_000, 0, exponent);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPythSource.PythSource_ExponentOutOfRange.selector,
                BTC,
                int256(exponent),
                int256(-18),
                int256(18)
            )
        );
        source.priceFor(BTC, PriceUse.Value);
    }

    /// A million with any exponent that can write it is one price.
    /// @custom:checklist 4
    function test_priceFor_isTheSameInEveryEncoding() public {
        for (int32 exponent = -12; exponent <= 6; ++exponent) {
            _publishLater(int64(uint64(10 ** uint32(6 - exponent))), 0, exponent);
            (uint256 price, ) = source.priceFor(BTC, PriceUse.Value);
            assertEq(price, 1_000_000e18);
        }
    }

    /// And at the ends of the range: 10^-18 and 10^18 of a unit.
    function test_priceFor_reachesBothEndsOfTheExponents() public {
        source = new PythSource(address(new AccessManager(address(this))), pyth);
        _publishLater(5e18, 0, -18);
        source.setFeed(BTC, ID, MAX_AGE, MAX_CONFIDENCE_BPS, 1, type(uint88).max);
        (uint256 price, ) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, 5e18);
        _publishLater(1, 0, 8);
        (price, ) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, 1e26);
    }

    // -------------------------------------------------------------------------------------------------------- update

    function test_update_bringsANewerPriceAndGivesBackTheRest() public {
        vm.warp(NOW + 10);
        uint256 before = address(this).balance;
        source.update{value: 1_000}(_one(_data(ID, 101_000e8, 0, -8, NOW + 9, NOW)));
        assertEq(address(this).balance, before - FEE);
        assertEq(address(source).balance, 0);
        (uint256 price, uint256 publishedAt) = source.priceFor(BTC, PriceUse.Liquidate);
        assertEq(price, 101_000e18);
        assertEq(publishedAt, NOW + 9);
    }

    /// Publish times strictly increase: what is as old as what is there, or older, changes nothing.
    /// @custom:checklist 2
    function test_update_ignoresWhatIsNotNewer() public {
        vm.warp(NOW + 10);
        bytes[] memory data = new bytes[](2);
        data[0] = _data(ID, 99_000e8, 0, -8, NOW, NOW - 1);
        data[1] = _data(ID, 98_000e8, 0, -8, NOW - 5, NOW - 6);
        source.update{value: 2 * FEE}(data);
        (uint256 price, uint256 publishedAt) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, 100_000e18);
        assertEq(publishedAt, NOW);
    }

    function test_RevertWhen_FeeTooLow() public {
        bytes[] memory data = _one(_data(ID, 101_000e8, 0, -8, NOW + 9, NOW));
        assertEq(source.updateFee(data), FEE);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_FeeTooLow.selector, FEE - 1, FEE));
        source.update{value: FEE - 1}(data);
    }

    // --------------------------------------------------------------------------------------------------- first price

    function test_firstPriceAfter_isTheFirstAndIsStored() public {
        vm.warp(NOW + 20);
        uint256 before = address(this).balance;
        bytes memory proof = abi.encode(_one(_data(ID, 101_000e8, 0, -8, NOW + 11, NOW + 9)));
        (uint256 price, uint256 publishedAt) = source.firstPriceAfter{value: 100}(BTC, NOW + 10, proof);
        assertEq(price, 101_000e18);
        assertEq(publishedAt, NOW + 11);
        assertEq(address(this).balance, before - FEE);
        (price, publishedAt) = source.priceFor(BTC, PriceUse.Value);
        assertEq(price, 101_000e18);
        assertEq(publishedAt, NOW + 11);
    }

    /// Another price of the same order's window: the one before it was in the window too.
    /// @custom:checklist 6
    function test_RevertWhen_NotTheFirstPrice() public {
        vm.warp(NOW + 20);
        _expectNotInRange(NOW + 10, _data(ID, 101_000e8, 0, -8, NOW + 12, NOW + 10));
        _expectNotInRange(NOW + 10, _data(ID, 101_000e8, 0, -8, NOW + 9, NOW + 8));
        _expectNotInRange(NOW - 60, _data(ID, 101_000e8, 0, -8, NOW + 1, NOW - 61)); // a minute and a second late
        _expectNotInRange(NOW + 10, _data(OTHER, 101_000e8, 0, -8, NOW + 11, NOW + 9));
    }

    /// @custom:checklist 2
    function test_firstPriceAfter_isNoOlderThanACurrentOne() public {
        bytes memory proof = abi.encode(_one(_data(ID, 101_000e8, 0, -8, NOW + 11, NOW + 9)));
        vm.warp(NOW + 11 + MAX_AGE + 1);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_StalePrice.selector, BTC, 61, 60));
        source.firstPriceAfter{value: FEE}(BTC, NOW + 10, proof);
        vm.warp(NOW + 11 + MAX_AGE);
        source.firstPriceAfter{value: FEE}(BTC, NOW + 10, proof);
    }

    function test_firstPriceAfter_obeysTheSameRules() public {
        vm.warp(NOW + 20);
        bytes memory wide = abi.encode(_one(_data(ID, 100_000e8, 501e8, -8, NOW + 11, NOW + 9)));
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_WideConfidence.selector, BTC, 51, 50));
        source.firstPriceAfter{value: FEE}(BTC, NOW + 10, wide);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_TooSoon.selector, BTC, NOW + 21, NOW + 20));
        source.firstPriceAfter{value: FEE}(BTC, NOW + 21, wide);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_FeeTooLow.selector, 0, FEE));
        source.firstPriceAfter(BTC, NOW + 10, wide);
    }

    // -------------------------------------------------------------------------------------------------------- setFeed

    function test_setFeed_storesAndEmits() public {
        vm.expectEmit(address(source));
        emit IPythSource.FeedSet(BTC, ID, 5, 1_000, 1, 2e23, 0);
        source.setFeed(BTC, ID, 5, 1_000, 1, 2e23);
        IPythSource.Feed memory stored = source.feedOf(BTC);
        assertEq(stored.id, ID);
        assertEq(stored.maxAge, 5);
        assertEq(stored.maxConfidenceBps, 1_000);
        assertEq(stored.minPrice, 1);
        assertEq(stored.maxPrice, 2e23);
    }

    function test_RevertWhen_CallerIsNotTheGovernor() public {
        address stranger = makeActor("stranger");
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        source.setFeed(BTC, ID, MAX_AGE, MAX_CONFIDENCE_BPS, MIN_PRICE, MAX_PRICE);
    }

    function test_RevertWhen_ParametersAreOutOfRange() public {
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_MaxAgeOutOfRange.selector, BTC, 4, 5, 3_600));
        source.setFeed(BTC, ID, 4, MAX_CONFIDENCE_BPS, MIN_PRICE, MAX_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_MaxAgeOutOfRange.selector, BTC, 3_601, 5, 3_600));
        source.setFeed(BTC, ID, 3_601, MAX_CONFIDENCE_BPS, MIN_PRICE, MAX_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_ConfidenceOutOfRange.selector, BTC, 0, 1, 1_000));
        source.setFeed(BTC, ID, MAX_AGE, 0, MIN_PRICE, MAX_PRICE);
        vm.expectRevert(
            abi.encodeWithSelector(IPythSource.PythSource_ConfidenceOutOfRange.selector, BTC, 1_001, 1, 1_000)
        );
        source.setFeed(BTC, ID, MAX_AGE, 1_001, MIN_PRICE, MAX_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_BadBounds.selector, BTC, 0, MAX_PRICE));
        source.setFeed(BTC, ID, MAX_AGE, MAX_CONFIDENCE_BPS, 0, MAX_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_BadBounds.selector, BTC, MAX_PRICE, MAX_PRICE));
        source.setFeed(BTC, ID, MAX_AGE, MAX_CONFIDENCE_BPS, MAX_PRICE, MAX_PRICE);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_NotAContract.selector, address(0)));
        new PythSource(address(this), IPyth(address(0)));
    }

    /// @custom:checklist 5
    function test_RevertWhen_NewFeedDisagreesWithALiveOne() public {
        pyth.updatePriceFeeds{value: FEE}(_one(_data(OTHER, 103_000e8 + 1, 0, -8, NOW, NOW - 1)));
        vm.expectRevert(
            abi.encodeWithSelector(
                IFeedSuccession.PriceSource_FeedsDisagree.selector,
                BTC,
                100_000e18,
                103_000e18 + 1e10,
                300
            )
        );
        source.setFeed(BTC, OTHER, MAX_AGE, MAX_CONFIDENCE_BPS, MIN_PRICE, MAX_PRICE);
    }

    function test_setFeed_afterADeadOneIsForLeavingFirst() public {
        vm.warp(NOW + 1 days);
        pyth.updatePriceFeeds{value: FEE}(_one(_data(OTHER, 50_000e8, 0, -8, NOW + 1 days, NOW)));
        source.setFeed(BTC, OTHER, MAX_AGE, MAX_CONFIDENCE_BPS, MIN_PRICE, MAX_PRICE);
        source.priceFor(BTC, PriceUse.Value);
        source.priceFor(BTC, PriceUse.Liquidate);
        vm.expectRevert(
            abi.encodeWithSelector(
                IFeedSuccession.PriceSource_ReduceOnly.selector,
                BTC,
                NOW + 2 days,
                vm.getBlockTimestamp()
            )
        );
        source.priceFor(BTC, PriceUse.Open);
        vm.warp(NOW + 2 days);
        pyth.updatePriceFeeds{value: FEE}(_one(_data(OTHER, 50_000e8, 0, -8, NOW + 2 days, NOW)));
        source.priceFor(BTC, PriceUse.Open);
    }

    // -------------------------------------------------------------------------------------------------------- helpers

    function _data(
        bytes32 id,
        int64 price,
        uint64 conf,
        int32 exponent,
        uint64 publishedAt,
        uint64 previousAt
    ) private view returns (bytes memory) {
        return pyth.createPriceFeedUpdateData(id, price, conf, exponent, price, conf, publishedAt, previousAt);
    }

    function _one(bytes memory data) private pure returns (bytes[] memory all) {
        all = new bytes[](1);
        all[0] = data;
    }

    function _publish(int64 price, uint64 conf, int32 exponent, uint64 publishedAt) private {
        pyth.updatePriceFeeds{value: FEE}(_one(_data(ID, price, conf, exponent, publishedAt, publishedAt - 1)));
    }

    /// @dev A second later, and now.
    function _publishLater(int64 price, uint64 conf, int32 exponent) private {
        uint256 time = vm.getBlockTimestamp() + 1;
        vm.warp(time);
        _publish(price, conf, exponent, uint64(time));
    }

    // ------------------------------------------------------------------------------------------------------- silence

    function test_isDead_aQuarterOfAnHourAfterTheReport() public {
        vm.warp(NOW + MAX_AGE + 1);
        assertTrue(!source.isDead(BTC), "nobody has said so");
        source.reportSilence(BTC);
        vm.expectRevert(
            abi.encodeWithSelector(IPythSource.PythSource_ReportedAlready.selector, BTC, NOW + MAX_AGE + 1)
        );
        source.reportSilence(BTC);
        vm.warp(NOW + MAX_AGE + 15 minutes);
        assertTrue(!source.isDead(BTC), "a second too early");
        vm.warp(NOW + MAX_AGE + 1 + 15 minutes);
        assertTrue(source.isDead(BTC), "nobody brought a price");
    }

    /// Whoever brings a price ends the report; the next silence is reported anew.
    function test_isDead_notOnceAPriceWasBrought() public {
        vm.warp(NOW + MAX_AGE + 1);
        source.reportSilence(BTC);
        _publish(100_000e8, 0, -8, NOW + MAX_AGE + 1);
        vm.warp(NOW + 10 days);
        assertTrue(!source.isDead(BTC), "an old report counts");
        source.reportSilence(BTC);
        assertTrue(!source.isDead(BTC), "and so does a new one at once");
        vm.warp(NOW + 10 days + 15 minutes);
        assertTrue(source.isDead(BTC));
    }

    function test_RevertWhen_ItIsNotSilent() public {
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_NotSilent.selector, BTC, 100_000e18));
        source.reportSilence(BTC);
        vm.expectRevert(abi.encodeWithSelector(IPythSource.PythSource_NoFeed.selector, MarketId.wrap(1)));
        source.reportSilence(MarketId.wrap(1));
    }

    function _expectOutOfBounds(int64 price, int32 exponent, uint256 has) private {
        _publishLater(price, 0, exponent);
        vm.expectRevert(
            abi.encodeWithSelector(IPythSource.PythSource_OutOfBounds.selector, BTC, has, MIN_PRICE, MAX_PRICE)
        );
        source.priceFor(BTC, PriceUse.Value);
    }

    function _expectNotInRange(uint256 earliest, bytes memory data) private {
        vm.expectRevert(PythErrors.PriceFeedNotFoundWithinRange.selector);
        source.firstPriceAfter{value: FEE}(BTC, earliest, abi.encode(_one(data)));
    }
}
