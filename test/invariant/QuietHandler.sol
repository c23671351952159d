// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../contracts/interfaces/IClearinghouse.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {Market} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {PriceUse} from "../../contracts/types/PriceUse.sol";
import {System} from "../shared/SystemFixture.sol";
import {TestBase} from "../shared/TestBase.sol";

/// @title QuietHandler
/// @notice A group of accounts that works together, while prices stand still: what it gains, it gains from the rules.
/// @dev The last account is an outsider who holds positions and does nothing.
abstract contract QuietHandler is TestBase {
    uint256 internal constant MARKETS = 3;

    /// @dev Each path rounds a few times against the group; another may round less often than going flat at once does.
    uint256 internal constant ROUNDING = 1_000;

    System internal sys;
    AccountId[] internal group;

    /// @notice First thing found wrong about an invariant, by its number.
    mapping(uint256 invariantId => string what) public broken;
    uint256 public calls;
    uint256 public successes;
    uint256 public flats;

    /// @notice What the group would take home, going flat at once.
    uint256 public startWealth;

    constructor(System memory system, AccountId[] memory group_) {
        sys = system;
        group = group_;
    }

    function remember(uint256 wealth_) external {
        startWealth = wealth_;
    }

    // ----------------------------------------------------------------------------------------------------------- actions

    function trade(uint256 who, uint256 market, int256 part) external {
        AccountId id = _member(who);
        uint8 m = uint8(market % MARKETS);
        IClearinghouse.Health memory h = sys.clearinghouse.health(id);
        int256 free = h.equity - int256(h.initialMargin);
        int256 notional = ((free < 1_000e18 ? int256(1_000e18) : free) * bound(part, -400, 400)) / 100;
        (uint256 price, ) = sys.prices.priceFor(MarketId.wrap(m), PriceUse.Value);
        _trade(id, m, (notional * 1e18) / int256(price));
    }

    function reduce(uint256 who, uint256 market, uint256 part) external {
        AccountId id = _member(who);
        for (uint256 i = 0; i < MARKETS; ++i) {
            uint8 m = uint8(addmod(market, i, MARKETS));
            int256 held = _size(id, m);
            if (held == 0) continue;
            part = bound(part, 1, 150);
            return _trade(id, m, part > 100 ? -held : (-held * int256(part)) / 100);
        }
    }

    function settle(uint256 who) external {
        try sys.clearinghouse.settle(_member(who)) {
            _count(true);
        } catch {
            _count(false);
        }
    }

    function withdraw(uint256 who, uint256 part) external {
        AccountId id = _member(who);
        uint256 free = sys.clearinghouse.health(id).withdrawable / 1e12;
        if (free == 0) return;
        vm.prank(id.owner());
        try sys.clearinghouse.withdraw(id, bound(part, 1, free)) {
            _count(true);
        } catch {
            _count(false);
        }
    }

    function deposit(uint256 who, uint256 part) external {
        AccountId id = _member(who);
        uint256 balance = sys.token.balanceOf(id.owner());
        if (balance == 0) return;
        vm.prank(id.owner());
        sys.clearinghouse.deposit(id, bound(part, 1, balance));
        _count(true);
    }

    /// @dev Moves margin to a second account of the same owner, or back.
    function transfer(uint256 who, uint256 part) external {
        AccountId from = _member(who);
        uint256 free = sys.clearinghouse.health(from).withdrawable;
        if (free == 0) return;
        AccountId to = toAccountId(from.owner(), uint96(from.sub() ^ 1));
        vm.prank(from.owner());
        try sys.clearinghouse.transferMargin(from, to, bound(part, 1, free)) {
            _count(true);
        } catch {
            _count(false);
        }
    }

    /// @dev Also debts: what cash repays in between must not make anybody richer.
    function poke(uint256 market) external {
        sys.clearinghouse.mark(MarketId.wrap(uint8(market % MARKETS)));
        sys.clearinghouse.payDebts();
        _count(true);
    }

    /// @dev Closes everything; whatever order things were done in, there is no profit.
    function goFlat() external virtual {
        closeAll();
        ++flats;
        _count(true);
        if (wealth() > startWealth + ROUNDING) broken[13] = "the group went home with a profit";
    }

    // ------------------------------------------------------------------------------------------------------------- reads

    /// @notice Closes every position of the group.
    function closeAll() public {
        for (uint256 i = 0; i < group.length; ++i) {
            for (uint8 m = 0; m < MARKETS; ++m) {
                int256 held = _size(group[i], m);
                if (held != 0) _mustTrade(group[i], m, -held);
            }
        }
    }

    /// @notice Tokens, margin, and what the pool owes; USD WAD.
    function wealth() public view returns (uint256 sum) {
        for (uint256 i = 0; i < group.length; ++i) {
            (uint256 collectable, uint256 outstanding) = sys.clearinghouse.debtsTo(group[i]);
            sum += sys.clearinghouse.account(group[i]).margin + collectable + outstanding;
            // Two accounts of one owner have one wallet.
            if (group[i].sub() == 0) sum += sys.token.balanceOf(group[i].owner()) * 1e12;
        }
    }

    function groupSize() external view returns (uint256) {
        return group.length;
    }

    function member(uint256 i) external view returns (AccountId) {
        return group[i];
    }

    function _member(uint256 who) internal view returns (AccountId) {
        return group[who % group.length];
    }

    function _size(AccountId id, uint8 m) internal view returns (int256) {
        return sys.clearinghouse.position(id, MarketId.wrap(m)).size;
    }

    function _skew(uint8 m) internal view returns (int256) {
        Market memory market = sys.clearinghouse.market(MarketId.wrap(m));
        return int256(uint256(market.long.sizeBase)) - int256(uint256(market.short.sizeBase));
    }

    function _trade(AccountId id, uint8 m, int256 delta) internal {
        sys.clearinghouse.markAll();
        vm.prank(id.owner());
        try sys.executor.trade(id, MarketId.wrap(m), delta, delta > 0 ? type(uint256).max : 0) {
            _count(true);
        } catch {
            _count(false);
        }
    }

    function _mustTrade(AccountId id, uint8 m, int256 delta) private {
        vm.prank(id.owner());
        sys.executor.trade(id, MarketId.wrap(m), delta, delta > 0 ? type(uint256).max : 0);
    }

    function _count(bool isSuccess) internal {
        ++calls;
        if (isSuccess) ++successes;
    }
}
