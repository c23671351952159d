// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MathLib} from "../math/MathLib.sol";
import {EpochBatch} from "../types/EpochBatch.sol";

/// @title EpochBookLib
/// @notice One side of an epoch vault: units wait under ids, are filled at one price for all, and become proceeds.
/// @dev The same code serves deposits (units USD, proceeds shares) and redemptions (units shares, proceeds USD).
///
/// A settlement writes one batch, whatever the number of controllers: how much of the id was filled and what for. The rest
/// moves to the next id. A controller's own calls walk its units through the batches they went through, applying each
/// batch's fill: `filled = ceil(u * F / U)`, `proceeds = floor(u * P / U)`, and `u - filled` goes on to the next id.
///
/// ROUNDING
/// Proceeds and what goes on are rounded down, both against the claimer. By induction the units of all controllers in an
/// id add up to at most the batch's, so their proceeds add up to at most the batch's. Each loses less than one wei of
/// units and one of proceeds an id. Wholly filled batches (every deposit batch is) lose no units, nor do those given back.
library EpochBookLib {
    /// @dev Ids one call folds or walks: bounds its gas. What is left is done by the next call.
    uint256 internal constant MAX_IDS = 64;

    /// @dev One controller's units: those walked so far, and what they became.
    struct Claimant {
        // slot 0: 64 * 4
        uint64 cursor; // first id not walked
        uint64 lastId; // last id with a request of its own; 0: never requested
        uint64 filledId; // last id that filled some
        uint64 lossesSeen; // for the vault on top: losses the units (deposits: proceeds) have taken part in
        uint256 carried; // units that ids before the cursor left
        uint256 filled; // units filled and not claimed
        uint256 proceeds; // of `filled`, not claimed
        uint256 returned; // units given back and not taken
    }

    struct Book {
        // slot 0: 64 + 64
        uint64 nextId; // first id that may wait; those below are settled
        uint64 lastId; // last id that may wait; below `nextId`: nothing waits
        mapping(uint256 id => EpochBatch) batches; // settled below `nextId`
        mapping(address controller => Claimant) claimants;
        mapping(address controller => mapping(uint256 id => uint256 units)) requested;
    }

    /// @dev What an id turned into proceeds, of one controller.
    struct Fill {
        uint256 id;
        uint256 units;
        uint256 proceeds;
    }

    /// @notice Adds a request of a controller that was just walked. `id` never falls from one call to the next.
    function request(Book storage self, uint256 id, address controller, Claimant memory c, uint256 units) internal {
        // An empty book starts at the request: stretches without any are never walked.
        if (isEmpty(self)) self.nextId = uint64(id);
        self.lastId = uint64(id);
        self.batches[id].units += units;

        if (isIdle(c)) c.cursor = uint64(id);
        c.lastId = uint64(id);
        self.claimants[controller] = c;
        self.requested[controller][id] += units;
    }

    /// @notice Takes back part of a request of an id that is not settled. The caller checks the amount.
    function cancel(Book storage self, uint256 id, address controller, uint256 units) internal {
        self.batches[id].units -= units;
        self.requested[controller][id] -= units;
    }

    /// @notice Moves everything that waits up to `epoch` into the id `epoch`, 64 ids a call.
    /// @return units What waits there then; 0 also when `epoch` is settled already.
    /// @return isReached False if ids are left for another call.
    function fold(Book storage self, uint256 epoch) internal returns (uint256 units, bool isReached) {
        if (isEmpty(self) || self.nextId > epoch) return (0, true);

        uint256 id = self.nextId;
        uint256 last = self.lastId;
        uint256 end = MathLib.min(epoch, id + MAX_IDS);
        for (; id < end; ++id) {
            uint256 left = self.batches[id].units;
            if (left == 0) continue;
            self.batches[id + 1].units += left;
            last = MathLib.max(last, id + 1);
        }
        self.nextId = uint64(id);
        self.lastId = uint64(last);
        if (id < epoch) return (0, false);
        return (self.batches[epoch].units, true);
    }

    /// @notice Fills part of a folded id for all its controllers alike; the rest passes to the next id. What is filled for
    /// nothing is given back.
    function fill(Book storage self, uint256 epoch, uint256 filled, uint256 proceeds) internal {
        if (isEmpty(self) || self.nextId != epoch) return;

        EpochBatch storage batch = self.batches[epoch];
        uint256 left = batch.units - filled;
        batch.filled = filled;
        batch.proceeds = proceeds;
        self.nextId = uint64(epoch + 1);
        if (left == 0) return;
        self.batches[epoch + 1].units += left;
        if (self.lastId <= epoch) self.lastId = uint64(epoch + 1);
    }

    /// @notice Claims by units: `proceeds` rounded down to a multiple of `step`; the fraction stays with the claimant.
    function take(
        Book storage self,
        address controller,
        Claimant memory c,
        uint256 units,
        uint256 step
    ) internal returns (uint256 proceeds) {
        if (units != 0) {
            proceeds = MathLib.mulDivDown(c.proceeds, units, c.filled);
            proceeds -= proceeds % step;
        }
        _save(self, controller, c, units, proceeds);
    }

    /// @notice Claims by proceeds: the units used up are rounded up to a multiple of `step`.
    function takeExact(
        Book storage self,
        address controller,
        Claimant memory c,
        uint256 proceeds,
        uint256 step
    ) internal returns (uint256 units) {
        if (proceeds != 0) {
            units = MathLib.mulDivUp(c.filled, proceeds, c.proceeds);
            units = MathLib.min(c.filled, MathLib.mulDivUp(units, 1, step) * step);
        }
        _save(self, controller, c, units, proceeds);
    }

    /// @notice A controller's state after walking at most 64 settled ids.
    function walk(Book storage self, address controller) internal view returns (Claimant memory c) {
        (c, ) = _walk(self, controller, 0, new Fill[](0));
    }

    /// @notice The same, with what each id filled on the way, the rest of the list empty.
    function walkFills(
        Book storage self,
        address controller
    ) internal view returns (Claimant memory c, Fill[] memory fills) {
        c = self.claimants[controller];
        if (isWalked(self, c)) return (c, fills);
        fills = new Fill[](MathLib.min(self.nextId - c.cursor, MAX_IDS));
        (c, ) = _walk(self, controller, 0, fills);
    }

    /// @notice Keeps what a walk found.
    function save(Book storage self, address controller, Claimant memory c) internal {
        self.claimants[controller] = c;
    }

    /// @notice Whether a walk came to the last settled id, or to the controller's last unit.
    function isWalked(Book storage self, Claimant memory c) internal view returns (bool) {
        return c.cursor >= self.nextId || isIdle(c);
    }

    /// @notice Units of a controller that wait in `id`; 0 for all ids together.
    function pending(Book storage self, address controller, uint256 id) internal view returns (uint256 units) {
        Claimant memory c = walk(self, controller);
        if (isIdle(c)) return 0;
        if (id != 0) {
            if (id < c.cursor) return 0;
            return self.requested[controller][id] + (id == c.cursor ? c.carried : 0);
        }
        units = c.carried;
        for (id = c.cursor; id <= c.lastId; ++id) units += self.requested[controller][id];
    }

    /// @notice Units of a controller that `id` filled and that are not claimed; 0 for all ids together.
    function claimable(Book storage self, address controller, uint256 id) internal view returns (uint256 units) {
        if (id == 0) return walk(self, controller).filled;
        Claimant storage stored = self.claimants[controller];
        (, units) = _walk(self, controller, id, new Fill[](0));
        if (id == stored.filledId) units += stored.filled;
    }

    /// @notice Units that {fold} would find in `epoch`.
    function asked(Book storage self, uint256 epoch) internal view returns (uint256 units) {
        if (isEmpty(self) || self.nextId > epoch || epoch - self.nextId > MAX_IDS) return 0;
        for (uint256 id = self.nextId; id <= epoch; ++id) units += self.batches[id].units;
    }

    /// @notice Whether nothing waits under any id.
    function isEmpty(Book storage self) internal view returns (bool) {
        return self.lastId < self.nextId || self.lastId == 0;
    }

    function _save(Book storage self, address controller, Claimant memory c, uint256 units, uint256 proceeds) private {
        c.filled -= units;
        c.proceeds -= proceeds;
        save(self, controller, c);
    }

    /// @dev `filledInId`: what the id `watched` filled on the way. A list that is not empty takes all fills.
    function _walk(
        Book storage self,
        address controller,
        uint256 watched,
        Fill[] memory fills
    ) private view returns (Claimant memory c, uint256 filledInId) {
        uint256 n;
        c = self.claimants[controller];
        uint256 end = MathLib.min(self.nextId, c.cursor + MAX_IDS);
        while (c.cursor < end && !isIdle(c)) {
            uint256 id = c.cursor++;
            uint256 units = c.carried + self.requested[controller][id];
            if (units == 0) continue;

            EpochBatch memory batch = self.batches[id];
            if (batch.filled == 0) {
                c.carried = units;
                continue;
            }
            if (batch.proceeds == 0) {
                c.returned += units;
                c.carried = 0;
                continue;
            }
            uint256 filled = MathLib.mulDivUp(units, batch.filled, batch.units);
            c.carried = units - filled;
            c.filled += filled;
            uint256 proceeds = MathLib.mulDivDown(units, batch.proceeds, batch.units);
            c.proceeds += proceeds;
            c.filledId = uint64(id);
            if (fills.length != 0) fills[n++] = Fill(id, filled, proceeds);
            if (id == watched) filledInId = filled;
        }
    }

    /// @notice Nothing of this controller waits.
    /// @dev A cursor past the last own request with nothing carried has nothing to find.
    function isIdle(Claimant memory c) internal pure returns (bool) {
        return c.carried == 0 && (c.lastId < c.cursor || c.lastId == 0);
    }
}
