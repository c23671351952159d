// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {IGapPreview} from "../interfaces/IGapPreview.sol";
import {ILens} from "../interfaces/ILens.sol";
import {BPS, MathLib, WAD} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Ledger} from "../types/Ledger.sol";
import {Market, MarketState} from "../types/Market.sol";
import {MarketId, MAX_MARKETS} from "../types/MarketId.sol";
import {GapSplit} from "./GapSplit.sol";
import {LensMath} from "./LensMath.sol";
import {LensReader} from "./LensReader.sol";

/// @title GapLens
/// @notice A crash before it happens: PROTOCOL sections 7 to 9 in memory, one account after the other.
/// @dev Closing a position moves what it has between cash and mark, impact and reserve included: the pool's equity, and a
/// market's contribution to it, change by the deficit and by nothing else. That is why sums suffice. Linked: what it returns
/// is encoded already.
library GapLens {
    using LensReader for LensReader.Page;
    using LensMath for Market;
    using MathLib for int256;
    using MathLib for uint256;

    /// @dev As in `OracleRouter`.
    uint256 private constant PRICE_LIMIT = 1 << 112;
    /// @dev As in `InsuranceFund`: a draw leaves a basis point.
    uint256 private constant DRAWABLE_BPS = BPS - 1;

    /// @dev What goes on from one deficit to the next. Arrays by market.
    struct Work {
        LensReader.Page page;
        int256[] missing; // insured level less contribution: what of a deficit is matched
        int256[] skew;
        uint256[] profit; // of traders whom an event could charge and who were not yet
        bool[] isProfitKnown;
        uint256[] closedProfit; // of bankrupt accounts, in `profit` before it was known
        int256 equity; // of the pool
        uint256 openNotional;
        uint256 fund; // insurance
        uint256 room; // what is left of its day's limit
        uint256 floor;
        uint256 principal;
        AccountId[] fallen; // bankrupt so far
        uint256 charged; // to traders in the market that moved
    }

    /// @notice See {IGapPreview.gapPreview}.
    function gapPreview(
        ILens.Addresses memory system,
        MarketId market,
        uint256 price,
        AccountId[] calldata ids
    ) external view returns (bytes memory) {
        if (price == 0 || price >= PRICE_LIMIT) revert IGapPreview.Lens_PriceOutOfRange(price, PRICE_LIMIT - 1);
        IGapPreview.GapTotals memory totals;
        IGapPreview.GapAccount[] memory seen;
        Work memory work;
        work.page = LensReader.newPage(system);
        if (_move(work.page, market, price)) {
            seen = new IGapPreview.GapAccount[](ids.length);
            _run(work, totals, market, ids, seen);
        }
        return abi.encode(totals, seen);
    }

    /// @dev Puts the market where the gap leaves it. False: there is no such market, or its price is final.
    function _move(LensReader.Page memory page, MarketId market, uint256 price) private view returns (bool) {
        if (MarketId.unwrap(market) >= MAX_MARKETS) return false;
        LensReader.Quote memory moved = page.quoteOf(market);
        if (!moved.market.isListed || moved.market.state == MarketState.Settled) return false;
        (moved.price, moved.isRefused) = (price, false);
        moved.fundingIndex = moved.market.fundingIndexAt(price);
        return true;
    }

    function _run(
        Work memory work,
        IGapPreview.GapTotals memory totals,
        MarketId market,
        AccountId[] calldata ids,
        IGapPreview.GapAccount[] memory seen
    ) private view {
        LensReader.Weighed[] memory weighed = new LensReader.Weighed[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            weighed[i] = work.page.weigh(ids[i]);
            _fill(seen[i], ids[i], weighed[i]);
        }
        work.fallen = new AccountId[](ids.length);
        _begin(work, totals, market);
        for (uint256 i = 0; i < ids.length; ++i) {
            if (!seen[i].isLiquidatable) continue;
            ++totals.liquidatable;
            _fall(work, totals, market, weighed[i], seen[i]);
        }
        _end(work, totals);
    }

    function _fill(IGapPreview.GapAccount memory seen, AccountId id, LensReader.Weighed memory w) private pure {
        (seen.id, seen.equity, seen.maintenance) = (id, w.equity, w.maintenance);
        (seen.isPriced, seen.isLiquidatable) = (w.isPriced, w.isLiquidatable);
    }

    /// @dev The pool as the gap finds it, before anybody is liquidated.
    function _begin(Work memory work, IGapPreview.GapTotals memory totals, MarketId market) private view {
        ILens.Addresses memory system = work.page.system;
        work.missing = new int256[](MAX_MARKETS);
        work.skew = new int256[](MAX_MARKETS);
        work.profit = new uint256[](MAX_MARKETS);
        work.isProfitKnown = new bool[](MAX_MARKETS);
        work.closedProfit = new uint256[](MAX_MARKETS);
        work.equity = system.pool.equity();
        for (uint256 m = 0; m < MAX_MARKETS; ++m) {
            LensReader.Quote memory quote = work.page.quotes[m];
            if (quote.price == 0) continue;
            int256 mark = quote.market.markAt(quote.price, quote.fundingIndex);
            if (m == MarketId.unwrap(market)) totals.markAtGap = mark;
            work.equity += quote.market.mark - mark;
            work.missing[m] = int256(quote.market.base) - (int256(quote.market.realised) - mark);
            work.skew[m] = quote.market.skew();
        }
        totals.isPossible = true;
        totals.equityAtGap = work.equity;
        LensReader.Quote memory moved = work.page.quotes[MarketId.unwrap(market)];
        (totals.longPnl, totals.shortPnl) = (moved.market.longPnl(moved.price), moved.market.shortPnl(moved.price));
        totals.eligibleProfit = _chargeable(work, market);

        (work.floor, work.principal, work.openNotional) = (
            system.pool.floor(),
            system.pool.principal(),
            system.pool.openNotional()
        );
        work.fund = system.vault.balanceOf(Ledger.Insurance);
        work.room = system.insurance.maxDrawPerDayBps() == BPS ? type(uint256).max : system.insurance.available();
    }

    function _end(Work memory work, IGapPreview.GapTotals memory totals) private pure {
        totals.equityAfter = work.equity;
        totals.seniorAfter = work.equity.pos().min(work.principal);
        totals.juniorAfter = work.equity.pos() - totals.seniorAfter;
        if (work.charged != 0) totals.haircut = work.charged.mulDivUp(WAD, totals.eligibleProfit);
    }

    // --------------------------------------------------------------------------------------------------- one account

    /// @dev Closes all of an account that cannot pay for it, and carries what it owes through the layers.
    function _fall(
        Work memory work,
        IGapPreview.GapTotals memory totals,
        MarketId market,
        LensReader.Weighed memory w,
        IGapPreview.GapAccount memory seen
    ) private view {
        uint256[] memory weights = new uint256[](w.legs.length);
        // What is lost where there is no price stays open: the account leaves it to nobody.
        int256 left = w.equity + int256(w.bonds) - w.lostInDead;
        uint256 largest;
        for (uint256 i = 0; i < w.legs.length; ++i) {
            LensReader.Leg memory leg = w.legs[i];
            if (leg.notional == 0) continue;
            int256 impact = _closingImpact(work, leg);
            left -= impact;
            weights[i] = (-leg.pricePnl).pos();
            if (weights[i] != 0) weights[i] += impact.pos();
            if (leg.notional > w.legs[largest].notional) largest = i;
        }
        // Who can pay for closing everything leaves no deficit, however much of it is closed.
        if (left >= 0) return;
        seen.isBankrupt = true;
        for (uint256 i = 0; i < totals.bankrupt; ++i) {
            if (work.fallen[i] == seen.id) return;
        }
        work.fallen[totals.bankrupt++] = seen.id;
        seen.deficit = uint256(-left);

        for (uint256 i = 0; i < w.legs.length; ++i) {
            LensReader.Leg memory leg = w.legs[i];
            if (leg.notional == 0) continue;
            uint8 m = MarketId.unwrap(leg.market);
            work.skew[m] -= leg.seen.position.size;
            work.openNotional = work.openNotional.zeroFloorSub(leg.seen.position.cost);
            uint256 won = leg.pricePnl.pos();
            if (work.isProfitKnown[m]) work.profit[m] = work.profit[m].zeroFloorSub(won);
            else work.closedProfit[m] += won;
        }
        _absorb(work, totals, market, w.legs, GapSplit.shareOut(seen.deficit, weights, largest));
    }

    function _closingImpact(Work memory work, LensReader.Leg memory leg) private pure returns (int256) {
        uint8 m = MarketId.unwrap(leg.market);
        LensReader.Quote memory quote = work.page.quotes[m];
        int256 size = leg.seen.position.size;
        return LensMath.impact(work.skew[m], -size, quote.price, quote.market.params.skewScaleBase);
    }

    // --------------------------------------------------------------------------------------------------- the layers

    /// @dev PROTOCOL section 9: forgone, insurance, junior, senior, traders in profit, residual. `parts` by leg.
    function _absorb(
        Work memory work,
        IGapPreview.GapTotals memory totals,
        MarketId market,
        LensReader.Leg[] memory legs,
        uint256[] memory parts
    ) private view {
        (uint256[] memory matched, uint256 loss) = _match(work, totals, legs, parts);
        if (loss == 0) return;
        uint256 paid = _insure(work, loss);
        totals.insurance += paid;
        uint256 short = _share(work, totals, loss - paid);
        if (short == 0) return;
        uint256 taken = _charge(work, market, legs, matched, short);
        totals.adl += taken;
        totals.residual += short - taken;
        work.equity += int256(taken);
    }

    /// @dev A deficit lowers a market's contribution; what is matched of it, whoever pays, closes the distance again.
    function _match(
        Work memory work,
        IGapPreview.GapTotals memory totals,
        LensReader.Leg[] memory legs,
        uint256[] memory parts
    ) private pure returns (uint256[] memory matched, uint256 total) {
        matched = new uint256[](legs.length);
        for (uint256 i = 0; i < legs.length; ++i) {
            if (parts[i] == 0) continue;
            uint8 m = MarketId.unwrap(legs[i].market);
            int256 missing = work.missing[m] + int256(parts[i]);
            matched[i] = parts[i].min(missing.pos());
            work.missing[m] = missing - int256(matched[i]);
            work.equity -= int256(parts[i]);
            total += matched[i];
            totals.deficit += parts[i];
            totals.forgone += parts[i] - matched[i];
        }
    }

    function _insure(Work memory work, uint256 matched) private pure returns (uint256 paid) {
        paid = matched.min(work.fund.mulDivDown(DRAWABLE_BPS, BPS).min(work.room));
        work.fund -= paid;
        if (work.room != type(uint256).max) work.room -= paid;
        work.equity += int256(paid);
    }

    /// @dev The tranches' part of a loss. Without open interest there is no floor.
    function _share(
        Work memory work,
        IGapPreview.GapTotals memory totals,
        uint256 loss
    ) private pure returns (uint256 short) {
        uint256 floor = work.openNotional == 0 ? 0 : work.floor;
        uint256 junior;
        uint256 senior;
        (junior, senior, short) = GapSplit.allocate(loss, work.equity, floor, work.principal);
        totals.junior += junior;
        totals.senior += senior;
    }

    /// @dev Largest matched part first; what one market cannot pay passes to the next.
    function _charge(
        Work memory work,
        MarketId market,
        LensReader.Leg[] memory legs,
        uint256[] memory matched,
        uint256 short
    ) private view returns (uint256 taken) {
        uint256[] memory needs = GapSplit.shareOut(short, matched, 0);
        uint256 carried;
        for (uint256 k = 0; k < legs.length; ++k) {
            uint256 i = GapSplit.largest(matched);
            if (matched[i] == 0) break;
            matched[i] = 0;
            carried += needs[i];
            uint256 got = carried.min(_chargeable(work, legs[i].market));
            work.profit[MarketId.unwrap(legs[i].market)] -= got;
            if (legs[i].market == market) work.charged += got;
            carried -= got;
            taken += got;
        }
    }

    /// @dev Profit of all buckets wholly in profit, both sides, less what was charged or closed here before.
    function _chargeable(Work memory work, MarketId id) private view returns (uint256) {
        uint8 m = MarketId.unwrap(id);
        if (work.isProfitKnown[m]) return work.profit[m];
        uint256 profit = _sideProfit(work, id, true) + _sideProfit(work, id, false);
        (work.isProfitKnown[m], work.profit[m]) = (true, profit.zeroFloorSub(work.closedProfit[m]));
        return work.profit[m];
    }

    function _sideProfit(Work memory work, MarketId id, bool isLong) private view returns (uint256 profit) {
        uint256 price = work.page.quotes[MarketId.unwrap(id)].price;
        IDeleveraging.BucketView[] memory buckets = work.page.system.clearinghouse.buckets(id, isLong, price);
        for (uint256 i = 0; i < buckets.length; ++i) profit += buckets[i].profit;
    }
}
