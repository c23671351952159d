// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeleveraging} from "../../contracts/interfaces/IDeleveraging.sol";
import {FundingLib} from "../../contracts/market/FundingLib.sol";
import {PriceImpactLib} from "../../contracts/market/PriceImpactLib.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {Market, Position} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {ExchangeFixture} from "./ExchangeFixture.sol";

/// @title ExchangeSums
/// @notice I3: a market's sums against its buckets and against its positions, replayed one by one.
abstract contract ExchangeSums is ExchangeFixture {
    /// @dev Rounding of one market's sums: a few wei a position.
    int256 internal constant ROUNDING = 100;

    /// @dev What roundings of deleveraging may promise too much: wei of size and of funding, times the price.
    uint256 internal constant DUST = 1e10;

    struct Sums {
        uint256 longSize;
        uint256 shortSize;
        uint256 longCost;
        uint256 shortCost;
        uint256 settledLong;
        uint256 settledShort;
        uint256 credits; // of what was closed
        int256 owed; // by the pool to the positions at the last mark, each rounded for itself
    }

    /// @param open Per account, bit m set: a position in market m.
    /// @return slack What the mark promises beyond what positions are owed. It is dust; where it is below zero, what closing
    /// set aside for roundings makes up for it.
    /// @return credits What closed positions can collect.
    function _checkSums(
        uint8 m,
        Market memory market,
        AccountId[] memory all,
        uint32[] memory open
    ) internal view returns (int256 slack, uint256 credits) {
        Sums memory s;
        for (uint256 i = 0; i < all.length; ++i) {
            if ((open[i] >> m) & 1 == 1) _add(s, m, all[i], market);
        }

        // Roundings of closing promise too much: size that is not there of longs, too little of shorts. A haircut on what is
        // not there moves the cost by part of its worth, so that only size and cost together are on the safe side, below.
        _assertDust(market.long.sizeBase, s.longSize, "I3: size of longs");
        _assertDust(s.shortSize, market.short.sizeBase, "I3: size of shorts");
        assertApproxEqAbs(market.long.cost, s.longCost, DUST, "I3: cost of longs");
        assertApproxEqAbs(market.short.cost, s.shortCost, DUST, "I3: cost of shorts");
        assertEq(market.settledLong, s.settledLong, "I3: what longs settled");
        assertEq(market.settledShort, s.settledShort, "I3: what shorts settled");
        _checkBuckets(m, true, market.long.sizeBase, market.long.cost, market.lastPrice);
        _checkBuckets(m, false, market.short.sizeBase, market.short.cost, market.lastPrice);

        int256 skew = int256(uint256(market.long.sizeBase)) - int256(uint256(market.short.sizeBase));
        uint256 reserve = PriceImpactLib.reserve(skew, market.lastPrice, market.params.skewScaleBase);
        slack = market.mark - int256(reserve) - s.owed;
        assertGe(slack, -int256(DUST), "I3: the pool owes less than its traders are owed");
        assertLe(slack, int256(DUST), "I3: the pool owes more than its traders are owed");
        credits = s.credits;
    }

    function _add(Sums memory s, uint8 m, AccountId id, Market memory market) private view {
        IDeleveraging.Replayed memory seen = sys.clearinghouse.replayed(id, MarketId.wrap(m));
        Position memory p = seen.position;
        uint256 settled = p.settled + seen.returned;
        s.owed += int256(settled) - seen.fundingOwed;
        s.credits += seen.credit;
        // What is closed in full keeps nothing but what it has settled, on the side it was on.
        bool isLong = p.size != 0 ? p.size > 0 : sys.clearinghouse.position(id, MarketId.wrap(m)).size > 0;
        if (isLong) {
            s.longSize += uint256(int256(p.size));
            s.longCost += p.cost;
            s.settledLong += settled;
        } else {
            s.shortSize += uint256(-int256(p.size));
            s.shortCost += p.cost;
            s.settledShort += settled;
        }
        if (p.size == 0) return;
        int256 value = (int256(p.size) * int256(uint256(market.lastPrice))) / 1e18;
        s.owed += p.size > 0 ? value - int256(uint256(p.cost)) : int256(uint256(p.cost)) + value;
        s.owed -= FundingLib.owed(p.size, market.fundingIndex, p.fundingEntry);
    }

    function _checkBuckets(uint8 m, bool isLong, uint256 size, uint256 cost, uint256 price) private view {
        IDeleveraging.BucketView[] memory all = sys.clearinghouse.buckets(MarketId.wrap(m), isLong, price);
        for (uint256 i = 0; i < all.length; ++i) {
            assertGt(all[i].sizeBase, 0, "I3: an empty bucket is listed");
            size -= all[i].sizeBase;
            cost -= all[i].cost;
        }
        assertEq(size, 0, "I3: size outside of every bucket");
        assertEq(cost, 0, "I3: cost outside of every bucket");
    }

    /// @dev At least, and at most by dust more.
    function _assertDust(uint256 more, uint256 less, string memory what) private pure {
        assertGe(more, less, what);
        assertLe(more - less, DUST, what);
    }
}
