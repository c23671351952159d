// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOrders} from "../../contracts/interfaces/IOrders.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {OrderRequest} from "../../contracts/types/Order.sol";
import {OrdersFixture} from "../unit/orders/OrdersFixture.sol";

/// Bugs found by asking what two prices in one block are worth, frozen.
contract OrdersAnchored is OrdersFixture {
    /// Alice orders from an account without margin. A keeper who tried would have cancelled the order and earned nothing, so
    /// none did, and it waited. When the price jumps, and the chain does not know yet, she pays the margin in, executes at
    /// the first price, which is also the last one on chain, and brings the new price: a thousand dollars in one block; had
    /// the price not moved, her fee back. Now whoever finds the order unfunded is paid, as for a trade: it is gone as soon
    /// as it could trade.
    function test_anchored_P5_anUnfundedOrderDoesNotWaitForItsOwner() public {
        address keeper = makeActor("keeper");
        AccountId empty = toAccountId(alice, 1);
        OrderRequest memory request = _request(1e18);
        request.account = empty;
        uint256 orderId = _submit(request);
        _advance(ORDER_DELAY);
        bytes memory proof = abi.encode(START, vm.getBlockTimestamp());

        vm.prank(keeper);
        sys.orders.execute(orderId, proof);
        assertEq(sys.orders.feesOf(keeper), KEEPER_FEE, "worth a keeper's while");
        assertEq(sys.orders.feesOf(alice), 0, "it was not free");

        _advance(30);
        sys.token.mint(alice, 10_000e6);
        vm.startPrank(alice);
        sys.clearinghouse.deposit(empty, 10_000e6);
        vm.expectRevert(abi.encodeWithSelector(IOrders.Orders_NoOrder.selector, orderId));
        sys.orders.execute(orderId, proof);
        vm.stopPrank();
    }
}
