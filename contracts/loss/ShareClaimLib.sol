// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {MathLib} from "../math/MathLib.sol";
import {DebtBook, EraEnd, Purse, ShareClaim, ShareLoss, ShareLosses} from "../types/Loss.sol";
import {DebtLib} from "./DebtLib.sol";

/// @title ShareClaimLib
/// @notice What the holders of shares lost, owed back to those who held at the loss, pro rata and without a loop.
/// @dev A loss buys points in a debt book (see DebtLib) and they fall on all shares alike. To know a holder's part later,
/// imagine one share that has been held since the first loss. After every loss its points and what it has been repaid are
/// put on record. What a share gained between losses i and k is record k less record i and less what record i's points
/// have become since: the same for every share, whoever held it, and whatever was repaid in between. So a holder keeps
/// only the number of the last loss its shares have taken part in, and brings its claim up to date before they change.
///
/// ERAS
/// Nobody walks through eras it missed: the imagined share did. Only points of record i are carried through them, and each
/// divides them by a billion or ends them; eight leave nothing.
///
/// ROUNDING
/// A share's points and repayments are rounded down on record, what record i has become is rounded up, a holder's part
/// down: nobody gains by being touched often, and all parts together are at most what was repaid (I11). A holder loses less
/// than `shares / 1e60` wei and a few wei a touch.
///
/// SCALE
/// 1e36, as for the index of payments, is too coarse for a share: junior is left one basis point of a wipe-out, so each one
/// multiplies the shares a dollar buys by thousands, and after ten there are 1e70. Units: USD WAD, points as in DebtLib.
library ShareClaimLib {
    using DebtLib for DebtBook;
    using MathLib for uint256;
    using SafeCast for uint256;

    uint256 private constant SHARE_SCALE = 1e60;
    uint256 private constant INDEX_SCALE = 1e36;

    /// @dev USD wei of one loss a share can bear. A trillion times the price of the first share; beyond it next to all of
    /// the loss is the virtual shares', and points would outgrow a word.
    uint256 private constant MAX_LOSS_PER_SHARE = 1e6;

    /// @notice Owes `amount` to the holders of all `supply` shares. Never reverts.
    /// @return isOwed False if nobody holds shares that could carry it: then nothing is owed.
    function enter(ShareLosses storage self, uint256 amount, uint256 supply) internal returns (bool isOwed) {
        if (amount == 0 || amount / MAX_LOSS_PER_SHARE >= supply) return false;
        DebtBook storage book = self.book;
        uint32 count = self.count;
        ShareLoss memory loss = self.losses[count];
        (uint256 paid, uint256 points) = book.present(loss.points, loss.paidIndex, loss.era);

        loss.points = points + book.issue(amount).mulDivDown(SHARE_SCALE, supply);
        loss.repaid += paid;
        (loss.paidIndex, loss.era) = (book.paidIndex.toUint160(), book.era);
        // A record nobody started from may take this loss in as well: a cascade of liquidations writes few new words.
        if (count == 0 || self.isSeen) {
            self.count = ++count;
            self.isSeen = false;
        }
        self.losses[count] = loss;
        self.lost = (self.lost + amount).toUint104();
        return true;
    }

    /// @notice The last record, from which somebody's shares start now.
    function see(ShareLosses storage self) internal returns (uint32 count) {
        count = self.count;
        if (count != 0 && !self.isSeen) self.isSeen = true;
    }

    /// @notice Repays at most `amount`, pro rata. The money is in `Ledger.Recovery`.
    /// @return paid What was owed of it.
    function repay(ShareLosses storage self, uint256 amount) internal returns (uint256 paid) {
        paid = amount.min(self.book.outstanding);
        if (paid == 0) return 0;
        self.book.pay(paid);
        self.repaid = (self.repaid + paid).toUint104();
    }

    /// @notice A holder's claim as it stands now, without what its shares have gained since it was last touched.
    function open(ShareLosses storage self, address holder) internal view returns (Purse memory purse) {
        ShareClaim storage claim = self.claims[holder];
        uint256 points = claim.points;
        purse.repaid = claim.repaid;
        if (points == 0) return purse;
        uint256 since;
        (since, purse.points) = self.book.present(points, claim.indexSeen, claim.era);
        purse.repaid += since;
    }

    /// @notice Adds what `shares` have gained by the losses after the first `from` up to the first `to`.
    function gain(
        ShareLosses storage self,
        Purse memory purse,
        uint256 shares,
        uint256 from,
        uint256 to
    ) internal view {
        if (shares == 0 || from >= to) return;
        ShareLoss memory start;
        if (from != 0) start = self.losses[from];
        ShareLoss memory end = self.losses[to];
        (uint256 paidBefore, uint256 pointsBefore) = _carry(self.book, start, end);
        uint256 points = shares.mulDivDown(end.points.zeroFloorSub(pointsBefore), SHARE_SCALE);
        uint256 repaid = (end.repaid - start.repaid).zeroFloorSub(paidBefore);

        // Those of losses long past have been repaid since.
        uint256 since;
        (since, points) = self.book.present(points, end.paidIndex, end.era);
        purse.points += points;
        purse.repaid += shares.mulDivDown(repaid, SHARE_SCALE) + since;
    }

    /// @notice Puts a claim away.
    function close(ShareLosses storage self, address holder, Purse memory purse) internal {
        ShareClaim storage claim = self.claims[holder];
        claim.points = purse.points.toUint160();
        claim.era = self.book.era;
        if (purse.points != 0) claim.indexSeen = self.book.paidIndex.toUint152();
        if (purse.repaid != claim.repaid) claim.repaid = purse.repaid.toUint104();
    }

    /// @notice Brings a claim up to date with the shares in the holder's own hands, before they change.
    function touch(ShareLosses storage self, address holder, uint256 balance) internal {
        uint32 count = see(self);
        ShareClaim storage claim = self.claims[holder];
        uint256 seen = claim.lossesSeen;
        if (seen == count) return;
        Purse memory purse = open(self, holder);
        gain(self, purse, balance, seen, count);
        claim.lossesSeen = count;
        close(self, holder, purse);
    }

    /// @notice USD of what is outstanding that a claim is owed. Rounding: down.
    function owed(ShareLosses storage self, Purse memory purse) internal view returns (uint256) {
        return purse.points == 0 ? 0 : purse.points.mulDivDown(self.book.outstanding, self.book.points);
    }

    /// @dev What the points of one record have been repaid until another, and what they are by then. Rounding: up.
    function _carry(
        DebtBook storage book,
        ShareLoss memory start,
        ShareLoss memory end
    ) private view returns (uint256 paid, uint256 points) {
        points = start.points;
        uint256 seen = start.paidIndex;
        for (uint32 era = start.era; points != 0 && era != end.era; ++era) {
            // The last unit stays for ever and is paid one an era at most.
            if (points == 1) return (paid + end.era - era + 1, 1);
            EraEnd storage passed = book.ends[era];
            paid += points.mulDivUp(passed.paidIndex - seen, INDEX_SCALE);
            points = points.mulDivUp(passed.outstanding, passed.points);
            seen = passed.paidIndex;
        }
        if (points != 0) paid += points.mulDivUp(end.paidIndex - seen, INDEX_SCALE);
    }
}
