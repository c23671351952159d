// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Wired} from "../governance/Wired.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Incident} from "../types/Loss.sol";

/// @title LossWaterfall
/// @notice Forgone profit, insurance, junior, senior, traders in profit, residual: the order is this contract's text.
contract LossWaterfall is ILossWaterfall, Wired {
    using SafeCast for uint256;

    /// @notice The second and third layer.
    ILiquidityPool public immutable POOL;

    /// @notice The first layer.
    IInsuranceFund public immutable INSURANCE;

    // one slot with what {Wired} keeps: 8 + 160 + 64
    address private _clearinghouse;
    uint64 private _count;

    /// @inheritdoc ILossWaterfall
    uint256 public residual;

    mapping(uint256 incidentId => Incident) private _incidents;

    constructor(ILiquidityPool pool, IInsuranceFund insurance) {
        POOL = pool;
        INSURANCE = insurance;
    }

    /// @notice Fixes for good who finds deficits.
    /// @dev Requirements: the deployer, once, else the errors of {Wired}.
    function wire(address clearinghouse) external onlyOnce {
        _clearinghouse = clearinghouse;
    }

    modifier onlyClearinghouse() {
        if (msg.sender != _clearinghouse) revert LossWaterfall_NotClearinghouse(msg.sender);
        _;
    }

    /// @inheritdoc ILossWaterfall
    function absorb(
        AccountId account,
        uint256 deficit,
        uint256 matched
    ) external onlyClearinghouse returns (uint256 insurancePaid, uint256 shortOfFloor) {
        if (matched > deficit) revert LossWaterfall_MatchedAboveDeficit(matched, deficit);

        Incident memory parts;
        parts.forgone = (deficit - matched).toUint128();
        if (matched != 0) {
            insurancePaid = INSURANCE.cover(matched);
            parts.insurance = insurancePaid.toUint128();
            // Also with nothing left to absorb: the pool learns that it is whole again.
            uint256 junior;
            uint256 senior;
            (junior, senior, shortOfFloor) = POOL.absorb(matched - insurancePaid);
            parts.junior = junior.toUint128();
            parts.senior = senior.toUint128();
            parts.residual = shortOfFloor.toUint128();
        }
        uint256 id = ++_count;
        _store(_incidents[id], parts);
        // Otherwise traders in profit come next, and {conclude} writes the last line.
        if (shortOfFloor == 0) _announce(id, account, parts);
    }

    /// @inheritdoc ILossWaterfall
    function conclude(AccountId account, uint256 charged) external onlyClearinghouse {
        uint256 id = _count;
        Incident memory parts = _incidents[id];
        // What rounding collected beyond the need is in the pool, not in the incident.
        uint256 adl = MathLib.min(charged, parts.residual);
        parts.adl = uint128(adl);
        parts.residual -= uint128(adl);
        residual += parts.residual;
        _incidents[id] = parts;
        _announce(id, account, parts);
    }

    /// @inheritdoc ILossWaterfall
    function coverResidual(uint256 charged) external onlyClearinghouse returns (uint256 moved) {
        uint256 left = residual;
        moved = MathLib.min(charged, left);
        if (moved == 0) return 0;
        residual = left - moved;
        emit ResidualCovered(moved, left - moved);
    }

    /// @dev Word by word: most incidents reach one or two layers, and writing nothing into a new word costs 2,200 gas.
    function _store(Incident storage stored, Incident memory parts) private {
        if (parts.insurance | parts.junior != 0) (stored.insurance, stored.junior) = (parts.insurance, parts.junior);
        if (parts.forgone | parts.senior != 0) (stored.forgone, stored.senior) = (parts.forgone, parts.senior);
        if (parts.residual != 0) stored.residual = parts.residual; // {conclude} adds what traders bore
    }

    function _announce(uint256 id, AccountId account, Incident memory parts) private {
        emit DeficitAbsorbed(
            id,
            account,
            uint256(parts.forgone) + parts.insurance + parts.junior + parts.senior + parts.adl + parts.residual,
            parts.forgone,
            parts.insurance,
            parts.junior,
            parts.senior,
            parts.adl,
            parts.residual
        );
    }

    /// @inheritdoc ILossWaterfall
    function incident(uint256 incidentId) external view returns (Incident memory) {
        return _incidents[incidentId];
    }

    /// @inheritdoc ILossWaterfall
    function incidentCount() external view returns (uint256) {
        return _count;
    }

    /// @notice The only contract that can report a deficit.
    function CLEARINGHOUSE() external view returns (address) {
        return _clearinghouse;
    }
}
