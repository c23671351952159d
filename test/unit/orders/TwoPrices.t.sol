// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {EpochBatch} from "../../../contracts/types/EpochBatch.sol";
import {OrderRequest} from "../../../contracts/types/Order.sol";
import {EpochVault} from "../../../contracts/shares/EpochVault.sol";
import {OrdersFixture} from "./OrdersFixture.sol";

/// @title TwoPricesTest
/// @notice Two prices are good in one block, and a group that knows both does what it likes, in any order, as often as it
/// likes. It leaves the block no richer than had it done nothing, whichever price is the last.
/// @dev The group: three accounts of one owner, one of them next to its liquidation; an order to buy and one to sell that
/// wait for execution; shares of the pool that wait to be redeemed, and as much money to be deposited. What it does by its
/// own hand is a pair of entry and exit, or changes nothing.
contract TwoPricesTest is OrdersFixture {
    address internal keeper = makeActor("keeper");
    address internal amy = makeActor("amy");
    AccountId internal second;
    AccountId internal edge;
    AccountId internal whale;
    uint256 internal id; // of the pool's requests
    uint256 internal buy;
    uint256 internal sell;
    uint256[2] internal prices;
    uint256 internal first;
    uint256 internal executed;
    uint256 internal liquidated;
    uint256 internal settled;

    function setUp() public override {
        super.setUp();
        _seed(alice, 10_000, 10_000, 5_000);
        second = toAccountId(alice, 1);
        edge = toAccountId(alice, 2);
        sys.token.mint(alice, 100_000e6);
        vm.startPrank(alice);
        sys.clearinghouse.deposit(second, 30_000e6);
        sys.clearinghouse.deposit(edge, 2_200e6);
        vm.stopPrank();
        whale = _fundAccount(makeActor("whale"), 30_000);
        sys.token.mint(whale.owner(), 100e6);
        _fundAndApprove(amy, 10_000);
        _trade(whale, 2e18, START);
        _trade(edge, 1e18, START);
        _trade(account, -0.5e18, START);
    }

    function _trade(AccountId who, int256 delta, uint256 price) private {
        uint256 orderId = _submit(_requestOf(who, delta));
        _advance(ORDER_DELAY);
        vm.prank(keeper);
        sys.orders.execute(orderId, abi.encode(price, vm.getBlockTimestamp()));
    }

    function _requestOf(AccountId who, int256 delta) private view returns (OrderRequest memory request) {
        request = _request(delta);
        request.account = who;
    }

    /// Whatever is done with two prices, in any order.
    function testFuzz_block_withTwoPricesGainsNothing(
        uint256 seed,
        uint256 low,
        uint256 high,
        uint256 first_,
        uint256 size,
        uint256 part
    ) public {
        prices = [bound(low, 98_600e18, START), bound(high, START, 101_000e18)];
        first = bound(first_, 98_600e18, 101_000e18);
        _await(bound(size, 0.1e18, 1.5e18), part);

        uint256 last = prices[seed & 1];
        uint256 snapshot = vm.snapshotState();
        _setPrice(0, last);
        sys.clearinghouse.markAll();
        int256 without = _together();
        vm.revertToState(snapshot);

        for (uint256 i = 0; i < 12; ++i) _act(uint256(keccak256(abi.encode(seed, i))));
        // Both sides of the pair, if they have not been traded yet.
        _setPrice(0, prices[(seed >> 1) & 1]);
        _tryExecute(buy);
        _setPrice(0, prices[(seed >> 2) & 1]);
        _tryExecute(sell);
        assertEq(executed, 2, "the pair is traded");
        _setPrice(0, last);
        sys.clearinghouse.markAll();
        assertLe(_together(), without + int256(_openFlow()) + 1e13, "the block was worth something");
    }

    /// @dev Orders and pool requests wait; the record was made at a price of before.
    function _await(uint256 size, uint256 part) private {
        uint256 shares = bound(part, 1e24, sys.junior.balanceOf(alice) / 2);
        vm.prank(alice);
        id = sys.junior.requestRedeem(shares, alice, alice);
        uint256 worth = sys.junior.convertToAssets(shares);
        vm.prank(amy);
        sys.junior.requestDeposit(worth, amy, amy);
        vm.warp(sys.pool.GENESIS() + (id + 1) * LP_EPOCH);
        sys.pool.recordEpoch();
        _advance(31 minutes);
        buy = _submit(_requestOf(account, int256(size)));
        sell = _submit(_requestOf(second, -int256(size)));
        _advance(ORDER_DELAY);
    }

    // ------------------------------------------------------------------------------------------------------ actions

    function _act(uint256 dice) private {
        _setPrice(0, prices[dice & 1]);
        dice >>= 1;
        uint256 kind = dice % 12;
        AccountId who =
            (dice >> 8) % 3 == 0
                ? account
                : (dice >> 8) % 3 == 1
                    ? second
                    : edge;
        if (kind == 0) _tryExecute(buy);
        else if (kind == 1) _tryExecute(sell);
        else if (kind == 2) _tryNewOrder(who, dice);
        else if (kind == 3) _moveMargin(who, dice);
        else if (kind == 4) _tryLiquidate(who);
        else if (kind == 5) _tryLiquidate(whale);
        else if (kind == 6) try sys.clearinghouse.settle(who) {} catch {}
        else if (kind == 7) _tryDeleverage();
        else if (kind == 8) _trySettleEpoch();
        else if (kind == 9) _claimOrAsk(dice);
        else if (kind == 10) sys.clearinghouse.markAll();
        else _tryCancel(dice);
    }

    function _tryExecute(uint256 orderId) private {
        vm.prank(keeper);
        try sys.orders.execute(orderId, abi.encode(first, vm.getBlockTimestamp())) {
            ++executed;
        } catch {}
    }

    /// @dev An order of this block cannot be executed in it.
    function _tryNewOrder(AccountId who, uint256 dice) private {
        uint256 orderId = _submit(_requestOf(who, dice & 256 == 0 ? int256(0.1e18) : -0.1e18));
        vm.prank(keeper);
        try sys.orders.execute(orderId, abi.encode(first, vm.getBlockTimestamp())) {
            revert("an order was executed in its own block");
        } catch {}
        vm.prank(alice);
        sys.orders.cancel(orderId);
    }

    /// @dev The pair keeps the margin it needs: what an owner gains by letting one of two orders fail is another test.
    function _moveMargin(AccountId who, uint256 dice) private {
        vm.startPrank(alice);
        if (dice & 256 == 0) {
            sys.clearinghouse.deposit(who, (dice >> 9) % 1_000e6);
        } else {
            uint256 free = sys.clearinghouse.health(who).withdrawable / 1e12;
            uint256 kept = AccountId.unwrap(who) == AccountId.unwrap(edge) ? 0 : 10_000e6;
            if (free > kept) sys.clearinghouse.withdraw(who, (dice >> 9) % (free - kept));
        }
        vm.stopPrank();
    }

    function _tryLiquidate(AccountId who) private {
        vm.prank(keeper);
        try sys.clearinghouse.liquidate(who) {
            ++liquidated;
        } catch {}
    }

    function _tryDeleverage() private {
        vm.prank(keeper);
        try sys.clearinghouse.deleverage(BTC) {} catch {}
    }

    function _trySettleEpoch() private {
        try sys.pool.settleEpoch() {
            ++settled;
        } catch {}
    }

    /// @dev Requests of this block are of a later epoch; what is settled is claimed.
    function _claimOrAsk(uint256 dice) private {
        EpochVault shares = sys.junior;
        vm.startPrank(alice);
        shares.redeem(shares.maxRedeem(alice), alice, alice);
        if (dice & 256 == 0) shares.requestRedeem(1 + ((dice >> 9) % shares.balanceOf(alice)), alice, alice);
        else sys.senior.requestDeposit(1 + ((dice >> 9) % 1_000e6), alice, alice);
        vm.stopPrank();
        vm.startPrank(amy);
        shares.deposit(shares.maxDeposit(amy), amy);
        vm.stopPrank();
    }

    function _tryCancel(uint256 dice) private {
        vm.prank(alice);
        try sys.orders.cancel(dice & 256 == 0 ? buy : sell) {
            revert("a committed order was cancelled");
        } catch {}
    }

    // ------------------------------------------------------------------------------------------------------- wealth

    function _together() private view returns (int256 sum) {
        sum = sys.clearinghouse.health(account).equity + sys.clearinghouse.health(second).equity;
        sum += sys.clearinghouse.health(edge).equity;
        sum += int256(_has(alice) + _has(amy)) * 1e12;
        sum += int256(sys.orders.feesOf(alice));
    }

    function _has(address who) private view returns (uint256) {
        return
            sys.token.balanceOf(who) + _worth(sys.junior, who) + _worth(sys.senior, who) + _worth(sys.insurance, who);
    }

    function _worth(EpochVault shares, address who) private view returns (uint256) {
        uint256 held = shares.balanceOf(who) + shares.maxMint(who) + shares.pendingRedeemRequest(0, who);
        return shares.convertToAssets(held) + shares.maxWithdraw(who) + shares.pendingDepositRequest(0, who);
    }

    /// @dev What was redeemed and what was deposited are priced apart, so one is a little more than the other: that much is
    /// an exit or entry alone, at one of the two prices, of shares that move by this much between them.
    function _openFlow() private returns (uint256) {
        EpochBatch memory paidIn = sys.junior.depositBatch(id);
        EpochBatch memory paidOut = sys.junior.redeemBatch(id);
        uint256 flow =
            paidIn.filled > paidOut.proceeds ? paidIn.filled - paidOut.proceeds : paidOut.proceeds - paidIn.filled;
        uint256[2] memory worth;
        for (uint256 i = 0; i < 2; ++i) {
            _setPrice(0, prices[i]);
            sys.clearinghouse.markAll();
            worth[i] = sys.junior.convertToAssets(1e30);
        }
        (uint256 less, uint256 more) = worth[0] < worth[1] ? (worth[0], worth[1]) : (worth[1], worth[0]);
        return (flow * (more - less)) / less;
    }
}
