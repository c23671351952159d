// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {HaircutLib} from "../market/HaircutLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {SideBookLib} from "../market/SideBookLib.sol";
import {OperationLib} from "../margin/OperationLib.sol";
import {MathLib} from "../math/MathLib.sol";
import {Ledger} from "../types/Ledger.sol";
import {TraderLosses} from "../types/Loss.sol";
import {MarketBook} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {AdlEvent, Deleveraged, MAX_BUCKETS, SideBook, Taken} from "../types/SideBook.sol";
import {Attribution, Book, DeleverageCall, Operation, State} from "../types/State.sol";
import {DeleveragingPlanLib} from "./DeleveragingPlanLib.sol";
import {TraderClaimLib} from "./TraderClaimLib.sol";
import {WaterfallLib} from "./WaterfallLib.sol";

/// @title DeleveragingLib
/// @notice Charges traders in profit, pro rata: the waterfall's last step, and what anybody may call for. Linked: rare.
/// @dev Cost: the number of populated buckets, at most 96 a side, whatever the number of positions.
library DeleveragingLib {
    using MarketLib for MarketBook;
    using MathLib for uint256;
    using OperationLib for Operation;
    using SafeCast for int256;
    using SafeCast for uint256;
    using SideBookLib for SideBook;
    using TraderClaimLib for TraderLosses;

    /// @dev Both sides of one market, or of several smaller ones: bounds what an incident costs.
    uint256 private constant BUCKET_BUDGET = 2 * MAX_BUCKETS;

    /// @dev What is left of an incident between two markets.
    struct Left {
        uint256 budget; // buckets that may still be visited
        uint256 carried; // USD that markets before could not pay
    }

    /// @notice The last step of a deficit: shared by its matched parts, largest first; what one market cannot pay passes to
    /// the next.
    /// @dev Emits {IDeleveraging.Deleveraged} a market.
    /// @return taken What was withheld; it may pass `short` by a wei a bucket.
    function cover(
        State storage state,
        bytes memory operation,
        Book memory book,
        Attribution memory attribution,
        uint256 short
    ) external returns (bytes memory, uint256 taken) {
        Operation memory op = OperationLib.unpack(operation);
        uint256[] memory matched = attribution.matchedByMarket;
        uint256[] memory order = DeleveragingPlanLib.descending(matched);
        uint256[] memory needs = WaterfallLib.shareOut(short, matched, 0);
        Left memory work = Left(BUCKET_BUDGET, 0);
        for (uint256 k = 0; k < order.length; ++k) {
            uint256 i = order[k];
            if (matched[i] == 0) break;
            work.carried += needs[i];
            taken += _coverIn(state, op, book.markets[i], book.prices[i], work);
        }
        return (op.pack(), taken);
    }

    /// @dev One market's part of an incident: what it cannot pay stays in `carried`.
    function _coverIn(
        State storage state,
        Operation memory op,
        MarketId id,
        uint256 price,
        Left memory work
    ) private returns (uint256 collected) {
        MarketBook storage market = state.markets[id];
        uint256 buckets = uint256(market.long.head.bucketCount) + market.short.head.bucketCount;
        if (buckets > work.budget) return 0;
        collected = _withhold(state, op, id, price, work.carried);
        if (collected == 0) return 0;
        work.budget -= buckets;
        work.carried = work.carried.zeroFloorSub(collected);
        market.base = (market.base + int256(collected)).toInt128();
    }

    /// @notice Restores the pool's floor, as far as it is this market's turn, or else brings its skew to 95% of the cap.
    /// @dev `c.equity` and `c.floor` are on fresh marks; `c.dead` are markets whose marks cannot be. Emits
    /// {IDeleveraging.Deleveraged} if something was charged or closed.
    ///
    /// Requirements: one of the two is due, else {IDeleveraging.Clearinghouse_NotDeleveragable}; no other market's turn
    /// comes first, else {IDeleveraging.Clearinghouse_ContributedAlready}.
    /// @return collected Profit withheld.
    function run(
        State storage state,
        bytes memory operation,
        DeleverageCall memory c
    ) external returns (bytes memory, uint256 collected) {
        Operation memory op = OperationLib.unpack(operation);
        if (c.equity < int256(c.floor)) {
            uint256 share;
            (share, state.round) = DeleveragingPlanLib.turn(state, c);
            uint256 profit = HaircutLib
                .eligible(state.markets[c.market].long, state.markets[c.market].short, c.price)
                .profit;
            if (profit == 0) return (operation, 0);
            share += _reward(state, op, c, share.min(profit));
            collected = _withhold(state, op, c.market, c.price, share);
        } else {
            _relieve(state, op, c);
        }
        return (op.pack(), collected);
    }

    /// @dev One haircut on both sides of a market, its claims and its mark.
    function _withhold(
        State storage state,
        Operation memory op,
        MarketId id,
        uint256 price,
        uint256 need
    ) private returns (uint256) {
        MarketBook storage market = state.markets[id];
        uint256 notionalBefore = market.openNotional();
        Taken memory taken = HaircutLib.haircut(
            market.long,
            market.short,
            price,
            market.fundingIndex,
            state.losses.nextId(),
            need
        );
        if (taken.collected == 0) return 0;
        state.losses.enter(taken.collected);
        _note(op, market, price, notionalBefore);
        emit IDeleveraging.Deleveraged(
            id,
            price,
            price,
            0,
            taken.haircut,
            taken.collected,
            0,
            taken.buckets,
            taken.positions
        );
        return taken.collected;
    }

    /// @dev Closes part of every position in profit on the heavy side, paid in full from cash.
    function _relieve(State storage state, Operation memory op, DeleverageCall memory c) private {
        MarketBook storage market = state.markets[c.market];
        DeleveragingPlanLib.Relief memory relief = DeleveragingPlanLib.excess(market, c);
        uint256 reward = DeleveragingPlanLib.reliefReward(state, op, c, relief.excess);
        DeleveragingPlanLib.planRelief(market, c, relief, op, reward);
        if (relief.closeFraction == 0) {
            revert IDeleveraging.Clearinghouse_NotDeleveragable(
                c.market,
                c.equity,
                c.floor,
                relief.skewNotional,
                relief.skewCap
            );
        }
        _pay(state, op, c.keeper, reward);
        _closeBlock(state, op, c, relief);
    }

    function _closeBlock(
        State storage state,
        Operation memory op,
        DeleverageCall memory c,
        DeleveragingPlanLib.Relief memory relief
    ) private {
        MarketBook storage market = state.markets[c.market];
        uint256 notionalBefore = market.openNotional();
        AdlEvent memory e;
        e.price = c.price.toUint128();
        e.closeFraction = uint64(relief.closeFraction);
        e.closePrice = relief.closePrice.toUint128();
        e.fundingIndex = int256(market.fundingIndex).toInt96();
        Deleveraged memory d = market.sideOf(relief.isLong).deleverage(relief.isLong, e);
        op.transfer(Ledger.Cash, Ledger.PendingPnl, d.pended);
        market.realise(int256(d.pended));
        _note(op, market, c.price, notionalBefore);
        emit IDeleveraging.Deleveraged(
            c.market,
            c.price,
            e.closePrice,
            e.closeFraction,
            0,
            0,
            d.pended,
            d.buckets,
            d.positions
        );
    }

    function _reward(
        State storage state,
        Operation memory op,
        DeleverageCall memory c,
        uint256 restored
    ) private returns (uint256 reward) {
        reward = DeleveragingPlanLib.reward(state, op, restored);
        _pay(state, op, c.keeper, reward);
    }

    /// @dev From cash, before anything is withheld: what the caller earns is part of what has to be restored.
    function _pay(State storage state, Operation memory op, address keeper, uint256 reward) private {
        if (reward == 0) return;
        op.transfer(Ledger.Cash, Ledger.Fees, reward);
        state.keeperFees[keeper] += reward;
        state.keeperFeesTotal += uint128(reward);
        uint32 hour = DeleveragingPlanLib.hourNow();
        if (state.round.hour != hour) (state.round.hour, state.round.rewarded) = (hour, 0);
        state.round.rewarded += uint96(reward);
        emit IDeleveraging.DeleveragingRewarded(keeper, reward);
    }

    function _note(Operation memory op, MarketBook storage market, uint256 price, uint256 notionalBefore) private {
        op.openNotional += int256(market.openNotional()) - int256(notionalBefore);
        op.marks += market.remark(price);
    }
}
