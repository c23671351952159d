// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ITranche
/// @notice What the liquidity pool needs of a tranche's share vault. Units: USD WAD; shares in their own units.
interface ITranche {
    error Tranche_NotPool(address caller);

    /// @dev What a settlement did.
    struct Outcome {
        uint256 assetsIn; // USD from the queue into cash
        uint256 sharesMinted;
        uint256 assetsOut; // USD from cash into the queue
        uint256 sharesBurned;
        uint256 supplyBefore; // shares before both
    }

    /// @notice Settles all requests with id <= `epoch`.
    /// @dev Mints `assets * (supply + VIRTUAL_SHARES) / (navForDeposits + 1)`, rounded down, unless `depositsOpen` is
    /// false or it would mint nothing: then deposits pass to the next id. Burns at `navForRedemptions`, paying at most
    /// `redeemLimit`. Both sides use the supply before the settlement. Posts `Queue -> Cash` and `Cash -> Queue`.
    ///
    /// Requirements: the caller is the pool, else {Tranche_NotPool}.
    function settle(
        uint256 epoch,
        uint256 navForDeposits,
        uint256 navForRedemptions,
        uint256 redeemLimit,
        bool depositsOpen
    ) external returns (Outcome memory);

    /// @notice USD that redemptions with id <= `epoch` would be paid at `navForRedemptions`, without a limit.
    function redemptionsAsked(uint256 epoch, uint256 navForRedemptions) external view returns (uint256);

    /// @notice Shares outstanding, locked ones included.
    function totalSupply() external view returns (uint256);
}
