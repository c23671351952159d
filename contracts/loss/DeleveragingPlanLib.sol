// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {PriceImpactLib} from "../market/PriceImpactLib.sol";
import {SideBookLib} from "../market/SideBookLib.sol";
import {BPS, MathLib, WAD} from "../math/MathLib.sol";
import {MarketBook, NO_IMPACT} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Eligible, SideBook} from "../types/SideBook.sol";
import {DeleverageCall, DeleveragingRound, Operation, State} from "../types/State.sol";

/// @title DeleveragingPlanLib
/// @notice Whose turn it is, how much is due, and what the caller earns.
library DeleveragingPlanLib {
    using MarketLib for MarketBook;
    using MathLib for int256;
    using MathLib for uint256;
    using SideBookLib for SideBook;

    /// @dev Exposure starts at 100% of the skew cap and restores this much of it.
    uint256 private constant RESTORED_BPS = 9_500;

    /// @dev The same while redemptions are overdue: as far as opening goes, and redemptions are free up to.
    uint256 private constant RESTORED_FOR_EXITS_BPS = 8_000;

    /// @dev A skew above its cap and the event that brings it back.
    struct Relief {
        uint256 skewNotional; // USD
        uint256 skewCap; // USD
        uint256 excess; // USD above the cap; zero: nothing is due
        bool isLong; // the heavy side
        uint256 closeFraction; // f, WAD
        uint256 closePrice; // USD per base unit
    }

    // ------------------------------------------------------------------------------------------------------ incident

    /// @notice Positions of a list by value, largest first; equal ones in their order.
    function descending(uint256[] memory values) internal pure returns (uint256[] memory order) {
        uint256 n = values.length;
        order = new uint256[](n);
        for (uint256 i = 0; i < n; ++i) {
            uint256 j = i;
            for (; j > 0 && values[order[j - 1]] < values[i]; --j) order[j] = order[j - 1];
            order[j] = i;
        }
    }

    // ----------------------------------------------------------------------------------------------------- shortfall

    /// @notice What a market has to raise when it is its turn, and the round after it.
    /// @dev What the pool lacks is shared by what it owes each market's traders, net, at the marks. Each market contributes
    /// once before any contributes again; markets to which nothing is owed come last. Rounding: up.
    function turn(
        State storage state,
        DeleverageCall memory c
    ) internal view returns (uint256 share, DeleveragingRound memory round) {
        uint256 need = uint256(int256(c.floor) - c.equity);
        round = state.round;
        (uint256 weight, uint256 total, uint256 waiting) = _weights(state, c, round.contributed);
        uint32 bit = uint32(1 << MarketId.unwrap(c.market));
        if (waiting != 0 && (round.contributed & bit != 0 || weight == 0)) {
            revert IDeleveraging.Clearinghouse_ContributedAlready(c.market, MarketId.wrap(uint8(waiting - 1)));
        }
        if (round.contributed & bit != 0) round.contributed = 0;
        if (round.contributed == 0) (round.need, round.weight) = (_toUint128(need), _toUint128(total));
        round.contributed |= bit;
        // The pool may owe traders nowhere when a round begins, and somewhere as it goes on.
        bool isShared = weight != 0 && round.weight != 0;
        share = isShared ? need.min(uint256(round.need).mulDivUp(weight, round.weight)) : need;
    }

    /// @dev `waiting`: one plus the first other market that is owed something and has not contributed; zero if none.
    function _weights(
        State storage state,
        DeleverageCall memory c,
        uint256 contributed
    ) private view returns (uint256 own, uint256 total, uint256 waiting) {
        uint256 count = state.marketCount;
        for (uint256 m = 0; m < count; ++m) {
            if ((c.dead >> m) & 1 == 1) continue;
            MarketBook storage market = state.markets[MarketId.wrap(uint8(m))];
            if (market.openNotional() == 0) continue;
            uint256 weight = int256(market.mark).pos();
            total += weight;
            if (m == MarketId.unwrap(c.market)) own = weight;
            else if (weight != 0 && waiting == 0 && (contributed >> m) & 1 == 0) waiting = m + 1;
        }
    }

    // ------------------------------------------------------------------------------------------------------ exposure

    /// @notice How far a market's skew is above its cap.
    function excess(MarketBook storage market, DeleverageCall memory c) internal view returns (Relief memory relief) {
        int256 skew = market.skew();
        relief.isLong = skew > 0;
        relief.skewNotional = skew.abs().mulDivUp(c.price, WAD);
        relief.skewCap = _skewCap(market, c.backing);
        relief.excess = relief.skewNotional.zeroFloorSub(relief.skewCap);
    }

    /// @notice The event that brings the skew back to 95% of the cap, 80% while redemptions are overdue, as far as profits
    /// and cash allow.
    /// @dev Closes at the impact price of the whole block, so that equity, and with it the cap, does not move. Rounding:
    /// fraction up, unless cash limits it: then down, with every position's rounding reserved; price against the traders.
    function planRelief(
        MarketBook storage market,
        DeleverageCall memory c,
        Relief memory relief,
        Operation memory op,
        uint256 reward_
    ) internal view {
        if (relief.excess == 0) return;
        int256 skew = market.skew();
        Eligible memory found = market.sideOf(relief.isLong).eligible(relief.isLong, c.price);
        if (found.sizeBase == 0) return;

        uint256 cap = _skewCap(market, c.backing - int256(reward_));
        uint256 restoredBps = c.backing < c.equity ? RESTORED_FOR_EXITS_BPS : RESTORED_BPS;
        uint256 target = cap.mulDivDown(restoredBps, BPS).mulDivDown(WAD, c.price);
        uint256 fraction = WAD.min((skew.abs() - target).mulDivUp(WAD, found.sizeBase));
        uint256 scale = market.params.skewScaleBase;
        fraction = fraction.min(_affordable(op, c.price, skew.abs(), scale, found, reward_));
        uint256 block_ = found.sizeBase.mulDivDown(fraction, WAD);
        if (block_ == 0) return;

        relief.closeFraction = fraction;
        relief.closePrice = c.price;
        if (scale == NO_IMPACT) return;
        (uint256 value, ) = PriceImpactLib.value(skew, skew > 0 ? -int256(block_) : int256(block_), c.price, scale);
        relief.closePrice = skew > 0 ? value.mulDivDown(WAD, block_) : value.mulDivUp(WAD, block_);
    }

    /// @dev The fraction cash can pay, at a price no better for the traders than closing could get.
    function _affordable(
        Operation memory op,
        uint256 price,
        uint256 skewSize,
        uint256 scale,
        Eligible memory found,
        uint256 reward_
    ) private pure returns (uint256) {
        uint256 step = scale == NO_IMPACT ? 0 : price.mulDivUp(skewSize, scale);
        uint256 cash = op.debtsBefore == 0 ? op.cash - reward_ : 0;
        uint256 slack = found.positions * ((price + step) / WAD + 1) + 4 * found.buckets;
        uint256 cost = found.profit + found.sizeBase.mulDivUp(step, WAD);
        return WAD.min(cash.zeroFloorSub(slack).mulDivDown(WAD, cost));
    }

    function _skewCap(MarketBook storage market, int256 backing) private view returns (uint256) {
        return backing.pos().mulDivDown(market.params.poolShareBps, market.params.riskWeightBps);
    }

    // -------------------------------------------------------------------------------------------------------- reward

    /// @notice What restoring `amount` earns: a share of it, capped per hour and by the cash there is. Rounding: down.
    function reward(State storage state, Operation memory op, uint256 amount) internal view returns (uint256) {
        if (op.debtsBefore != 0) return 0;
        uint256 cap = uint256(state.risk.deleverageRewardCapUsd) * WAD;
        uint256 spent = state.round.hour == hourNow() ? state.round.rewarded : 0;
        uint256 share = amount.mulDivDown(state.risk.deleverageRewardBps, BPS);
        return share.min(cap.zeroFloorSub(spent)).min(op.cash);
    }

    /// @notice {reward} for relieving the skew: at most what the pool has above its floor, or the next call for the floor
    /// would take it from traders.
    function reliefReward(
        State storage state,
        Operation memory op,
        DeleverageCall memory c,
        uint256 excess_
    ) internal view returns (uint256) {
        return excess_ == 0 ? 0 : reward(state, op, excess_).min((c.equity - int256(c.floor)).pos());
    }

    /// @notice Hours since 1970.
    function hourNow() internal view returns (uint32) {
        return uint32(block.timestamp / 1 hours);
    }

    function _toUint128(uint256 value) private pure returns (uint128) {
        // Needs and weights are sums of what the vault's 128-bit ledgers bound.
        return value > type(uint128).max ? type(uint128).max : uint128(value);
    }
}
