// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IERC7575
/// @notice ERC-4626 with the share token named apart; here the vault is its own share token. Interface id 0x2f0a18c5.
/// @dev Units: assets in native token decimals, shares with 24 decimals. Synchronous previews revert, as ERC-7540 wants;
/// limits are what a controller can claim.
interface IERC7575 {
    /// @notice Shares of settled deposits were claimed. `sender` is the controller, `owner` the receiver.
    event Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares);

    /// @notice Assets of settled redemptions were claimed. `owner` is the controller.
    event Withdraw(
        address indexed sender,
        address indexed receiver,
        address indexed owner,
        uint256 assets,
        uint256 shares
    );

    /// @notice The quote token.
    function asset() external view returns (address);

    /// @notice The share token: this contract.
    function share() external view returns (address);

    /// @notice Shares that `assets` are worth at the present net asset value, rounded down. Not a quote.
    function convertToShares(uint256 assets) external view returns (uint256 shares);

    /// @notice Assets that `shares` are worth at the present net asset value, rounded down. Not a quote.
    function convertToAssets(uint256 shares) external view returns (uint256 assets);

    /// @notice Net asset value, rounded down to native units. Tokens sent here directly are not in it.
    function totalAssets() external view returns (uint256);

    /// @notice Settled assets of which `controller` can claim the shares in one call, native.
    function maxDeposit(address controller) external view returns (uint256);

    /// @notice Reverts with {EpochVault_PreviewNotSupported}: the price is that of a later epoch.
    function previewDeposit(uint256 assets) external view returns (uint256);

    /// @notice {IERC7540Deposit-deposit} with the caller as controller.
    function deposit(uint256 assets, address receiver) external returns (uint256 shares);

    /// @notice Settled shares that `controller` can claim in one call.
    function maxMint(address controller) external view returns (uint256);

    /// @notice Reverts with {EpochVault_PreviewNotSupported}.
    function previewMint(uint256 shares) external view returns (uint256);

    /// @notice {IERC7540Deposit-mint} with the caller as controller.
    function mint(uint256 shares, address receiver) external returns (uint256 assets);

    /// @notice Settled assets that `controller` can claim in one call, native, rounded down.
    function maxWithdraw(address controller) external view returns (uint256);

    /// @notice Reverts with {EpochVault_PreviewNotSupported}.
    function previewWithdraw(uint256 assets) external view returns (uint256);

    /// @notice Claims exactly `assets` of settled redemptions.
    /// @dev Units: native. Rounding: the shares they used up, up. Emits {Withdraw}.
    ///
    /// Requirements: the caller is the controller or its operator, else {EpochVault_NotController}; at most
    /// {maxWithdraw}, else {EpochVault_ExceedsClaimable}.
    function withdraw(uint256 assets, address receiver, address controller) external returns (uint256 shares);

    /// @notice Redeemed shares of which `controller` can claim the assets in one call.
    function maxRedeem(address controller) external view returns (uint256);

    /// @notice Reverts with {EpochVault_PreviewNotSupported}.
    function previewRedeem(uint256 shares) external view returns (uint256);

    /// @notice Claims the assets of `shares` redeemed shares.
    /// @dev Rounding: assets down to native units, the fraction stays claimable with a later claim. Emits {Withdraw}.
    /// Zero only resumes the walk over settled ids, 64 a call.
    ///
    /// Requirements: as {withdraw}, the limit being {maxRedeem}.
    function redeem(uint256 shares, address receiver, address controller) external returns (uint256 assets);
}
