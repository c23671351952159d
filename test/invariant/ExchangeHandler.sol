// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../contracts/interfaces/IClearinghouse.sol";
import {EpochVault} from "../../contracts/shares/EpochVault.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {System} from "../shared/SystemFixture.sol";
import {ExchangeLosses} from "./ExchangeLosses.sol";

/// @title ExchangeHandler
/// @notice Four traders, two people who only keep money here, an LP, a price that jumps, and keepers.
/// @dev Inputs are folded into what usually succeeds; `calls` and `successes` say how often.
abstract contract ExchangeHandler is ExchangeLosses {
    /// @dev Bounded, so that bankruptcies stay within reach.
    uint256 private constant MAX_MARGIN = 60_000e18;

    constructor(
        System memory system,
        AccountId[] memory traders_,
        AccountId[] memory idlers_,
        address lp
    ) ExchangeLosses(system, traders_, idlers_, lp) {}

    // ---------------------------------------------------------------------------------------------------- money in, out

    function deposit(uint256 who, uint256 usd) external {
        AccountId id = _trader(who);
        usd = bound(usd, 100, 20_000);
        if (sys.clearinghouse.account(id).margin > MAX_MARGIN) usd = 1;
        vm.prank(id.owner());
        sys.clearinghouse.deposit(id, usd * 1e6);
        _count(true);
        _remember(id);
    }

    function withdraw(uint256 who, uint256 part) external {
        AccountId id = _trader(who);
        // Often when volatility has left the windows, and only positions remember it.
        if (part & 1 == 1) vm.warp(vm.getBlockTimestamp() + 15 minutes);
        Shares memory shares = _watchShares();
        uint256 free = sys.clearinghouse.health(id).withdrawable / 1e12;
        uint256 amount = bound(part, free / 4, free);
        vm.prank(id.owner());
        try sys.clearinghouse.withdraw(id, amount) {
            _checkHealthy(id, "liquidatable right after a withdrawal");
            _count(true);
        } catch {
            _count(free == 0);
        }
        // Not a cent more than is free, whatever is asked.
        if (free != 0) {
            uint256 left = sys.clearinghouse.health(id).withdrawable / 1e12;
            vm.prank(id.owner());
            try sys.clearinghouse.withdraw(id, left + 1) {
                _expect(14, false, "withdrew more than is free");
            } catch {}
        }
        _compareShares(shares);
        _remember(id);
    }

    /// @dev Somebody without positions takes everything out and brings it back.
    function idle(uint256 who) external {
        AccountId id = idlers[who % idlers.length];
        uint256 amount = lastMargin[id] / 1e12;
        vm.prank(id.owner());
        try sys.clearinghouse.withdraw(id, amount) {
            vm.prank(id.owner());
            sys.clearinghouse.deposit(id, amount);
            _count(true);
        } catch {
            _expect(6, false, "an account without positions cannot withdraw");
            _count(false);
        }
    }

    // ---------------------------------------------------------------------------------------------------------- trading

    function open(uint256 who, uint256 market, uint256 side, uint256 leverage, uint256 part) external {
        if (!sys.pool.isOpenable()) return _wind(who, market);
        AccountId id = _trader(who);
        uint8 m = uint8(market % MARKETS);
        IClearinghouse.Health memory h = sys.clearinghouse.health(id);
        int256 free = h.equity - int256(h.initialMargin);
        if (free < 500e18) {
            vm.prank(id.owner());
            sys.clearinghouse.deposit(id, 5_000e6);
            free = free < 0 ? int256(5_000e18) : free + 5_000e18;
        }
        // Usually modest, sometimes as far as the calmest market would allow.
        leverage = leverage % 4 == 0 ? bound(leverage, 5, 40) : bound(leverage, 1, 4);
        uint256 notional = (uint256(free) * leverage * bound(part, 30, 95)) / 100;
        int256 size = int256((notional * 1e18) / _price(m));
        int256 held = _position(id, m).size;
        // Adds to what is there; a newcomer mostly takes the lighter side, so that there is somebody to lose to.
        bool isLong = held != 0 ? held > 0 : (side % 4 == 0) == (_skew(m) > 0);
        _trade(id, m, isLong ? size : -size);
    }

    /// @dev Two traders bet against each other as high as they may, and one of them goes bankrupt: a loss the pool has to
    /// pay out to the winner, so that the layers come to pay.
    function duel(uint256 who, uint256 market, uint256 gap) external {
        if (!sys.pool.isOpenable()) return _wind(who, market);
        AccountId a = _trader(who);
        AccountId b = _trader(addmod(who, 1, 4));
        uint8 m = uint8(market % MARKETS);
        int256 size = int256(_room(a, m) < _room(b, m) ? _room(a, m) : _room(b, m));
        if (size == 0 || _position(a, m).size < 0 || _position(b, m).size > 0) return _idleCall();
        _trade(a, m, size);
        _trade(b, m, -size);
        uint256 left = gap % 4 == 0 ? bound(gap, 20, 60) : bound(gap, 70, 98);
        _setPrice(m, (_price(m) * left) / 100);
        // Whoever leaves in time is not charged; what nobody else can carry is residual.
        if (gap % 3 == 0) _trade(b, m, -_position(b, m).size);
        IClearinghouse.Health memory h = sys.clearinghouse.health(a);
        if (h.equity < int256(h.maintenanceMargin)) _liquidate(a, gap % 4 != 0);
    }

    /// @dev While the tranches are below their minimum nobody opens: what is there is liquidated or closed.
    function _wind(uint256 who, uint256 market) private {
        (bool isFound, AccountId unhealthy) = _findUnhealthy(who);
        if (isFound) return _liquidate(unhealthy, true);
        (AccountId id, uint8 m, int256 held) = _find(who, market);
        if (held == 0) return _refill();
        _trade(id, m, -held);
    }

    /// @dev LPs come back: after a reset, and at the end of the second epoch.
    function _refill() private {
        _payDebts();
        vm.startPrank(LP);
        sys.senior.requestDeposit(30_000e6, LP, LP);
        sys.junior.requestDeposit(15_000e6, LP, LP);
        vm.stopPrank();
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(vm.getBlockTimestamp() + sys.pool.EPOCH_LENGTH());
            try sys.pool.reset() {} catch {}
            sys.pool.recordEpoch();
            vm.warp(vm.getBlockTimestamp() + 31 minutes);
            sys.pool.settleEpoch();
        }
        _count(sys.pool.isOpenable());
    }

    function reduce(uint256 who, uint256 market, uint256 part) external {
        (AccountId id, uint8 m, int256 held) = _find(who, market);
        if (held == 0) return _idleCall();
        part = bound(part, 1, 130);
        _trade(id, m, part > 100 || part < 20 ? -held : (-held * int256(part)) / 100);
    }

    function flip(uint256 who, uint256 market, uint256 part) external {
        (AccountId id, uint8 m, int256 held) = _find(who, market);
        if (held == 0) return _idleCall();
        _trade(id, m, (-held * int256(bound(part, 110, 200))) / 100);
    }

    // ----------------------------------------------------------------------------------------------- prices and time

    function movePrice(uint256 market, uint256 seed) external {
        uint8 m = uint8(market % MARKETS);
        uint256 bps = seed % 8 == 0 ? bound(seed, 5_000, 14_000) : bound(seed, 9_700, 10_300);
        _setPrice(m, (_price(m) * bps) / 10_000);
        _count(true);
    }

    function wait(uint256 time) external {
        vm.warp(vm.getBlockTimestamp() + (time % 8 == 0 ? bound(time, 1 hours, 20 hours) : bound(time, 1, 200)));
        _count(true);
    }

    // ----------------------------------------------------------------------------------------------- permissionless calls

    function settle(uint256 who) external {
        AccountId id = _trader(who);
        Shares memory shares = _watchShares();
        int256 before = _worth(id);
        try sys.clearinghouse.settle(id) {
            int256 change = _worth(id) - before;
            _expect(10, change <= DUST && change >= -DUST, "settling changed an account's equity");
            _count(true);
        } catch {
            // An account below zero can only be liquidated.
            _count(before < 0);
        }
        _compareShares(shares);
        _remember(id);
    }

    function mark(uint256 market) external {
        try sys.clearinghouse.mark(MarketId.wrap(uint8(market % MARKETS))) {
            _count(true);
        } catch {
            _count(false);
        }
    }

    // ------------------------------------------------------------------------------------------------------------ epochs

    function request(uint256 seed, uint256 part) external {
        EpochVault shares = _shares(seed);
        uint256 balance = shares.balanceOf(LP);
        vm.startPrank(LP);
        if (seed & 1 == 1 && balance > 4) {
            try shares.requestRedeem(balance / bound(part, 2, 10), LP, LP) {
                _count(true);
            } catch {
                _count(false);
            }
        } else {
            try shares.requestDeposit(bound(part, 1_000, 30_000) * 1e6, LP, LP) {
                _count(true);
            } catch {
                _count(false);
            }
        }
        vm.stopPrank();
    }

    /// @dev Ends the epoch, settles it, and claims what is due.
    function endEpoch(uint256 seed) external {
        vm.warp(vm.getBlockTimestamp() + sys.pool.EPOCH_LENGTH());
        bool isWhole = true;
        try sys.pool.recordEpoch() {} catch {
            isWhole = false;
        }
        try sys.insurance.recordEpoch() {} catch {}
        vm.warp(vm.getBlockTimestamp() + 31 minutes);
        if (seed % 4 == 0) _setPrice(uint8(seed % MARKETS), (_price(uint8(seed % MARKETS)) * 95) / 100);
        _payDebts(); // before the pool does it, where nobody looks
        Shares memory shares = _watchShares();
        try sys.pool.settleEpoch() {} catch {
            isWhole = false;
        }
        try sys.insurance.settleEpoch() {} catch {}
        _compareShares(shares);
        shares = _watchShares();
        try sys.pool.reset() {} catch {}
        // Senior is written down to what there is.
        _compareShares(shares, [shares.value[SENIOR], 0, 0]);
        _claim(_shares(seed));
        _count(isWhole);
    }

    function _claim(EpochVault shares) internal {
        vm.startPrank(LP);
        uint256 claimable = shares.maxDeposit(LP);
        if (claimable != 0) shares.deposit(claimable, LP, LP);
        claimable = shares.maxRedeem(LP);
        if (claimable != 0) shares.redeem(claimable, LP, LP);
        vm.stopPrank();
    }
}
