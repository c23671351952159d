// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {ISequencerGate} from "../interfaces/ISequencerGate.sol";
import {PriceUse} from "../types/PriceUse.sol";

/// @title SequencerGate
/// @notice Reads a rollup's uptime feed: 0 up, 1 down, `startedAt` since when.
contract SequencerGate is ISequencerGate {
    /// @dev Long enough to see a notice and sign a deposit, short enough that a bankrupt position does not run for long.
    uint256 private constant MIN_GRACE = 30 minutes;
    uint256 private constant MAX_GRACE = 24 hours;

    /// @notice The uptime feed.
    AggregatorV3Interface public immutable FEED;

    /// @notice How long the sequencer has to be back before risk is added or an account liquidated. Seconds.
    uint256 public immutable GRACE;

    constructor(AggregatorV3Interface feed, uint256 grace) {
        if (address(feed).code.length == 0) revert SequencerGate_NotAContract(address(feed));
        if (grace < MIN_GRACE || grace > MAX_GRACE) revert SequencerGate_GraceOutOfRange(grace, MIN_GRACE, MAX_GRACE);
        FEED = feed;
        GRACE = grace;
    }

    /// @inheritdoc ISequencerGate
    function requireOpen(PriceUse use) external view {
        uint256 endsAt = _upSince() + GRACE;
        if (use != PriceUse.Value && block.timestamp <= endsAt) revert SequencerGate_InGrace(endsAt, block.timestamp);
    }

    /// @dev Whatever is not a clear yes is a no: a round nobody has started, one from the future, a feed that fails.
    function _upSince() private view returns (uint256) {
        try FEED.latestRoundData() returns (uint80, int256 answer, uint256 startedAt, uint256, uint80) {
            if (answer == 0 && startedAt != 0 && startedAt <= block.timestamp) return startedAt;
        } catch {}
        revert SequencerGate_Down();
    }
}
