// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {InsuranceFund} from "../../../contracts/insurance/InsuranceFund.sol";
import {Tranche} from "../../../contracts/liquidity/Tranche.sol";
import {EpochVault} from "../../../contracts/shares/EpochVault.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {ShareFixture} from "./ShareFixture.sol";

/// @title VaultWorld
/// @notice One share vault, whichever it is, three people, and a past that a number decides.
abstract contract VaultWorld is ShareFixture {
    EpochVault internal shares;

    /// @dev One dollar in native units.
    uint256 internal unit;
    address[3] internal people;

    function setUp() public virtual {
        _deployVault();
        unit = 10 ** _decimals();
        people = [ann, ben, cat];
        shares = _deployShares();
        _wireVault(address(shares));
    }

    function _deployShares() internal virtual returns (EpochVault);

    /// @dev Settles everything up to `id`, whose epoch is over. Redemptions are paid at most `limit`, where there is one.
    function _settleUpTo(uint256 id, uint256 limit) internal virtual;

    function _ledger() internal pure virtual returns (Ledger);

    function _settleUpTo(uint256 id) internal {
        _settleUpTo(id, type(uint256).max);
    }

    function _nav() internal view returns (uint256) {
        return vault.balanceOf(_ledger());
    }

    // ----------------------------------------------------------------------------------------------------- gestures

    function _requestDeposit(address who, uint256 amount) internal returns (uint256) {
        vm.prank(who);
        return shares.requestDeposit(amount, who, who);
    }

    function _requestRedeem(address who, uint256 amount) internal returns (uint256) {
        vm.prank(who);
        return shares.requestRedeem(amount, who, who);
    }

    /// @dev To the end of `id`, and settles.
    function _finish(uint256 id) internal {
        _goTo(id + 1);
        _settleUpTo(id);
    }

    function _invest(address who, uint256 amount) internal returns (uint256) {
        _finish(_requestDeposit(who, amount));
        return _claimShares(who);
    }

    function _claimShares(address who) internal returns (uint256) {
        uint256 amount = shares.maxDeposit(who);
        vm.prank(who);
        return shares.deposit(amount, who);
    }

    function _claimAssets(address who) internal returns (uint256) {
        uint256 amount = shares.maxRedeem(who);
        vm.prank(who);
        return shares.redeem(amount, who, who);
    }

    /// @dev Some epochs of requests, profits, losses and settlements, whole, partial and skipped; some of it is claimed.
    function _live(uint256 seed) internal {
        uint256 from = shares.currentEpoch();
        for (uint256 epoch = from; epoch < from + 6; ++epoch) {
            _goTo(epoch);
            for (uint256 i = 0; i < people.length; ++i) _act(people[i], _dice(seed, epoch, i));
            uint256 coin = _dice(seed, epoch, 9);
            if (coin % 4 == 0) _earn(_ledger(), (coin >> 8) % (1e4 * unit));
            if (coin % 5 == 0) _lose(_ledger(), (coin >> 8) % (_nav() + 1));
            if (epoch == 0 || coin % 3 == 0) continue;
            _settleUpTo(epoch - 1, coin % 2 == 0 ? type(uint256).max : (coin >> 16) % (_nav() + 1));
        }
    }

    function _act(address who, uint256 dice) private {
        if (dice % 3 != 0) _requestDeposit(who, 1 + ((dice >> 8) % (1e5 * unit)));
        uint256 held = shares.balanceOf(who);
        if (dice % 2 == 0 && held != 0) _requestRedeem(who, 1 + ((dice >> 8) % held));
        if (dice % 5 == 0) _claimShares(who);
        if (dice % 7 == 0) _claimAssets(who);
    }

    function _dice(uint256 seed, uint256 a, uint256 b) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, a, b)));
    }
}

/// @title TrancheWorld
/// @notice A junior tranche whose pool is the test.
abstract contract TrancheWorld is VaultWorld {
    function _deployShares() internal override returns (EpochVault) {
        Tranche tranche = new Tranche(vault, "Junior", "JR", genesis, LENGTH, false);
        tranche.wire(address(this));
        return tranche;
    }

    function navs() external view returns (uint256 senior, uint256 junior) {
        return (7 * USD, _nav());
    }

    function _settleUpTo(uint256 id, uint256 limit) internal override {
        Tranche(address(shares)).settle(id, _nav(), _nav(), limit, true);
    }

    function _ledger() internal pure override returns (Ledger) {
        return Ledger.Cash;
    }
}

/// @title FundWorld
/// @notice The insurance fund. It pays redemptions without a limit, and settles the last epoch that is over.
abstract contract FundWorld is VaultWorld {
    function _deployShares() internal override returns (EpochVault) {
        AccessManager authority = new AccessManager(address(this));
        return new InsuranceFund(vault, address(authority), "Insurance", "INS", genesis, LENGTH, 10_000);
    }

    function _settleUpTo(uint256, uint256) internal override {
        InsuranceFund fund = InsuranceFund(address(shares));
        fund.recordEpoch();
        vm.warp(vm.getBlockTimestamp() + 30 minutes);
        fund.settleEpoch();
    }

    function _ledger() internal pure override returns (Ledger) {
        return Ledger.Insurance;
    }
}
