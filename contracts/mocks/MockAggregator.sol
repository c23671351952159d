// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";

/// @title MockAggregator
/// @notice A price feed with rounds that says what it is told, and can fail in every way a real one can.
contract MockAggregator is AggregatorV3Interface {
    /// @notice The feed was told to fail.
    error MockAggregator_Down();

    /// @notice No such round.
    error MockAggregator_NoRound(uint80 roundId);

    struct Round {
        int256 answer;
        uint256 updatedAt;
    }

    /// @inheritdoc AggregatorV3Interface
    uint8 public decimals;

    /// @notice Number of the latest round; rounds count from 1.
    uint80 public latestRound;

    bool public isReverting;
    bool public isBurningGas;

    mapping(uint80 roundId => Round) private _rounds;

    constructor(uint8 decimals_, int256 answer) {
        decimals = decimals_;
        pushRound(answer, block.timestamp);
    }

    /// @notice A new round, now. `answer` in the feed's decimals.
    function pushAnswer(int256 answer) external {
        pushRound(answer, block.timestamp);
    }

    /// @notice A new round with any publish time; 0 is a round not complete.
    function pushRound(int256 answer, uint256 updatedAt) public {
        _rounds[++latestRound] = Round(answer, updatedAt);
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    /// @notice Makes every read revert.
    function setReverting(bool reverting) external {
        isReverting = reverting;
    }

    /// @notice Makes every read consume all gas it is given.
    function setBurningGas(bool burning) external {
        isBurningGas = burning;
    }

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return _round(latestRound);
    }

    /// @inheritdoc AggregatorV3Interface
    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        if (roundId == 0 || roundId > latestRound) revert MockAggregator_NoRound(roundId);
        return _round(roundId);
    }

    function _round(uint80 roundId) private view returns (uint80, int256, uint256, uint256, uint80) {
        if (isReverting) revert MockAggregator_Down();
        if (isBurningGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        Round memory round = _rounds[roundId];
        return (roundId, round.answer, round.updatedAt, round.updatedAt, roundId);
    }
}
