// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../../contracts/interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../../../contracts/interfaces/IDeleveraging.sol";
import {ILens} from "../../../contracts/interfaces/ILens.sol";
import {WaterfallLib} from "../../../contracts/loss/WaterfallLib.sol";
import {GapSplit} from "../../../contracts/periphery/GapSplit.sol";
import {Lens} from "../../../contracts/periphery/Lens.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Market} from "../../../contracts/types/Market.sol";
import {MarketId} from "../../../contracts/types/MarketId.sol";
import {SystemFixture} from "../../shared/SystemFixture.sol";

/// @title LensTest
/// @notice What the lens computes by itself against what the clearinghouse says, and does.
contract LensTest is SystemFixture {
    Lens private _lens;
    AccountId[] private _ids;

    function setUp() public {
        _deployFunded();
        _lens = new Lens(
            ILens.Addresses({
                clearinghouse: sys.clearinghouse,
                pool: sys.pool,
                insurance: sys.insurance,
                waterfall: sys.waterfall,
                orders: sys.orders,
                oracle: sys.oracle,
                vault: sys.vault,
                senior: sys.senior,
                junior: sys.junior
            })
        );
        for (uint256 i = 0; i < 4; ++i) {
            _ids.push(_fundAccount(makeActor(string.concat("trader", vm.toString(i))), 4_000));
        }
    }

    /// @dev Four accounts in three markets with impact, funding, slope and volatility on; time and prices move. A crash of
    /// the third market makes deleveraging due more often than not.
    function testFuzz_healths_areThoseOfTheClearinghouse(uint256 seed) public {
        _live(seed);
        ILens.HealthView[] memory page = _lens.healths(_ids);
        ILens.AccountView[] memory shown = _lens.accounts(_ids);
        for (uint256 i = 0; i < _ids.length; ++i) {
            IClearinghouse.Health memory health = sys.clearinghouse.health(_ids[i]);
            assertEq(page[i].index, i, "index");
            assertTrue(page[i].isPriced, "priced");
            assertEq(page[i].equity, health.equity, "equity");
            assertEq(page[i].maintenance, health.maintenanceMargin, "maintenance");
            assertEq(shown[i].equity, health.equity, "equity shown");
            assertEq(shown[i].notional, health.notional, "notional");
            assertEq(shown[i].initialMargin, health.initialMargin, "initial");
            assertEq(shown[i].withdrawable, health.withdrawable, "withdrawable");
        }
        for (uint256 i = 0; i < _ids.length; ++i) _assertDecision(_ids[i]);
    }

    /// @dev With one market dead: its losses count at the last mark, its profits and requirement do not.
    function testFuzz_healths_decideAsLiquidateWithADeadMarket(uint256 seed) public {
        _live(seed);
        sys.prices.setDead(MarketId.wrap(uint8(seed % 3)), true);
        for (uint256 i = 0; i < _ids.length; ++i) _assertDecision(_ids[i]);
    }

    function testFuzz_markets_markIsTheOneATouchStores(uint256 seed) public {
        _live(seed);
        ILens.MarketView[] memory page = _lens.markets(0, 3);
        sys.clearinghouse.markAll();
        for (uint8 m = 0; m < 3; ++m) {
            Market memory market = sys.clearinghouse.market(MarketId.wrap(m));
            assertEq(page[m].markNow, int256(market.mark), "mark");
            assertEq(page[m].fundingIndex, int256(market.fundingIndex), "index");
        }
    }

    function testFuzz_gapSplit_isThatOfTheWaterfall(
        uint128 loss,
        int128 equity,
        uint128 floor,
        uint128 principal,
        uint96[5] memory raw,
        uint8 index
    ) public pure {
        (uint256 a, uint256 b, uint256 c) = GapSplit.allocate(loss, equity, floor, principal);
        (uint256 x, uint256 y, uint256 z) = WaterfallLib.allocate(loss, equity, floor, principal);
        assertEq(a, x, "junior");
        assertEq(b, y, "senior");
        assertEq(c, z, "short");
        uint256[] memory weights = new uint256[](5);
        for (uint256 i = 0; i < 5; ++i) weights[i] = raw[i] % 3 == 0 ? 0 : raw[i];
        uint256[] memory parts = GapSplit.shareOut(loss, weights, index % 5);
        uint256[] memory expected = WaterfallLib.shareOut(loss, weights, index % 5);
        for (uint256 i = 0; i < 5; ++i) assertEq(parts[i], expected[i], "part");
    }

    // -------------------------------------------------------------------------------------------------------- inside

    function _live(uint256 seed) private {
        for (uint256 i = 0; i < 12; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            AccountId id = _ids[dice % 4];
            uint8 market = uint8((dice >> 8) % 3);
            _advance((dice >> 16) % 900);
            uint256 price = (_startPrice(market) * (700 + ((dice >> 32) % 600))) / 1_000;
            _setPrice(market, price);
            sys.clearinghouse.markAll();
            int256 size = int256(((1_000 + ((dice >> 64) % 30_000)) * 1e36) / price);
            if ((dice >> 96) % 2 == 0) size = -size;
            vm.prank(id.owner());
            try sys.executor.trade(id, MarketId.wrap(market), size, size > 0 ? type(uint256).max : 0) {} catch {}
            if ((dice >> 104) % 4 == 0) try sys.clearinghouse.deleverage(MarketId.wrap(market)) {} catch {}
            if ((dice >> 112) % 4 == 0) try sys.clearinghouse.settle(id) {} catch {}
        }
        _advance(seed % 7_200);
    }

    /// @dev What the lens says is what `liquidate` does.
    function _assertDecision(AccountId id) private {
        AccountId[] memory one = new AccountId[](1);
        one[0] = id;
        bool isLiquidatable = _lens.healths(one)[0].isLiquidatable;
        try sys.clearinghouse.liquidate(id) {
            assertTrue(isLiquidatable, "liquidated, not flagged");
        } catch (bytes memory reason) {
            assertFalse(isLiquidatable, "flagged, not liquidated");
            bytes4 why = bytes4(reason);
            assertTrue(
                why == IClearinghouse.Clearinghouse_NotLiquidatable.selector ||
                    why == IClearinghouse.Clearinghouse_NothingToLiquidate.selector,
                "refused for something else"
            );
        }
    }
}
