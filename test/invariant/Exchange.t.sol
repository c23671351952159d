// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FundingLib} from "../../contracts/market/FundingLib.sol";
import {PriceImpactLib} from "../../contracts/market/PriceImpactLib.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {LEDGER_COUNT, Ledger} from "../../contracts/types/Ledger.sol";
import {Account, Market, Position} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {InvariantBase} from "../shared/InvariantBase.sol";
import {System, SystemFixture} from "../shared/SystemFixture.sol";
import {ExchangeHandler} from "./ExchangeHandler.sol";

/// @dev Concrete here: the runner knows the contracts of this file only.
contract ExchangeActions is ExchangeHandler {
    constructor(
        System memory system,
        AccountId[] memory traders_,
        AccountId[] memory idlers_,
        address lp_
    ) ExchangeHandler(system, traders_, idlers_, lp_) {}
}

/// @notice The promises that hold whatever traders, LPs, keepers and prices do: I1 to I6, I8, I10, I14.
contract ExchangeInvariants is InvariantBase, SystemFixture {
    /// @dev Rounding of one market's sums: a few wei a position.
    int256 private constant ROUNDING = 100;

    ExchangeActions internal handler;

    function setUp() public {
        _deployFunded();
        AccountId[] memory traders = new AccountId[](4);
        AccountId[] memory idlers = new AccountId[](2);
        for (uint256 i = 0; i < 4; ++i) {
            traders[i] = _fundAccount(makeActor(string.concat("trader ", vm.toString(i))), 20_000);
            sys.token.mint(traders[i].owner(), 1e15);
        }
        for (uint256 i = 0; i < 2; ++i) {
            idlers[i] = _fundAccount(makeActor(string.concat("idler ", vm.toString(i))), 7_777);
        }
        sys.token.mint(lp, 1e15);
        handler = new ExchangeActions(sys, traders, idlers, lp);
        targetContract(address(handler));
        targetSelectors(address(handler), _selectors());
    }

    /// @dev Opening and liquidating are drawn more often: without positions nothing else matters.
    function _selectors() private pure returns (bytes4[] memory list) {
        list = new bytes4[](21);
        for (uint256 i = 0; i < 5; ++i) list[i] = ExchangeHandler.open.selector;
        for (uint256 i = 5; i < 7; ++i) list[i] = ExchangeHandler.liquidate.selector;
        list[7] = ExchangeHandler.reduce.selector;
        list[8] = ExchangeHandler.flip.selector;
        list[9] = ExchangeHandler.deposit.selector;
        list[10] = ExchangeHandler.withdraw.selector;
        list[11] = ExchangeHandler.idle.selector;
        list[12] = ExchangeHandler.movePrice.selector;
        list[13] = ExchangeHandler.wait.selector;
        list[14] = ExchangeHandler.settle.selector;
        list[15] = ExchangeHandler.collect.selector;
        list[16] = ExchangeHandler.request.selector;
        list[17] = ExchangeHandler.endEpoch.selector;
        for (uint256 i = 18; i < 21; ++i) list[i] = ExchangeHandler.duel.selector;
    }

    /// @notice The share of successful calls, in per cent; shown with `-vvv`.
    event log_named_uint(string key, uint256 val);

    /// @dev Six fixed runs of 64 calls, so that the figure can be read and compared.
    function test_handler_mostCallsSucceedAndEveryLayerPays() public {
        uint256 calls;
        uint256 successes;
        uint256[5] memory hits;
        uint256 start = vm.snapshotState();
        for (uint256 run = 0; run < 6; ++run) {
            calls += _replay(run);
            calls += handler.calls();
            successes += handler.successes();
            for (uint256 i = 0; i < 5; ++i) hits[i] += handler.layerHits(i);
            vm.revertToState(start);
            start = vm.snapshotState();
        }
        uint256 share = (100 * successes) / calls;
        emit log_named_uint("calls", calls);
        emit log_named_uint("successful, per cent", share);
        for (uint256 i = 0; i < 5; ++i) emit log_named_uint("incidents that reached this layer", hits[i]);
        assertGe(share, 50, string.concat("only ", vm.toString(share), "% of the calls succeeded"));
        for (uint256 i = 0; i < 5; ++i) assertGt(hits[i], 0, "a layer never paid");
    }

    /// @return reverted Calls that reverted outside of a `try`: they did nothing, as for the runner, and count as failures.
    function _replay(uint256 run) private returns (uint256 reverted) {
        bytes4[] memory selectors = _selectors();
        for (uint256 i = 0; i < 64; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(run, i)));
            // Calls with fewer arguments ignore the rest.
            bytes memory input = abi.encodePacked(
                selectors[seed % selectors.length],
                seed >> 8,
                keccak256(abi.encode(seed)),
                seed >> 32,
                seed >> 64,
                seed >> 96
            );
            (bool isDone, ) = address(handler).call(input);
            if (!isDone) ++reverted;
        }
    }

    // ------------------------------------------------------------------------------------------------------ the ledgers

    /// I1: ledgers add up to the tokens held. I2: each is >= 0 and holds what it has promised, so that no claim finds it
    /// empty. I6: nobody's margin moves but by a call about that very account.
    function invariant_I1_I2_I6_ledgersAddUpAndKeepWhatTheyPromise() public view {
        uint256[LEDGER_COUNT] memory all = sys.vault.balances();
        uint256 sum;
        for (uint256 i = 0; i < LEDGER_COUNT; ++i) {
            sum += all[i];
            assertLt(all[i], 1 << 127, "I2: a ledger wrapped below zero");
        }
        assertEq(sum, sys.vault.held(), "I1: ledgers are not what the vault holds");

        (uint256 margins, uint256 bonds, uint256 collectable) = _promises();
        assertEq(margins, all[uint256(Ledger.Margin)], "I1: accounts are not the margin ledger");
        assertEq(bonds, all[uint256(Ledger.Orders)], "I1: bonds are not the orders ledger");
        assertGe(all[uint256(Ledger.Recovery)], collectable, "I2: recovery promises more than it holds");
        uint256 fees = sys.clearinghouse.feesOf(address(handler)) + sys.clearinghouse.feesOf(treasury);
        assertEq(all[uint256(Ledger.Fees)], fees, "I2: fees due are not the fee ledger");
        uint256 claimable = sys.senior.maxWithdraw(lp) + sys.junior.maxWithdraw(lp) + sys.insurance.maxWithdraw(lp);
        assertGe(all[uint256(Ledger.Queue)], claimable * 1e12, "I2: the queue promises more than it holds");
    }

    // ------------------------------------------------------------------------------------------------- sums of positions

    /// I3
    function invariant_I3_marketSumsAreThoseOfTheirPositions() public view {
        int256 marks;
        uint256 openNotional;
        for (uint8 m = 0; m < 3; ++m) {
            Market memory market = sys.clearinghouse.market(MarketId.wrap(m));
            _checkSums(m, market);
            marks += market.mark;
            openNotional += uint256(market.long.cost) + market.short.cost;
        }
        assertEq(marks, sys.pool.markTotal(), "I3: the running sum of marks");
        assertEq(openNotional, sys.pool.openNotional(), "I3: the running sum of costs");
        (uint256 settledReturn, uint256 unpaidProfit) = sys.clearinghouse.debts();
        assertEq(settledReturn + unpaidProfit, sys.pool.unpaid(), "I3: the running sum of debts");
    }

    // ------------------------------------------------------------------------------------------- what the handler saw

    /// I4: parts add up to the deficit. I5: a layer pays only when earlier ones are at their limit. I8: no liquidation leaves
    /// equity below zero. I10: settling moves no value. I14: opening and withdrawing leave nobody liquidatable.
    function invariant_I4_I5_I8_I10_I14_everyCallKeptItsPromise() public view {
        uint8[6] memory ids = [4, 5, 6, 8, 10, 14];
        for (uint256 i = 0; i < ids.length; ++i) {
            string memory what = handler.broken(ids[i]);
            if (bytes(what).length != 0) assertTrue(false, string.concat("I", vm.toString(ids[i]), ": ", what));
        }
    }

    // ----------------------------------------------------------------------------------------------------------- helpers

    function _promises() private view returns (uint256 margins, uint256 bonds, uint256 collectable) {
        AccountId[] memory all = handler.accounts();
        for (uint256 i = 0; i < all.length; ++i) {
            Account memory account = sys.clearinghouse.account(all[i]);
            assertEq(account.margin, handler.lastMargin(all[i]), "I6: margin moved without its account");
            margins += account.margin;
            if (account.debts != 0) {
                (uint256 part, ) = sys.clearinghouse.debtsTo(all[i]);
                collectable += part;
            }
            for (uint8 m = 0; m < 3; ++m) {
                if (account.openMarkets & (1 << m) == 0) continue;
                bonds += uint256(sys.clearinghouse.position(all[i], MarketId.wrap(m)).bondCents) * 1e16;
            }
        }
    }

    struct Sums {
        uint256 longSize;
        uint256 shortSize;
        uint256 longCost;
        uint256 shortCost;
        uint256 settledLong;
        uint256 settledShort;
        int256 owed; // by the pool to the positions at the last mark, each rounded for itself
    }

    function _checkSums(uint8 m, Market memory market) private view {
        Sums memory s;
        AccountId[] memory all = handler.accounts();
        for (uint256 i = 0; i < all.length; ++i) {
            Position memory p = sys.clearinghouse.position(all[i], MarketId.wrap(m));
            if (p.size > 0) {
                s.longSize += uint256(int256(p.size));
                s.longCost += p.cost;
                s.settledLong += p.settled;
            } else if (p.size < 0) {
                s.shortSize += uint256(-int256(p.size));
                s.shortCost += p.cost;
                s.settledShort += p.settled;
            }
            int256 value = (int256(p.size) * int256(uint256(market.lastPrice))) / 1e18;
            int256 paidIn = int256(uint256(p.settled));
            s.owed += (p.size > 0 ? value - int256(uint256(p.cost)) : int256(uint256(p.cost)) + value) + paidIn;
            s.owed -= FundingLib.owed(p.size, market.fundingIndex, p.fundingEntry);
        }
        assertEq(market.long.sizeBase, s.longSize, "I3: size of longs");
        assertEq(market.short.sizeBase, s.shortSize, "I3: size of shorts");
        assertEq(market.long.cost, s.longCost, "I3: cost of longs");
        assertEq(market.short.cost, s.shortCost, "I3: cost of shorts");
        assertEq(market.settledLong, s.settledLong, "I3: what longs settled");
        assertEq(market.settledShort, s.settledShort, "I3: what shorts settled");

        int256 skew = int256(s.longSize) - int256(s.shortSize);
        uint256 reserve = PriceImpactLib.reserve(skew, market.lastPrice, market.params.skewScaleBase);
        int256 slack = market.mark - int256(reserve) - s.owed;
        assertGe(slack, -ROUNDING, "I3: the pool owes less than its traders are owed");
        assertLe(slack, ROUNDING, "I3: the pool owes more than its traders are owed");
    }
}
