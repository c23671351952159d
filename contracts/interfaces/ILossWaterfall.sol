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

    /// @notice Allocates a deficit: forgone, insurance, junior, senior, ADL, residual.
    /// @dev Units: USD WAD. Rounding: none. Emits {DeficitAbsorbed}. Constant gas. Called after the ledgers and marks
    /// have been brought up to date without the insurance payment.
    ///
    /// Requirements:
    /// - the caller is the clearinghouse, else {LossWaterfall_NotClearinghouse};
    /// - `matched <= deficit`, else {LossWaterfall_MatchedAboveDeficit}.
    ///
    /// Invariants: I4, I5. Never reverts for lack of funds.
    /// @return insurancePaid What the fund paid into cash.
    function absorb(AccountId account, uint256 deficit, uint256 matched) external returns (uint256 insurancePaid);

    /// @notice The record of one incident; ids count from 1.
    function incident(uint256 incidentId) external view returns (Incident memory);

    /// @notice Number of incidents so far.
    function incidentCount() external view returns (uint256);
}
