// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {MarketLib} from "../market/MarketLib.sol";
import {OperationLib} from "../margin/OperationLib.sol";
import {BPS, MathLib} from "../math/MathLib.sol";
import {AccountId, toAccountId} from "../types/AccountId.sol";
import {Ledger} from "../types/Ledger.sol";
import {MarketBook, RiskParams} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Attribution, Book, Operation, Outcome, State} from "../types/State.sol";
import {WaterfallLib} from "./WaterfallLib.sol";

/// @title DeficitLib
/// @notice What is left of a liquidated account: the keeper's pay, positions without a price, and the deficit. Linked: too
/// large for the liquidation.
library DeficitLib {
    using MarketLib for MarketBook;
    using MathLib for int256;
    using MathLib for uint256;
    using OperationLib for Operation;
    using SafeCast for int256;

    /// @notice Replays what the positions without a price have missed: what deleveraging owes the account counts before
    /// its deficit.
    function catchUpDead(
        State storage state,
        bytes memory operation,
        Book memory book
    ) external returns (bytes memory) {
        Operation memory op = OperationLib.unpack(operation);
        for (uint256 i = 0; i < book.length; ++i) {
            if (book.prices[i] == 0) op.advance(state, book.markets[i], OperationLib.MAX_EVENTS);
        }
        return op.pack();
    }

    /// @notice Pays the keeper, leaves what cannot be closed to nobody, and divides the deficit over the markets.
    /// @dev Emits {IClearinghouse.AccountLiquidated}, {IClearinghouse.PositionOrphaned}.
    function conclude(
        State storage state,
        bytes memory operation,
        Book memory book,
        Outcome memory outcome,
        address keeper
    ) external returns (bytes memory, Attribution memory attribution) {
        Operation memory op = OperationLib.unpack(operation);
        _payKeeper(state, op, outcome, keeper);
        if (op.margin == 0 && outcome.isAllClosed) _orphanDead(state, op, book);
        emit IClearinghouse.AccountLiquidated(
            op.account,
            keeper,
            outcome.equityBefore,
            outcome.maintenance,
            outcome.closedNotional,
            outcome.penalty,
            outcome.bonds,
            outcome.deficit
        );
        if (outcome.deficit != 0) attribution = _attribute(state, book, outcome);
        return (op.pack(), attribution);
    }

    /// @notice Books what insurance paid and what others bear against each market's insured level.
    /// @dev Rounding: insurance by market down, the last matched market takes the remainder.
    function bookCover(
        State storage state,
        Book memory book,
        uint256[] memory matched,
        uint256 insurancePaid
    ) external {
        uint256[] memory paid = WaterfallLib.shareOut(insurancePaid, matched, 0);
        for (uint256 i = 0; i < book.length; ++i) {
            if (matched[i] == 0) continue;
            MarketBook storage market = state.markets[book.markets[i]];
            market.realised = (market.realised + int256(paid[i])).toInt128();
            // Signed: the remainder of rounding can make a part that was matched by a wei a few wei over-insured.
            market.base = (market.base - int256(matched[i]) + int256(paid[i])).toInt128();
        }
    }

    /// @dev Splits a deficit over the positions that caused it and says how much of each part is a real loss of the pool:
    /// as far as the market's contribution fell below its insured level. The rest is profit the pool was shown, never had.
    /// Rounding: parts down, the last one takes the remainder.
    function _attribute(
        State storage state,
        Book memory book,
        Outcome memory outcome
    ) private returns (Attribution memory found) {
        found.deficit = outcome.deficit;
        found.matchedByMarket = new uint256[](book.length);
        uint256[] memory deficits = WaterfallLib.shareOut(outcome.deficit, outcome.weights, outcome.largest);
        for (uint256 i = 0; i < book.length; ++i) {
            if (deficits[i] == 0) continue;
            MarketBook storage market = state.markets[book.markets[i]];
            market.realise(int256(deficits[i]));
            found.matchedByMarket[i] = deficits[i].min((int256(market.base) - market.contribution()).pos());
            found.matched += found.matchedByMarket[i];
        }
    }

    /// @dev Penalty from what margin is left; bonds come from `Ledger.Orders` even if none is.
    function _payKeeper(State storage state, Operation memory op, Outcome memory outcome, address keeper) private {
        RiskParams memory risk = state.risk;
        if (op.account.owner() == address(0)) op.charge(Ledger.Cash, op.margin.pos()); // nobody owns what is left
        uint256 penalty = outcome.closedNotional.mulDivUp(risk.penaltyBps, BPS).min(uint256(op.margin));
        uint256 toKeeper = penalty.mulDivDown(risk.keeperShareBps, BPS);
        uint256 toInsurance = penalty.mulDivDown(risk.insuranceShareBps, BPS);
        uint256 toPool = penalty - toKeeper - toInsurance;
        op.charge(Ledger.Fees, toKeeper);
        op.charge(Ledger.Insurance, toInsurance);
        op.charge(Ledger.Cash, toPool);
        op.income += toPool;
        op.transfer(Ledger.Orders, Ledger.Fees, outcome.bonds);
        outcome.penalty = penalty;

        uint256 earned = toKeeper + outcome.bonds;
        if (earned != 0) {
            state.keeperFees[keeper] += earned;
            state.keeperFeesTotal += uint128(earned);
        }
        state.accounts[op.account].margin = uint128(uint256(op.margin));
    }

    /// @dev A bankrupt owner leaves its unpriced positions behind, bonds included: whoever closes one later earns its bond.
    function _orphanDead(State storage state, Operation memory op, Book memory book) private {
        for (uint256 i = 0; i < book.length; ++i) {
            if (book.prices[i] != 0) continue;
            MarketId id = book.markets[i];
            if (state.positions[op.account][id].size == 0) continue; // closed by deleveraging
            AccountId orphan = toAccountId(address(0), ++state.orphanCount);
            uint32 bit = uint32(1 << MarketId.unwrap(id));
            state.positions[orphan][id] = state.positions[op.account][id];
            delete state.positions[op.account][id];
            state.accounts[orphan].openMarkets = bit;
            state.accounts[op.account].openMarkets &= ~bit;
            emit IClearinghouse.PositionOrphaned(op.account, id, orphan);
        }
    }
}
