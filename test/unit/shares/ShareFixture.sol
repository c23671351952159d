// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Vault} from "../../../contracts/core/Vault.sol";
import {LEDGER_COUNT, Ledger} from "../../../contracts/types/Ledger.sol";
import {TestBase} from "../../shared/TestBase.sol";

/// @dev A quote token of any decimals.
contract Quote is ERC20("Quote", "Q") {
    uint8 private immutable DECIMALS;

    constructor(uint8 decimals_) {
        DECIMALS = decimals_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }
}

/// @title ShareFixture
/// @notice A real vault, a token of six decimals (unless a test says otherwise) and three people who approved the vault. The test itself is a module
/// that may post anywhere, and stands in for the pool.
abstract contract ShareFixture is TestBase {
    uint256 internal constant LENGTH = 1 days;
    uint256 internal constant USD = 1e18;
    uint256 internal constant NATIVE = 1e6;

    Quote internal token;
    Vault internal vault;
    uint256 internal genesis;

    address internal ann = makeActor("ann");
    address internal ben = makeActor("ben");
    address internal cat = makeActor("cat");

    function _deployVault() internal {
        genesis = vm.getBlockTimestamp();
        token = new Quote(_decimals());
        vault = new Vault(address(token));
        address[3] memory people = [ann, ben, cat];
        for (uint256 i = 0; i < people.length; ++i) _fund(people[i]);
        _fund(address(this));
    }

    function _wireVault(address shares) internal {
        address[] memory modules = new address[](2);
        uint256[] memory masks = new uint256[](2);
        (modules[0], modules[1]) = (shares, address(this));
        (masks[0], masks[1]) = (
            _bit(Ledger.Queue) | _bit(Ledger.Cash) | _bit(Ledger.Insurance) | _bit(Ledger.Recovery),
            type(uint8).max
        );
        vault.wire(modules, masks);
    }

    function _fund(address who) private {
        token.mint(who, 1e12 * 10 ** _decimals());
        vm.prank(who);
        token.approve(address(vault), type(uint256).max);
    }

    function _decimals() internal pure virtual returns (uint8) {
        return 6;
    }

    function _bit(Ledger ledger) private pure returns (uint256) {
        return 1 << uint256(ledger);
    }

    /// @dev Profit from outside.
    function _earn(Ledger ledger, uint256 usdNative) internal {
        token.mint(address(this), usdNative);
        vault.receiveFrom(ledger, address(this), usdNative);
    }

    /// @dev A loss to outside.
    function _lose(Ledger ledger, uint256 usd) internal {
        int256[LEDGER_COUNT] memory deltas;
        deltas[uint256(ledger)] = -int256(usd);
        deltas[uint256(Ledger.Fees)] = int256(usd);
        vault.post(deltas);
    }

    /// @dev To the first second of an epoch.
    function _goTo(uint256 epoch) internal {
        vm.warp(genesis + epoch * LENGTH);
    }
}
