// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Wired} from "../governance/Wired.sol";
import {IVault} from "../interfaces/IVault.sol";
import {LEDGER_COUNT, Ledger} from "../types/Ledger.sol";

/// @title Vault
/// @notice The only holder of quote tokens: eight ledgers, double entry, no owner.
/// @dev While the token moves, no ledger does: the modules' own locks do not know of each other, and a token that calls back
/// could otherwise be received by two of them at once, or be paid out by one on what another is about to change.
contract Vault is IVault, Wired, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @inheritdoc IVault
    address public immutable TOKEN;

    /// @inheritdoc IVault
    uint256 public immutable SCALE;

    uint256 private constant LEDGERS_PER_SLOT = 2;

    /// @dev Two ledgers a slot, 128 bits each, in the order of `Ledger`: margin and cash, which move together, share one.
    uint256[LEDGER_COUNT / LEDGERS_PER_SLOT] private _pairs;

    /// @inheritdoc IVault
    mapping(address module => uint256 ledgerMask) public ledgersOf;

    constructor(address token) {
        uint8 decimals = IERC20Metadata(token).decimals();
        if (decimals > 18) revert Vault_TooManyDecimals(decimals, 18);
        TOKEN = token;
        SCALE = 10 ** (18 - decimals);
    }

    /// @notice Fixes for good which contract may post to which ledgers.
    /// @dev Emits {ModulesWired}. Requirements: the deployer, once, else the errors of {Wired}; one mask a module, else
    /// {Vault_LengthMismatch}.
    function wire(address[] calldata modules, uint256[] calldata ledgerMasks) external onlyOnce {
        if (modules.length != ledgerMasks.length) revert Vault_LengthMismatch(modules.length, ledgerMasks.length);
        for (uint256 i = 0; i < modules.length; ++i) ledgersOf[modules[i]] = ledgerMasks[i];
        emit ModulesWired(modules, ledgerMasks);
    }

    /// @inheritdoc IVault
    function post(int256[LEDGER_COUNT] calldata deltas) external nonReentrantView {
        uint256 touched;
        int256 sum;
        for (uint256 slot = 0; slot < LEDGER_COUNT / LEDGERS_PER_SLOT; ++slot) {
            uint256 low = slot * LEDGERS_PER_SLOT;
            int256 first = deltas[low];
            int256 second = deltas[low + 1];
            if (first == 0 && second == 0) continue;

            sum += first + second;
            uint256 pair = _pairs[slot];
            uint256 a = uint128(pair);
            uint256 b = pair >> 128;
            if (first != 0) {
                touched |= 1 << low;
                a = _add(Ledger(low), a, first);
            }
            if (second != 0) {
                touched |= 2 << low;
                b = _add(Ledger(low + 1), b, second);
            }
            _pairs[slot] = (b << 128) | a;
        }
        if (sum != 0) revert Vault_Unbalanced(sum);
        _authorize(touched);
    }

    /// @inheritdoc IVault
    function receiveFrom(
        Ledger ledger,
        address from,
        uint256 amountNative
    ) external nonReentrant returns (uint256 received) {
        _authorize(1 << uint256(ledger));
        IERC20 token = IERC20(TOKEN);
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amountNative);
        uint256 arrived = token.balanceOf(address(this)) - before;
        received = arrived * SCALE;
        _change(ledger, int256(received));
        emit Received(ledger, from, arrived);
    }

    /// @inheritdoc IVault
    function payTo(Ledger ledger, address to, uint256 amountUsd) external nonReentrant returns (uint256 paidUsd) {
        _authorize(1 << uint256(ledger));
        uint256 amountNative = amountUsd / SCALE;
        if (amountNative == 0) return 0;
        paidUsd = amountNative * SCALE;
        _change(ledger, -int256(paidUsd));
        IERC20(TOKEN).safeTransfer(to, amountNative);
        emit Paid(ledger, to, amountNative);
    }

    /// @inheritdoc IVault
    function balanceOf(Ledger ledger) public view returns (uint256) {
        uint256 pair = _pairs[uint256(ledger) / LEDGERS_PER_SLOT];
        return uint256(ledger) % LEDGERS_PER_SLOT == 0 ? uint128(pair) : pair >> 128;
    }

    /// @inheritdoc IVault
    function balances() external view returns (uint256[LEDGER_COUNT] memory all) {
        for (uint256 i = 0; i < LEDGER_COUNT; ++i) all[i] = balanceOf(Ledger(i));
    }

    /// @inheritdoc IVault
    function held() public view returns (uint256) {
        return IERC20(TOKEN).balanceOf(address(this)) * SCALE;
    }

    /// @inheritdoc IVault
    function shortfall() external view returns (uint256) {
        uint256 promised;
        for (uint256 i = 0; i < LEDGER_COUNT; ++i) promised += balanceOf(Ledger(i));
        uint256 has = held();
        return promised > has ? promised - has : 0;
    }

    function _change(Ledger ledger, int256 delta) private {
        uint256 slot = uint256(ledger) / LEDGERS_PER_SLOT;
        uint256 pair = _pairs[slot];
        _pairs[slot] =
            uint256(ledger) % LEDGERS_PER_SLOT == 0
                ? ((pair >> 128) << 128) | _add(ledger, uint128(pair), delta)
                : (_add(ledger, pair >> 128, delta) << 128) | uint128(pair);
    }

    function _add(Ledger ledger, uint256 balance, int256 delta) private pure returns (uint256 result) {
        if (delta < 0) {
            uint256 taken = uint256(-delta);
            if (taken > balance) revert Vault_Insufficient(ledger, balance, taken);
            return balance - taken;
        }
        result = balance + uint256(delta);
        if (result > type(uint128).max) revert Vault_Overflow(ledger, result);
    }

    function _authorize(uint256 touched) private view {
        uint256 allowed = ledgersOf[msg.sender];
        if (touched & ~allowed != 0) revert Vault_NotAllowed(msg.sender, touched, allowed);
    }
}
