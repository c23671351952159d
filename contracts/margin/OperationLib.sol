// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {DebtLib} from "../loss/DebtLib.sol";
import {TraderClaimLib} from "../loss/TraderClaimLib.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {SideBookLib} from "../market/SideBookLib.sol";
import {CENT, MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {LEDGER_COUNT, Ledger} from "../types/Ledger.sol";
import {DEBT_CLASSES, DebtBook, DebtClaim, DebtClass, LossClaim, TraderLosses} from "../types/Loss.sol";
import {Account, MarketBook, Position} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Replay, SideBook} from "../types/SideBook.sol";
import {Operation, State} from "../types/State.sol";
import {PositionLib} from "./PositionLib.sol";

/// @title OperationLib
/// @notice One operation on one account: what it owes and is owed is netted in memory, then money moves once.
/// @dev Every ledger move goes through {transfer}, which names both legs, so the flows of an operation sum to zero.
library OperationLib {
    using DebtLib for DebtBook;
    using MarketLib for MarketBook;
    using MathLib for int256;
    using MathLib for uint256;
    using PositionLib for Position;
    using SideBookLib for SideBook;
    using TraderClaimLib for TraderLosses;

    /// @dev Deleveraging events one operation replays per position: bounds its gas, of eight positions that have missed so
    /// many below 8,000,000. Whoever missed more is replayed first.
    uint256 internal constant MAX_EVENTS = 48;

    /// @dev Words of an {Operation} in memory, its flows apart, and which of them points to the flows.
    uint256 private constant HEAD_WORDS = 16;
    uint256 private constant FLOWS_WORD = 5;

    /// @notice An operation as it crosses the border of a linked library, and comes back.
    /// @dev Coded field by field, each crossing would cost 2,500 gas; as bytes it is a copy.
    function pack(Operation memory op) internal pure returns (bytes memory packed) {
        uint256 size = (HEAD_WORDS + LEDGER_COUNT) * 32;
        int256[LEDGER_COUNT] memory flows = op.flows;
        assembly ("memory-safe") {
            packed := mload(0x40)
            mstore(packed, size)
            mcopy(add(packed, 32), op, mul(HEAD_WORDS, 32))
            mcopy(add(packed, mul(add(HEAD_WORDS, 1), 32)), flows, mul(LEDGER_COUNT, 32))
            mstore(0x40, add(add(packed, 32), size))
        }
    }

    /// @notice What {pack} has made, as it was. The bytes are the operation from then on.
    function unpack(bytes memory packed) internal pure returns (Operation memory op) {
        assert(packed.length == (HEAD_WORDS + LEDGER_COUNT) * 32);
        assembly ("memory-safe") {
            op := add(packed, 32)
            mstore(add(op, mul(FLOWS_WORD, 32)), add(op, mul(HEAD_WORDS, 32)))
        }
    }

    /// @notice Starts an operation: what has been repaid to the account becomes margin.
    function begin(Operation memory op, State storage state, AccountId account) internal {
        op.account = account;
        Account storage stored = state.accounts[account];
        op.margin = int256(uint256(stored.margin));
        if (stored.debts == 0) return;

        DebtClaim[DEBT_CLASSES] storage claims = state.claims[account];
        uint256 collected;
        uint8 stillOwed;
        for (uint256 i = 0; i < DEBT_CLASSES; ++i) {
            (uint256 lossId, uint256 lost) = state.debts[i].writtenOff(claims[i]);
            if (lost != 0) state.losses.join(state.lossClaims[account], lossId, lost);
            collected += state.debts[i].collect(claims[i]);
            if (claims[i].points != 0) stillOwed |= uint8(1 << i);
        }
        stored.debts = stillOwed;
        transfer(op, Ledger.Recovery, Ledger.Margin, collected);
        op.margin += int256(collected);
    }

    /// @notice Moves money between two ledgers.
    function transfer(Operation memory op, Ledger from, Ledger to, uint256 amount) internal pure {
        op.flows[uint256(from)] -= int256(amount);
        op.flows[uint256(to)] += int256(amount);
    }

    /// @notice Takes money from the account's margin, which may go below zero until {settleMoney}.
    function charge(Operation memory op, Ledger to, uint256 amount) internal pure {
        transfer(op, Ledger.Margin, to, amount);
        op.margin -= int256(amount);
    }

    /// @notice Gives money to the account's margin.
    function refund(Operation memory op, Ledger from, uint256 amount) internal pure {
        transfer(op, from, Ledger.Margin, amount);
        op.margin += int256(amount);
    }

    /// @notice Owes the account `toTrader` more (negative: less) for what happened in `market`.
    function credit(Operation memory op, MarketBook storage market, int256 toTrader, uint256 returned) internal {
        op.net += toTrader;
        op.returned += returned;
        market.realise(toTrader);
    }

    /// @notice Takes a position out of its market to change it: accrues, replays what it missed, charges funding, leaves the
    /// sums without it. One that deleveraging has closed comes back with size zero, its bond returned.
    /// @dev Requirements: it missed at most {MAX_EVENTS} events, else {IDeleveraging.Clearinghouse_TooManyEvents}.
    function take(
        Operation memory op,
        State storage state,
        MarketId id,
        uint256 price
    ) internal returns (Position memory position) {
        MarketBook storage market = state.markets[id];
        op.income += market.touch(price);
        position = state.positions[op.account][id];
        if (position.size == 0) return position;
        SideBook storage side = market.sideOf(position.size > 0);
        if (!catchUp(op, state, id, position, MAX_EVENTS)) {
            revert IDeleveraging.Clearinghouse_TooManyEvents(op.account, id, MAX_EVENTS);
        }
        drop(op, state, id, side, position);
        if (position.size != 0) credit(op, market, position.settleFunding(market.fundingIndex), 0);
    }

    /// @notice {catchUp} for a position that stays where it is; needs no price. The mark moves by funding and variation
    /// margin of what was closed.
    /// @return isComplete False if events are left.
    function advance(
        Operation memory op,
        State storage state,
        MarketId id,
        uint256 maxEvents
    ) internal returns (bool isComplete) {
        Position memory position = state.positions[op.account][id];
        uint256 cursor = position.eventCursor;
        MarketBook storage market = state.markets[id];
        SideBook storage side = market.sideOf(position.size > 0);
        isComplete = catchUp(op, state, id, position, maxEvents);
        if (position.eventCursor == cursor) return isComplete;
        if (position.size == 0) {
            drop(op, state, id, side, position);
            delete state.positions[op.account][id];
        } else {
            state.positions[op.account][id] = position;
        }
        op.marks += market.remark(market.lastPrice);
    }

    /// @notice Takes a position that has missed nothing out of the sums. One of size zero, closed by deleveraging, gives its
    /// bond back, as any other that ends without a keeper.
    function drop(
        Operation memory op,
        State storage state,
        MarketId id,
        SideBook storage side,
        Position memory position
    ) internal {
        uint256 costBefore = side.cost;
        side.remove(position);
        op.openNotional += int256(uint256(side.cost)) - int256(costBefore);
        if (position.size != 0) return;
        refund(op, Ledger.Orders, uint256(position.bondCents) * CENT);
        (position.bondCents, position.cost) = (0, 0);
        state.accounts[op.account].openMarkets &= ~uint32(1 << MarketId.unwrap(id));
    }

    /// @notice Replays at most `maxEvents` of the events a position in memory has missed: what deleveraging closed is paid
    /// from `Ledger.PendingPnl`, what it withheld becomes a claim.
    /// @dev Emits {IDeleveraging.DeleveragingReplayed} if something was missed.
    /// @return isComplete False if events are left.
    function catchUp(
        Operation memory op,
        State storage state,
        MarketId id,
        Position memory position,
        uint256 maxEvents
    ) internal returns (bool isComplete) {
        MarketBook storage market = state.markets[id];
        uint256 cursor = position.eventCursor;
        Replay memory r = market.sideOf(position.size > 0).replay(position, maxEvents);
        if (r.losses.length == 0) return r.isComplete; // no event found
        refund(op, Ledger.PendingPnl, r.credit);
        credit(op, market, int256(r.returned) - r.fundingOwed, r.returned);
        // What an ownerless position lost belongs to nobody.
        LossClaim storage claim = state.lossClaims[op.account];
        for (uint256 i = 0; i < r.lossCount; ++i) state.losses.join(claim, r.losses[i].lossId, r.losses[i].amount);
        emit IDeleveraging.DeleveragingReplayed(
            op.account,
            id,
            cursor,
            position.eventCursor,
            r.credit,
            r.cut,
            position.size,
            position.cost
        );
        return r.isComplete;
    }

    /// @notice Puts a position back, or deletes it at size zero, and stores the mark.
    function put(
        Operation memory op,
        State storage state,
        MarketId id,
        Position memory position,
        uint256 price
    ) internal {
        MarketBook storage market = state.markets[id];
        if (position.size == 0) {
            delete state.positions[op.account][id];
        } else {
            market.sideOf(position.size > 0).insert(position);
            op.openNotional += int256(uint256(position.cost));
            state.positions[op.account][id] = position;
        }
        op.marks += market.remark(price);
    }

    /// @notice What the pool still owes the account from earlier operations.
    function owedTo(State storage state, AccountId account) internal view returns (uint256 owed) {
        if (state.accounts[account].debts == 0) return 0;
        DebtClaim[DEBT_CLASSES] storage claims = state.claims[account];
        for (uint256 i = 0; i < DEBT_CLASSES; ++i) owed += state.debts[i].owed(claims[i]);
    }

    /// @notice What has been repaid to the account and not become margin yet.
    function collectableBy(State storage state, AccountId account) internal view returns (uint256 collectable) {
        if (state.accounts[account].debts == 0) return 0;
        DebtClaim[DEBT_CLASSES] storage claims = state.claims[account];
        for (uint256 i = 0; i < DEBT_CLASSES; ++i) collectable += state.debts[i].collectable(claims[i]);
    }

    /// @notice Margin as {settleMoney} would leave it: negative means a shortfall.
    function marginAfter(Operation memory op, State storage state) internal view returns (int256) {
        if (op.net >= 0) return op.margin + int256(_payable(op));
        int256 left = op.margin + op.net;
        if (left >= 0) return left;
        return left + MathLib.min(-left, MathLib.min(-op.net, int256(owedTo(state, op.account))));
    }

    /// @notice Carries out the net: profit from cash or as a debt, loss from margin, from what the pool owes the account,
    /// and what is left as a deficit, which the caller must absorb.
    /// @return deficit What margin lacks, zero if none; margin is zero then.
    function settleMoney(Operation memory op, State storage state) internal returns (uint256 deficit) {
        if (op.net >= 0) {
            uint256 profit = uint256(op.net);
            uint256 paid = _payable(op);
            refund(op, Ledger.Cash, paid);
            if (profit > paid) _owe(op, state, profit, paid);
        } else {
            uint256 loss = uint256(-op.net);
            uint256 missing = (int256(loss) - op.margin).pos().min(loss);
            if (missing != 0) loss -= _setOff(op, state, missing);
            charge(op, Ledger.Cash, loss);
        }
        op.net = 0;
        if (op.margin < 0) {
            deficit = uint256(-op.margin);
            // Booked as paid and written off at once: what is left in the flows is what the margin really held.
            refund(op, Ledger.Cash, deficit);
        }
        state.accounts[op.account].margin = uint128(uint256(op.margin));
    }

    /// @notice Ends an operation outside a liquidation, or says that margin is short.
    /// @dev Emits {IClearinghouse.MarginSettled} if something was netted.
    function finish(Operation memory op, State storage state) internal {
        op.isShort = marginAfter(op, state) < 0;
        if (op.isShort) return;
        int256 net = op.net;
        settleMoney(op, state);
        if (net != 0) emit IClearinghouse.MarginSettled(op.account, net, op.unpaid, uint256(op.margin));
    }

    /// @dev Older debts come first, so nobody is paid from cash while something is outstanding.
    function _payable(Operation memory op) private pure returns (uint256) {
        if (op.debtsBefore != 0) return 0;
        return uint256(op.net).min((int256(op.cash) + op.flows[uint256(Ledger.Cash)]).pos());
    }

    function _owe(Operation memory op, State storage state, uint256 profit, uint256 paid) private {
        uint256 returnUnpaid = op.returned.min(profit).zeroFloorSub(paid);
        uint256 profitUnpaid = profit - paid - returnUnpaid;
        DebtClaim[DEBT_CLASSES] storage claims = state.claims[op.account];
        uint8 debts = state.accounts[op.account].debts;
        if (returnUnpaid != 0) {
            debts |= _addTo(state, claims, DebtClass.SettledReturn, returnUnpaid);
        }
        if (profitUnpaid != 0) {
            debts |= _addTo(state, claims, DebtClass.UnpaidProfit, profitUnpaid);
        }
        state.accounts[op.account].debts = debts;
        op.unpaid += int256(profit - paid);
    }

    function _addTo(
        State storage state,
        DebtClaim[DEBT_CLASSES] storage claims,
        DebtClass class,
        uint256 amount
    ) private returns (uint8 flag) {
        uint256 i = uint256(class);
        // Brings a claim that is new, or of an era that has ended, to the present one; nothing is there to collect.
        state.debts[i].collect(claims[i]);
        state.debts[i].add(claims[i], amount);
        return uint8(1 << i);
    }

    /// @dev The junior class first: what the account keeps is the better claim.
    function _setOff(Operation memory op, State storage state, uint256 amount) private returns (uint256 done) {
        if (state.accounts[op.account].debts == 0) return 0;
        DebtClaim[DEBT_CLASSES] storage claims = state.claims[op.account];
        for (uint256 i = DEBT_CLASSES; i > 0 && done < amount; --i) {
            uint256 part = (amount - done).min(state.debts[i - 1].owed(claims[i - 1]));
            if (part == 0) continue;
            uint256 forgiven = state.debts[i - 1].setOff(claims[i - 1], part);
            op.unpaid -= int256(part + forgiven);
            done += part;
        }
    }
}
