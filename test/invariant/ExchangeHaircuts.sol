// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IDeleveraging} from "../../contracts/interfaces/IDeleveraging.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {Position} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {PriceUse} from "../../contracts/types/PriceUse.sol";
import {Vm} from "../shared/Vm.sol";
import {ExchangeShares} from "./ExchangeShares.sol";

/// @title ExchangeHaircuts
/// @notice What a call that may deleverage does to every position, and what was taken from each account in all.
/// @dev I7: formulas are written again here, not taken from the libraries.
abstract contract ExchangeHaircuts is ExchangeShares {
    uint256 private constant ONE = 1e18;
    uint256 private constant TICKS = 8192;

    /// @notice Calls that withheld profit, and calls that closed part of a side.
    uint256 public haircuts;
    uint256 public closings;

    /// @notice What haircuts may have taken on size that no position has: each closing leaves at most a wei of it a position
    /// in the buckets, and sets its worth aside at the price of that time, not of a later haircut. USD.
    uint256 public unreserved;
    uint256[MARKETS] private _closings;

    /// @notice What was withheld from traders or written off against them, and what claims have paid; USD.
    uint256 public lostSeen;
    uint256 public paidOut;
    mapping(AccountId account => uint256 usd) public lostOf;
    mapping(AccountId account => uint256 usd) public paidTo;

    /// @dev A position before the call.
    struct Held {
        AccountId account;
        uint8 market;
        Position position;
        uint256 cut;
        uint256 credit;
        // Generations of one tick look alike from outside:
        bool isDue; // all buckets with its tick are wholly in profit at the present price
        bool mayBeDue; // one of them is
    }

    /// @dev What a market announced.
    struct Event {
        bool isThere;
        uint256 price;
        uint256 closePrice;
        uint256 closeFraction;
        uint256 haircut;
        uint256 collected;
        uint256 paid;
    }

    /// @dev What positions say to it.
    struct Totals {
        uint256 cuts;
        uint256 credits;
        uint256 charged;
    }

    // ------------------------------------------------------------------------------------------------------ before, after

    function _watch() internal returns (Held[] memory held) {
        held = new Held[](traders.length * MARKETS);
        uint256 n;
        for (uint256 i = 0; i < traders.length; ++i) {
            uint32 open = sys.clearinghouse.account(traders[i]).openMarkets;
            for (uint8 m = 0; m < MARKETS; ++m) {
                if ((open >> m) & 1 == 0) continue;
                IDeleveraging.Replayed memory seen = sys.clearinghouse.replayed(traders[i], MarketId.wrap(m));
                (bool isDue, bool mayBeDue) = _isDue(m, seen.position);
                held[n++] = Held(traders[i], m, seen.position, seen.cut, seen.credit, isDue, mayBeDue);
            }
        }
        assembly ("memory-safe") {
            mstore(held, n)
        }
        vm.recordLogs();
    }

    /// @param liquidated Whose own positions the call has closed; zero if nobody's.
    /// @return withheld From all.
    function _compare(Held[] memory held, AccountId liquidated) internal returns (uint256 withheld) {
        Event[MARKETS] memory events = _read(vm.getRecordedLogs());
        Totals[MARKETS] memory totals;
        for (uint256 i = 0; i < held.length; ++i) {
            if (AccountId.unwrap(held[i].account) == AccountId.unwrap(liquidated)) continue;
            _checkOne(held[i], events[held[i].market], totals[held[i].market]);
        }
        for (uint8 m = 0; m < MARKETS; ++m) {
            Event memory e = events[m];
            if (!e.isThere) continue;
            _checkAll(m, e, totals[m]);
            if (e.haircut != 0) {
                ++haircuts;
                unreserved += _closings[m] * traders.length * (e.price / ONE + 1);
            }
            if (e.closeFraction != 0) {
                ++closings;
                ++_closings[m];
            }
            withheld += e.collected;
        }
        lostSeen += withheld;
    }

    /// @dev I7: the same `h` of its own profit for everybody reached, nothing for anybody else.
    function _checkOne(Held memory b, Event memory e, Totals memory totals) private {
        IDeleveraging.Replayed memory seen = sys.clearinghouse.replayed(b.account, MarketId.wrap(b.market));
        uint256 cut = seen.cut - b.cut;
        bool isReached = seen.position.eventCursor != b.position.eventCursor;
        if (!isReached || b.position.size == 0) {
            _expect(7, cut == 0, "charged in a bucket not reached");
            _expect(7, seen.position.size == b.position.size, "closed in a bucket not reached");
            if (e.isThere && e.haircut != 0) _expect(7, !b.isDue, "in profit with all of its bucket, and not charged");
            return;
        }
        int256 profit = _profit(b.position, e.price);
        _expect(7, e.isThere, "reached by an event that nobody announced");
        _expect(7, profit > 0 && b.mayBeDue, "a loser, or who shares its bucket, was charged");
        if (profit <= 0) return;
        _expect(7, cut <= uint256(profit), "charged more than the profit");
        _expect(7, cut == _up(uint256(profit), e.haircut), "not the same h for all");
        uint256 size = _size(b.position);
        uint256 rest = ONE - e.closeFraction;
        uint256 left = b.position.size > 0 ? (size * rest) / ONE : _up(size, rest);
        _expect(7, _size(seen.position) == left, "not the same f for all");
        _expect(7, _size(seen.position) == 0 || _profit(seen.position, e.price) >= -DUST, "charged into a loss");
        totals.cuts += cut;
        totals.credits += seen.credit - b.credit;
        ++totals.charged;
        lostOf[b.account] += cut;
    }

    function _checkAll(uint8 m, Event memory e, Totals memory t) private {
        (uint256 price, ) = sys.prices.priceFor(MarketId.wrap(m), PriceUse.Value);
        _expect(7, e.price == price && e.haircut <= ONE && e.closeFraction <= ONE, "an event nobody could foresee");
        _expect(7, t.cuts + uint256(DUST) >= e.collected, "the pool took more than traders were charged");
        _expect(7, t.cuts <= e.collected + uint256(DUST), "traders were charged more than the pool took");
        _expect(7, t.charged != 0, "an event that reached nobody");
        _expect(2, t.credits <= e.paid, "set aside less than positions may collect");
        _expect(2, e.paid <= t.credits + uint256(DUST), "set aside more than positions may collect");
    }

    // ------------------------------------------------------------------------------------------------------------- losses

    /// @dev Debts are paid, or written off if nobody has a position.
    function _payDebts() internal {
        Shares memory shares = _watchShares();
        (, uint256 lostBefore, ) = sys.clearinghouse.traderClaims();
        uint256[] memory owed = new uint256[](traders.length);
        for (uint256 i = 0; i < traders.length; ++i) (, owed[i]) = sys.clearinghouse.debtsTo(traders[i]);
        sys.clearinghouse.payDebts();
        _compareShares(shares);
        (, uint256 lost, ) = sys.clearinghouse.traderClaims();
        if (lost == lostBefore) return;
        _expect(5, sys.pool.openNotional() == 0, "debts written off while somebody could pay");
        _expect(5, sys.pool.unpaid() == 0, "debts written off in part");
        lostSeen += lost - lostBefore;
        for (uint256 i = 0; i < traders.length; ++i) lostOf[traders[i]] += owed[i];
    }

    /// @dev What somebody can claim now, in whole token units.
    function _claimable(AccountId id) internal view returns (uint256) {
        (uint256 due, ) = sys.clearinghouse.claimsOf(id);
        return due / 1e12;
    }

    function _claimFor(AccountId id) internal {
        Shares memory shares = _watchShares();
        uint256 balance = sys.token.balanceOf(id.owner());
        uint256 paid = sys.clearinghouse.claim(id);
        _compareShares(shares);
        _expect(11, sys.token.balanceOf(id.owner()) - balance == paid / 1e12, "a claim paid something else");
        (paidOut, paidTo[id]) = (paidOut + paid, paidTo[id] + paid);
        _expect(11, paidTo[id] <= lostOf[id], "somebody was repaid more than it lost");
    }

    // ------------------------------------------------------------------------------------------------------------ helpers

    function _read(Vm.Log[] memory logs) private pure returns (Event[MARKETS] memory events) {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics.length != 2 || logs[i].topics[0] != IDeleveraging.Deleveraged.selector) continue;
            Event memory e = events[uint256(logs[i].topics[1])];
            e.isThere = true;
            (e.price, e.closePrice, e.closeFraction, e.haircut, e.collected, e.paid) = abi.decode(
                logs[i].data,
                (uint256, uint256, uint256, uint256, uint256, uint256)
            );
        }
    }

    function _isDue(uint8 m, Position memory p) private view returns (bool isDue, bool mayBeDue) {
        (uint256 price, ) = sys.prices.priceFor(MarketId.wrap(m), PriceUse.Value);
        IDeleveraging.BucketView[] memory all = sys.clearinghouse.buckets(MarketId.wrap(m), p.size > 0, price);
        bool hasOther;
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].tick != p.bucket % TICKS) continue;
            if (all[i].isReached && all[i].profit != 0) mayBeDue = true;
            else hasOther = true;
        }
        isDue = mayBeDue && !hasOther;
    }

    /// @dev The way a position is charged: rounded up.
    function _profit(Position memory p, uint256 price) private pure returns (int256) {
        uint256 size = _size(p);
        if (p.size > 0) return int256(_up(size, price)) - int256(uint256(p.cost));
        return int256(uint256(p.cost)) - int256((size * price) / ONE);
    }

    function _size(Position memory p) private pure returns (uint256) {
        return uint256(int256(p.size < 0 ? -p.size : p.size));
    }

    function _up(uint256 a, uint256 b) private pure returns (uint256) {
        return Math.mulDiv(a, b, ONE, Math.Rounding.Ceil);
    }
}
