// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {IClearinghouse} from "../../contracts/interfaces/IClearinghouse.sol";
import {IChainlinkSource} from "../../contracts/interfaces/IChainlinkSource.sol";
import {IPythSource} from "../../contracts/interfaces/IPythSource.sol";
import {ISequencerGate} from "../../contracts/interfaces/ISequencerGate.sol";
import {MockAggregator} from "../../contracts/mocks/MockAggregator.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @title OracleGridTest
/// @notice Every answer a feed should not give, against everything that needs a price and everything that does not.
contract OracleGridTest is OracleFixture {
    /// @dev Enough for any call here; a feed that burns its gas burns no more.
    uint256 private constant GAS = 6_000_000;

    uint256 private nowAt;
    uint256 private before;

    function setUp() public {
        _deployTraded();
        nowAt = vm.getBlockTimestamp();
    }

    /// Without a bad answer all of it goes through: what the grid below shows blocked is blocked by the answer.
    function test_grid_everythingGoesThroughAtAValidPrice() public {
        _useChainlink(8, 100_000e8);
        before = vm.snapshotState();
        _tradeBtc(1e18, "");
        _restore();
        _tradeBtc(-1e18, "");
        _restore();
        _withdraw("");
        _restore();
        sys.pool.recordEpoch();
        _restore();
        _goesOn();
        _restore();
        feed.pushAnswer(60_000e8);
        sys.clearinghouse.liquidate(alice);
    }

    /// @custom:checklist 3
    function test_grid_chainlink() public {
        _useChainlink(8, 100_000e8);
        before = vm.snapshotState();

        feed.pushAnswer(0);
        _blocks(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_NotPositive.selector, BTC, int256(0)));
        feed.pushAnswer(-1);
        _blocks(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_NotPositive.selector, BTC, int256(-1)));
        feed.pushRound(100_000e8, nowAt - MAX_AGE - 1);
        _blocks(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_StaleAnswer.selector, BTC, 61, 60));
        feed.pushRound(100_000e8, nowAt + 1);
        _blocks(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_FutureAnswer.selector, BTC, nowAt + 1, nowAt));
        feed.pushRound(100_000e8, 0);
        _blocks(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_IncompleteRound.selector, BTC, uint80(2)));
        feed.pushAnswer(1_000e8);
        _blocks(_outOfBounds(IChainlinkSource.ChainlinkSource_OutOfBounds.selector, MIN_PRICE));
        feed.pushAnswer(10_000_000e8);
        _blocks(_outOfBounds(IChainlinkSource.ChainlinkSource_OutOfBounds.selector, MAX_PRICE));
        feed.setDecimals(9);
        _blocks(abi.encodeWithSelector(IChainlinkSource.ChainlinkSource_DecimalsChanged.selector, BTC, 9, 8));
        feed.setReverting(true);
        _blocks(abi.encodeWithSelector(MockAggregator.MockAggregator_Down.selector));
        feed.setBurningGas(true);
        _blocks(""); // what has no gas left has no name for it either
    }

    /// @custom:checklist 3
    function test_grid_pyth() public {
        _advance(1); // the mock keeps what is newer
        nowAt = vm.getBlockTimestamp();
        _usePyth(100_000e8, -8);
        _advance(10);
        nowAt = vm.getBlockTimestamp();
        before = vm.snapshotState();

        _publish(0, 0, -8, nowAt);
        _blocksPull(abi.encodeWithSelector(IPythSource.PythSource_NotPositive.selector, BTC, int256(0)));
        _publish(-1, 0, -8, nowAt);
        _blocksPull(abi.encodeWithSelector(IPythSource.PythSource_NotPositive.selector, BTC, int256(-1)));
        _publish(100_000e8, 0, -8, nowAt + 1);
        _blocksPull(abi.encodeWithSelector(IPythSource.PythSource_FuturePrice.selector, BTC, nowAt + 1, nowAt));
        _publish(100_000e8, 501e8, -8, nowAt);
        _blocksPull(abi.encodeWithSelector(IPythSource.PythSource_WideConfidence.selector, BTC, 51, 50));
        _publish(1_000e8, 0, -8, nowAt);
        _blocksPull(_outOfBounds(IPythSource.PythSource_OutOfBounds.selector, MIN_PRICE));
        _publish(10_000_000e8, 0, -8, nowAt);
        _blocksPull(_outOfBounds(IPythSource.PythSource_OutOfBounds.selector, MAX_PRICE));
        _publish(100_000, 0, 19, nowAt);
        _blocksPull(
            abi.encodeWithSelector(
                IPythSource.PythSource_ExponentOutOfRange.selector,
                BTC,
                int256(19),
                int256(-18),
                int256(18)
            )
        );
        vm.mockCallRevert(
            address(pyth),
            abi.encodeCall(pyth.getPriceUnsafe, (ID)),
            abi.encodeWithSelector(PythErrors.PriceFeedNotFound.selector)
        );
        _blocksPull(abi.encodeWithSelector(PythErrors.PriceFeedNotFound.selector));
        vm.clearMockedCalls();
        _advance(51);
        _needsAPrice(
            abi.encodeWithSelector(IPythSource.PythSource_StalePrice.selector, BTC, 61, 60),
            abi.encodeWithSelector(IPythSource.PythSource_StalePrice.selector, BTC, 61, 5)
        );
        _goesOn();
        _restore();

        // Reported, and nobody brings a price for a quarter of an hour: dead, as a push feed is at once.
        _advance(51);
        source.reportSilence(BTC);
        _advance(15 minutes);
        _needsAPrice(
            abi.encodeWithSelector(IPythSource.PythSource_StalePrice.selector, BTC, 961, 60),
            abi.encodeWithSelector(IClearinghouse.Clearinghouse_NothingToLiquidate.selector, alice)
        );
        _needsNone();
    }

    /// Old enough that a liquidator could have picked it, and young enough for everything else: no dead market.
    /// @custom:checklist 3
    function test_grid_pythTooOldForALiquidationOnly() public {
        _usePyth(100_000e8, -8);
        vm.prank(carol.owner());
        sys.executor.trade(carol, BTC, 0.1e18, type(uint256).max);
        _advance(6);
        before = vm.snapshotState();
        bytes memory stale = abi.encodeWithSelector(IPythSource.PythSource_StalePrice.selector, BTC, 6, 5);
        // Carol could be liquidated in the other market, with BTC taken for dead: on half of what she has.
        _setPrice(1, 1_010e18);
        vm.expectRevert(stale);
        sys.clearinghouse.liquidate(carol);
        vm.expectRevert(stale);
        sys.clearinghouse.liquidate(alice);
        vm.expectRevert(stale);
        sys.clearinghouse.deleverage(BTC);
        _restore();

        _tradeBtc(1e18, "");
        _restore();
        _tradeBtc(-1e18, "");
        _restore();
        _withdraw("");
        _restore();
        sys.pool.recordEpoch();
        _restore();
        _goesOn();
        _restore();
        _setPrice(1, 1_010e18);
        _publish(100_000e8, 0, -8, vm.getBlockTimestamp());
        sys.clearinghouse.liquidate(carol);
    }

    /// @custom:checklist 16
    function test_grid_sequencerDown() public {
        before = vm.snapshotState();
        bytes memory down = abi.encodeWithSelector(ISequencerGate.SequencerGate_Down.selector);
        for (uint256 i = 0; i < 3; ++i) {
            if (i == 0) uptime.pushAnswer(1);
            else if (i == 1) uptime.pushRound(0, 0);
            else uptime.setReverting(true);
            _needsAPrice(down, down);
            // No market has a price, so only what needs none goes on.
            vm.expectRevert(down);
            vm.prank(carol.owner());
            sys.executor.trade(carol, BTC, 1e18, type(uint256).max);
            _needsNone();
            _restore();
        }
    }

    /// @custom:checklist 16
    function test_grid_sequencerInGrace() public {
        uptime.pushAnswer(0);
        before = vm.snapshotState();
        bytes memory inGrace = abi.encodeWithSelector(
            ISequencerGate.SequencerGate_InGrace.selector,
            nowAt + GRACE,
            nowAt
        );
        _tradeBtc(1e18, inGrace);
        _tradeBtc(-2e18 - 1, inGrace); // a flip opens
        _setPrice(0, 60_000e18);
        vm.expectRevert(inGrace);
        sys.clearinghouse.liquidate(alice);
        vm.expectRevert(inGrace);
        sys.clearinghouse.deleverage(BTC);
        _restore();

        _tradeBtc(-0.5e18, "");
        _restore();
        _tradeBtc(-1e18, "");
        _restore();
        _withdraw("");
        _restore();
        sys.pool.recordEpoch();
        _restore();
        _needsNone();
    }

    // ------------------------------------------------------------------------------------------------------ encodings

    /// However a feed writes a price, positions are worth the same, to the wei.
    /// @custom:checklist 4
    function test_encodings_giveTheSameEquity() public {
        _setPrice(0, 110_000e18);
        int256 equity = sys.clearinghouse.health(alice).equity;
        for (uint8 decimals = 0; decimals <= 24; ++decimals) {
            _useChainlink(decimals, int256(110_000 * 10 ** decimals));
            assertEq(sys.clearinghouse.health(alice).equity, equity);
        }
        // As far as 64 bits hold it.
        for (int32 exponent = -13; exponent <= 4; ++exponent) {
            _usePyth(int64(uint64(11 * 10 ** uint32(4 - exponent))), exponent);
            assertEq(sys.clearinghouse.health(alice).equity, equity);
        }
    }

    // -------------------------------------------------------------------------------------------------------- the grid

    function _blocks(bytes memory error) private {
        _needsAPrice(error, abi.encodeWithSelector(IClearinghouse.Clearinghouse_NothingToLiquidate.selector, alice));
        _goesOn();
        _restore();
    }

    /// A pull feed is not dead before its silence was reported: liquidations say what they miss.
    function _blocksPull(bytes memory error) private {
        _needsAPrice(error, error);
        _goesOn();
        _restore();
    }

    /// @param onLiquidation A market without a price is passed over; with none left there is nothing to liquidate.
    function _needsAPrice(bytes memory error, bytes memory onLiquidation) private {
        _tradeBtc(1e18, error);
        _tradeBtc(-1e18, error);
        _withdraw(error);
        _expect(error);
        sys.pool.recordEpoch{gas: GAS}();
        _expect(onLiquidation);
        sys.clearinghouse.liquidate{gas: GAS}(alice);
    }

    function _goesOn() private {
        _needsNone();
        _trade(carol, 1, 1e18);
        _trade(carol, 1, -11e18);
    }

    function _needsNone() private {
        sys.token.mint(address(this), 10e6);
        sys.token.approve(address(sys.vault), 10e6);
        sys.clearinghouse.deposit(alice, 10e6);
        vm.prank(idle.owner());
        sys.clearinghouse.withdraw(idle, 1_000e6);
    }

    function _tradeBtc(int256 delta, bytes memory error) private {
        _expect(error);
        vm.prank(alice.owner());
        sys.executor.trade{gas: GAS}(alice, BTC, delta, delta > 0 ? type(uint256).max : 0);
    }

    function _withdraw(bytes memory error) private {
        _expect(error);
        vm.prank(alice.owner());
        sys.clearinghouse.withdraw{gas: GAS}(alice, 1_000e6);
    }

    /// @dev Empty while nothing bad is set: no revert; while a feed burns its gas: any.
    function _expect(bytes memory error) private {
        if (error.length != 0) vm.expectRevert(error);
        else if (address(feed) != address(0) && feed.isBurningGas()) vm.expectRevert();
    }

    function _outOfBounds(bytes4 selector, uint256 has) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, BTC, has, MIN_PRICE, MAX_PRICE);
    }

    function _restore() private {
        vm.revertToState(before);
        before = vm.snapshotState();
    }
}

