// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title MockUSD
/// @notice A dollar anyone can print, with the habits of real ones: few decimals, permits, a blocklist, a transfer fee.
contract MockUSD is ERC20, ERC20Permit {
    /// @notice The issuer blocks an address.
    error MockUSD_Blocked(address account);

    uint256 private constant BPS = 1e4;

    uint8 private immutable DECIMALS;

    /// @notice Transfers from and to a blocked address revert.
    mapping(address account => bool) public isBlocked;

    /// @notice Part of every transfer that is burnt on the way.
    uint256 public feeBps;

    constructor(uint8 decimals_) ERC20("Mock USD", "mUSD") ERC20Permit("Mock USD") {
        DECIMALS = decimals_;
    }

    /// @notice Prints `amount`, in token decimals.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Blocks an address or lets it go.
    function blocklist(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    /// @notice Sets the transfer fee, at most 10,000.
    function setFeeBps(uint256 feeBps_) external {
        feeBps = feeBps_;
    }

    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (isBlocked[from]) revert MockUSD_Blocked(from);
        if (isBlocked[to]) revert MockUSD_Blocked(to);

        bool isTransfer = from != address(0) && to != address(0);
        uint256 fee = isTransfer ? (value * feeBps) / BPS : 0; // rounded down, for whoever is paid
        if (fee > 0) super._update(from, address(0), fee);
        super._update(from, to, value - fee);
    }
}
