// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Vm
/// @notice The cheatcodes of the test runner that our tests use: calls to one fixed address that it intercepts.
/// @dev Signatures as the runner of Hardhat 3 knows them. Add one here when a test needs it, not before.
interface Vm {
    // ------------------------------------------------------------------------------------------------------ the caller

    /// @notice The next call comes from `sender`.
    function prank(address sender) external;

    /// @notice The next call comes from `sender` in a transaction of `origin`.
    function prank(address sender, address origin) external;

    /// @notice Every call comes from `sender` until {stopPrank}.
    function startPrank(address sender) external;

    function stopPrank() external;

    // ------------------------------------------------------------------------------------------------------- the chain

    /// @notice Sets `block.timestamp`.
    function warp(uint256 timestamp) external;

    /// @notice Sets `block.number`.
    function roll(uint256 number) external;

    /// @notice Sets `block.basefee`.
    function fee(uint256 baseFee) external;

    /// @notice `block.timestamp` as it is now, which the optimiser cannot mistake for what it was before a {warp}.
    function getBlockTimestamp() external view returns (uint256);

    /// @notice Sets the balance of an account, wei.
    function deal(address account, uint256 balance) external;

    /// @notice Replaces the code of an account.
    function etch(address target, bytes calldata code) external;

    function load(address target, bytes32 slot) external view returns (bytes32);

    function store(address target, bytes32 slot, bytes32 value) external;

    /// @notice Remembers the whole state.
    function snapshotState() external returns (uint256 id);

    /// @notice Returns to a state remembered.
    function revertToState(uint256 id) external returns (bool);

    /// @notice Empties the warm set for an account: its slots cost as in a transaction of their own.
    function cool(address target) external;

    // ------------------------------------------------------------------------------------------------- what must happen

    /// @notice The next call reverts, whatever with.
    function expectRevert() external;

    /// @notice The next call reverts with exactly this error without arguments.
    function expectRevert(bytes4 selector) external;

    /// @notice The next call reverts with exactly this data.
    function expectRevert(bytes calldata data) external;

    /// @notice The next call reverts with this error, whatever its arguments.
    function expectPartialRevert(bytes4 selector) external;

    /// @notice The next call emits the event that follows, all topics and data alike.
    function expectEmit() external;

    /// @notice The same, by this emitter.
    function expectEmit(address emitter) external;

    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;

    /// @notice The next call makes a call to `callee` that begins with `data`.
    function expectCall(address callee, bytes calldata data) external;

    function expectCall(address callee, bytes calldata data, uint64 count) external;

    /// @notice Gives up this fuzz run if `condition` is false. Prefer `bound`.
    function assume(bool condition) external pure;

    // ------------------------------------------------------------------------------------------------------------ mocks

    function mockCall(address callee, bytes calldata data, bytes calldata returned) external;

    function mockCallRevert(address callee, bytes calldata data, bytes calldata reverted) external;

    function clearMockedCalls() external;

    // ------------------------------------------------------------------------------------------------------------- keys

    function addr(uint256 privateKey) external pure returns (address);

    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    /// @notice Names an address in traces.
    function label(address account, string calldata name) external;

    // ------------------------------------------------------------------------------------------------------------ text

    function toString(uint256 value) external pure returns (string memory);

    // ------------------------------------------------------------------------------------------------------------- logs

    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function recordLogs() external;

    function getRecordedLogs() external returns (Log[] memory);

    // ------------------------------------------------------------------------------------------------------------- gas

    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed; // deprecated by the runner
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    /// @notice What the last call cost.
    function lastCallGas() external view returns (Gas memory);

    /// @notice Writes the cost of the last call into the runner's snapshot.
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gasUsed);

    /// @notice Writes a number into the runner's snapshot.
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
}