/// @title OutageTest
/// @notice After an outage there is a window to top up or reduce before liquidations resume.
contract OutageTest is OracleFixture {
    function setUp() public {
        _deployTraded();
    }

    /// @custom:checklist 16
    function test_outage_ownersActFirst() public {
        // Carol is as long as Alice, with the same to lose.
        _trade(carol, 1, -10e18);
        _trade(carol, 0, 1e18);
        uptime.pushAnswer(1);
        _advance(3 hours);
        _setPrice(0, 80_500e18);
        _cannotLiquidate(abi.encodeWithSelector(ISequencerGate.SequencerGate_Down.selector));

        uptime.pushAnswer(0);
        uint256 restarted = vm.getBlockTimestamp();
        _advance(GRACE);
        _cannotLiquidate(
            abi.encodeWithSelector(
                ISequencerGate.SequencerGate_InGrace.selector,
                restarted + GRACE,
                vm.getBlockTimestamp()
            )
        );
        assertTrue(sys.clearinghouse.position(alice, BTC).size == 1e18);
        // Time enough to do either.
        _trade(alice, 0, -0.5e18);
        sys.token.mint(address(this), 2_000e6);
        sys.token.approve(address(sys.vault), 2_000e6);
        sys.clearinghouse.deposit(alice, 2_000e6);

        _advance(1);
        vm.expectPartialRevert(IClearinghouse.Clearinghouse_NotLiquidatable.selector);
        sys.clearinghouse.liquidate(alice);
        sys.clearinghouse.liquidate(carol);
        assertTrue(sys.clearinghouse.position(carol, BTC).size < 1e18);
    }

    function _cannotLiquidate(bytes memory error) private {
        vm.expectRevert(error);
        sys.clearinghouse.liquidate(carol);
        vm.expectRevert(error);
        sys.clearinghouse.liquidate(alice);
        vm.expectRevert(error);
        sys.clearinghouse.deleverage(BTC);
    }
}
