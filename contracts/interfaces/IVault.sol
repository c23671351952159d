// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LEDGER_COUNT, Ledger} from "../types/Ledger.sol";

/// @title IVault
/// @notice Holds every quote token of the protocol and says, to the wei, which ledger each belongs to.
/// @dev Units: USD WAD, except amounts named native. Double entry: a posting that does not sum to zero reverts, and no
/// ledger can go below zero, so I1 and I2 hold by construction. The set of modules is fixed when wired.
///
/// What the token may do. It may return nothing, revert on zero amounts, have 0 to 18 decimals, block addresses, pause, take
/// a fee out of what a transfer delivers, and call back: each concerns only whoever is paid or pays, now, and a payout that
/// fails can be asked for again. It may not take from the vault what the vault did not send: a rebase downwards, or a fee on
/// top of a transfer. The ledgers cannot carry that; {shortfall} shows it, and the last to leave would bear it.
interface IVault {
    /// @notice A contract other than a wired module, or a module touching a ledger that is not its own.
    error Vault_NotAllowed(address caller, uint256 ledgersTouched, uint256 ledgersAllowed);

    /// @notice A posting created or destroyed money.
    error Vault_Unbalanced(int256 sum);

    /// @notice A ledger holds less than a posting takes from it.
    error Vault_Insufficient(Ledger ledger, uint256 has, uint256 needs);

    /// @notice A ledger grew past what its storage holds (3.4e20 USD).
    error Vault_Overflow(Ledger ledger, uint256 value);

    /// @notice The quote token has more than 18 decimals.
    error Vault_TooManyDecimals(uint8 has, uint8 max);

    /// @notice Modules and their masks differ in number.
    error Vault_LengthMismatch(uint256 modules, uint256 masks);

    /// @notice The contracts that may post, and to which ledgers, were fixed for good.
    event ModulesWired(address[] modules, uint256[] ledgerMasks);

    /// @notice Quote tokens came in.
    event Received(Ledger ledger, address indexed from, uint256 amountNative);

    /// @notice Quote tokens went out.
    event Paid(Ledger ledger, address indexed to, uint256 amountNative);

    /// @notice Moves money between ledgers.
    /// @dev Units: USD WAD. Rounding: none. Emits nothing on the hot path: the module that posts emits the reason.
    ///
    /// Requirements:
    /// - the caller is a module and each ledger it touches is its own, else {Vault_NotAllowed};
    /// - the deltas sum to zero, else {Vault_Unbalanced};
    /// - no ledger falls below zero, else {Vault_Insufficient}, or above its storage, else {Vault_Overflow};
    /// - no token is moving, else {ReentrancyGuardReentrantCall}.
    ///
    /// Invariants: I1, I2.
    /// Security: moves no token and calls nobody.
    function post(int256[LEDGER_COUNT] calldata deltas) external;

    /// @notice Takes quote tokens from `from` and credits what arrived.
    /// @dev Units: `amountNative` in token decimals, `received` USD WAD (exact). Emits {Received}.
    ///
    /// Requirements: as {post}; `from` has approved the vault.
    /// Invariants: I1.
    /// Security: credits the measured receipt, never the amount asked. No ledger moves while the token does.
    function receiveFrom(Ledger ledger, address from, uint256 amountNative) external returns (uint256 received);

    /// @notice Pays quote tokens out of a ledger.
    /// @dev Units: `amountUsd` WAD, floored to whole token units; what remains stays in the ledger. Emits {Paid}.
    ///
    /// Requirements: as {post}.
    /// Invariants: I1, I2.
    /// Security: the ledger falls before the token moves. Everybody who is paid has asked for it, or can again: a payout
    /// that the token refuses reverts as a whole, and no operation of anybody else pays along the way.
    /// @return paidUsd What left the ledger, USD WAD.
    function payTo(Ledger ledger, address to, uint256 amountUsd) external returns (uint256 paidUsd);

    /// @notice What one ledger holds, USD WAD.
    function balanceOf(Ledger ledger) external view returns (uint256);

    /// @notice All ledgers in the order of `Ledger`, USD WAD.
    function balances() external view returns (uint256[LEDGER_COUNT] memory);

    /// @notice Quote tokens the vault really has, USD WAD; direct transfers in are the only surplus over the ledgers.
    function held() external view returns (uint256);

    /// @notice What the ledgers promise beyond the tokens held, USD WAD: zero, unless the token took some away by itself.
    /// @dev Nothing depends on it: a call that did could be stopped by the token.
    function shortfall() external view returns (uint256);

    /// @notice The quote token.
    function TOKEN() external view returns (address);

    /// @notice USD WAD per smallest token unit, `10^(18 - decimals)`.
    function SCALE() external view returns (uint256);

    /// @notice Bit l set: `module` may touch ledger l.
    function ledgersOf(address module) external view returns (uint256);
}
