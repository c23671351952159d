// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {EpochBatch} from "../types/EpochBatch.sol";
import {IERC7540Deposit, IERC7540Operator, IERC7540Redeem} from "./IERC7540.sol";
import {IERC7575} from "./IERC7575.sol";
import {IVault} from "./IVault.sol";

/// @title IEpochVault
/// @notice Shares that are bought and redeemed only at epoch boundaries, at one price for all: ERC-7540 both ways.
/// @dev `requestId` = epoch. A request made in epoch n gets id n + 1 and settles when epoch n + 1 has ended; what is not
/// filled passes to the next id. Assets are quote tokens in native decimals at this edge, USD WAD inside. Shares have 24
/// decimals: 1e6 virtual shares and 1 wei of virtual assets price them, so that no first depositor can inflate the price.
///
/// Invariants: claims never exceed what was settled; shares locked for redemption stay in the supply until burned.
interface IEpochVault is IERC165, IERC7540Operator, IERC7540Deposit, IERC7540Redeem, IERC7575 {
    // ------------------------------------------------------------------------------------------------------- errors

    /// @notice Only a controller or its operator claims and cancels.
    error EpochVault_NotController(address caller, address controller);

    /// @notice Only the owner of tokens or its operator requests with them.
    error EpochVault_NotOwner(address caller, address owner);

    /// @notice A request nobody could ever claim.
    error EpochVault_ZeroController();

    /// @notice Nothing was requested.
    error EpochVault_ZeroAmount();

    /// @notice More was claimed than is settled. Native assets or shares, as the claim named them.
    error EpochVault_ExceedsClaimable(address controller, uint256 has, uint256 needs);

    /// @notice More was cancelled than was requested in this epoch.
    error EpochVault_ExceedsPending(address controller, uint256 has, uint256 needs);

    /// @notice The epoch in which the request was made is over (or has not come).
    error EpochVault_CannotCancel(uint256 requestId, uint256 currentEpoch);

    /// @notice The price is that of a later epoch, so there is no preview.
    error EpochVault_PreviewNotSupported();

    /// @notice An epoch without length.
    error EpochVault_InvalidEpoch(uint256 genesis, uint256 epochLength);

    // ------------------------------------------------------------------------------------------------------- events

    /// @notice A deposit request was taken back and the tokens returned to its controller. Native.
    event DepositCancelled(address indexed controller, uint256 indexed requestId, uint256 assets);

    /// @notice A redemption request was taken back and the shares returned to its controller.
    event RedeemCancelled(address indexed controller, uint256 indexed requestId, uint256 shares);

    /// @notice All requests up to `requestId` were settled at one price. USD WAD. Not emitted when nothing was filled.
    event RequestsSettled(
        uint256 indexed requestId,
        uint256 navForDeposits,
        uint256 navForRedemptions,
        uint256 assetsIn,
        uint256 sharesMinted,
        uint256 sharesBurned,
        uint256 assetsOut
    );

    /// @notice All deposits up to `requestId` would have minted next to nothing, or more shares than fit: their controllers
    /// can take them back. USD WAD.
    event DepositsReturned(uint256 indexed requestId, uint256 assets);

    /// @notice Assets of deposits that were given back left the queue. Native.
    event DepositReclaimed(address indexed controller, address indexed receiver, uint256 assets);

    // ------------------------------------------------------------------------------------------------------ actions

    /// @notice Takes back a deposit requested in the present epoch. The tokens go to the controller.
    /// @dev Units: `assets` native. Emits {DepositCancelled}.
    ///
    /// Requirements:
    /// - the caller is the controller or its operator, else {EpochVault_NotController};
    /// - `requestId` is the present epoch + 1, else {EpochVault_CannotCancel};
    /// - at most what was requested with that id, else {EpochVault_ExceedsPending}.
    function cancelDeposit(uint256 requestId, uint256 assets, address controller) external;

    /// @notice Takes back a redemption requested in the present epoch. The shares go to the controller.
    /// @dev Emits {RedeemCancelled}. Requirements: as {cancelDeposit}.
    function cancelRedeem(uint256 requestId, uint256 shares, address controller) external;

    /// @notice Takes out deposits that were given back at their settlement: all of them.
    /// @dev Emits {DepositReclaimed}, also for nothing. Walks 64 ids a call, as a claim does.
    ///
    /// Requirements: the caller is the controller or its operator, else {EpochVault_NotController}.
    /// @return assets Native.
    function reclaimDeposit(address receiver, address controller) external returns (uint256 assets);

    // -------------------------------------------------------------------------------------------------------- views

    /// @notice Assets that {reclaimDeposit} would pay a controller, native.
    function returnedDeposit(address controller) external view returns (uint256 assets);

    /// @notice Epoch running now. Epoch n covers `[GENESIS + n * EPOCH_LENGTH, GENESIS + (n + 1) * EPOCH_LENGTH)`.
    function currentEpoch() external view returns (uint256);

    /// @notice All deposits of one id: USD WAD waiting or once waiting there, what of it was filled, shares minted for it.
    function depositBatch(uint256 requestId) external view returns (EpochBatch memory);

    /// @notice All redemptions of one id: shares waiting or once waiting there, burned, and USD WAD set aside for them.
    function redeemBatch(uint256 requestId) external view returns (EpochBatch memory);

    /// @notice Start of epoch 0, unix seconds.
    function GENESIS() external view returns (uint256);

    /// @notice Length of an epoch, seconds.
    function EPOCH_LENGTH() external view returns (uint256);

    /// @notice Holder of every token of the protocol.
    function VAULT() external view returns (IVault);
}
