// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IInsuranceFund
/// @notice The first layer of the waterfall: stakers who take matched deficits for a share of fees.
interface IInsuranceFund {
    /// @notice Only the loss waterfall draws.
    error InsuranceFund_NotWaterfall(address caller);

    /// @notice A daily draw limit out of bounds.
    error InsuranceFund_InvalidDrawLimit(uint256 has, uint256 max);

    /// @notice No epoch has ended yet.
    error InsuranceFund_EpochNotOver(uint256 epoch, uint256 endsAt, uint256 nowAt);

    /// @notice The last epoch that ended is recorded already.
    error InsuranceFund_EpochAlreadyRecorded(uint256 epoch);

    /// @notice No record waits to be settled.
    error InsuranceFund_NothingRecorded();

    /// @notice Keepers still have time to book what is due.
    error InsuranceFund_TooEarlyToSettle(uint256 epoch, uint256 settleableAt, uint256 nowAt);

    /// @notice The fund's assets at the end of an epoch are on record, USD WAD.
    event FundRecorded(uint256 indexed epoch, uint256 assets);

    /// @notice The fund paid part of a deficit into pool cash. USD WAD; `assetsLeft` is what the fund has afterwards.
    event Covered(uint256 asked, uint256 paid, uint256 assetsLeft);

    /// @notice The daily limit changed, basis points of the fund at the day's first draw.
    event MaxDrawPerDaySet(uint256 maxDrawPerDayBps);

    /// @notice Pays up to `matched` into pool cash.
    /// @dev `min(I * (1 - 1bp), matched, what is left of the day's limit)`, rounded down; days are UTC.
    /// Units: USD WAD. Emits {Covered}. Never reverts for lack of funds.
    ///
    /// Requirements: the caller is the waterfall, else {InsuranceFund_NotWaterfall}.
    /// Invariants: I4, I5.
    function cover(uint256 matched) external returns (uint256 paid);

    /// @notice What {cover} would pay now for an unlimited need, USD WAD.
    function available() external view returns (uint256);

    /// @notice Sets the daily limit.
    /// @dev Requirements: governor; at most 10,000 (no limit), else {InsuranceFund_InvalidDrawLimit}.
    function setMaxDrawPerDayBps(uint16 maxDrawPerDayBps) external;

    /// @notice The daily limit, basis points of the fund at the UTC day's first draw; 10,000: none.
    function maxDrawPerDayBps() external view returns (uint16);

    /// @notice Records the fund's assets after the end of an epoch. Permissionless.
    /// @dev Records the last epoch that ended; a record that was not settled is replaced, its requests settle with this
    /// one. Emits {FundRecorded}.
    ///
    /// Requirements: an epoch has ended, else {InsuranceFund_EpochNotOver}, and is not recorded, else
    /// {InsuranceFund_EpochAlreadyRecorded}.
    function recordEpoch() external;

    /// @notice Settles all requests up to the recorded epoch. Permissionless.
    /// @dev Redemptions at the lower of the recorded and the present assets, deposits at the higher; redemptions have no
    /// limit but the assets. Emits what the epoch vault emits. Where more than 64 ids wait, call again.
    ///
    /// Requirements: a record, else {InsuranceFund_NothingRecorded}, at least 30 minutes old, else
    /// {InsuranceFund_TooEarlyToSettle}.
    /// Invariants: I9.
    function settleEpoch() external;

    /// @notice The record that waits to be settled, zeros if none. `assets` USD WAD.
    function record() external view returns (uint256 epoch, uint256 recordedAt, uint256 assets);

    /// @notice One more than the last epoch that was ever recorded; 0: none was. {recordEpoch} is due while it is below the
    /// epoch running now.
    function recordedEpochs() external view returns (uint256);
}
