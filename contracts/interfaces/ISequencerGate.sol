// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PriceUse} from "../types/PriceUse.sol";

/// @title ISequencerGate
/// @notice On a rollup: no price while the sequencer is down, and time to act before anything else once it is back.
interface ISequencerGate {
    /// @notice The sequencer is down, or its feed does not say.
    error SequencerGate_Down();

    /// @notice The sequencer has been back for too short a time. Unix seconds.
    error SequencerGate_InGrace(uint256 endsAt, uint256 nowAt);

    /// @notice The grace period is not within its bounds. Seconds.
    error SequencerGate_GraceOutOfRange(uint256 has, uint256 min, uint256 max);

    /// @notice The feed has no code.
    error SequencerGate_NotAContract(address feed);

    /// @notice Returns if a price may be used for this purpose now.
    /// @dev Requirements: the sequencer is up, else {SequencerGate_Down}; for `Open` and `Liquidate`, it has been for the
    /// grace period, else {SequencerGate_InGrace}.
    ///
    /// Security: who can neither top up nor reduce cannot be liquidated. After an outage there is a window to do either
    /// before liquidations resume; deleveraging obeys the same gate.
    function requireOpen(PriceUse use) external view;
}
