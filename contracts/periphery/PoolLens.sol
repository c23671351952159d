// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEpochVault} from "../interfaces/IEpochVault.sol";
import {ILens} from "../interfaces/ILens.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Ledger} from "../types/Ledger.sol";
import {Incident} from "../types/Loss.sol";

/// @title PoolLens
/// @notice Those who stand behind the trades: the pool, the fund, what they lost, and what everybody is owed back.
/// Linked: what it returns is encoded already.
library PoolLens {
    using MathLib for uint256;

    /// @dev As in the pool and in the fund: time for keepers to book what is due.
    uint256 private constant SETTLE_DELAY = 30 minutes;
    /// @dev As in the pool: how long `E < T` before anybody may write senior down.
    uint256 private constant RESET_DELAY = 24 hours;
    /// @dev As in `ShareMathLib`: a share is 1e24, priced with 1e6 virtual shares and 1 wei of virtual assets.
    uint256 private constant WHOLE_SHARE = 1e24;
    uint256 private constant VIRTUAL_SHARES = 1e6;

    // --------------------------------------------------------------------------------------------- pool and insurance

    /// @notice See {ILens.pool}.
    function pool(ILens.Addresses memory system) external view returns (bytes memory) {
        ILens.PoolView memory seen;
        _showPool(system, seen);
        _showPoolEpoch(system.pool, seen);
        return abi.encode(seen);
    }

    function _showPool(ILens.Addresses memory system, ILens.PoolView memory seen) private view {
        (seen.equity, seen.markTotal, seen.backing) = (
            system.pool.equity(),
            system.pool.markTotal(),
            system.pool.backing()
        );
        (seen.cash, seen.unpaid) = (system.vault.balanceOf(Ledger.Cash), system.pool.unpaid());
        (seen.floor, seen.principal, seen.exitValue) = (
            system.pool.floor(),
            system.pool.principal(),
            system.pool.exitValue()
        );
        (seen.freeCapital, seen.openNotional, seen.isOpenable) = (
            system.pool.freeCapital(),
            system.pool.openNotional(),
            system.pool.isOpenable()
        );
        (uint256 seniorNav, uint256 juniorNav) = system.pool.navs();
        (uint256 seniorClaims, uint256 juniorClaims) = system.pool.claims();
        seen.senior = _shares(seniorNav, system.senior.totalSupply(), seniorClaims);
        seen.junior = _shares(juniorNav, system.junior.totalSupply(), juniorClaims);

        (seen.exposure, seen.residual) = (system.clearinghouse.exposure(), system.waterfall.residual());
        (seen.traderClaims, , ) = system.clearinghouse.traderClaims();
        (seen.settledReturn, seen.unpaidProfit) = system.clearinghouse.debts();
        if (seen.equity < int256(seen.principal)) {
            uint256 since = system.pool.belowPrincipalSince();
            // What the pool has not been told yet counts from when it is.
            if (since == 0) since = block.timestamp;
            seen.resetDueAt = seen.openNotional == 0 ? block.timestamp : since + RESET_DELAY;
        }
    }

    function _showPoolEpoch(ILiquidityPool pool_, ILens.PoolView memory seen) private view {
        uint256 recordedAt;
        bool isSettled;
        uint256 epoch;
        (epoch, recordedAt, seen.recordedEquity, seen.recordedExitValue, isSettled) = pool_.lastRecord();
        seen.epoch = _epoch(
            pool_.currentEpoch(),
            pool_.GENESIS(),
            pool_.EPOCH_LENGTH(),
            recordedAt == 0 ? 0 : epoch + 1
        );
        if (recordedAt != 0 && !isSettled) _awaitSettlement(seen.epoch, recordedAt);
    }

    /// @notice See {ILens.insurance}.
    function insurance(ILens.Addresses memory system) external view returns (bytes memory) {
        ILens.InsuranceView memory seen;
        seen.assets = system.vault.balanceOf(Ledger.Insurance);
        (seen.available, seen.maxDrawPerDayBps) = (system.insurance.available(), system.insurance.maxDrawPerDayBps());
        seen.shares = _shares(seen.assets, IERC20(address(system.insurance)).totalSupply(), 0);
        IEpochVault vault = IEpochVault(address(system.insurance));
        seen.epoch = _epoch(
            vault.currentEpoch(),
            vault.GENESIS(),
            vault.EPOCH_LENGTH(),
            system.insurance.recordedEpochs()
        );
        uint256 recordedAt;
        (, recordedAt, seen.recordedAssets) = system.insurance.record();
        if (recordedAt != 0) _awaitSettlement(seen.epoch, recordedAt);
        return abi.encode(seen);
    }

    function _shares(uint256 nav, uint256 supply, uint256 claims) private pure returns (ILens.ShareView memory) {
        return ILens.ShareView(nav, supply, WHOLE_SHARE.mulDivDown(nav + 1, supply + VIRTUAL_SHARES), claims);
    }

    /// @param recordedEpochs One more than the last epoch recorded.
    function _epoch(
        uint256 current,
        uint256 genesis,
        uint256 length,
        uint256 recordedEpochs
    ) private pure returns (ILens.EpochView memory seen) {
        seen.current = current;
        seen.endsAt = genesis + (current + 1) * length;
        // The end of the present epoch, or of the last one if that is not on record.
        seen.recordableFrom = recordedEpochs >= current ? seen.endsAt : seen.endsAt - length;
        if (recordedEpochs != 0) seen.recordedEpoch = recordedEpochs - 1;
    }

    function _awaitSettlement(ILens.EpochView memory seen, uint256 recordedAt) private pure {
        (seen.isRecorded, seen.settleableFrom) = (true, recordedAt + SETTLE_DELAY);
    }

    // --------------------------------------------------------------------------------------------------- what is owed

    /// @notice See {ILens.incidents}.
    function incidents(
        ILens.Addresses memory system,
        uint256 from,
        uint256 count
    ) external view returns (bytes memory) {
        uint256 newest = system.waterfall.incidentCount();
        uint256 first = from == 0 ? newest : newest.min(from);
        ILens.IncidentView[] memory page = new ILens.IncidentView[](first.min(count));
        for (uint256 i = 0; i < page.length; ++i) {
            Incident memory parts = system.waterfall.incident(first - i);
            uint256 deficit = uint256(parts.forgone) + parts.insurance + parts.junior + parts.senior;
            page[i] = ILens.IncidentView(first - i, deficit + parts.adl + parts.residual, parts);
        }
        return abi.encode(page);
    }

    /// @notice See {ILens.traderClaims}.
    function traderClaims(
        ILens.Addresses memory system,
        AccountId[] calldata ids
    ) external view returns (bytes memory) {
        ILens.TraderClaimView[] memory page = new ILens.TraderClaimView[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            ILens.TraderClaimView memory seen = page[i];
            seen.id = ids[i];
            (seen.claimable, seen.outstanding) = system.clearinghouse.claimsOf(ids[i]);
            (seen.debtCollectable, seen.debtOutstanding) = system.clearinghouse.debtsTo(ids[i]);
        }
        return abi.encode(page);
    }

    /// @notice See {ILens.holderClaims}.
    function holderClaims(
        ILens.Addresses memory system,
        address[] calldata holders
    ) external view returns (bytes memory) {
        ILens.HolderClaimView[] memory page = new ILens.HolderClaimView[](holders.length);
        for (uint256 i = 0; i < holders.length; ++i) {
            ILens.HolderClaimView memory seen = page[i];
            address holder = holders[i];
            (seen.holder, seen.isRead) = (holder, true);
            (seen.seniorClaimable, seen.seniorOutstanding) = _claims(system.senior, holder, seen);
            (seen.juniorClaimable, seen.juniorOutstanding) = _claims(system.junior, holder, seen);
            (seen.fees, seen.orderFees) = (system.clearinghouse.feesOf(holder), system.orders.feesOf(holder));
        }
        return abi.encode(page);
    }

    function _claims(
        ITranche tranche,
        address holder,
        ILens.HolderClaimView memory seen
    ) private view returns (uint256 claimable, uint256 outstanding) {
        try tranche.claimsOf(holder) returns (uint256 due, uint256 left) {
            return (due, left);
        } catch {
            seen.isRead = false;
        }
    }
}
