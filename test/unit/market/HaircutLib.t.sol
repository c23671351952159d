// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HaircutLib} from "../../../contracts/market/HaircutLib.sol";
import {SideBookLib} from "../../../contracts/market/SideBookLib.sol";
import {Position} from "../../../contracts/types/Market.sol";
import {Eligible, Replay, SideBook, Taken} from "../../../contracts/types/SideBook.sol";
import {TestBase} from "../../shared/TestBase.sol";

/// @notice The smallest haircut: never less than is needed where there is enough, hardly more, the same for all.
contract HaircutLibTest is TestBase {
    using SideBookLib for SideBook;

    uint256 private constant WAD = 1e18;
    uint256 private constant PRICE = 1_000e18;
    uint256 private constant POSITIONS = 12;

    SideBook private _long;
    SideBook private _short;
    Position[POSITIONS] private _positions;

    function _open(uint256 number, bool isLong, uint256 size, uint256 entry) private {
        Position memory p;
        uint256 cost = (size * entry) / WAD;
        p.size = isLong ? int104(int256(size)) : -int104(int256(size));
        p.cost = uint104(isLong ? cost + 1 : cost);
        (isLong ? _long : _short).insert(p);
        _positions[number] = p;
    }

    function _profit(Position memory p) private pure returns (int256) {
        if (p.size > 0) return int256((uint256(int256(p.size)) * PRICE) / WAD) - int256(uint256(p.cost));
        return int256(uint256(p.cost)) - int256((uint256(-int256(p.size)) * PRICE) / WAD);
    }

    function _fill(uint256[POSITIONS] memory seeds) private {
        for (uint256 i = 0; i < POSITIONS; ++i) {
            uint256 size = bound(seeds[i], 1e12, 1e22);
            // Entries from half to twice the price, on both sides: winners and losers.
            uint256 entry = bound(seeds[i] >> 96, PRICE / 2, PRICE * 2);
            _open(i, (seeds[i] >> 200) % 2 == 0, size, entry);
        }
    }

    /// @custom:checklist 29
    function testFuzz_haircut_takesWhatIsNeededAndHardlyMore(uint256[POSITIONS] memory seeds, uint256 part) public {
        _fill(seeds);
        Eligible memory found = HaircutLib.eligible(_long, _short, PRICE);
        if (found.profit == 0) return;
        uint256 need = bound(part, 1, found.profit + found.profit / 10);
        Taken memory taken = HaircutLib.haircut(_long, _short, PRICE, 0, 1, need);
        assertLe(taken.collected, found.profit, "more than the profit");
        if (need + found.buckets <= found.profit) assertGe(taken.collected, need, "less than was needed");
        assertLe(taken.collected, need + found.profit / WAD + found.buckets + 1, "past the tolerance");
        if (need >= found.profit) assertEq(taken.haircut, WAD, "not all of it");
    }

    /// The same `h` for every winner of both sides, nothing for a loser, never more than the profit; a position in a bucket
    /// that holds the price is not charged either.
    function testFuzz_haircut_isTheSameForAll(uint256[POSITIONS] memory seeds, uint256 part) public {
        _fill(seeds);
        Eligible memory found = HaircutLib.eligible(_long, _short, PRICE);
        if (found.profit == 0) return;
        Taken memory taken = HaircutLib.haircut(_long, _short, PRICE, 0, 1, bound(part, 1, found.profit));
        uint256 cuts;
        for (uint256 i = 0; i < POSITIONS; ++i) {
            Position memory p = _positions[i];
            int256 profit = _profit(p);
            Replay memory r = (p.size > 0 ? _long : _short).previewReplay(p, type(uint256).max);
            cuts += r.cut;
            if (r.losses.length == 0) continue; // its bucket was not reached
            assertTrue(profit >= -1, "a loser was charged");
            uint256 gain = profit > 0 ? uint256(profit) : 0;
            assertLe(r.cut, gain + 1, "charged more than the profit");
            assertApproxEqAbs(r.cut, (gain * taken.haircut) / WAD, 2, "another share than the others");
        }
        assertGe(cuts, taken.collected, "positions pay less than was booked");
        assertLe(cuts, taken.collected + 2 * POSITIONS, "positions pay more than roundings");
    }

    /// @custom:checklist 29
    function testFuzz_haircut_splittingAnAccountChangesNothing(uint256 size, uint256 entry, uint256 part) public {
        size = bound(size, 1e13, 1e22);
        entry = bound(entry, PRICE / 2, (PRICE * 98) / 100);
        _open(0, true, size, entry);
        for (uint256 i = 1; i <= 10; ++i) _open(i, true, size / 10, entry);
        Eligible memory found = HaircutLib.eligible(_long, _short, PRICE);
        HaircutLib.haircut(_long, _short, PRICE, 0, 1, bound(part, 1, found.profit));
        uint256 whole = _long.previewReplay(_positions[0], type(uint256).max).cut;
        uint256 parts;
        for (uint256 i = 1; i <= 10; ++i) parts += _long.previewReplay(_positions[i], type(uint256).max).cut;
        // Sizes differ by up to nine wei of base, cuts by one wei each.
        assertApproxEqAbs(whole, parts, whole / 1e9 + 10 * (PRICE / WAD + 2), "ten accounts are not one");
    }

    function test_haircut_doesNothingWithoutProfitOrNeed() public {
        _open(0, true, 1e18, PRICE * 2);
        assertEq(HaircutLib.haircut(_long, _short, PRICE, 0, 1, 1e18).collected, 0, "nobody is in profit");
        _open(1, true, 1e18, PRICE / 2);
        assertEq(HaircutLib.haircut(_long, _short, PRICE, 0, 1, 0).collected, 0, "nothing is needed");
        assertEq(_long.head.eventCount, 0);
    }
}
