// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ILiquidityPool
/// @notice Keeps the pool's equity `E = C - unpaid - sum of marks` as a running sum and divides it between the tranches.
/// @dev Units: USD WAD.
interface ILiquidityPool {
    /// @dev What one clearinghouse operation changed.
    struct Change {
        int256 marks; // sum of new minus old marks
        int256 unpaid; // debts to traders
        int256 openNotional; // entry cost of all positions
        uint256 income; // fees, penalties and funding that belong to LPs, for the coupon
        uint256 recovery; // posted to `Ledger.Recovery` for the claims of LPs
    }

    /// @dev Where the pool stands after an operation.
    struct Standing {
        int256 equity; // E
        uint256 cash; // C
        uint256 unpaid; // debts to traders
        uint256 floor; // Phi in force
        int256 backing; // what caps rest on: E less redemptions that are overdue
        bool isOpenable; // both tranches hold the minimum
    }

    error LiquidityPool_NotClearinghouse(address caller);
    error LiquidityPool_NotWaterfall(address caller);
    error LiquidityPool_EpochNotOver(uint256 epoch, uint256 endsAt, uint256 nowAt);
    error LiquidityPool_EpochAlreadyRecorded(uint256 epoch);
    error LiquidityPool_NothingRecorded(uint256 epoch);
    error LiquidityPool_TooEarlyToSettle(uint256 epoch, uint256 settleableAt, uint256 nowAt);
    error LiquidityPool_ResetNotDue(int256 equity, uint256 principal, uint256 dueAt);
    error LiquidityPool_InvalidParams(bytes32 name, uint256 has, uint256 max);

    event CouponAccrued(uint256 income, uint256 coupon, uint256 principal);
    event LossBooked(uint256 loss, uint256 junior, uint256 senior, uint256 shortOfFloor, int256 equityAfter);
    event EpochRecorded(uint256 indexed epoch, int256 equity, int256 exitValue);
    event EpochSettled(uint256 indexed epoch, int256 equity, uint256 principal, uint256 floor, uint256 freeCapital);
    event Reset(uint256 principalBefore, uint256 principalAfter, uint256 floorAfter, uint256 seniorWrittenDown);
    event PoolParamsSet(uint16 seniorFloorBps, uint16 seniorWeightBps, uint16 juniorWeightBps, uint128 minTranche);

    /// @notice Books what an operation changed, accrues the senior coupon on its income and returns `E`.
    /// @dev Called after the vault posting of the same operation. Coupon `sigma * min(income, max(0, E - T))`, rounded
    /// down, `E` taken after the income. Emits {CouponAccrued} when there is one. `change.recovery` repays claims of senior,
    /// then junior.
    ///
    /// Requirements: the caller is the clearinghouse, else {LiquidityPool_NotClearinghouse}.
    /// Invariants: I11.
    function record(Change calldata change) external returns (Standing memory);

    /// @notice Allocates a loss of `E` that the ledgers already show.
    /// @dev `shortOfFloor = min(loss, max(0, floor - E'))`, junior `min(rest, NAV_j before)`, senior the remainder.
    /// Rounding: none. Junior's part is owed back to whoever holds its shares; senior's once a reset writes it down, for
    /// until then what `E` regains is senior's. Emits {LossBooked}.
    ///
    /// Requirements: the caller is the waterfall, else {LiquidityPool_NotWaterfall}.
    /// Invariants: I4, I5.
    function absorb(uint256 loss) external returns (uint256 junior, uint256 senior, uint256 shortOfFloor);

    /// @notice Records `E` and the exit value at the end of an epoch, on fresh prices of every market. Permissionless.
    /// @dev Emits {EpochRecorded}.
    ///
    /// Requirements: the epoch is over, else {LiquidityPool_EpochNotOver}, and not recorded yet, else
    /// {LiquidityPool_EpochAlreadyRecorded}; every market has a price.
    function recordEpoch() external;

    /// @notice Settles both tranches' requests at the worse of the recorded and the present value. Permissionless.
    /// @dev Emits {EpochSettled}.
    ///
    /// Requirements: the epoch was recorded, else {LiquidityPool_NothingRecorded}, at least 30 minutes ago, else
    /// {LiquidityPool_TooEarlyToSettle}.
    /// Invariants: I9.
    function settleEpoch() external;

    /// @notice Writes the senior principal down to what is there. Permissionless.
    /// @dev `T := max(0, E + sum max(0, mark - W)) * (1 - 1bp)`, rounded down, if lower; `floor := seniorFloorBps * T`. What
    /// `T` fell by is owed back to whoever holds senior shares. Emits {Reset}.
    ///
    /// Requirements: `E < T` for 24 hours, or no open interest, else {LiquidityPool_ResetNotDue}.
    function reset() external;

    /// @notice What a trade has to know before it moves money; `claims` are those of LPs, as {claims} in one.
    function snapshot()
        external
        view
        returns (uint256 cash, uint256 insurance, uint256 unpaidDebts, uint256 openNotionalUsd, uint256 claims);

    /// @notice What holders of senior and of junior shares are owed back and not repaid yet.
    function claims() external view returns (uint256 senior, uint256 junior);

    /// @notice `E`, signed.
    function equity() external view returns (int256);

    /// @notice What caps on skew and open interest rest on: `E` less redemptions that have passed three epochs unpaid.
    function backing() external view returns (int256);

    /// @notice What leaving LPs are priced at: counts only collected money, never above `E`.
    function exitValue() external view returns (int256);

    /// @notice Net asset values: senior `clamp(E, 0, T)`, junior `max(0, E - T)`.
    function navs() external view returns (uint256 senior, uint256 junior);

    /// @notice Senior principal `T`.
    function principal() external view returns (uint256);

    /// @notice Protected floor; zero while there is no open interest.
    function floor() external view returns (uint256);

    /// @notice Debts to traders counted in `E`.
    function unpaid() external view returns (uint256);

    /// @notice Sum of all marks.
    function markTotal() external view returns (int256);

    /// @notice Entry cost of all positions.
    function openNotional() external view returns (uint256);

    /// @notice What redemptions can be paid now.
    function freeCapital() external view returns (uint256);

    /// @notice Whether both tranches hold the minimum that lets markets open.
    function isOpenable() external view returns (bool);

    /// @notice What the last epoch's record saw; all zero if there never was one. Settled or not, it stays until the next.
    function lastRecord()
        external
        view
        returns (uint256 epoch, uint256 recordedAt, int256 recordedEquity, int256 recordedExitValue, bool isSettled);

    /// @notice Since when `E < T`, as far as the pool has been told, unix seconds; 0: it is not. {reset} counts from here.
    function belowPrincipalSince() external view returns (uint256);

    /// @notice Epoch running now. Epoch n covers `[GENESIS + n * EPOCH_LENGTH, GENESIS + (n + 1) * EPOCH_LENGTH)`.
    function currentEpoch() external view returns (uint256);

    /// @notice Start of epoch 0, unix seconds.
    function GENESIS() external view returns (uint256);

    /// @notice Length of an epoch, seconds.
    function EPOCH_LENGTH() external view returns (uint256);
}
