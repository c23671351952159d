// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IRiskSteward} from "../interfaces/IRiskSteward.sol";
import {MarketParams, RiskParams} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";

/// @title RiskSteward
/// @notice Passes a steward's small steps on to the clearinghouse.
/// @dev The contract holds `PARAMETERS_ROLE` without a delay. That is more than a steward may do; what it passes on is
/// bounded here, by code nobody can change. Each call reads all parameters of a struct, moves one, and writes it back in
/// the same transaction, so that it cannot undo what the governor has set meanwhile.
contract RiskSteward is IRiskSteward, AccessManaged {
    using SafeCast for uint256;

    /// @notice The largest step is this part of the present value.
    uint256 public constant STEP_DIVISOR = 10;

    /// @notice Time between two steps of one parameter, seconds.
    uint256 public constant COOL_DOWN = 3 days;

    /// @notice Whose parameters are moved.
    IClearinghouse public immutable CLEARINGHOUSE;

    /// @inheritdoc IRiskSteward
    mapping(MarketId market => mapping(MarketParameter parameter => uint256 until)) public marketCoolingUntil;

    /// @inheritdoc IRiskSteward
    mapping(RiskParameter parameter => uint256 until) public riskCoolingUntil;

    constructor(address authority_, IClearinghouse clearinghouse) AccessManaged(authority_) {
        CLEARINGHOUSE = clearinghouse;
    }

    /// @inheritdoc IRiskSteward
    function adjustMarket(MarketId market, MarketParameter parameter, uint256 value) external restricted {
        MarketParams memory params = CLEARINGHOUSE.market(market).params;
        uint256 from = _marketValue(params, parameter);
        marketCoolingUntil[market][parameter] = _checkStep(from, value, marketCoolingUntil[market][parameter]);
        _putMarket(params, parameter, value);
        CLEARINGHOUSE.setMarketParams(market, params);
        emit MarketParameterAdjusted(market, parameter, from, value);
    }

    /// @inheritdoc IRiskSteward
    function adjustRisk(RiskParameter parameter, uint256 value) external restricted {
        RiskParams memory params = CLEARINGHOUSE.riskParams();
        uint256 from = _riskValue(params, parameter);
        riskCoolingUntil[parameter] = _checkStep(from, value, riskCoolingUntil[parameter]);
        _putRisk(params, parameter, value);
        CLEARINGHOUSE.setRiskParams(params);
        emit RiskParameterAdjusted(parameter, from, value);
    }

    /// @dev At least one unit: a tenth of 5 bps is none, and the parameter could never move.
    /// @return coolingUntil When the parameter may move again.
    function _checkStep(uint256 from, uint256 to, uint256 until) private view returns (uint256 coolingUntil) {
        if (from == to) revert RiskSteward_NothingChanges(to);
        uint256 maxStep = Math.max(from / STEP_DIVISOR, 1);
        uint256 step = from > to ? from - to : to - from;
        if (step > maxStep) revert RiskSteward_StepTooLarge(from, to, maxStep);
        if (block.timestamp < until) revert RiskSteward_CoolingDown(block.timestamp, until);
        return block.timestamp + COOL_DOWN;
    }

    // ------------------------------------------------------------------------------- one field of a struct by its number

    function _marketValue(MarketParams memory params, MarketParameter which) private pure returns (uint256) {
        if (which == MarketParameter.ImrBps) return params.imrBps;
        if (which == MarketParameter.VolFactorBps) return params.volFactorBps;
        if (which == MarketParameter.FeeBps) return params.feeBps;
        if (which == MarketParameter.MaxFundingBps) return params.maxFundingBps;
        if (which == MarketParameter.ReserveFactorBps) return params.reserveFactorBps;
        if (which == MarketParameter.PoolShareBps) return params.poolShareBps;
        if (which == MarketParameter.RiskWeightBps) return params.riskWeightBps;
        if (which == MarketParameter.MaxPositionBase) return params.maxPositionBase;
        return params.minNotionalCents;
    }

    function _putMarket(MarketParams memory params, MarketParameter which, uint256 value) private pure {
        if (which == MarketParameter.ImrBps) params.imrBps = value.toUint16();
        else if (which == MarketParameter.VolFactorBps) params.volFactorBps = value.toUint32();
        else if (which == MarketParameter.FeeBps) params.feeBps = value.toUint16();
        else if (which == MarketParameter.MaxFundingBps) params.maxFundingBps = value.toUint16();
        else if (which == MarketParameter.ReserveFactorBps) params.reserveFactorBps = value.toUint32();
        else if (which == MarketParameter.PoolShareBps) params.poolShareBps = value.toUint32();
        else if (which == MarketParameter.RiskWeightBps) params.riskWeightBps = value.toUint32();
        else if (which == MarketParameter.MaxPositionBase) params.maxPositionBase = value.toUint128();
        else params.minNotionalCents = value.toUint48();
    }

    function _riskValue(RiskParams memory params, RiskParameter which) private pure returns (uint256) {
        if (which == RiskParameter.PenaltyBps) return params.penaltyBps;
        if (which == RiskParameter.KeeperFloorCents) return params.keeperFloorCents;
        if (which == RiskParameter.MaxMarkAge) return params.maxMarkAge;
        if (which == RiskParameter.InsuranceFeeMinBps) return params.insuranceFeeMinBps;
        if (which == RiskParameter.InsuranceFeeMaxBps) return params.insuranceFeeMaxBps;
        if (which == RiskParameter.InsuranceTargetBps) return params.insuranceTargetBps;
        if (which == RiskParameter.DeleverageRewardBps) return params.deleverageRewardBps;
        return params.deleverageRewardCapUsd;
    }

    function _putRisk(RiskParams memory params, RiskParameter which, uint256 value) private pure {
        if (which == RiskParameter.PenaltyBps) params.penaltyBps = value.toUint16();
        else if (which == RiskParameter.KeeperFloorCents) params.keeperFloorCents = value.toUint24();
        else if (which == RiskParameter.MaxMarkAge) params.maxMarkAge = value.toUint24();
        else if (which == RiskParameter.InsuranceFeeMinBps) params.insuranceFeeMinBps = value.toUint16();
        else if (which == RiskParameter.InsuranceFeeMaxBps) params.insuranceFeeMaxBps = value.toUint16();
        else if (which == RiskParameter.InsuranceTargetBps) params.insuranceTargetBps = value.toUint16();
        else if (which == RiskParameter.DeleverageRewardBps) params.deleverageRewardBps = value.toUint16();
        else params.deleverageRewardCapUsd = value.toUint24();
    }
}
