// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ITranche
/// @notice What the liquidity pool needs of a tranche's share vault, and what its holders are owed back. Units: USD WAD;
/// shares in their own units.
interface ITranche {
    /// @notice Only the pool settles, and says what was lost and repaid.
    error Tranche_NotPool(address caller);

    /// @notice So many epochs have passed over a redemption that one call does not get through them, with losses on the way:
    /// call {claimRecovery} until it does.
    error Tranche_RedemptionsNotWalked(address controller);

    /// @notice A loss became claims of those who hold shares now.
    event ClaimsMinted(uint256 amount, uint256 outstanding);

    /// @notice Part of the claims was repaid; holders collect it from `Ledger.Recovery`.
    event ClaimsRepaid(uint256 amount, uint256 outstanding);

    /// @notice What had been repaid to a holder left the vault.
    event ClaimPaid(address indexed holder, uint256 amount);

    /// @dev What a settlement did.
    struct Outcome {
        uint256 assetsIn; // USD from the queue into cash
        uint256 sharesMinted;
        uint256 assetsOut; // USD from cash into the queue
        uint256 sharesBurned;
        uint256 supplyBefore; // shares before both
        uint256 sharesAsked; // waiting redemptions before, all or part of which were burned
    }

    /// @notice Settles all requests with id <= `epoch`.
    /// @dev Mints `assets * (supply + VIRTUAL_SHARES) / (navForDeposits + 1)`, rounded down. While `depositsOpen` is false
    /// deposits pass to the next id; if they would mint less than 1,000 wei of shares, they are given back. Burns at
    /// `navForRedemptions`, paying at most `redeemLimit`. Both sides use the supply before the settlement, and neither
    /// settles while more than 64 ids wait on one of them. Posts `Queue -> Cash` and `Cash -> Queue`.
    ///
    /// Requirements: the caller is the pool, else {Tranche_NotPool}.
    function settle(
        uint256 epoch,
        uint256 navForDeposits,
        uint256 navForRedemptions,
        uint256 redeemLimit,
        bool depositsOpen
    ) external returns (Outcome memory);

    /// @notice Owes a loss of the tranche back to whoever holds its shares now. Nothing if nobody does.
    /// @dev Buys `points = amount * points / outstanding`, 1:1 when nothing is outstanding, for all shares alike. Rounding:
    /// down. Costs the same whatever the number of holders, and never reverts. Emits {ClaimsMinted}.
    ///
    /// Requirements: the caller is the pool, else {Tranche_NotPool}.
    /// Invariants: I11.
    /// @return outstanding Claims of all holders.
    function mintClaims(uint256 amount) external returns (uint256 outstanding);

    /// @notice Repays claims pro rata, at most `amount`, with money that is in `Ledger.Recovery`.
    /// @dev Raises the index of payments by `paid * 1e36 / points`, rounded down. Emits {ClaimsRepaid}.
    ///
    /// Requirements: the caller is the pool, else {Tranche_NotPool}.
    /// Invariants: I11.
    /// @return paid What was owed of it.
    /// @return outstanding Claims of all holders.
    function repayClaims(uint256 amount) external returns (uint256 paid, uint256 outstanding);

    /// @notice Pays a holder what has been repaid of its claims. Anyone may call, at any time; shares sold, locked or
    /// redeemed since the loss make no difference.
    /// @dev Whole token units are paid, the fraction stays the holder's. Takes the holder through 64 epochs of requests a
    /// call; one that has left more unwalked is paid the rest by the next calls. Emits {ClaimPaid} if anything was paid.
    ///
    /// Invariants: I11, I12.
    /// @return paid USD WAD; 0 if nothing is due.
    function claimRecovery(address holder) external returns (uint256 paid);

    /// @notice A holder's claims: `claimable` can be paid now, `outstanding` is not repaid yet. Rounding: down.
    function claimsOf(address holder) external view returns (uint256 claimable, uint256 outstanding);

    /// @notice Claims of all holders; `lost` and `repaid` since the beginning.
    function totalClaims() external view returns (uint256 outstanding, uint256 lost, uint256 repaid);

    /// @notice USD that redemptions with id <= `epoch` would be paid at `navForRedemptions`, without a limit.
    function redemptionsAsked(uint256 epoch, uint256 navForRedemptions) external view returns (uint256);

    /// @notice USD that redemptions which have passed three epochs or more would be paid at `nav`. Rounding: down.
    function redemptionsOverdue(uint256 nav) external view returns (uint256);

    /// @notice Shares outstanding, locked ones included.
    function totalSupply() external view returns (uint256);
}
