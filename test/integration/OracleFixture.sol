// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockPyth} from "@pythnetwork/pyth-sdk-solidity/MockPyth.sol";
import {ISequencerGate} from "../../contracts/interfaces/ISequencerGate.sol";
import {MockAggregator} from "../../contracts/mocks/MockAggregator.sol";
import {ChainlinkSource} from "../../contracts/oracle/ChainlinkSource.sol";
import {PythSource} from "../../contracts/oracle/PythSource.sol";
import {SequencerGate} from "../../contracts/oracle/SequencerGate.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {SystemFixture} from "../shared/SystemFixture.sol";

/// @title OracleFixture
/// @notice The exchange on a rollup: a sequencer's feed, real sources that a market can be given, and three traders.
abstract contract OracleFixture is SystemFixture {
    MarketId internal constant BTC = MarketId.wrap(0);
    bytes32 internal constant ID = "BTC/USD";
    uint256 internal constant GRACE = 1 hours;
    uint32 internal constant MAX_AGE = 60;
    uint88 internal constant MIN_PRICE = 1_000e18;
    uint88 internal constant MAX_PRICE = 10_000_000e18;

    MockAggregator internal uptime;
    MockAggregator internal feed;
    MockPyth internal pyth;
    PythSource internal source;

    AccountId internal alice; // long one BTC
    AccountId internal idle; // margin and nothing else
    AccountId internal carol; // long ten in another market

    function _gate() internal override returns (ISequencerGate) {
        uptime = new MockAggregator(0, 0);
        return new SequencerGate(uptime, GRACE);
    }

    /// @dev An epoch has ended that nobody has recorded, and all marks are of now.
    function _deployTraded() internal {
        _deployFunded();
        alice = _fundAccount(makeActor("alice"), 20_000);
        idle = _fundAccount(makeActor("idle"), 1_000);
        carol = _fundAccount(makeActor("carol"), 20_000);
        _trade(alice, 0, 1e18);
        _trade(carol, 1, 10e18);
        _advance(LP_EPOCH);
        sys.clearinghouse.markAll();
    }

    function _useChainlink(uint8 decimals, int256 answer) internal {
        ChainlinkSource push = new ChainlinkSource(sys.clearinghouse.authority());
        feed = new MockAggregator(decimals, answer);
        push.setFeed(BTC, feed, MAX_AGE, MIN_PRICE, MAX_PRICE);
        sys.oracle.setSource(BTC, push);
    }

    function _usePyth(int64 price, int32 exponent) internal {
        pyth = new MockPyth(60, 0);
        _publish(price, 0, exponent, vm.getBlockTimestamp());
        source = new PythSource(sys.clearinghouse.authority(), pyth);
        source.setFeed(BTC, ID, uint16(MAX_AGE), 50, MIN_PRICE, MAX_PRICE);
        sys.oracle.setSource(BTC, source);
    }

    function _publish(int64 price, uint64 conf, int32 exponent, uint256 publishedAt) internal {
        uint64 time = uint64(publishedAt);
        bytes[] memory data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(ID, price, conf, exponent, price, conf, time, time - 1);
        pyth.updatePriceFeeds(data);
    }
}
