// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Wired} from "../governance/Wired.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Ledger} from "../types/Ledger.sol";
import {ShareMathLib} from "../shares/ShareMathLib.sol";
import {ShareLosses} from "../types/Loss.sol";
import {TrancheClaimLib} from "./TrancheClaimLib.sol";
import {TrancheClaims} from "./TrancheClaims.sol";
import {Waiting, WaitingLib} from "./WaitingLib.sol";

/// @title Tranche
/// @notice Shares of the liquidity pool, deployed twice: senior and junior. The pool prices and settles them.
contract Tranche is TrancheClaims, Wired {
    using TrancheClaimLib for ShareLosses;
    using WaitingLib for Waiting;

    /// @notice Which of the pool's two net asset values belongs to these shares.
    bool public immutable IS_SENIOR;

    /// @notice The only contract that settles; zero until wired.
    ILiquidityPool public pool;

    Waiting private _waiting;

    constructor(
        IVault vault,
        string memory name_,
        string memory symbol_,
        uint256 genesis,
        uint256 epochLength,
        bool isSenior
    ) TrancheClaims(vault, name_, symbol_, genesis, epochLength) {
        IS_SENIOR = isSenior;
    }

    modifier onlyPool() {
        if (msg.sender != address(pool)) revert Tranche_NotPool(msg.sender);
        _;
    }

    /// @notice Names the pool for good.
    /// @dev Requirements: the deployer, once, else the errors of {Wired}.
    function wire(address pool_) external onlyOnce {
        pool = ILiquidityPool(pool_);
    }

    /// @inheritdoc ITranche
    function settle(
        uint256 epoch,
        uint256 navForDeposits,
        uint256 navForRedemptions,
        uint256 redeemLimit,
        bool depositsOpen
    ) external onlyPool nonReentrant returns (Outcome memory outcome) {
        bool isComplete;
        (outcome, isComplete) = _settle(epoch, navForDeposits, navForRedemptions, redeemLimit, depositsOpen);
        if (isComplete) _waiting.pass(outcome.sharesAsked, outcome.sharesBurned);
    }

    /// @inheritdoc ITranche
    function mintClaims(uint256 amount) external onlyPool returns (uint256 outstanding) {
        bool isOwed = _losses.enter(amount, totalSupply());
        outstanding = _losses.book.outstanding;
        if (isOwed) emit ClaimsMinted(amount, outstanding);
    }

    /// @inheritdoc ITranche
    function repayClaims(uint256 amount) external onlyPool returns (uint256 paid, uint256 outstanding) {
        paid = _losses.repay(amount);
        outstanding = _losses.book.outstanding;
        if (paid != 0) emit ClaimsRepaid(paid, outstanding);
    }

    /// @inheritdoc ITranche
    function redemptionsOverdue(uint256 nav) external view returns (uint256) {
        uint256 shares = _waiting.overdue;
        return shares == 0 ? 0 : ShareMathLib.toAssetsDown(shares, nav, totalSupply());
    }

    /// @inheritdoc ITranche
    function redemptionsAsked(uint256 epoch, uint256 navForRedemptions) external view returns (uint256) {
        return _redemptionsAsked(epoch, navForRedemptions);
    }

    function _nav() internal view override returns (uint256) {
        if (address(pool) == address(0)) return 0;
        (uint256 senior, uint256 junior) = pool.navs();
        return IS_SENIOR ? senior : junior;
    }

    function _assetLedger() internal pure override returns (Ledger) {
        return Ledger.Cash;
    }
}
