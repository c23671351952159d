// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../../contracts/types/AccountId.sol";
import {LEDGER_COUNT, Ledger} from "../../contracts/types/Ledger.sol";
import {Account, Market} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {System} from "../shared/SystemFixture.sol";
import {ExchangeHandler} from "./ExchangeHandler.sol";
import {ExchangeSums} from "./ExchangeSums.sol";

/// @dev Concrete here: the runner knows the contracts of this file only.
contract ExchangeActions is ExchangeHandler {
    constructor(
        System memory system,
        AccountId[] memory traders_,
        AccountId[] memory idlers_,
        address lp_
    ) ExchangeHandler(system, traders_, idlers_, lp_) {}
}

/// @notice What the books say whatever traders, LPs, keepers and prices do: I1, I2, I3, I6, I11. What each call does is in
/// `Leaving.t.sol`.
contract ExchangeInvariants is ExchangeSums {
    /// @dev What is forgiven at the ends of eras: a billionth of a dollar each.
    uint256 private constant FORGIVEN = 1e12;

    uint256 private constant LAYERS = 6;

    function setUp() public {
        (AccountId[] memory traders, AccountId[] memory idlers) = _deployWithPeople();
        _target(new ExchangeActions(sys, traders, idlers, lp));
    }

    /// @notice The share of successful calls, in per cent; shown with `-vvv`.
    event log_named_uint(string key, uint256 val);

    /// @dev Six fixed runs of 64 calls, so that the figures can be read and compared.
    function test_handler_mostCallsSucceedAndEveryLayerPays() public {
        uint256 calls;
        uint256 successes;
        uint256[LAYERS] memory hits;
        uint256[3] memory traderLosses;
        uint256 start = vm.snapshotState();
        for (uint256 run = 0; run < 6; ++run) {
            calls += _replay(run);
            calls += handler.calls();
            successes += handler.successes();
            for (uint256 i = 0; i < LAYERS; ++i) hits[i] += handler.layerHits(i);
            traderLosses[0] += handler.haircuts();
            traderLosses[1] += handler.closings();
            if (handler.paidOut() != 0) ++traderLosses[2];
            vm.revertToState(start);
            start = vm.snapshotState();
        }
        uint256 share = (100 * successes) / calls;
        emit log_named_uint("calls", calls);
        emit log_named_uint("successful, per cent", share);
        for (uint256 i = 0; i < LAYERS; ++i) emit log_named_uint("incidents that reached this layer", hits[i]);
        emit log_named_uint("calls that withheld profit", traderLosses[0]);
        emit log_named_uint("calls that closed positions", traderLosses[1]);
        emit log_named_uint("runs that paid claims", traderLosses[2]);
        assertGe(share, 50, string.concat("only ", vm.toString(share), "% of the calls succeeded"));
        for (uint256 i = 0; i < LAYERS; ++i) assertGt(hits[i], 0, "a layer never paid");
        assertGt(traderLosses[0], hits[4], "no market was called on to restore the floor");
        assertGt(traderLosses[1], 0, "no skew above its cap was closed");
        assertGt(traderLosses[2], 0, "no claim was paid");
    }

    // --------------------------------------------------------------------------------------------------------- the books

    /// I1: ledgers add up to the tokens held. I2: each is >= 0 and holds what it has promised, so that no claim finds it
    /// empty. I3: a side is the sum of its buckets, and to dust on the pool's side the sum of its positions as deleveraging
    /// left them. I6: nobody's margin moves but by a call about that very account. I11: claims paid <= repaid <= lost.
    /// @custom:checklist 15, 20, 22
    function invariant_I1_I2_I3_I6_I11_booksAddUpAndKeepWhatTheyPromise() public view {
        _checkLedgers();
        _checkMarkets();
    }

    function _checkLedgers() private view {
        uint256[LEDGER_COUNT] memory all = sys.vault.balances();
        uint256 sum;
        for (uint256 i = 0; i < LEDGER_COUNT; ++i) {
            sum += all[i];
            assertLt(all[i], 1 << 127, "I2: a ledger wrapped below zero");
        }
        assertEq(sum, sys.vault.held(), "I1: ledgers are not what the vault holds");

        Promises memory due = _promises();
        assertEq(due.margins, all[uint256(Ledger.Margin)], "I1: accounts are not the margin ledger");
        assertEq(due.bonds, all[uint256(Ledger.Orders)], "I1: bonds are not the orders ledger");
        _checkClaims(due, all[uint256(Ledger.Recovery)]);
        assertGe(all[uint256(Ledger.PendingPnl)], due.credits, "I2: closed positions find less than they are owed");
        assertLe(
            all[uint256(Ledger.PendingPnl)],
            due.credits + DUST,
            "I2: set aside for closed positions and not owed"
        );
        uint256 fees = sys.clearinghouse.feesOf(address(handler)) + sys.clearinghouse.feesOf(treasury);
        assertEq(all[uint256(Ledger.Fees)], fees, "I2: fees due are not the fee ledger");
        uint256 claimable = sys.senior.maxWithdraw(lp) + sys.junior.maxWithdraw(lp) + sys.insurance.maxWithdraw(lp);
        assertGe(all[uint256(Ledger.Queue)], claimable * 1e12, "I2: the queue promises more than it holds");
    }

    function _checkMarkets() private view {
        AccountId[] memory all = handler.accounts();
        uint32[] memory open = new uint32[](all.length);
        for (uint256 i = 0; i < all.length; ++i) open[i] = sys.clearinghouse.account(all[i]).openMarkets;
        int256 marks;
        int256 slack;
        uint256 openNotional;
        for (uint8 m = 0; m < 3; ++m) {
            Market memory market = sys.clearinghouse.market(MarketId.wrap(m));
            (int256 more, uint256 credits) = _checkSums(m, market, all, open);
            slack += more - int256(credits);
            marks += market.mark;
            openNotional += uint256(market.long.cost) + market.short.cost;
        }
        slack += int256(sys.vault.balanceOf(Ledger.PendingPnl));
        slack += int256(handler.unreserved());
        assertGe(slack, -3 * ROUNDING, "I3: sums promise less than positions can collect");
        assertEq(marks, sys.pool.markTotal(), "I3: the running sum of marks");
        assertEq(openNotional, sys.pool.openNotional(), "I3: the running sum of costs");
        (uint256 settledReturn, uint256 unpaidProfit) = sys.clearinghouse.debts();
        assertEq(settledReturn + unpaidProfit, sys.pool.unpaid(), "I3: the running sum of debts");
    }

    // ----------------------------------------------------------------------------------------------------------- helpers

    struct Promises {
        uint256 margins;
        uint256 bonds;
        uint256 credits; // of positions that deleveraging closed
        uint256 collectable; // repaid debts that are not margin yet
        uint256 claimable; // of recovery claims
        uint256 outstanding;
    }

    function _promises() private view returns (Promises memory due) {
        AccountId[] memory all = handler.accounts();
        for (uint256 i = 0; i < all.length; ++i) {
            Account memory account = sys.clearinghouse.account(all[i]);
            assertEq(account.margin, handler.lastMargin(all[i]), "I6: margin moved without its account");
            due.margins += account.margin;
            if (account.debts != 0) {
                (uint256 part, ) = sys.clearinghouse.debtsTo(all[i]);
                due.collectable += part;
            }
            (uint256 claimable, uint256 outstanding) = sys.clearinghouse.claimsOf(all[i]);
            assertLe(
                claimable + outstanding + handler.paidTo(all[i]),
                handler.lostOf(all[i]),
                "I11: an account claims more than it lost"
            );
            due.claimable += claimable;
            due.outstanding += outstanding;
            for (uint8 m = 0; m < 3; ++m) {
                if (account.openMarkets & (1 << m) == 0) continue;
                due.bonds += uint256(sys.clearinghouse.position(all[i], MarketId.wrap(m)).bondCents) * 1e16;
                due.credits += sys.clearinghouse.replayed(all[i], MarketId.wrap(m)).credit;
            }
        }
    }

    /// @dev I11. Who has not come back since its loss is not among those who claim, but its part is held for it.
    function _checkClaims(Promises memory due, uint256 recovery) private view {
        (uint256 outstanding, uint256 lost, uint256 repaid) = sys.clearinghouse.traderClaims();
        assertEq(lost, handler.lostSeen(), "I11: lost is not what was withheld and written off");
        assertLe(outstanding + repaid, lost, "I11: more is owed or repaid than was lost");
        assertLe(lost - outstanding - repaid, FORGIVEN, "I11: lost, neither owed nor repaid");
        assertLe(due.claimable + handler.paidOut(), repaid, "I11: claims collect more than was repaid");
        assertLe(due.outstanding, outstanding + DUST, "I11: claims add up to more than is outstanding");
        assertGe(recovery, due.collectable + repaid - handler.paidOut(), "I2: recovery promises more than it holds");
    }
}
