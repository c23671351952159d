// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {MathLib} from "../math/MathLib.sol";
import {DebtBook, DebtClaim, EraEnd} from "../types/Loss.sol";

/// @title DebtLib
/// @notice A debt to many, repaid pro rata by two storage writes whatever their number.
/// @dev Each account holds points. What is outstanding belongs to the points in proportion; a payment raises an index by
/// `paid / points`, and an account collects `points * (index now - index seen)`. Somebody who joins when the others have
/// been partly repaid buys points at the present worth of one, so everybody's next dollar is shared by what is still owed.
///
/// ERAS
/// Repayments shrink the worth of a point, and whoever joins a class that is nearly repaid would need astronomically many.
/// When a point is worth less than `REISSUE_BELOW` of a dollar the era ends: old points turn into `outstanding` new ones,
/// worth a dollar each. An account passes the eras it missed one by one; each divides its points by at least
/// `1 / REISSUE_BELOW`, so after a handful nothing is left to pass on.
///
/// ROUNDING
/// Points bought or re-issued, debts read and payments collected round down: dust stays in the ledger and is never
/// claimable. What is owed in all below `DUST` is forgiven.
library DebtLib {
    using MathLib for uint256;
    using SafeCast for uint256;

    /// @dev 1e27 is too coarse for points bought after near-total repayments.
    uint256 private constant INDEX_SCALE = 1e36;

    /// @dev A point worth less than a billionth of a dollar ends the era.
    uint256 private constant REISSUE_BELOW = 1e9;

    /// @dev A billionth of a dollar.
    uint256 private constant DUST = 1e9;

    /// @notice Owes `amount` more to the holder of `claim`. The claim must be collected first.
    function add(DebtBook storage self, DebtClaim storage claim, uint256 amount) internal {
        claim.points += issue(self, amount);
    }

    /// @notice Owes `amount` more, to whoever is given the points.
    function issue(DebtBook storage self, uint256 amount) internal returns (uint256 bought) {
        uint256 outstanding = self.outstanding;
        bought = outstanding == 0 ? amount : amount.mulDivDown(self.points, outstanding);
        self.points += bought;
        self.outstanding = (outstanding + amount).toUint128();
    }

    /// @notice Gives a claim points that were issued earlier, when the index stood at `paidIndex` in `era`.
    /// @return amount What has been repaid to claim and points since.
    function join(
        DebtBook storage self,
        DebtClaim storage claim,
        uint256 points,
        uint256 paidIndex,
        uint32 era
    ) internal returns (uint256 amount) {
        amount = collect(self, claim);
        (uint256 paid, uint256 left) = present(self, points, paidIndex, era);
        claim.points += left;
        amount += paid;
    }

    /// @notice Owes nobody anything any more: what was outstanding is on record as the loss `lossId`.
    /// @return amount What was outstanding.
    function writeOff(DebtBook storage self, uint256 lossId) internal returns (uint256 amount) {
        amount = self.outstanding;
        _endEra(self, amount, lossId);
        (self.outstanding, self.points) = (0, 0);
    }

    /// @notice What of a claim was written off, and as which loss; nothing if none was.
    function writtenOff(
        DebtBook storage self,
        DebtClaim storage claim
    ) internal view returns (uint256 lossId, uint256 amount) {
        amount = claim.points;
        uint32 last = self.era;
        for (uint32 era = claim.era; amount != 0 && era != last; ++era) {
            EraEnd storage end = self.ends[era];
            amount = amount.mulDivDown(end.outstanding, end.points);
            lossId = end.lossId;
            if (lossId != 0) return (lossId, amount);
        }
        amount = 0;
    }

    /// @notice Takes what is owed to one account off the book, because it owes the same itself.
    /// @return forgiven Dust that is no longer owed.
    function setOff(
        DebtBook storage self,
        DebtClaim storage claim,
        uint256 amount
    ) internal returns (uint256 forgiven) {
        uint256 outstanding = self.outstanding;
        // Up: the points given back are worth at least the amount, so nobody else's claim shrinks.
        uint256 given = MathLib.min(claim.points, amount.mulDivUp(self.points, outstanding));
        self.points -= given;
        claim.points -= given;
        self.outstanding = (outstanding - amount).toUint128();
        forgiven = _endEraIfDue(self);
    }

    /// @notice Repays `amount` to all, pro rata.
    /// @return forgiven Dust that is no longer owed.
    function pay(DebtBook storage self, uint256 amount) internal returns (uint256 forgiven) {
        self.paidIndex += amount.mulDivDown(INDEX_SCALE, self.points);
        self.outstanding = (self.outstanding - amount).toUint128();
        forgiven = _endEraIfDue(self);
    }

    /// @notice Moves an account to the present era and index and returns what was repaid to it since.
    function collect(DebtBook storage self, DebtClaim storage claim) internal returns (uint256 amount) {
        (amount, claim.points) = present(self, claim.points, claim.indexSeen, claim.era);
        claim.indexSeen = self.paidIndex;
        claim.era = self.era;
    }

    /// @notice What was repaid to an account and not collected yet.
    function collectable(DebtBook storage self, DebtClaim storage claim) internal view returns (uint256 amount) {
        (amount, ) = present(self, claim.points, claim.indexSeen, claim.era);
    }

    /// @notice What is still owed to an account.
    function owed(DebtBook storage self, DebtClaim storage claim) internal view returns (uint256) {
        (, uint256 points) = present(self, claim.points, claim.indexSeen, claim.era);
        return points == 0 ? 0 : points.mulDivDown(self.outstanding, self.points);
    }

    /// @notice What points have been repaid since the index stood at `seen` in `era`, and what they are in the present era.
    function present(
        DebtBook storage self,
        uint256 oldPoints,
        uint256 seen,
        uint32 era
    ) internal view returns (uint256 amount, uint256 points) {
        points = oldPoints;
        uint32 last = self.era;
        for (; points != 0 && era != last; ++era) {
            EraEnd storage end = self.ends[era];
            amount += points.mulDivDown(end.paidIndex - seen, INDEX_SCALE);
            points = end.lossId == 0 ? points.mulDivDown(end.outstanding, end.points) : 0;
            seen = end.paidIndex;
        }
        if (points != 0) amount += points.mulDivDown(self.paidIndex - seen, INDEX_SCALE);
    }

    function _endEraIfDue(DebtBook storage self) private returns (uint256 forgiven) {
        uint256 outstanding = self.outstanding;
        uint256 points = self.points;
        if (points != 0 && outstanding >= DUST) {
            if (points / REISSUE_BELOW < outstanding) return 0;
        } else {
            forgiven = outstanding;
            outstanding = 0;
        }
        _endEra(self, outstanding, 0);
        self.outstanding = uint128(outstanding);
        self.points = outstanding;
    }

    function _endEra(DebtBook storage self, uint256 outstanding, uint256 lossId) private {
        // An era that ends without points ends for nobody; one is enough to divide by.
        self.ends[self.era] = EraEnd(self.paidIndex, outstanding, self.points.max(1), lossId);
        self.era += 1;
    }
}
