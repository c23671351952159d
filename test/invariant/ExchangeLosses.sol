// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../contracts/interfaces/IClearinghouse.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {Market} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {System} from "../shared/SystemFixture.sol";
import {ExchangeActors} from "./ExchangeActors.sol";

/// @title ExchangeLosses
/// @notice Liquidations and deleveraging, what traders find afterwards, and what is paid back to them.
abstract contract ExchangeLosses is ExchangeActors {
    AccountId private constant NOBODY = AccountId.wrap(0);

    constructor(
        System memory system,
        AccountId[] memory traders_,
        AccountId[] memory idlers_,
        address lp
    ) ExchangeActors(system, traders_, idlers_, lp) {}

    // ------------------------------------------------------------------------------------------------------ liquidations

    /// @dev Whoever is liquidatable; else the price moves against somebody until it hurts.
    function liquidate(uint256 who, uint256 gap, uint256 marking) external {
        (bool isFound, AccountId id) = _findUnhealthy(who);
        if (!isFound) {
            uint8 m;
            int256 held;
            (id, m, held) = _find(who, gap);
            if (held == 0) return _idleCall();
            IClearinghouse.Health memory h = sys.clearinghouse.health(id);
            uint256 loss = (uint256(h.equity) * bound(gap, 80, 500)) / 100;
            _move(m, held < 0, (loss * 1e18) / _abs(held));
        }
        // Mostly on fresh marks, where the pool's equity before and after can be compared.
        _liquidate(id, marking % 4 != 0);
    }

    function _liquidate(AccountId id, bool isMarked) internal {
        Shares memory shares = isMarked ? _seeShares() : _noShares();
        Before memory b = _beforeLiquidation(id, isMarked);
        IClearinghouse.Health memory h = sys.clearinghouse.health(id);
        bool isDue = h.equity < int256(h.maintenanceMargin);
        Held[] memory held = _watch();
        try sys.clearinghouse.liquidate(id) {
            _afterLiquidation(id, b, _compare(held, id));
            _compareShares(shares);
            _expect(8, isDue, "a healthy account was liquidated");
            _count(true);
        } catch {
            // A keeper finds out for nothing that somebody is healthy; the others must always go through (P2).
            _expect(8, !isDue, "a liquidation reverted");
            _count(false);
        }
        _remember(id);
    }

    // ------------------------------------------------------------------------------------------------------ deleveraging

    /// @dev Whatever market's turn it is; where nothing is due, a crowd on one side wins until the pool is short of its floor
    /// or, every other time, of the equity its skew asks for.
    function deleverage(uint256 market, uint256 by) external {
        uint8 m = uint8(market % MARKETS);
        if (sys.pool.equity() >= int256(sys.pool.floor())) {
            _crowd(m, by);
            _squeeze(m, by);
        }
        sys.clearinghouse.markAll();
        for (uint256 i = 0; i < MARKETS; ++i) {
            if (_deleverage(uint8(addmod(m, i, MARKETS)))) return;
        }
        bool isShort = sys.pool.equity() < int256(sys.pool.floor());
        _expect(5, !isShort, "the pool is short of its floor, and nobody may call for it");
        _count(false);
    }

    /// @dev Marks are fresh, so that only what the call does changes the pool's equity.
    function _deleverage(uint8 m) private returns (bool) {
        Shares memory shares = _watchShares();
        int256 equity = sys.pool.equity();
        int256 floor = int256(sys.pool.floor());
        uint256 earned = sys.clearinghouse.feesOf(address(this));
        // Redemptions that are overdue lower the cap, and more of it is given back to them.
        uint256 restored = sys.pool.backing() < equity ? 80 : 95;
        (uint256 skew, uint256 cap) = _skewAndCap(m);
        Held[] memory held = _watch();
        try sys.clearinghouse.deleverage(MarketId.wrap(m)) returns (uint256 collected) {
            uint256 withheld = _compare(held, NOBODY);
            earned = sys.clearinghouse.feesOf(address(this)) - earned;
            int256 drift = sys.pool.equity() - equity - int256(withheld) + int256(earned);
            _expect(4, drift <= DUST && drift >= -DUST, "deleveraging changed the pool's equity by something else");
            _expect(7, withheld == collected, "withheld something else than it says");
            _compareShares(shares, [earned, earned, 0]);
            if (equity < floor) {
                _expect(5, sys.pool.equity() <= floor + DUST, "withheld more than the floor lacked");
            } else {
                _expect(5, skew > cap && withheld == 0, "deleveraged where nothing was due");
                (skew, cap) = _skewAndCap(m);
                _expect(5, skew + 100 * uint256(DUST) >= (cap * restored) / 100, "closed more than the cap asked for");
            }
            _count(true);
            return true;
        } catch {
            return false;
        }
    }

    /// @dev Two more go the way most went.
    function _crowd(uint8 m, uint256 who) private {
        if (!sys.pool.isOpenable() || (_abs(_skew(m)) * _price(m)) / 1e18 > 300_000e18) return;
        bool isLong = _skew(m) > 0 || (_skew(m) == 0 && who % 4 < 2);
        for (uint256 i = 0; i < 2; ++i) {
            AccountId id = _trader(addmod(who, i, traders.length));
            int256 size = int256(_room(id, m));
            if (size != 0) _trade(id, m, isLong ? size : -size);
        }
    }

    function _squeeze(uint8 m, uint256 by) private {
        int256 skew = _skew(m);
        if (skew == 0) return;
        int256 floor = int256(sys.pool.floor());
        int256 needed = int256((_abs(skew) * _price(m)) / 1e18 / 50); // the skew may be fifty times the equity
        int256 target =
            by % 2 == 0 && needed > floor
                ? floor + ((needed - floor) * int256(bound(by, 5, 60))) / 100
                : floor - int256(bound(by, 1, 30_000)) * 1e18;
        int256 fall = sys.pool.equity() - target;
        if (fall > 0) _move(m, skew > 0, (uint256(fall) * 1e18) / _abs(skew));
    }

    /// @dev By at most three fifths.
    function _move(uint8 m, bool isUp, uint256 move) private {
        uint256 price = _price(m);
        if (move > (price * 6) / 10) move = (price * 6) / 10;
        _setPrice(m, isUp ? price + move : price - move);
    }

    function _skewAndCap(uint8 m) private view returns (uint256 skew, uint256 cap) {
        Market memory market = sys.clearinghouse.market(MarketId.wrap(m));
        int256 backing = sys.pool.backing();
        skew = (_abs(_skew(m)) * _price(m)) / 1e18;
        if (backing > 0) cap = (uint256(backing) * market.params.poolShareBps) / market.params.riskWeightBps;
    }

    // ---------------------------------------------------------------------------------------------------- coming back

    /// @dev Whoever has missed events takes some of them in: paper becomes money, nothing else changes.
    function replay(uint256 who, uint256 market, uint256 most) external {
        for (uint256 i = 0; i < traders.length; ++i) {
            AccountId id = traders[addmod(who, i, traders.length)];
            uint32 open = sys.clearinghouse.account(id).openMarkets;
            for (uint256 j = 0; j < MARKETS; ++j) {
                uint8 m = uint8(addmod(market, j, MARKETS));
                if ((open >> m) & 1 == 1 && _hasMissed(id, m)) return _replay(id, m, bound(most, 1, 3));
            }
        }
        _claimSomething(who);
    }

    function _replay(AccountId id, uint8 m, uint256 most) private {
        Shares memory shares = _watchShares();
        int256 before = _worth(id);
        try sys.clearinghouse.replay(id, MarketId.wrap(m), most) {
            int256 change = _worth(id) - before;
            _expect(3, change <= DUST && change >= -DUST, "replaying changed an account's equity");
            _count(true);
        } catch {
            // What funding of the closed part takes may be more than there is: only a liquidation ends below zero.
            _count(before < 0);
        }
        _compareShares(shares);
        _remember(id);
    }

    function _hasMissed(AccountId id, uint8 m) internal view returns (bool) {
        uint32 cursor = sys.clearinghouse.position(id, MarketId.wrap(m)).eventCursor;
        return _position(id, m).eventCursor != cursor;
    }

    /// @dev Somebody pays back a part of what traders lost.
    function recover(uint256 who, uint256 part) external {
        (uint256 outstanding, , ) = sys.clearinghouse.traderClaims();
        if (outstanding == 0) return _claimSomething(who);
        uint256 amount = (outstanding * bound(part, 5, 120)) / 100;
        if (amount > 20_000e18 && part % 4 != 0) amount = 20_000e18;
        Shares memory shares = _watchShares();
        vm.prank(LP);
        uint256 taken = sys.clearinghouse.recover(amount / 1e12 + 1);
        _compareShares(shares);
        (, uint256 lost, uint256 repaid) = sys.clearinghouse.traderClaims();
        _expect(11, repaid <= lost, "repaid more than was lost");
        _expect(11, taken <= amount + 1e12, "took more than was offered");
        _count(true);
    }

    /// @dev Keepers and the treasury collect; debts of the pool are repaid; so are claims.
    function collect(uint256 who) external {
        _claimSomething(who);
    }

    function _claimSomething(uint256 who) private {
        _payDebts();
        if (sys.clearinghouse.feesOf(address(this)) >= 1e12) sys.clearinghouse.claimFees();
        for (uint256 i = 0; i < traders.length; ++i) {
            AccountId id = traders[addmod(who, i, traders.length)];
            if (_claimable(id) == 0) continue;
            _claimFor(id);
            _remember(id);
            break;
        }
        _count(true);
    }
}
