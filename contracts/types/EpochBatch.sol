// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Everybody's requests under one id on one side of an epoch vault. Deposits: units are USD, proceeds shares.
/// Redemptions: units are shares, proceeds USD. Whole words: after near-total losses shares outgrow 128 bits.
struct EpochBatch {
    uint256 units; // requested with this id, plus what earlier ids left
    uint256 filled; // of `units`; the rest passed to the next id
    uint256 proceeds; // for `filled`; 0 though some is filled: it was given back
}
