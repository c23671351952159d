// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOrders} from "../../../contracts/interfaces/IOrders.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {OrderKind, OrderRequest} from "../../../contracts/types/Order.sol";
import {OrdersFixture} from "./OrdersFixture.sol";

/// @title OrdersFuzzTest
/// @notice Whoever orders has given the market a promise and got no choice for it.
contract OrdersFuzzTest is OrdersFixture {
    enum Behaviour {
        Late, // executes when the price is known to have moved
        TriesToCancel,
        TakesItsMarginOut,
        SetsALimit, // accepts the first price and nothing worse
        LetsItExpire
    }

    /// Knowing the first price and a later one, whatever the owner does: it is never better off than without the order, and
    /// if it trades, never better off than if it had traded at once.
    /// @custom:checklist 1, 6
    function testFuzz_execute_isNoOption(
        int256 held,
        int256 delta,
        uint256 first,
        uint256 present,
        uint8 how,
        uint256 wait
    ) public {
        held = bound(held, -2e18, 2e18);
        delta = bound(delta, -2e18, 2e18);
        if (_abs(held) > 0.02e18) _order(held, START);
        if (_abs(delta) < 0.02e18) delta = 0.02e18;
        first = bound(first, (START * 99) / 100, (START * 101) / 100);
        present = bound(present, (START * 98) / 100, (START * 102) / 100);
        wait = bound(wait, 0, 300);
        Behaviour behaviour = Behaviour(how % 5);

        OrderRequest memory request = _request(delta);
        if (behaviour == Behaviour.SetsALimit) request.acceptablePrice = first;

        (int256 without, int256 atOnce) = _references(request, first, present);

        uint256 orderId = _submit(request);
        uint256 earliest = vm.getBlockTimestamp() + ORDER_DELAY;
        _advance(ORDER_DELAY);
        _setPrice(0, first);
        _advance(wait);
        _setPrice(0, present);
        int256 sizeBefore = sys.clearinghouse.position(account, BTC).size;
        _behave(behaviour, orderId, first, earliest);

        assertEq(sys.orders.order(orderId).payer, address(0), "the order is settled");
        int256 has = _wealth(account);
        assertTrue(has <= without, "better off than without the order");
        if (sys.clearinghouse.position(account, BTC).size != sizeBefore) {
            assertTrue(has <= atOnce, "better off than at once");
        }
    }

    function _behave(Behaviour behaviour, uint256 orderId, uint256 first, uint256 earliest) private {
        if (behaviour == Behaviour.LetsItExpire) {
            _advance(601);
        } else if (behaviour == Behaviour.TriesToCancel) {
            vm.prank(alice);
            vm.expectPartialRevert(IOrders.Orders_Committed.selector);
            sys.orders.cancel(orderId);
        } else if (behaviour == Behaviour.TakesItsMarginOut) {
            uint256 free =
                sys.clearinghouse.account(account).openMarkets == 0
                    ? sys.clearinghouse.account(account).margin
                    : sys.clearinghouse.health(account).withdrawable;
            vm.prank(alice);
            sys.clearinghouse.withdraw(account, free / 1e12);
        }
        assertTrue(_execute(orderId, first, earliest), "nothing was in the way");
    }

    /// @dev Worth at the present price without the order, and with the order executed at its first price at once.
    function _references(
        OrderRequest memory request,
        uint256 first,
        uint256 present
    ) private returns (int256 without, int256 atOnce) {
        uint256 snapshot = vm.snapshotState();
        _setPrice(0, present);
        without = _wealth(account);
        vm.revertToState(snapshot);

        snapshot = vm.snapshotState();
        uint256 orderId = _submit(request);
        _advance(ORDER_DELAY);
        _setPrice(0, first);
        _execute(orderId, first, vm.getBlockTimestamp());
        _setPrice(0, present);
        atOnce = _wealth(account);
        vm.revertToState(snapshot);
    }

    /// Two prices in one block, and an order waiting for each: nobody buys at one and sells at the other.
    /// @custom:checklist 1
    function testFuzz_trigger_twoPricesInOneBlockGainNothing(
        uint256 low,
        uint256 high,
        uint256 first,
        uint256 present
    ) public {
        low = bound(low, (START * 95) / 100, START);
        high = bound(high, low, (START * 105) / 100);
        first = bound(first, (START * 95) / 100, (START * 105) / 100);
        present = bound(present, (START * 95) / 100, (START * 105) / 100);
        AccountId second = toAccountId(alice, 1);
        sys.token.mint(alice, 50_000e6);
        vm.prank(alice);
        sys.clearinghouse.deposit(second, 50_000e6);
        int256 before = _together(second);

        OrderRequest memory request = _request(1e18);
        _trigger(request, OrderKind.AtOrBelow, low);
        uint256 buy = _submit(request);
        request = _request(-1e18);
        request.account = second;
        _trigger(request, OrderKind.AtOrAbove, high);
        uint256 sell = _submit(request);

        _advance(10);
        _setPrice(0, low);
        assertTrue(_execute(buy, low, vm.getBlockTimestamp()), "triggers at the low");
        _setPrice(0, high);
        assertTrue(_execute(sell, high, vm.getBlockTimestamp()), "triggers at the high");
        assertEq(sys.clearinghouse.position(account, BTC).size, 0, "nothing trades at a price that is known");
        _advance(ORDER_DELAY);
        _setPrice(0, present);
        _execute(buy, first, vm.getBlockTimestamp());
        _execute(sell, first, vm.getBlockTimestamp());
        assertTrue(_together(second) <= before, "a sure profit");
    }

    function _together(AccountId second) private view returns (int256) {
        return _wealth(account) + sys.clearinghouse.health(second).equity;
    }

    /// @custom:checklist 11
    function testFuzz_reduceOnly_neverFlipsOrGrows(int256 held, int256 delta, int256 between) public {
        held = bound(held, -2e18, 2e18);
        delta = bound(delta, type(int104).min, type(int104).max);
        between = bound(between, -1e18, 1e18);
        if (_abs(held) > 0.02e18) _order(held, START);
        if (delta == 0) delta = 1;
        OrderRequest memory request = _request(delta);
        request.isReduceOnly = true;
        uint256 orderId = _submit(request);
        if (_abs(between) > 0.02e18) _order(between, START);
        _advance(ORDER_DELAY);
        int256 before = sys.clearinghouse.position(account, BTC).size;
        assertTrue(_execute(orderId, START, vm.getBlockTimestamp()), "trades or is cancelled");
        int256 afterwards = sys.clearinghouse.position(account, BTC).size;
        assertLe(_abs(afterwards), _abs(before), "grew");
        assertTrue(afterwards == 0 || (afterwards > 0) == (before > 0), "flipped");
    }

    /// What is in the ledger is bonds, fees of orders that wait, and what is due: to the wei, after every action.
    function testFuzz_fees_addUp(uint256 seed) public {
        address keeper = makeActor("keeper");
        for (uint256 i = 0; i < 24; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            _act(dice, keeper);
            uint256 waiting;
            for (uint256 id = 1; id <= sys.orders.orderCount(); ++id) {
                waiting += sys.orders.order(id).fee * (sys.orders.order(id).kind == OrderKind.Market ? 1 : 2);
            }
            uint256 due = sys.orders.feesOf(alice) + sys.orders.feesOf(keeper);
            uint256 bonds = uint256(sys.clearinghouse.position(account, BTC).bondCents) * 1e16;
            assertEq(_ordersLedger(), bonds + waiting + due, "orders ledger");
        }
        assertGt(sys.orders.orderCount(), 0, "nothing was ordered");
    }

    function _act(uint256 dice, address keeper) private {
        uint256 orderId = bound(dice >> 16, 1, sys.orders.orderCount() + 1);
        uint256 kind = dice % 8;
        if (kind < 3) {
            OrderRequest memory request = _request(dice & 256 == 0 ? int256(1e18) : -1e18);
            request.isReduceOnly = dice & 512 == 0;
            if (dice & 1024 == 0) request.acceptablePrice = START;
            if (kind == 0) _trigger(request, dice & 2048 == 0 ? OrderKind.AtOrAbove : OrderKind.AtOrBelow, START);
            _submit(request);
        } else if (kind < 6) {
            _advance(dice & 256 == 0 ? 3 : 200);
            _setPrice(0, START - 500e18 + (dice % 1_000) * 1e18);
            vm.prank(keeper);
            try sys.orders.execute(orderId, abi.encode(START, vm.getBlockTimestamp())) {} catch {}
        } else if (kind == 6) {
            vm.prank(alice);
            try sys.orders.cancel(orderId) {} catch {}
        } else {
            vm.prank(dice & 256 == 0 ? alice : keeper);
            try sys.orders.claimFees() {} catch {}
        }
    }

    function _abs(int256 x) private pure returns (uint256) {
        return x < 0 ? uint256(-x) : uint256(x);
    }
}
