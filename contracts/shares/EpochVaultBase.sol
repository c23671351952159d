// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IEpochVault} from "../interfaces/IEpochVault.sol";
import {IERC7540Deposit, IERC7540Operator, IERC7540Redeem} from "../interfaces/IERC7540.sol";
import {IERC7575} from "../interfaces/IERC7575.sol";
import {IVault} from "../interfaces/IVault.sol";
import {EpochBatch} from "../types/EpochBatch.sol";
import {Ledger} from "../types/Ledger.sol";
import {EpochBookLib} from "./EpochBookLib.sol";
import {ShareMathLib} from "./ShareMathLib.sol";

/// @title EpochVaultBase
/// @notice State and views of an epoch vault; {EpochVault} is what acts.
abstract contract EpochVaultBase is IEpochVault, ERC20Permit {
    using EpochBookLib for EpochBookLib.Book;

    /// @inheritdoc IEpochVault
    IVault public immutable VAULT;

    /// @inheritdoc IEpochVault
    uint256 public immutable GENESIS;

    /// @inheritdoc IEpochVault
    uint256 public immutable EPOCH_LENGTH;

    /// @dev USD WAD per native unit.
    uint256 internal immutable SCALE;

    address internal immutable TOKEN;

    EpochBookLib.Book internal _deposits; // units USD, proceeds shares
    EpochBookLib.Book internal _redemptions; // units shares, proceeds USD

    /// @inheritdoc IERC7540Operator
    mapping(address controller => mapping(address operator => bool)) public isOperator;

    constructor(
        IVault vault,
        string memory name_,
        string memory symbol_,
        uint256 genesis,
        uint256 epochLength
    ) ERC20(name_, symbol_) ERC20Permit(name_) {
        if (epochLength == 0 || genesis > block.timestamp) revert EpochVault_InvalidEpoch(genesis, epochLength);
        VAULT = vault;
        TOKEN = vault.TOKEN();
        SCALE = vault.SCALE();
        GENESIS = genesis;
        EPOCH_LENGTH = epochLength;
    }

    // ------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IEpochVault
    function currentEpoch() public view returns (uint256) {
        return (block.timestamp - GENESIS) / EPOCH_LENGTH;
    }

    /// @inheritdoc IERC7540Deposit
    function pendingDepositRequest(uint256 requestId, address controller) external view returns (uint256 assets) {
        return _deposits.pending(controller, requestId) / SCALE;
    }

    /// @inheritdoc IERC7540Deposit
    function claimableDepositRequest(uint256 requestId, address controller) external view returns (uint256 assets) {
        return _deposits.claimable(controller, requestId) / SCALE;
    }

    /// @inheritdoc IERC7540Redeem
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares) {
        return _redemptions.pending(controller, requestId);
    }

    /// @inheritdoc IERC7540Redeem
    function claimableRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares) {
        return _redemptions.claimable(controller, requestId);
    }

    /// @inheritdoc IEpochVault
    function depositBatch(uint256 requestId) external view returns (EpochBatch memory) {
        return _deposits.batches[requestId];
    }

    /// @inheritdoc IEpochVault
    function redeemBatch(uint256 requestId) external view returns (EpochBatch memory) {
        return _redemptions.batches[requestId];
    }

    /// @inheritdoc IEpochVault
    function returnedDeposit(address controller) external view returns (uint256 assets) {
        return _deposits.walk(controller).returned / SCALE;
    }

    /// @inheritdoc IERC7575
    function asset() external view returns (address) {
        return TOKEN;
    }

    /// @inheritdoc IERC7575
    function share() external view returns (address) {
        return address(this);
    }

    /// @inheritdoc IERC7575
    function totalAssets() external view returns (uint256) {
        return _nav() / SCALE;
    }

    /// @inheritdoc IERC7575
    function convertToShares(uint256 assets) external view returns (uint256 shares) {
        return ShareMathLib.toSharesDown(assets * SCALE, _nav(), totalSupply());
    }

    /// @inheritdoc IERC7575
    function convertToAssets(uint256 shares) external view returns (uint256 assets) {
        return ShareMathLib.toAssetsDown(shares, _nav(), totalSupply()) / SCALE;
    }

    /// @inheritdoc IERC7575
    function maxDeposit(address controller) external view returns (uint256) {
        return _deposits.walk(controller).filled / SCALE;
    }

    /// @inheritdoc IERC7575
    function maxMint(address controller) external view returns (uint256) {
        return _deposits.walk(controller).proceeds;
    }

    /// @inheritdoc IERC7575
    function maxWithdraw(address controller) external view returns (uint256) {
        return _redemptions.walk(controller).proceeds / SCALE;
    }

    /// @inheritdoc IERC7575
    function maxRedeem(address controller) external view returns (uint256) {
        return _redemptions.walk(controller).filled;
    }

    /// @inheritdoc IERC7575
    function previewDeposit(uint256) external pure returns (uint256) {
        revert EpochVault_PreviewNotSupported();
    }

    /// @inheritdoc IERC7575
    function previewMint(uint256) external pure returns (uint256) {
        revert EpochVault_PreviewNotSupported();
    }

    /// @inheritdoc IERC7575
    function previewWithdraw(uint256) external pure returns (uint256) {
        revert EpochVault_PreviewNotSupported();
    }

    /// @inheritdoc IERC7575
    function previewRedeem(uint256) external pure returns (uint256) {
        revert EpochVault_PreviewNotSupported();
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return
            id == type(IERC165).interfaceId ||
            id == type(IERC7540Operator).interfaceId ||
            id == type(IERC7540Deposit).interfaceId ||
            id == type(IERC7540Redeem).interfaceId ||
            id == type(IERC7575).interfaceId;
    }

    /// @notice Decimals of the shares.
    /// @dev Those of a dollar in WAD and six of the virtual shares.
    function decimals() public pure override returns (uint8) {
        return ShareMathLib.DECIMALS;
    }

    // -------------------------------------------------------------------------------------- for the contract on top

    /// @dev Net asset value, USD WAD.
    function _nav() internal view virtual returns (uint256);

    /// @dev Where settled assets are.
    function _assetLedger() internal pure virtual returns (Ledger);
}
