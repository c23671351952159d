// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {DeleveragingPlanLib} from "../loss/DeleveragingPlanLib.sol";
import {TraderClaimLib} from "../loss/TraderClaimLib.sol";
import {AdlEventLib} from "../market/AdlEventLib.sol";
import {BucketListLib} from "../market/BucketListLib.sol";
import {ExposureLib} from "../market/ExposureLib.sol";
import {HaircutLib} from "../market/HaircutLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {SideBookLib} from "../market/SideBookLib.sol";
import {HealthLib} from "../margin/HealthLib.sol";
import {MarginLib} from "../margin/MarginLib.sol";
import {OperationLib} from "../margin/OperationLib.sol";
import {PositionLib} from "../margin/PositionLib.sol";
import {MathLib, WAD} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {TraderLosses} from "../types/Loss.sol";
import {Market, MarketBook, Position} from "../types/Market.sol";
import {MarketId, NO_MARKET} from "../types/MarketId.sol";
import {Bucket, Eligible, Replay, SideBook} from "../types/SideBook.sol";
import {Book, DeleverageCall, Operation, State} from "../types/State.sol";

/// @title ViewLib
/// @notice What the clearinghouse tells outsiders, encoded as it returns it. Linked: too large for the clearinghouse.
library ViewLib {
    using AdlEventLib for Bucket;
    using BucketListLib for SideBook;
    using ExposureLib for MarketBook;
    using MarketLib for MarketBook;
    using MathLib for int256;
    using MathLib for uint256;
    using PositionLib for Position;
    using SideBookLib for SideBook;
    using TraderClaimLib for TraderLosses;

    /// @notice See {IClearinghouse.health}.
    function health(State storage state, AccountId id, Book memory book) external view returns (bytes memory) {
        return abi.encode(HealthLib.measure(state, id, book, NO_MARKET));
    }

    /// @notice See {IClearinghouse.exposure}.
    function exposure(State storage state) external view returns (bytes memory) {
        IClearinghouse.Exposure memory total;
        uint256 count = state.marketCount;
        for (uint8 i = 0; i < count; ++i) state.markets[MarketId.wrap(i)].addExposure(total);
        return abi.encode(total);
    }

    /// @notice See {IClearinghouse.account}.
    function account(State storage state, AccountId id) external view returns (bytes memory) {
        return abi.encode(state.accounts[id]);
    }

    /// @notice See {IDeleveraging.traderClaims}.
    function traderClaims(State storage state) external view returns (bytes memory) {
        return abi.encode(state.losses.book.outstanding, state.losses.lost, state.losses.repaid);
    }

    /// @notice See {IDeleveraging.round}.
    function round(State storage state) external view returns (bytes memory) {
        return abi.encode(state.round);
    }

    /// @notice See {IClearinghouse.position}.
    function position(State storage state, AccountId id, MarketId marketId) external view returns (bytes memory) {
        return abi.encode(state.positions[id][marketId]);
    }

    /// @notice See {IClearinghouse.riskParams}.
    function riskParams(State storage state) external view returns (bytes memory) {
        return abi.encode(state.risk);
    }

    /// @notice See {IClearinghouse.debtsTo}.
    function debtsTo(State storage state, AccountId id) external view returns (bytes memory) {
        return abi.encode(OperationLib.collectableBy(state, id), OperationLib.owedTo(state, id));
    }

    /// @notice See {IDeleveraging.claimsOf}.
    function claimsOf(State storage state, AccountId id) external view returns (bytes memory) {
        (uint256 due, uint256 outstanding) = state.losses.claimOf(state.lossClaims[id]);
        return abi.encode(due, outstanding);
    }

    /// @notice See {IClearinghouse.market}.
    function market(State storage state, MarketId id) external view returns (bytes memory) {
        Market memory seen;
        MarketBook storage listed = state.markets[id];
        seen.params = listed.params;
        (seen.long.sizeBase, seen.long.cost) = (listed.long.sizeBase, listed.long.cost);
        (seen.short.sizeBase, seen.short.cost) = (listed.short.sizeBase, listed.short.cost);
        (seen.fundingWeightLong, seen.settledLong) = (listed.long.fundingWeight, listed.long.settled);
        (seen.fundingWeightShort, seen.settledShort) = (listed.short.fundingWeight, listed.short.settled);
        (seen.fundingIndex, seen.touchedAt) = (listed.fundingIndex, listed.touchedAt);
        (seen.state, seen.isListed) = (listed.state, listed.isListed);
        (seen.restrictedUntil, seen.restrictedFor) = (listed.restrictedUntil, listed.restrictedFor);
        seen.openingShareBps = listed.openingShareBps;
        (seen.mark, seen.lastPrice) = (listed.mark, listed.lastPrice);
        (seen.realised, seen.base, seen.baseCandidate) = (listed.realised, listed.base, listed.baseCandidate);
        (seen.deadSince, seen.windows) = (listed.deadSince, listed.windows);
        (seen.longEvents, seen.shortEvents) = (listed.long.head.eventCount, listed.short.head.eventCount);
        seen.initialRateBps = uint16(MarginLib.baseRateBps(listed)); // at most BPS
        return abi.encode(seen);
    }

    /// @notice See {IDeleveraging.replayed}.
    function replayed(State storage state, AccountId id, MarketId marketId) external view returns (bytes memory) {
        IDeleveraging.Replayed memory seen;
        seen.position = state.positions[id][marketId];
        if (seen.position.size != 0) {
            uint256 cursor = seen.position.eventCursor;
            SideBook storage side = state.markets[marketId].sideOf(seen.position.size > 0);
            Replay memory r = side.previewReplay(seen.position, type(uint256).max);
            (seen.credit, seen.cut, seen.returned, seen.fundingOwed) = (r.credit, r.cut, r.returned, r.fundingOwed);
            seen.missedEvents = seen.position.eventCursor - cursor;
        }
        return abi.encode(seen);
    }

    /// @notice See {IDeleveraging.buckets}.
    function buckets(
        State storage state,
        MarketId id,
        bool isLong,
        uint256 price
    ) external view returns (bytes memory) {
        SideBook storage side = state.markets[id].sideOf(isLong);
        uint256 n = side.head.bucketCount;
        IDeleveraging.BucketView[] memory seen = new IDeleveraging.BucketView[](n);
        for (uint256 i = 0; i < n; ++i) {
            uint256 bucketId = side.idAt(i);
            Bucket memory bucket = side.buckets[bucketId];
            bool isReached = AdlEventLib.isInProfit(isLong, bucket.edge, price);
            seen[i] = IDeleveraging.BucketView({
                tick: uint32(BucketListLib.tickOf(bucketId)),
                positions: bucket.count,
                sizeBase: bucket.sizeBase,
                cost: bucket.cost,
                edge: bucket.edge,
                isReached: isReached,
                profit: isReached ? bucket.profit(isLong, price) : 0
            });
        }
        return abi.encode(seen);
    }

    /// @notice See {IDeleveraging.previewHaircut}.
    function previewHaircut(
        State storage state,
        AccountId id,
        MarketId marketId,
        uint256 price,
        uint256 need
    ) external view returns (bytes memory) {
        return abi.encode(_previewHaircut(state, id, marketId, price, need));
    }

    function _previewHaircut(
        State storage state,
        AccountId id,
        MarketId marketId,
        uint256 price,
        uint256 need
    ) private view returns (IDeleveraging.HaircutPreview memory seen) {
        MarketBook storage book = state.markets[marketId];
        Eligible memory found = HaircutLib.eligible(book.long, book.short, price);
        seen.eligibleProfit = found.profit;
        if (found.profit == 0) return seen;
        seen.haircut = HaircutLib.fraction(need, found);
        Position memory held = state.positions[id][marketId];
        if (held.size == 0) return seen;
        bool isLong = held.size > 0;
        SideBook storage side = book.sideOf(isLong);
        side.previewReplay(held, type(uint256).max);
        if (held.size == 0 || !AdlEventLib.isInProfit(isLong, side.buckets[held.bucket].edge, price)) return seen;
        seen.profit = held.pricePnl(price).pos();
        seen.charge = seen.profit.mulDivUp(seen.haircut, WAD);
        seen.share = seen.profit.mulDivDown(WAD, found.profit);
    }

    /// @notice See {IDeleveraging.previewDeleverage}.
    function previewDeleverage(
        State storage state,
        MarketId id,
        Operation memory op,
        int256 equity,
        int256 backing,
        uint256 floor
    ) external view returns (bytes memory) {
        DeleverageCall memory c;
        (c.market, c.price) = (id, state.markets[id].lastPrice);
        (c.equity, c.backing, c.floor) = (equity, backing, floor);
        return abi.encode(_previewDeleverage(state, op, c));
    }

    function _previewDeleverage(
        State storage state,
        Operation memory op,
        DeleverageCall memory c
    ) private view returns (IDeleveraging.DeleveragePreview memory seen) {
        MarketBook storage book = state.markets[c.market];
        if (c.price == 0) return seen;
        if (c.equity < int256(c.floor)) {
            Eligible memory found = HaircutLib.eligible(book.long, book.short, c.price);
            (seen.need, ) = DeleveragingPlanLib.turn(state, c);
            (seen.eligibleProfit, seen.buckets, seen.positions) = (found.profit, found.buckets, found.positions);
            if (found.profit == 0) return seen;
            seen.reward = DeleveragingPlanLib.reward(state, op, seen.need.min(found.profit));
            seen.haircut = HaircutLib.fraction(seen.need + seen.reward, found);
        } else {
            DeleveragingPlanLib.Relief memory relief = DeleveragingPlanLib.excess(book, c);
            if (relief.excess == 0) return seen;
            seen.need = relief.excess;
            uint256 reward = DeleveragingPlanLib.reliefReward(state, op, c, relief.excess);
            DeleveragingPlanLib.planRelief(book, c, relief, op, reward);
            Eligible memory found = book.sideOf(relief.isLong).eligible(relief.isLong, c.price);
            (seen.eligibleProfit, seen.buckets, seen.positions) = (found.profit, found.buckets, found.positions);
            (seen.closeFraction, seen.closePrice) = (relief.closeFraction, relief.closePrice);
            if (relief.closeFraction != 0) seen.reward = reward;
        }
    }
}
