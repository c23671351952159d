// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EpochVault} from "../../../contracts/shares/EpochVault.sol";
import {InformedFixture} from "./InformedFixture.sol";

/// @title InformedTest
/// @notice P5. Whoever knows what is about to be booked gains nothing by coming or going before it: with it, after it, and
/// against those who do nothing.
/// @dev All of it holds for what is booked until the settlement, half an hour or more after the record: that is what the
/// half hour is for, and anybody can book. Who leaves with epoch n has no part in what happens after its settlement.
contract InformedTest is InformedFixture {
    /// The same request before and after the news, in one epoch: the same money in the end.
    function testFuzz_requestRedeem_beforeOrAfterTheNews(uint8 news, uint256 seed, uint256 role, uint256 part) public {
        News what = News(news % 6);
        EpochVault shares = _role(role);
        _prepare(what, seed);
        uint256 epoch = shares.currentEpoch();

        uint256 snapshot = vm.snapshotState();
        _leave(shares, ann, part);
        _happen(what, seed);
        _record(shares, epoch);
        _settle(shares);
        int256 before = _wealth(ann);
        vm.revertToState(snapshot);

        _happen(what, seed);
        _leave(shares, ann, part);
        _record(shares, epoch);
        _settle(shares);
        int256 afterwards = _wealth(ann);
        assertApproxEqAbs(before, afterwards, uint256(_tolerance()), "the moment of the request made a difference");
    }

    function testFuzz_requestDeposit_beforeOrAfterTheNews(uint8 news, uint256 seed, uint256 role, uint256 part) public {
        News what = News(news % 6);
        EpochVault shares = _role(role);
        _prepare(what, seed);
        uint256 epoch = shares.currentEpoch();

        uint256 snapshot = vm.snapshotState();
        _enter(shares, cat, part);
        _happen(what, seed);
        _record(shares, epoch);
        _settle(shares);
        int256 before = _wealth(cat);
        vm.revertToState(snapshot);

        _happen(what, seed);
        _enter(shares, cat, part);
        _record(shares, epoch);
        _settle(shares);
        assertApproxEqAbs(before, _wealth(cat), uint256(_tolerance()), "the moment of the request made a difference");
    }

    /// Who leaves ends no better than who stays with as many shares, whenever the news comes before the settlement.
    function testFuzz_leaving_isNoBetterThanStaying(
        uint8 news,
        uint256 seed,
        uint256 role,
        uint256 part,
        uint8 when
    ) public {
        News what = News(news % 6);
        EpochVault shares = _role(role);
        _prepare(what, seed);
        uint256 epoch = shares.currentEpoch();
        int256 leaver = _wealth(ann);
        int256 stayer = _wealth(ben);
        _leave(shares, ann, part);
        _passThrough(what, seed, shares, epoch, when);
        assertLe(_wealth(ann) - leaver, _wealth(ben) - stayer + _tolerance(), "leaving was worth it");
    }

    /// Who comes takes nothing of what is booked before its settlement.
    function testFuzz_coming_gainsNothing(uint8 news, uint256 seed, uint256 role, uint256 part, uint8 when) public {
        News what = News(news % 6);
        EpochVault shares = _role(role);
        _prepare(what, seed);
        uint256 epoch = shares.currentEpoch();
        int256 before = _wealth(cat);
        _enter(shares, cat, part);
        _passThrough(what, seed, shares, epoch, when);
        assertLe(_wealth(cat), before + _tolerance(), "coming was worth it");
    }

    /// @dev The news comes in the epoch of the request, in the next one, or after the record.
    function _passThrough(News what, uint256 seed, EpochVault shares, uint256 epoch, uint8 when) private {
        if (when % 3 == 0) _happen(what, seed);
        if (when % 3 == 1) vm.warp(shares.GENESIS() + (epoch + 1) * shares.EPOCH_LENGTH() + 1 hours);
        if (when % 3 == 1) _happen(what, seed);
        _record(shares, epoch);
        if (when % 3 == 2) _happen(what, seed);
        _settle(shares);
    }

    /// Against the pool alone even a loss that nobody books in time cannot be fled: what is not collected is paid to nobody.
    function testFuzz_leaving_doesNotTakeWhatIsNotCollected(uint256 seed, uint256 role, uint256 part) public {
        EpochVault shares = _role(role % 2);
        _prepare(News.Liquidation, seed);
        uint256 epoch = shares.currentEpoch();
        int256 leaver = _wealthInHand(ann);
        int256 stayer = _wealthInHand(ben);
        _leave(shares, ann, part);
        _record(shares, epoch);
        _settle(shares);
        _happen(News.Liquidation, seed);
        assertLe(_wealthInHand(ann) - leaver, _wealthInHand(ben) - stayer + _tolerance(), "leaving was worth it");
    }

    /// The limit of PROTOCOL §16: where a winner's profit hides a bankrupt loser, who leaves before anybody has liquidated it
    /// has no part in the loss. Whoever stays had two epochs and half an hour to do it, is paid for it, and then has not.
    function test_leaving_missesALossOnlyIfNobodyBooksIt() public {
        _prepare(News.Deficit, 10_000);
        uint256 epoch = sys.junior.currentEpoch();
        int256 before = _wealth(ann);
        uint256 snapshot = vm.snapshotState();
        _leave(sys.junior, ann, type(uint256).max);
        _record(sys.junior, epoch);
        _settle(sys.junior);
        _happen(News.Deficit, 0);
        int256 unbooked = _wealth(ann) - before;
        vm.revertToState(snapshot);

        _leave(sys.junior, ann, type(uint256).max);
        _record(sys.junior, epoch);
        _happen(News.Deficit, 0);
        int256 stayer = _wealth(ben);
        _settle(sys.junior);
        int256 booked = _wealth(ann) - before;
        assertGt(unbooked, booked, "the limit is gone: say so in PROTOCOL 16");
        assertApproxEqAbs(_wealth(ann), stayer, uint256(_tolerance()), "who leaves after it carries its share");
    }
}
