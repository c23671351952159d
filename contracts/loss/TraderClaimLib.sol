// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {MathLib} from "../math/MathLib.sol";
import {DebtBook, LossClaim, LossEvent, TraderLosses} from "../types/Loss.sol";
import {DebtLib} from "./DebtLib.sol";

/// @title TraderClaimLib
/// @notice What deleveraging and write-offs took from traders, owed back pro rata to those who held at the loss.
/// @dev A loss falls on many at once, so it is issued as points to nobody in particular. Whoever is touched later takes its
/// part of them, counted from the loss: what was repaid in between is collected at once, so registering late loses
/// nothing. Units: USD WAD. Rounding: down, against the claimant; the dust stays in the ledger.
library TraderClaimLib {
    using DebtLib for DebtBook;
    using MathLib for uint256;
    using SafeCast for uint256;

    uint256 private constant RATE_SCALE = 1e36;

    /// @dev USD wei of every claim that stay in the ledger. Positions that have replayed a closing are worth up to their
    /// part of its rounding reserve more than their bucket says, so the claims of a later haircut can pass what it
    /// collected by some 1e5 wei: with this, the last to collect is never short.
    uint256 internal constant HELD_BACK = 1e9;

    /// @notice The id the next loss will have.
    function nextId(TraderLosses storage self) internal view returns (uint32) {
        return self.count + 1;
    }

    /// @notice Puts a loss of many on record. Nothing if `amount` is zero.
    function enter(TraderLosses storage self, uint256 amount) internal {
        if (amount == 0) return;
        (uint256 paidIndex, uint32 era) = (self.book.paidIndex, self.book.era);
        uint256 points = self.book.issue(amount);
        self.lost = (self.lost + amount).toUint112();
        self.events[++self.count] = LossEvent(paidIndex, points.mulDivDown(RATE_SCALE, amount).toUint160(), era);
    }

    /// @notice Gives somebody its part of a loss.
    function join(TraderLosses storage self, LossClaim storage claim, uint256 lossId, uint256 amount) internal {
        LossEvent storage loss = self.events[lossId];
        uint256 points = amount.mulDivDown(loss.rate, RATE_SCALE);
        claim.repaid += self.book.join(claim.claim, points, loss.paidIndex, loss.era);
    }

    /// @notice Repays at most `amount`, pro rata. The caller moves the money to `Ledger.Recovery`.
    /// @return paid What was owed of it.
    function repay(TraderLosses storage self, uint256 amount) internal returns (uint256 paid) {
        paid = amount.min(self.book.outstanding);
        if (paid == 0) return 0;
        self.book.pay(paid);
        self.repaid = (self.repaid + paid).toUint112();
    }

    /// @notice Moves what was repaid to somebody into its hands. The caller writes down what it pays.
    /// @return due What it can be paid now.
    function collect(TraderLosses storage self, LossClaim storage claim) internal returns (uint256 due) {
        claim.repaid += self.book.collect(claim.claim);
        due = claim.repaid.zeroFloorSub(HELD_BACK);
    }

    /// @notice What somebody can be paid now, and what it is still owed.
    function claimOf(
        TraderLosses storage self,
        LossClaim storage claim
    ) internal view returns (uint256 due, uint256 outstanding) {
        due = (claim.repaid + self.book.collectable(claim.claim)).zeroFloorSub(HELD_BACK);
        outstanding = self.book.owed(claim.claim);
    }
}
