// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketLib} from "../../../contracts/market/MarketLib.sol";
import {PositionLib} from "../../../contracts/margin/PositionLib.sol";
import {FundingLib} from "../../../contracts/market/FundingLib.sol";
import {SideBookLib} from "../../../contracts/market/SideBookLib.sol";
import {MarketBook, NO_IMPACT, Position} from "../../../contracts/types/Market.sol";
import {SideBook} from "../../../contracts/types/SideBook.sol";
import {TestBase} from "../../shared/TestBase.sol";

contract MarketLibTest is TestBase {
    using MarketLib for MarketBook;
    using SideBookLib for SideBook;
    using PositionLib for Position;

    MarketBook private _market;
    Position[] private _positions;

    function setUp() public {
        _market.params.skewScaleBase = NO_IMPACT;
        _market.params.keeperWindow = 60;
    }

    function _draw(uint256 seed) private pure returns (Position memory position) {
        int256 size = int256(bound(uint256(keccak256(abi.encode(seed, 1))), 1e6, 1e26));
        position.size = int104(seed % 2 == 0 ? size : -size);
        position.cost = uint104(bound(uint256(keccak256(abi.encode(seed, 2))), 1, 1e30));
        position.settled = uint104(bound(uint256(keccak256(abi.encode(seed, 3))), 0, position.cost));
        position.fundingEntry = int96(bound(int256(uint256(keccak256(abi.encode(seed, 4)))), -1e24, 1e24));
    }

    function _add(uint256[6] memory seeds) private {
        for (uint256 i = 0; i < 6; ++i) {
            Position memory position = _draw(seeds[i]);
            _market.sideOf(position.size > 0).insert(position);
            _positions.push(position);
        }
    }

    /// What was put in comes out to the wei, in any order.
    function testFuzz_remove_undoesInsert(uint256[6] memory seeds, uint256 from) public {
        _add(seeds);
        for (uint256 i = 0; i < 6; ++i) {
            Position memory position = _positions[((from % 6) + i) % 6];
            _market.sideOf(position.size > 0).remove(position);
        }
        assertEq(_market.long.sizeBase, 0, "S long");
        assertEq(_market.long.cost, 0, "N long");
        assertEq(_market.short.sizeBase, 0, "S short");
        assertEq(_market.short.cost, 0, "N short");
        assertEq(int256(_market.long.fundingWeight), int256(0), "Z long");
        assertEq(int256(_market.short.fundingWeight), int256(0), "Z short");
        assertEq(_market.long.settled, 0, "W long");
        assertEq(_market.short.settled, 0, "W short");
    }

    /// The sums promise at least what positions can collect, and at most a few wei a position more (I3).
    /// @custom:checklist 34
    function testFuzz_owedToTraders_coversEveryPosition(uint256[6] memory seeds, uint256 price, int256 index) public {
        _add(seeds);
        price = bound(price, 1e6, 1e27);
        index = bound(index, -1e24, 1e24);
        _market.fundingIndex = int128(index);
        int256 sum;
        for (uint256 i = 0; i < 6; ++i) {
            Position memory position = _positions[i];
            sum +=
                position.pricePnl(price) +
                int256(uint256(position.settled)) -
                FundingLib.owed(position.size, index, position.fundingEntry);
        }
        int256 owed = _market.owedToTraders(price);
        assertGe(owed, sum, "the sums promise less than the positions");
        assertLe(owed - sum, int256(6 * 4), "the sums drift");
    }

    function test_owedToTraders_roundsUp() public {
        (_market.long.sizeBase, _market.short.sizeBase) = (1, 1);
        // A wei of a unit at a wei less than a dollar: up for longs, down for shorts.
        assertEq(_market.owedToTraders(1e18 - 1), int256(1));
        // Funding owed to the pool, K * F: down.
        _market.short.sizeBase = 0;
        _market.fundingIndex = 1e18 - 1;
        assertEq(_market.owedToTraders(1e18 - 1), int256(1));
    }

    function testFuzz_skew_isTheSumOfSizes(uint256[6] memory seeds) public {
        _add(seeds);
        int256 sum;
        for (uint256 i = 0; i < 6; ++i) sum += _positions[i].size;
        assertEq(_market.skew(), sum);
    }

    function test_insert_ignoresAnEmptyPosition() public {
        Position memory none;
        none.cost = 5;
        _market.short.insert(none);
        assertEq(_market.openNotional(), 0);
    }

    /// A balanced market owes nothing whatever the price does.
    function testFuzz_remark_ofABalancedBookDoesNotMove(uint256 size, uint256 entry, uint256 price) public {
        size = bound(size, 1e15, 1e25);
        entry = bound(entry, 1e12, 1e25);
        price = bound(price, 1e12, 1e25);
        Position memory position;
        position.size = int104(int256(size));
        position.cost = uint104((size * entry) / 1e18);
        _market.long.insert(position);
        position.size = -position.size;
        _market.short.insert(position);
        _market.remark(price);
        assertApproxEqAbs(int256(_market.mark), int256(0), 1);
        assertEq(_market.lastPrice, price);
    }

    /// The pool's part of funding is what the heavy side pays beyond what the light side gets, rounded down (I10).
    function testFuzz_touch_earnsTheSkewTimesTheGrowth(uint256 long, uint256 short, uint256 elapsed) public {
        _market.params.skewScaleBase = 1e24;
        _market.params.maxFundingBps = 100;
        _market.long.sizeBase = uint128(bound(long, 0, 1e24));
        _market.short.sizeBase = uint128(bound(short, 0, 1e24));
        vm.warp(1_800_000_000);
        _market.touchedAt = uint40(block.timestamp);
        vm.warp(1_800_000_000 + bound(elapsed, 0, 30 days));
        uint256 income = _market.touch(1_000e18);
        int256 longs = FundingLib.owed(int256(uint256(_market.long.sizeBase)), _market.fundingIndex, 0);
        int256 shorts = FundingLib.owed(-int256(uint256(_market.short.sizeBase)), _market.fundingIndex, 0);
        assertLe(int256(income), longs + shorts, "the pool earns what nobody pays");
        assertLe(longs + shorts - int256(income), int256(3), "funding gets lost");
    }
}
