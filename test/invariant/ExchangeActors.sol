// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../contracts/interfaces/IClearinghouse.sol";
import {EpochVault} from "../../contracts/shares/EpochVault.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {Market} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {PriceUse} from "../../contracts/types/PriceUse.sol";
import {System} from "../shared/SystemFixture.sol";
import {ExchangeHaircuts} from "./ExchangeHaircuts.sol";

/// @title ExchangeActors
/// @notice Who takes part, how to find somebody an action makes sense for, and prices within a range.
abstract contract ExchangeActors is ExchangeHaircuts {
    uint256 private constant MAX_MARK_AGE = 300;

    address internal immutable LP;
    uint256 private _markedAt;
    uint256[MARKETS] private _startPrices;

    constructor(System memory system, AccountId[] memory traders_, AccountId[] memory idlers_, address lp) {
        sys = system;
        traders = traders_;
        idlers = idlers_;
        LP = lp;
        for (uint8 i = 0; i < MARKETS; ++i) _startPrices[i] = _price(i);
        for (uint256 i = 0; i < traders.length; ++i) _remember(traders[i]);
        for (uint256 i = 0; i < idlers.length; ++i) _remember(idlers[i]);
    }

    function _shares(uint256 seed) internal view returns (EpochVault) {
        uint256 which = (seed >> 1) % 3;
        return
            which == 0
                ? EpochVault(sys.senior)
                : which == 1
                    ? EpochVault(sys.junior)
                    : EpochVault(sys.insurance);
    }

    function _trader(uint256 seed) internal view returns (AccountId) {
        return traders[seed % 4];
    }

    /// @dev A position of anybody's, looking on from where the seeds point; size zero: there is none.
    function _find(uint256 who, uint256 market) internal view returns (AccountId id, uint8 m, int256 held) {
        for (uint256 i = 0; i < traders.length; ++i) {
            id = traders[addmod(who, i, traders.length)];
            if (sys.clearinghouse.account(id).openMarkets == 0) continue;
            for (uint256 j = 0; j < MARKETS; ++j) {
                m = uint8(addmod(market, j, MARKETS));
                held = _position(id, m).size;
                if (held != 0) return (id, m, held);
            }
        }
    }

    function _findUnhealthy(uint256 who) internal view returns (bool, AccountId id) {
        for (uint256 i = 0; i < traders.length; ++i) {
            id = traders[addmod(who, i, traders.length)];
            if (sys.clearinghouse.account(id).openMarkets == 0) continue;
            IClearinghouse.Health memory h = sys.clearinghouse.health(id);
            if (h.equity < int256(h.maintenanceMargin)) return (true, id);
        }
        return (false, id);
    }

    function _trade(AccountId id, uint8 m, int256 delta) internal {
        _freshMarks();
        Shares memory shares = _watchShares();
        int256 before = _position(id, m).size;
        vm.prank(id.owner());
        try sys.executor.trade(id, MarketId.wrap(m), delta, delta > 0 ? type(uint256).max : 0) {
            bool isReduction = before != 0 && (before > 0) != (delta > 0) && _abs(delta) <= _abs(before);
            if (!isReduction) _checkHealthy(id, "liquidatable right after opening");
            _count(true);
        } catch {
            _count(false);
        }
        _compareShares(shares);
        _remember(id);
    }

    /// @dev Nothing to act on: somebody brings money instead, which counts as a failure.
    function _idleCall() internal {
        AccountId id = traders[0];
        vm.prank(id.owner());
        sys.clearinghouse.deposit(id, 1e6);
        _remember(id);
        _count(false);
    }

    function _freshMarks() internal {
        if (vm.getBlockTimestamp() - _markedAt <= MAX_MARK_AGE) return;
        sys.clearinghouse.markAll();
        _markedAt = vm.getBlockTimestamp();
    }

    function _skew(uint8 m) internal view returns (int256) {
        Market memory market = sys.clearinghouse.market(MarketId.wrap(m));
        return int256(uint256(market.long.sizeBase)) - int256(uint256(market.short.sizeBase));
    }

    function _price(uint8 m) internal view returns (uint256 price) {
        (price, ) = sys.prices.priceFor(MarketId.wrap(m), PriceUse.Value);
    }

    /// @dev Within a tenth and ten times of where it started: hundreds of gaps in a row would leave any range.
    function _setPrice(uint8 m, uint256 price) internal {
        price = bound(price, _startPrices[m] / 10, _startPrices[m] * 10);
        sys.prices.setPrice(MarketId.wrap(m), uint128(price));
    }

    /// @dev Equity and bonds: what deleveraging has closed gives its bond back when the account is touched.
    function _worth(AccountId id) internal view returns (int256 worth) {
        worth = sys.clearinghouse.health(id).equity;
        for (uint8 m = 0; m < MARKETS; ++m) {
            worth += int256(uint256(sys.clearinghouse.position(id, MarketId.wrap(m)).bondCents)) * 1e16;
        }
    }

    function _abs(int256 a) internal pure returns (uint256) {
        return uint256(a < 0 ? -a : a);
    }

    /// @dev Base units an account opens at a leverage of eight.
    function _room(AccountId id, uint8 m) internal view returns (uint256) {
        IClearinghouse.Health memory h = sys.clearinghouse.health(id);
        int256 free = h.equity - int256(h.initialMargin);
        return free < 1_000e18 ? 0 : (uint256(free) * 8e18) / _price(m);
    }
}
