// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../../contracts/interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../../../contracts/interfaces/IDeleveraging.sol";
import {ILens} from "../../../contracts/interfaces/ILens.sol";
import {WaterfallLib} from "../../../contracts/loss/WaterfallLib.sol";
import {MarginLib} from "../../../contracts/margin/MarginLib.sol";
import {GapSplit} from "../../../contracts/periphery/GapSplit.sol";
import {Lens} from "../../../contracts/periphery/Lens.sol";
import {LensMath} from "../../../contracts/periphery/LensMath.sol";
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
            _assertShown(shown[i], health);
        }
        for (uint256 i = 0; i < _ids.length; ++i) _assertDecision(_ids[i]);
    }

    /// @dev With one market dead: its losses count at the last mark, its profits and requirement do not.
    function testFuzz_healths_decideAsLiquidateWithADeadMarket(uint256 seed) public {
        _live(seed);
        sys.prices.setDead(MarketId.wrap(uint8(seed % 3)), true);
        for (uint256 i = 0; i < _ids.length; ++i) _assertDecision(_ids[i]);
    }

    /// @dev Moments after a crash and its recovery the range of the last hour is wide: rates are those of volatility.
    function testFuzz_accounts_followVolatility(uint256 seed) public {
        _live(seed - (seed % 7_200));
        uint256 crash = 500 + (seed % 450);
        for (uint8 m = 0; m < 3; ++m) _setPrice(m, _startPrice(m));
        sys.clearinghouse.markAll();
        for (uint8 m = 0; m < 3; ++m) _setPrice(m, (_startPrice(m) * crash) / 1_000);
        sys.clearinghouse.markAll();
        for (uint8 m = 0; m < 3; ++m) _setPrice(m, _startPrice(m));
        assertGt(uint256(sys.clearinghouse.market(MarketId.wrap(0)).initialRateBps), 200, "a wide range");
        ILens.AccountView[] memory shown = _lens.accounts(_ids);
        for (uint256 i = 0; i < _ids.length; ++i) _assertShown(shown[i], sys.clearinghouse.health(_ids[i]));
    }

    /// @dev Where a market is settled its rates stay, and its price is the one it was settled at.
    function testFuzz_accounts_areThoseOfTheClearinghouseWithASettledMarket(uint256 seed) public {
        _live(seed);
        MarketId settled = MarketId.wrap(uint8(seed % 3));
        sys.clearinghouse.delistMarket(settled);
        sys.prices.setDead(settled, true);
        ILens.AccountView[] memory shown = _lens.accounts(_ids);
        for (uint256 i = 0; i < _ids.length; ++i) _assertShown(shown[i], sys.clearinghouse.health(_ids[i]));
    }

    /// @dev Whom a dead market does not concern is shown as always; of the others nothing is said that needs its price.
    function testFuzz_accounts_showNoMarginOfWhomADeadMarketConcerns(uint256 seed) public {
        _live(seed);
        MarketId dead = MarketId.wrap(uint8(seed % 3));
        sys.prices.setDead(dead, true);
        ILens.AccountView[] memory shown = _lens.accounts(_ids);
        for (uint256 i = 0; i < _ids.length; ++i) {
            bool isConcerned = shown[i].openMarkets & (1 << MarketId.unwrap(dead)) != 0;
            assertEq(shown[i].isPriced, !isConcerned, "priced");
            if (!isConcerned) {
                _assertShown(shown[i], sys.clearinghouse.health(_ids[i]));
                continue;
            }
            assertEq(shown[i].initialMargin, 0, "no initial");
            assertEq(shown[i].withdrawable, 0, "nothing withdrawable");
        }
    }

    function testFuzz_initial_isThatOfTheClearinghouse(
        uint128 notional,
        uint16 baseBps,
        uint16 mmBps,
        uint16 slope
    ) public pure {
        (uint256 base, uint256 mm) = (baseBps % 10_001, mmBps % 5_001);
        assertEq(
            LensMath.initial(notional, base, mm, slope),
            MarginLib.initial(notional, base, mm, slope),
            "initial requirement"
        );
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

    function _assertShown(ILens.AccountView memory shown, IClearinghouse.Health memory health) private view {
        assertEq(shown.equity, health.equity, "equity shown");
        assertEq(shown.notional, health.notional, "notional");
        assertEq(shown.maintenanceMargin, health.maintenanceMargin, "maintenance shown");
        assertEq(shown.initialMargin, health.initialMargin, "initial");
        assertEq(shown.withdrawable, health.withdrawable, "withdrawable");
        for (uint256 i = 0; i < shown.positions.length; ++i) {
            MarketId market = shown.positions[i].market;
            uint256 cursor = sys.clearinghouse.replayed(shown.id, market).position.eventCursor;
            uint256 stored = sys.clearinghouse.position(shown.id, market).eventCursor;
            assertEq(shown.positions[i].missedEvents, cursor - stored, "events missed");
        }
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
