// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../types/AccountId.sol";
import {Incident} from "../types/Loss.sol";

/// @title ILossWaterfall
/// @notice Carries each deficit through the layers in one fixed order and keeps the record. The order has no setter.
interface ILossWaterfall {
    /// @notice Only the clearinghouse can find a deficit, so only it can ask for one to be absorbed.
    error LossWaterfall_NotClearinghouse(address caller);

    /// @notice More was matched than was lost.
    error LossWaterfall_MatchedAboveDeficit(uint256 matched, uint256 deficit);

    /// @notice One deficit, wholly allocated: `deficit` is the sum of the six parts. USD WAD.
    event DeficitAbsorbed(
        uint256 indexed incidentId,
        AccountId indexed account,
        uint256 deficit,
        uint256 forgone,
        uint256 insurance,
        uint256 junior,
        uint256 senior,
        uint256 adl,
        uint256 residual
    );

    /// @notice Traders in profit, or those whose unpaid profit was written off, have carried what was nobody's. USD WAD.
    event ResidualCovered(uint256 moved, uint256 residualLeft);

    /// @notice Allocates a deficit: forgone, insurance, junior, senior; what is left is for traders in profit.
    /// @dev Units: USD WAD. Rounding: none. Emits {DeficitAbsorbed} if nothing is left for traders; otherwise {conclude}
    /// does, in the same transaction. Constant gas. Called after the ledgers and marks have been brought up to date without
    /// the insurance payment.
    ///
    /// Requirements:
    /// - the caller is the clearinghouse, else {LossWaterfall_NotClearinghouse};
    /// - `matched <= deficit`, else {LossWaterfall_MatchedAboveDeficit}.
    ///
    /// Invariants: I4, I5. Never reverts for lack of funds.
    /// @return insurancePaid What the fund paid into cash.
    /// @return shortOfFloor What the loss left the pool below its protected floor.
    function absorb(
        AccountId account,
        uint256 deficit,
        uint256 matched
    ) external returns (uint256 insurancePaid, uint256 shortOfFloor);

    /// @notice Ends the incident {absorb} began: `charged` came from traders in profit, what is missing is residual.
    /// @dev Units: USD WAD. Emits {DeficitAbsorbed}.
    ///
    /// Requirements: the caller is the clearinghouse, else {LossWaterfall_NotClearinghouse}.
    /// Invariants: I4.
    function conclude(AccountId account, uint256 charged) external;

    /// @notice Counts what traders were charged outside of an incident against the residual of earlier ones. Incidents stay
    /// as they were booked; the running sum falls.
    /// @dev Units: USD WAD. Emits {ResidualCovered} if there was any.
    ///
    /// Requirements: the caller is the clearinghouse, else {LossWaterfall_NotClearinghouse}.
    /// @return moved What of `charged` was residual.
    function coverResidual(uint256 charged) external returns (uint256 moved);

    /// @notice Residual of all incidents that nobody has carried yet, USD WAD.
    function residual() external view returns (uint256);

    /// @notice The record of one incident; ids count from 1.
    function incident(uint256 incidentId) external view returns (Incident memory);

    /// @notice Number of incidents so far.
    function incidentCount() external view returns (uint256);
}
