// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {IVault} from "../interfaces/IVault.sol";
import {WaterfallLib} from "../loss/WaterfallLib.sol";
import {BPS, MathLib} from "../math/MathLib.sol";
import {Ledger} from "../types/Ledger.sol";
import {PoolBook} from "./PoolBook.sol";
import {PoolEpochs} from "./PoolEpochs.sol";
import {TrancheLib} from "./TrancheLib.sol";

/// @title LiquidityPool
/// @notice The counterparty of every trade: its equity, the line between senior and junior, and what losses and repayments
/// do to it.
contract LiquidityPool is PoolEpochs {
    using MathLib for int256;
    using MathLib for uint256;
    using SafeCast for uint256;

    uint256 private constant RESET_DELAY = 24 hours;

    constructor(
        address authority_,
        IVault vault,
        uint256 genesis,
        uint256 epochLength,
        uint16 seniorFloorBps,
        uint16 seniorWeightBps,
        uint16 juniorWeightBps,
        uint128 minTranche
    )
        PoolBook(authority_, vault, seniorFloorBps, seniorWeightBps, juniorWeightBps, minTranche)
        PoolEpochs(genesis, epochLength)
    {}

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
}
