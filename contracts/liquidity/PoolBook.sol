// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Wired} from "../governance/Wired.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IVault} from "../interfaces/IVault.sol";
import {BPS, MathLib} from "../math/MathLib.sol";
import {Ledger} from "../types/Ledger.sol";
import {TrancheLib} from "./TrancheLib.sol";

/// @title PoolBook
/// @notice What the pool has, owes and promised: its running totals, and what follows from them.
abstract contract PoolBook is ILiquidityPool, AccessManaged, Wired {
    using MathLib for int256;
    using SafeCast for uint256;

    /// @notice Where the money is.
    IVault public immutable VAULT;

    // slot: 112 + 104 + 40
    int112 internal _markTotal;
    uint104 internal _unpaid;
    uint40 internal _belowPrincipalSince; // zero while E >= T
    // slot: 112 + 128 + 8 + 8
    uint112 internal _principal;
    uint128 internal _openNotional;
    bool internal _hasClaims; // any of the next slot is not zero: who trades need not read it
    bool internal _hasOverdue; // the same of the slot after it
    // slot: 128 + 128, what the tranches say
    uint128 internal _seniorClaims;
    uint128 internal _juniorClaims;
    // slot: 128, at the last settlement
    uint128 internal _overdue; // USD asked for by redemptions that three settlements or more could not pay
    // slot: 104 + 104 + 16 * 3
    uint104 internal _floor;
    uint104 internal _minTranche;
    uint16 internal _seniorFloorBps;
    uint16 internal _seniorWeightBps;
    uint16 internal _juniorWeightBps;

    IClearinghouse internal _clearinghouse;
    address internal _waterfall;
    ITranche internal _senior;
    ITranche internal _junior;

    constructor(
        address authority_,
        IVault vault,
        uint16 seniorFloorBps,
        uint16 seniorWeightBps,
        uint16 juniorWeightBps,
        uint128 minTranche
    ) AccessManaged(authority_) {
        VAULT = vault;
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
    function belowPrincipalSince() external view returns (uint256) {
        return _belowPrincipalSince;
    }

    /// @notice The contracts the pool was wired to.
    function wiring() external view returns (IClearinghouse, address, ITranche, ITranche) {
        return (_clearinghouse, _waterfall, _senior, _junior);
    }

    // ---------------------------------------------------------------------------------------------------- for the parts

    function _backing(int256 equity_) internal view returns (int256) {
        return _hasOverdue ? equity_ - int256(uint256(_overdue)) : equity_;
    }

    function _below(int256 equity_, uint256 principal_) internal view returns (uint40) {
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
}
