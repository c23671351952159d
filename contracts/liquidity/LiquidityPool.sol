// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Wired} from "../governance/Wired.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IVault} from "../interfaces/IVault.sol";
import {WaterfallLib} from "../loss/WaterfallLib.sol";
import {BPS, MathLib} from "../math/MathLib.sol";
import {LEDGER_COUNT, Ledger} from "../types/Ledger.sol";
import {TrancheLib} from "./TrancheLib.sol";

/// @title LiquidityPool
/// @notice The counterparty of every trade: its equity, the line between senior and junior, and the epochs at which
/// shares change hands.
contract LiquidityPool is ILiquidityPool, AccessManaged, ReentrancyGuardTransient, Wired {
    using MathLib for int256;
    using MathLib for uint256;
    using SafeCast for int256;
    using SafeCast for uint256;

    uint256 private constant SETTLE_DELAY = 30 minutes;
    uint256 private constant RESET_DELAY = 24 hours;

    /// @notice Where the money is.
    IVault public immutable VAULT;

    /// @notice When epoch 0 began, unix seconds.
    uint256 public immutable GENESIS;

    /// @notice Length of an epoch, seconds.
    uint256 public immutable EPOCH_LENGTH;

    // slot: 112 + 104 + 40
    int112 private _markTotal;
    uint104 private _unpaid;
    uint40 private _belowPrincipalSince; // zero while E >= T
    // slot: 112 + 128 + 8 + 8
    uint112 private _principal;
    uint128 private _openNotional;
    bool private _hasClaims; // any of the next slot is not zero: who trades need not read it
    bool private _hasOverdue; // the same of the slot after it
    // slot: 128 + 128, what the tranches say
    uint128 private _seniorClaims;
    uint128 private _juniorClaims;
    // slot: 128, at the last settlement
    uint128 private _overdue; // USD asked for by redemptions that three settlements or more could not pay
    // slot: 104 + 104 + 16 * 3
    uint104 private _floor;
    uint104 private _minTranche;
    uint16 private _seniorFloorBps;
    uint16 private _seniorWeightBps;
    uint16 private _juniorWeightBps;

    IClearinghouse private _clearinghouse;
    address private _waterfall;
    ITranche private _senior;
    ITranche private _junior;

    /// @dev What the last epoch's record saw; `epoch` counts from 1 so that zero means none.
    struct Recorded {
        uint64 epochPlusOne;
        uint64 recordedAt;
        int128 equity;
        int128 exitValue;
        bool isSettled;
    }

    Recorded private _recorded;

    constructor(
        address authority_,
        IVault vault,
        uint256 genesis,
        uint256 epochLength,
        uint16 seniorFloorBps,
        uint16 seniorWeightBps,
        uint16 juniorWeightBps,
        uint128 minTranche
    ) AccessManaged(authority_) {
        VAULT = vault;
        GENESIS = genesis;
        EPOCH_LENGTH = epochLength;
        _setParams(seniorFloorBps, seniorWeightBps, juniorWeightBps, minTranche);
    }

    /// @notice Fixes for good whom the pool works with.
    /// @dev Requirements: the deployer, once, else the errors of {Wired}.
    function wire(IClearinghouse clearinghouse, address waterfall, ITranche senior, ITranche junior) external onlyOnce {
        _clearinghouse = clearinghouse;
        _waterfall = waterfall;
        _senior = senior;
        _junior = junior;
    }

    // ------------------------------------------------------------------------------------------------- running totals

    /// @inheritdoc ILiquidityPool
    function record(Change calldata change) external returns (Standing memory standing) {
        if (msg.sender != address(_clearinghouse)) revert LiquidityPool_NotClearinghouse(msg.sender);
        int256 marks = _markTotal + change.marks;
        uint256 owed = uint256(int256(uint256(_unpaid)) + change.unpaid);
        uint256 principal_ = _principal;
        standing.cash = VAULT.balanceOf(Ledger.Cash);
        standing.unpaid = owed;
        int256 equity_ = int256(standing.cash) - int256(owed) - marks;
        standing.equity = equity_;
        standing.backing = _backing(equity_);

        if (change.income != 0) {
            uint256 coupon = TrancheLib.coupon(change.income, equity_, principal_, _seniorWeightBps, _juniorWeightBps);
            if (coupon != 0) {
                principal_ += coupon;
                emit CouponAccrued(change.income, coupon, principal_);
            }
        }
        (uint256 seniorNav, uint256 juniorNav) = TrancheLib.navs(equity_, principal_);
        uint256 least = _minTranche;
        standing.isOpenable = seniorNav >= least && juniorNav >= least;

        _markTotal = int112(marks);
        if (marks != _markTotal) revert SafeCast.SafeCastOverflowedIntDowncast(112, marks);
        _unpaid = uint104(owed);
        _belowPrincipalSince = _below(equity_, principal_);
        _principal = principal_.toUint112();
        _openNotional = uint256(int256(uint256(_openNotional)) + change.openNotional).toUint128();
        standing.floor = floor();
        if (change.recovery != 0) _repayClaims(change.recovery);
    }

    /// @inheritdoc ILiquidityPool
    function absorb(uint256 loss) external returns (uint256 junior, uint256 senior, uint256 shortOfFloor) {
        if (msg.sender != _waterfall) revert LiquidityPool_NotWaterfall(msg.sender);
        int256 equityAfter = equity();
        (junior, senior, shortOfFloor) = WaterfallLib.allocate(loss, equityAfter, floor(), _principal);
        _belowPrincipalSince = _below(equityAfter, _principal);
        if (loss != 0) emit LossBooked(loss, junior, senior, shortOfFloor, equityAfter);
        if (junior != 0) _setClaims(_seniorClaims, _junior.mintClaims(junior));
    }

    /// @inheritdoc ILiquidityPool
    function reset() external nonReentrant {
        if (_openNotional != 0) _clearinghouse.markAll();
        int256 equity_ = equity();
        uint256 before = _principal;
        uint256 dueAt = _openNotional == 0 ? 0 : uint256(_belowPrincipalSince) + RESET_DELAY;
        if (equity_ >= int256(before) || block.timestamp < dueAt) {
            revert LiquidityPool_ResetNotDue(equity_, before, dueAt);
        }
        uint256 updated = (equity_ + int256(_clearinghouse.exposure().unrealisedProfit)).pos().mulDivDown(BPS - 1, BPS);
        if (updated >= before) revert LiquidityPool_ResetNotDue(equity_, before, dueAt);
        _principal = updated.toUint112();
        _floor = updated.mulDivDown(_seniorFloorBps, BPS).toUint104();
        _belowPrincipalSince = _below(equity_, updated);
        emit Reset(before, updated, _floor, before - updated);
        _setClaims(_senior.mintClaims(before - updated), _juniorClaims);
    }

    /// @dev The reverse of the order in which they lost. What rounding to token units left over stays in the ledger.
    function _repayClaims(uint256 amount) private {
        uint256 seniorLeft = _seniorClaims;
        uint256 juniorLeft = _juniorClaims;
        uint256 paid;
        if (seniorLeft != 0) (paid, seniorLeft) = _senior.repayClaims(amount);
        if (juniorLeft != 0 && paid < amount) (, juniorLeft) = _junior.repayClaims(amount - paid);
        _setClaims(seniorLeft, juniorLeft);
    }

    function _setClaims(uint256 seniorLeft, uint256 juniorLeft) private {
        _seniorClaims = seniorLeft.toUint128();
        _juniorClaims = juniorLeft.toUint128();
        _hasClaims = (seniorLeft | juniorLeft) != 0;
    }

    // --------------------------------------------------------------------------------------------------------- epochs

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

    function _below(int256 equity_, uint256 principal_) private view returns (uint40) {
        if (equity_ >= int256(principal_)) return 0;
        uint40 since = _belowPrincipalSince;
        return since == 0 ? uint40(block.timestamp) : since;
    }

    // ------------------------------------------------------------------------------------------------------ governance

    /// @notice Changes the senior terms; coupons and floors already given stay.
    /// @dev Units: basis points, `minTranche` USD WAD. Emits {PoolParamsSet}. Requirements: governor; bounds, else
    /// {LiquidityPool_InvalidParams}.
    function setParams(
        uint16 seniorFloorBps,
        uint16 seniorWeightBps,
        uint16 juniorWeightBps,
        uint128 minTranche
    ) external restricted {
        _setParams(seniorFloorBps, seniorWeightBps, juniorWeightBps, minTranche);
    }

    function _setParams(
        uint16 seniorFloorBps,
        uint16 seniorWeightBps,
        uint16 juniorWeightBps,
        uint128 minTranche
    ) private {
        if (seniorFloorBps > BPS / 2) revert LiquidityPool_InvalidParams("seniorFloorBps", seniorFloorBps, BPS / 2);
        if (seniorWeightBps > BPS) revert LiquidityPool_InvalidParams("seniorWeightBps", seniorWeightBps, BPS);
        if (juniorWeightBps > BPS) revert LiquidityPool_InvalidParams("juniorWeightBps", juniorWeightBps, BPS);
        _seniorFloorBps = seniorFloorBps;
        _seniorWeightBps = seniorWeightBps;
        _juniorWeightBps = juniorWeightBps;
        _minTranche = uint256(minTranche).toUint104();
        emit PoolParamsSet(seniorFloorBps, seniorWeightBps, juniorWeightBps, minTranche);
    }

    // ----------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ILiquidityPool
    function snapshot() external view returns (uint256, uint256, uint256, uint256, uint256) {
        uint256 claims_ = _hasClaims ? uint256(_seniorClaims) + _juniorClaims : 0;
        return (VAULT.balanceOf(Ledger.Cash), VAULT.balanceOf(Ledger.Insurance), _unpaid, _openNotional, claims_);
    }

    /// @inheritdoc ILiquidityPool
    function claims() external view returns (uint256 senior, uint256 junior) {
        return (_seniorClaims, _juniorClaims);
    }

    /// @inheritdoc ILiquidityPool
    function equity() public view returns (int256) {
        return int256(VAULT.balanceOf(Ledger.Cash)) - int256(uint256(_unpaid)) - _markTotal;
    }

    /// @inheritdoc ILiquidityPool
    function backing() external view returns (int256) {
        return _backing(equity());
    }

    function _backing(int256 equity_) private view returns (int256) {
        return _hasOverdue ? equity_ - int256(uint256(_overdue)) : equity_;
    }

    /// @inheritdoc ILiquidityPool
    function exitValue() public view returns (int256) {
        int256 collected = int256(VAULT.balanceOf(Ledger.Cash)) - int256(uint256(_unpaid));
        return MathLib.min(collected - _markTotal, collected - int256(_clearinghouse.exposure().positiveMarks));
    }

    /// @inheritdoc ILiquidityPool
    function navs() external view returns (uint256 senior, uint256 junior) {
        return TrancheLib.navs(equity(), _principal);
    }

    /// @inheritdoc ILiquidityPool
    function freeCapital() public view returns (uint256) {
        IClearinghouse.Exposure memory exposure = _clearinghouse.exposure();
        int256 cash = int256(VAULT.balanceOf(Ledger.Cash)) - int256(uint256(_unpaid));
        int256 equity_ = cash - _markTotal;
        int256 free = MathLib.min(equity_ - int256(floor()), equity_ - int256(exposure.skewCapital));
        return MathLib.min(free, cash - int256(exposure.sideProfits)).pos();
    }

    /// @inheritdoc ILiquidityPool
    function isOpenable() external view returns (bool) {
        (uint256 senior, uint256 junior) = TrancheLib.navs(equity(), _principal);
        return senior >= _minTranche && junior >= _minTranche;
    }

    /// @inheritdoc ILiquidityPool
    function floor() public view returns (uint256) {
        return _openNotional == 0 ? 0 : _floor;
    }

    /// @inheritdoc ILiquidityPool
    function currentEpoch() public view returns (uint256) {
        return (block.timestamp - GENESIS) / EPOCH_LENGTH;
    }

    /// @inheritdoc ILiquidityPool
    function principal() external view returns (uint256) {
        return _principal;
    }

    /// @inheritdoc ILiquidityPool
    function unpaid() external view returns (uint256) {
        return _unpaid;
    }

    /// @inheritdoc ILiquidityPool
    function markTotal() external view returns (int256) {
        return _markTotal;
    }

    /// @inheritdoc ILiquidityPool
    function openNotional() external view returns (uint256) {
        return _openNotional;
    }

    /// @inheritdoc ILiquidityPool
    function lastRecord() external view returns (uint256, uint256, int256, int256, bool) {
        Recorded memory seen = _recorded;
        uint256 epoch = seen.epochPlusOne == 0 ? 0 : seen.epochPlusOne - 1;
        return (epoch, seen.recordedAt, seen.equity, seen.exitValue, seen.isSettled);
    }

    /// @inheritdoc ILiquidityPool
    function belowPrincipalSince() external view returns (uint256) {
        return _belowPrincipalSince;
    }

    /// @notice The contracts the pool was wired to.
    function wiring() external view returns (IClearinghouse, address, ITranche, ITranche) {
        return (_clearinghouse, _waterfall, _senior, _junior);
    }
}
