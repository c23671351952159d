// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {MarketParams, NO_IMPACT} from "../../../contracts/types/Market.sol";
import {MarketId} from "../../../contracts/types/MarketId.sol";
import {OrderKind, OrderRequest} from "../../../contracts/types/Order.sol";
import {SystemFixture} from "../../shared/SystemFixture.sol";

/// @title OrdersFixture
/// @notice The exchange with orders for its executor, and one market that moves only by its price: no impact and no
/// funding, so that what a trader is worth depends on nothing but fills, fees and the price.
abstract contract OrdersFixture is SystemFixture {
    MarketId internal constant BTC = MarketId.wrap(0);
    uint256 internal constant START = 100_000e18;

    address internal alice = makeActor("alice");
    AccountId internal account;

    function setUp() public virtual {
        _deployFunded();
        account = _fundAccount(alice, 50_000);
        // For order fees.
        sys.token.mint(alice, 1_000e6);
        _setPrice(0, START);
    }

    function _executor() internal view override returns (address) {
        return address(sys.orders);
    }

    function _marketParams(uint8 market) internal pure override returns (MarketParams memory params) {
        params = super._marketParams(market);
        if (market == 0) (params.skewScaleBase, params.maxFundingBps, params.volFactorBps) = (NO_IMPACT, 0, 0);
    }

    /// @dev A market order that takes any fill, good for ten minutes.
    function _request(int256 delta) internal view returns (OrderRequest memory request) {
        request.account = account;
        request.market = BTC;
        request.sizeDelta = delta;
        request.acceptablePrice = delta > 0 ? type(uint256).max : 0;
        request.deadline = vm.getBlockTimestamp() + 600;
    }

    function _submit(OrderRequest memory request) internal returns (uint256) {
        vm.prank(request.account.owner());
        return sys.orders.submit(request);
    }

    /// @dev The owner executes its own order, so that the keeper's fee is no cost to it.
    function _execute(uint256 orderId, uint256 first, uint256 publishedAt) internal returns (bool) {
        vm.prank(alice);
        try sys.orders.execute(orderId, abi.encode(first, publishedAt)) {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev Orders, waits and executes at one price.
    function _order(int256 delta, uint256 price) internal {
        uint256 orderId = _submit(_request(delta));
        _advance(ORDER_DELAY);
        _setPrice(0, price);
        _execute(orderId, price, vm.getBlockTimestamp());
    }

    /// @dev All that the owner of `id` has at the present price, fees to claim included.
    function _wealth(AccountId id) internal view returns (int256) {
        uint256 outside = sys.token.balanceOf(id.owner()) * 1e12 + sys.orders.feesOf(id.owner());
        return sys.clearinghouse.health(id).equity + int256(outside);
    }

    function _ordersLedger() internal view returns (uint256) {
        return sys.vault.balanceOf(Ledger.Orders);
    }

    function _trigger(OrderRequest memory request, OrderKind kind, uint256 price) internal pure {
        (request.kind, request.triggerPrice) = (kind, price);
    }
}
