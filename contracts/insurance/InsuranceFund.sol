// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Wired} from "../governance/Wired.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {IVault} from "../interfaces/IVault.sol";
import {BPS, MathLib} from "../math/MathLib.sol";
import {EpochVault} from "../shares/EpochVault.sol";
import {Ledger} from "../types/Ledger.sol";

/// @title InsuranceFund
/// @notice Shares of the first layer of the waterfall. What the insurance ledger holds is the fund: nothing else counts.
contract InsuranceFund is IInsuranceFund, EpochVault, AccessManaged, Wired {
    /// @dev Between record and settlement, for keepers to book what is due.
    uint256 private constant SETTLE_DELAY = 30 minutes;

    /// @dev A draw leaves at least 1 bp: shares keep a value, so the fund can be refilled without a new share.
    uint256 private constant DRAWABLE_BPS = BPS - 1;

    // slot 0: 160 + 32 + 16
    /// @notice The only contract that draws; zero until wired.
    address public waterfall;
    uint32 private _drawDay; // UTC day of the last draw, counted from 1; 0: none yet
    /// @inheritdoc IInsuranceFund
    uint16 public maxDrawPerDayBps;

    // slot 1: 128 + 128
    uint128 private _drawBase; // the fund at that day's first draw, USD
    uint128 private _drawn; // that day, USD

    // slot 2: 64 + 40 + 128
    uint64 private _recordedEpochs; // 1 + the last epoch recorded
    uint40 private _recordedAt; // 0: settled, or never recorded
    uint128 private _recordedAssets; // USD

    constructor(
        IVault vault,
        address authority,
        string memory name_,
        string memory symbol_,
        uint256 genesis,
        uint256 epochLength,
        uint16 maxDrawPerDayBps_
    ) EpochVault(vault, name_, symbol_, genesis, epochLength) AccessManaged(authority) {
        _setMaxDrawPerDay(maxDrawPerDayBps_);
    }

    /// @notice Names the waterfall for good.
    /// @dev Requirements: the deployer, once, else the errors of {Wired}.
    function wire(address waterfall_) external onlyOnce {
        waterfall = waterfall_;
    }

    // ------------------------------------------------------------------------------------------------------- draws

    /// @inheritdoc IInsuranceFund
    function cover(uint256 matched) external returns (uint256 paid) {
        if (msg.sender != waterfall) revert InsuranceFund_NotWaterfall(msg.sender);
        uint256 fund = _nav();
        paid = MathLib.min(matched, _available(fund));
        if (paid != 0) {
            _remember(fund, paid);
            _post(Ledger.Insurance, Ledger.Cash, int256(paid));
        }
        emit Covered(matched, paid, fund - paid);
    }

    /// @inheritdoc IInsuranceFund
    function available() external view returns (uint256) {
        return _available(_nav());
    }

    /// @inheritdoc IInsuranceFund
    function setMaxDrawPerDayBps(uint16 maxDrawPerDayBps_) external restricted {
        _setMaxDrawPerDay(maxDrawPerDayBps_);
    }

    // ------------------------------------------------------------------------------------------------------ epochs

    /// @inheritdoc IInsuranceFund
    function recordEpoch() external {
        uint256 current = currentEpoch();
        if (current == 0) revert InsuranceFund_EpochNotOver(0, GENESIS + EPOCH_LENGTH, block.timestamp);
        if (_recordedEpochs == current) revert InsuranceFund_EpochAlreadyRecorded(current - 1);

        uint256 assets = _nav();
        _recordedEpochs = uint64(current);
        _recordedAt = uint40(block.timestamp);
        _recordedAssets = uint128(assets);
        emit FundRecorded(current - 1, assets);
    }

    /// @inheritdoc IInsuranceFund
    function settleEpoch() external nonReentrant {
        uint256 recordedAt = _recordedAt;
        if (recordedAt == 0) revert InsuranceFund_NothingRecorded();
        uint256 epoch = _recordedEpochs - 1;
        uint256 settleableAt = recordedAt + SETTLE_DELAY;
        if (block.timestamp < settleableAt) {
            revert InsuranceFund_TooEarlyToSettle(epoch, settleableAt, block.timestamp);
        }

        uint256 recorded = _recordedAssets;
        uint256 present = _nav();
        (, bool isComplete) = _settle(
            epoch,
            MathLib.max(recorded, present),
            MathLib.min(recorded, present),
            present,
            true
        );
        // Otherwise the same record settles the rest in the next call.
        if (isComplete) _recordedAt = 0;
    }

    /// @inheritdoc IInsuranceFund
    function record() external view returns (uint256 epoch, uint256 recordedAt, uint256 assets) {
        if (_recordedAt == 0) return (0, 0, 0);
        return (_recordedEpochs - 1, _recordedAt, _recordedAssets);
    }

    /// @inheritdoc IInsuranceFund
    function recordedEpochs() external view returns (uint256) {
        return _recordedEpochs;
    }

    // ---------------------------------------------------------------------------------------------------- internal

    function _nav() internal view override returns (uint256) {
        return VAULT.balanceOf(Ledger.Insurance);
    }

    function _assetLedger() internal pure override returns (Ledger) {
        return Ledger.Insurance;
    }

    function _available(uint256 fund) private view returns (uint256 usd) {
        usd = MathLib.mulDivDown(fund, DRAWABLE_BPS, BPS);
        if (maxDrawPerDayBps == BPS) return usd;

        bool isFirst = _drawDay != _today();
        uint256 limit = MathLib.mulDivDown(isFirst ? fund : _drawBase, maxDrawPerDayBps, BPS);
        return MathLib.min(usd, MathLib.zeroFloorSub(limit, isFirst ? 0 : _drawn));
    }

    /// @dev Also without a limit: one set later the same day counts what was drawn before.
    function _remember(uint256 fund, uint256 paid) private {
        uint256 today = _today();
        if (_drawDay == today) {
            _drawn += uint128(paid);
        } else {
            _drawDay = uint32(today);
            _drawBase = uint128(fund);
            _drawn = uint128(paid);
        }
    }

    function _setMaxDrawPerDay(uint16 bps) private {
        if (bps > BPS) revert InsuranceFund_InvalidDrawLimit(bps, BPS);
        maxDrawPerDayBps = bps;
        emit MaxDrawPerDaySet(bps);
    }

    /// @dev UTC days, counted from 1: 0 is never.
    function _today() private view returns (uint256) {
        return block.timestamp / 1 days + 1;
    }
}
