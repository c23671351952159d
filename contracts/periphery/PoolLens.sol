// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEpochVault} from "../interfaces/IEpochVault.sol";
import {ILens} from "../interfaces/ILens.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Ledger} from "../types/Ledger.sol";
import {Incident} from "../types/Loss.sol";
import {LensBase} from "./LensBase.sol";

/// @title PoolLens
/// @notice Those who stand behind the trades: the pool, the fund, what they lost, and what everybody is owed back.
abstract contract PoolLens is LensBase {
    using MathLib for uint256;

    /// @dev As in the pool and in the fund: time for keepers to book what is due.
    uint256 private constant SETTLE_DELAY = 30 minutes;
    /// @dev As in the pool: how long `E < T` before anybody may write senior down.
    uint256 private constant RESET_DELAY = 24 hours;
    /// @dev As in `ShareMathLib`: a share is 1e24, priced with 1e6 virtual shares and 1 wei of virtual assets.
    uint256 private constant WHOLE_SHARE = 1e24;
    uint256 private constant VIRTUAL_SHARES = 1e6;

    // --------------------------------------------------------------------------------------------- pool and insurance

    /// @inheritdoc ILens
    function pool() external view returns (PoolView memory seen) {
        (seen.equity, seen.markTotal, seen.backing) = (POOL.equity(), POOL.markTotal(), POOL.backing());
        (seen.cash, seen.unpaid) = (VAULT.balanceOf(Ledger.Cash), POOL.unpaid());
        (seen.floor, seen.principal, seen.exitValue) = (POOL.floor(), POOL.principal(), POOL.exitValue());
        (seen.freeCapital, seen.openNotional, seen.isOpenable) = (
            POOL.freeCapital(),
            POOL.openNotional(),
            POOL.isOpenable()
        );
        (uint256 seniorNav, uint256 juniorNav) = POOL.navs();
        (uint256 seniorClaims, uint256 juniorClaims) = POOL.claims();
        seen.senior = _shares(seniorNav, SENIOR.totalSupply(), seniorClaims);
        seen.junior = _shares(juniorNav, JUNIOR.totalSupply(), juniorClaims);

        (seen.exposure, seen.residual) = (CLEARINGHOUSE.exposure(), WATERFALL.residual());
        (seen.traderClaims, , ) = CLEARINGHOUSE.traderClaims();
        (seen.settledReturn, seen.unpaidProfit) = CLEARINGHOUSE.debts();
        if (seen.equity < int256(seen.principal)) {
            uint256 since = POOL.belowPrincipalSince();
            // What the pool has not been told yet counts from when it is.
            if (since == 0) since = block.timestamp;
            seen.resetDueAt = seen.openNotional == 0 ? block.timestamp : since + RESET_DELAY;
        }
        _poolEpoch(seen);
    }

    function _poolEpoch(PoolView memory seen) private view {
        uint256 recordedAt;
        bool isSettled;
        uint256 epoch;
        (epoch, recordedAt, seen.recordedEquity, seen.recordedExitValue, isSettled) = POOL.lastRecord();
        seen.epoch = _epoch(POOL.currentEpoch(), POOL.GENESIS(), POOL.EPOCH_LENGTH(), recordedAt == 0 ? 0 : epoch + 1);
        if (recordedAt != 0 && !isSettled) _awaitSettlement(seen.epoch, recordedAt);
    }

    /// @inheritdoc ILens
    function insurance() external view returns (InsuranceView memory seen) {
        seen.assets = VAULT.balanceOf(Ledger.Insurance);
        (seen.available, seen.maxDrawPerDayBps) = (INSURANCE.available(), INSURANCE.maxDrawPerDayBps());
        seen.shares = _shares(seen.assets, IERC20(address(INSURANCE)).totalSupply(), 0);
        IEpochVault vault = IEpochVault(address(INSURANCE));
        seen.epoch = _epoch(vault.currentEpoch(), vault.GENESIS(), vault.EPOCH_LENGTH(), INSURANCE.recordedEpochs());
        uint256 recordedAt;
        (, recordedAt, seen.recordedAssets) = INSURANCE.record();
        if (recordedAt != 0) _awaitSettlement(seen.epoch, recordedAt);
    }

    function _shares(uint256 nav, uint256 supply, uint256 claims) private pure returns (ShareView memory) {
        return ShareView(nav, supply, WHOLE_SHARE.mulDivDown(nav + 1, supply + VIRTUAL_SHARES), claims);
    }

    /// @param recordedEpochs One more than the last epoch recorded.
    function _epoch(
        uint256 current,
        uint256 genesis,
        uint256 length,
        uint256 recordedEpochs
    ) private pure returns (EpochView memory seen) {
        seen.current = current;
        seen.endsAt = genesis + (current + 1) * length;
        // The end of the present epoch, or of the last one if that is not on record.
        seen.recordableFrom = recordedEpochs >= current ? seen.endsAt : seen.endsAt - length;
        if (recordedEpochs != 0) seen.recordedEpoch = recordedEpochs - 1;
    }

    function _awaitSettlement(EpochView memory seen, uint256 recordedAt) private pure {
        (seen.isRecorded, seen.settleableFrom) = (true, recordedAt + SETTLE_DELAY);
    }

    // --------------------------------------------------------------------------------------------------- what is owed

    /// @inheritdoc ILens
    function incidents(uint256 from, uint256 count) external view returns (IncidentView[] memory page) {
        uint256 newest = WATERFALL.incidentCount();
        uint256 first = from == 0 ? newest : newest.min(from);
        page = new IncidentView[](first.min(count));
        for (uint256 i = 0; i < page.length; ++i) {
            Incident memory parts = WATERFALL.incident(first - i);
            uint256 deficit = uint256(parts.forgone) + parts.insurance + parts.junior + parts.senior;
            page[i] = IncidentView(first - i, deficit + parts.adl + parts.residual, parts);
        }
    }

    /// @inheritdoc ILens
    function traderClaims(AccountId[] calldata ids) external view returns (TraderClaimView[] memory page) {
        page = new TraderClaimView[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            TraderClaimView memory seen = page[i];
            seen.id = ids[i];
            (seen.claimable, seen.outstanding) = CLEARINGHOUSE.claimsOf(ids[i]);
            (seen.debtCollectable, seen.debtOutstanding) = CLEARINGHOUSE.debtsTo(ids[i]);
        }
    }

    /// @inheritdoc ILens
    function holderClaims(address[] calldata holders) external view returns (HolderClaimView[] memory page) {
        page = new HolderClaimView[](holders.length);
        for (uint256 i = 0; i < holders.length; ++i) {
            HolderClaimView memory seen = page[i];
            address holder = holders[i];
            (seen.holder, seen.isRead) = (holder, true);
            (seen.seniorClaimable, seen.seniorOutstanding) = _claims(SENIOR, holder, seen);
            (seen.juniorClaimable, seen.juniorOutstanding) = _claims(JUNIOR, holder, seen);
            (seen.fees, seen.orderFees) = (CLEARINGHOUSE.feesOf(holder), ORDERS.feesOf(holder));
        }
    }

    function _claims(
        ITranche tranche,
        address holder,
        HolderClaimView memory seen
    ) private view returns (uint256 claimable, uint256 outstanding) {
        try tranche.claimsOf(holder) returns (uint256 due, uint256 left) {
            return (due, left);
        } catch {
            seen.isRead = false;
        }
    }
}
