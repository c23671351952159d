// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {MathLib} from "../math/MathLib.sol";
import {LEDGER_COUNT, Ledger} from "../types/Ledger.sol";
import {PoolBook} from "./PoolBook.sol";
import {TrancheLib} from "./TrancheLib.sol";

/// @title PoolEpochs
/// @notice How shares change hands: once an epoch, between a record and a settlement half an hour later, at the price that
/// is worse for whoever comes or goes.
abstract contract PoolEpochs is PoolBook, ReentrancyGuardTransient {
    using MathLib for int256;
    using MathLib for uint256;
    using SafeCast for int256;
    using SafeCast for uint256;

    uint256 private constant SETTLE_DELAY = 30 minutes;

    /// @notice When epoch 0 began, unix seconds.
    uint256 public immutable GENESIS;

    /// @notice Length of an epoch, seconds.
    uint256 public immutable EPOCH_LENGTH;

    /// @dev What the last epoch's record saw; `epoch` counts from 1 so that zero means none.
    struct Recorded {
        uint64 epochPlusOne;
        uint64 recordedAt;
        int128 equity;
        int128 exitValue;
        bool isSettled;
    }

    Recorded private _recorded;

    constructor(uint256 genesis, uint256 epochLength) {
        GENESIS = genesis;
        EPOCH_LENGTH = epochLength;
    }

    /// @inheritdoc ILiquidityPool
    function recordEpoch() external nonReentrant {
        uint256 running = currentEpoch();
        // The epoch that has just ended is `running - 1`; stored plus one.
        if (running == 0) revert LiquidityPool_EpochNotOver(0, GENESIS + EPOCH_LENGTH, block.timestamp);
        if (_recorded.epochPlusOne >= running) revert LiquidityPool_EpochAlreadyRecorded(running - 1);
        _clearinghouse.markAll();
        _clearinghouse.recordBases();
        int256 equity_ = equity();
        int256 exit = exitValue();
        _recorded = Recorded(uint64(running), uint64(block.timestamp), equity_.toInt128(), exit.toInt128(), false);
        emit EpochRecorded(running - 1, equity_, exit);
    }

    /// @inheritdoc ILiquidityPool
    function settleEpoch() external nonReentrant {
        Recorded memory seen = _recorded;
        if (seen.epochPlusOne == 0 || seen.isSettled) revert LiquidityPool_NothingRecorded(currentEpoch());
        uint256 epoch = seen.epochPlusOne - 1;
        if (block.timestamp < seen.recordedAt + SETTLE_DELAY) {
            revert LiquidityPool_TooEarlyToSettle(epoch, seen.recordedAt + SETTLE_DELAY, block.timestamp);
        }
        _recorded.isSettled = true;
        _clearinghouse.markAll();
        _assignSurplus();

        int256 entry = MathLib.max(int256(seen.equity), equity());
        int256 exit = MathLib.min(int256(seen.exitValue), exitValue());
        uint256 free = freeCapital();
        _settleTranches(epoch, entry, exit, free);
        _clearinghouse.applyBases();
        if (_unpaid != 0) _clearinghouse.payDebts();

        int256 equity_ = equity();
        _belowPrincipalSince = _below(equity_, _principal);
        _noteOverdue(equity_);
        emit EpochSettled(epoch, equity_, _principal, _floor, free);
    }

    /// @dev What one tranche's requests are settled at.
    struct Terms {
        uint256 navIn; // for deposits
        uint256 navOut; // for redemptions
        uint256 limit; // USD that redemptions may take
        bool isOpen; // whether deposits settle or wait
    }

    function _settleTranches(uint256 epoch, int256 entry, int256 exit, uint256 free) private {
        uint256 principal_ = _principal;
        bool isWhole = equity() >= int256(principal_);
        Terms memory senior;
        Terms memory junior;
        (senior.navIn, junior.navIn) = TrancheLib.navs(entry, principal_);
        (senior.navOut, junior.navOut) = TrancheLib.navs(exit, principal_);
        (senior.limit, junior.limit) = TrancheLib.shareFree(
            free,
            _senior.redemptionsAsked(epoch, senior.navOut),
            _junior.redemptionsAsked(epoch, junior.navOut)
        );
        // Nobody owns an empty junior tranche: its surplus was assigned above, and what the record still shows of it would
        // only make the first depositor pay the virtual shares.
        if (_junior.totalSupply() == 0) junior.navIn = 0;
        // Until senior is whole again or written down, nobody joins: a newcomer's part of T would be more than it paid, and
        // its shares would be owed back a loss from before its time (P6).
        (senior.isOpen, junior.isOpen) = (isWhole, isWhole);

        _settleTranche(_junior, epoch, junior);
        ITranche.Outcome memory outcome = _settleTranche(_senior, epoch, senior);
        (uint256 principalAfter, uint256 floorAfter) = TrancheLib.moveSenior(
            principal_,
            _floor,
            _seniorFloorBps,
            outcome
        );
        _principal = principalAfter.toUint112();
        _floor = floorAfter.toUint104();
    }

    /// @dev Counted at net asset value, until the next settlement.
    function _noteOverdue(int256 equity_) private {
        (uint256 seniorNav, uint256 juniorNav) = TrancheLib.navs(equity_, _principal);
        uint256 overdue = _senior.redemptionsOverdue(seniorNav) + _junior.redemptionsOverdue(juniorNav);
        if (overdue == 0 && !_hasOverdue) return;
        _overdue = overdue.toUint128();
        _hasOverdue = overdue != 0;
    }

    function _settleTranche(
        ITranche tranche,
        uint256 epoch,
        Terms memory terms
    ) private returns (ITranche.Outcome memory) {
        return tranche.settle(epoch, terms.navIn, terms.navOut, terms.limit, terms.isOpen);
    }

    /// @dev What no junior share owns is senior's; what no share owns at all goes to the insurance fund.
    function _assignSurplus() private {
        if (_junior.totalSupply() != 0) return;
        int256 equity_ = equity();
        if (_senior.totalSupply() != 0) {
            if (equity_ > int256(uint256(_principal))) _principal = uint256(equity_).toUint112();
            return;
        }
        _principal = 0;
        _floor = 0;
        uint256 surplus = equity_.pos().min(VAULT.balanceOf(Ledger.Cash));
        if (surplus == 0 || _openNotional != 0) return;
        int256[LEDGER_COUNT] memory flows;
        flows[uint256(Ledger.Cash)] = -int256(surplus);
        flows[uint256(Ledger.Insurance)] = int256(surplus);
        VAULT.post(flows);
    }

    /// @inheritdoc ILiquidityPool
    function currentEpoch() public view returns (uint256) {
        return (block.timestamp - GENESIS) / EPOCH_LENGTH;
    }

    /// @inheritdoc ILiquidityPool
    function lastRecord() external view returns (uint256, uint256, int256, int256, bool) {
        Recorded memory seen = _recorded;
        uint256 epoch = seen.epochPlusOne == 0 ? 0 : seen.epochPlusOne - 1;
        return (epoch, seen.recordedAt, seen.equity, seen.exitValue, seen.isSettled);
    }
}
