// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IERC7540Operator
/// @notice Who may act for a controller. Interface id 0xe3bc4e65.
interface IERC7540Operator {
    /// @notice A controller gave or took an operator's rights.
    event OperatorSet(address indexed controller, address indexed operator, bool approved);

    /// @notice Lets `operator` request from the caller's tokens and shares, and claim and cancel for the caller.
    /// @dev Emits {OperatorSet}. Security: an operator may name any receiver of a claim, so it holds the caller's purse.
    function setOperator(address operator, bool approved) external returns (bool);

    /// @notice Whether `operator` may act for `controller`.
    function isOperator(address controller, address operator) external view returns (bool);
}

/// @title IERC7540Deposit
/// @notice Deposits that are asked for first and claimed later. Interface id 0xce3bbe50.
interface IERC7540Deposit {
    /// @notice `owner` paid `assets` into the queue; `controller` will claim the shares.
    event DepositRequest(
        address indexed controller,
        address indexed owner,
        uint256 indexed requestId,
        address sender,
        uint256 assets
    );

    /// @notice Pays quote tokens of `owner` into the queue for the shares of the next epoch.
    /// @dev Units: `assets` native; what the vault measured is credited. The id is the present epoch + 1. The allowance
    /// is given to the protocol's vault, which holds every token. Emits {DepositRequest}.
    ///
    /// Requirements:
    /// - the caller is `owner` or its operator, else {EpochVault_NotOwner};
    /// - something arrives, else {EpochVault_ZeroAmount};
    /// - `controller` is not the zero address, else {EpochVault_ZeroController}.
    function requestDeposit(uint256 assets, address controller, address owner) external returns (uint256 requestId);

    /// @notice Assets of `controller` that wait in id `requestId`, native.
    /// @dev What an id left unfilled is shown under the id it passed to. Id 0 asks for all ids together.
    function pendingDepositRequest(uint256 requestId, address controller) external view returns (uint256 assets);

    /// @notice Assets of `controller` that id `requestId` turned into shares and that are not claimed yet, native.
    /// @dev Fills that the controller's own later calls have walked past are shown under the last of their ids. Id 0 asks
    /// for all ids together.
    function claimableDepositRequest(uint256 requestId, address controller) external view returns (uint256 assets);

    /// @notice Claims the shares of `assets` settled assets.
    /// @dev Units: `assets` native. Rounding: shares down; the last claim takes all. Emits ERC-4626 `Deposit`. Zero only
    /// resumes the walk over settled ids, 64 a call.
    ///
    /// Requirements: the caller is the controller or its operator, else {EpochVault_NotController}; at most
    /// {maxDeposit}, else {EpochVault_ExceedsClaimable}.
    function deposit(uint256 assets, address receiver, address controller) external returns (uint256 shares);

    /// @notice Claims exactly `shares` settled shares.
    /// @dev Rounding: the assets they used up, up to a token unit. Emits ERC-4626 `Deposit`. Requirements: as the other
    /// claim, the limit being {maxMint}.
    function mint(uint256 shares, address receiver, address controller) external returns (uint256 assets);
}

/// @title IERC7540Redeem
/// @notice Redemptions that are asked for first and claimed later. Interface id 0x620ee8e4.
interface IERC7540Redeem {
    /// @notice `owner` locked `shares`; `controller` will claim the assets.
    event RedeemRequest(
        address indexed controller,
        address indexed owner,
        uint256 indexed requestId,
        address sender,
        uint256 shares
    );

    /// @notice Locks shares of `owner` to be redeemed with the next epoch. They stay at risk until they are settled.
    /// @dev The id is the present epoch + 1. Emits {RedeemRequest}.
    ///
    /// Requirements:
    /// - the caller is `owner`, its operator, or has an allowance of the shares, else the ERC-20 error;
    /// - `shares > 0`, else {EpochVault_ZeroAmount};
    /// - `controller` is not the zero address, else {EpochVault_ZeroController}.
    function requestRedeem(uint256 shares, address controller, address owner) external returns (uint256 requestId);

    /// @notice Shares of `controller` that wait in id `requestId`; see {IERC7540Deposit-pendingDepositRequest}.
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares);

    /// @notice Shares of `controller` that id `requestId` redeemed and whose assets are not claimed yet; see
    /// {IERC7540Deposit-claimableDepositRequest}.
    function claimableRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares);
}
