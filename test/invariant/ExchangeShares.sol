// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Incident} from "../../contracts/types/Loss.sol";
import {ExchangeChecks} from "./ExchangeChecks.sol";

/// @title ExchangeShares
/// @notice I9: what a share of senior, of junior and of the insurance fund is worth before and after a call.
/// @dev At the same price and on fresh marks, so that neither traders' open profit nor the impact reserve has moved by the
/// price; what the call itself does to them has a counterpart that the trader pays.
abstract contract ExchangeShares is ExchangeChecks {
    uint256 internal constant SENIOR = 0;
    uint256 internal constant JUNIOR = 1;
    uint256 internal constant INSURANCE = 2;

    /// @dev Marking before a call is something the campaign should not always do.
    uint256 private constant EVERY = 3;

    /// @notice How often prices were compared.
    uint256 public sharesCompared;

    struct Shares {
        bool isWatched;
        uint256 incidents;
        uint256[3] value; // USD of all shares
        uint256[3] supply;
    }

    /// @dev Looking before and after takes time: only where somebody asks what was found.
    function _watchesShares() internal pure virtual returns (bool) {
        return false;
    }

    function _watchShares() internal returns (Shares memory) {
        return _watchesShares() && calls % EVERY == 0 ? _seeShares() : _noShares();
    }

    function _noShares() internal pure returns (Shares memory none) {}

    /// @dev Marks are fresh afterwards.
    function _seeShares() internal returns (Shares memory seen) {
        sys.clearinghouse.markAll();
        if (!_watchesShares()) return seen;
        seen.isWatched = true;
        seen.incidents = sys.waterfall.incidentCount();
        (seen.value[SENIOR], seen.value[JUNIOR]) = sys.pool.navs();
        seen.value[INSURANCE] = sys.insurance.totalAssets();
        seen.supply = [sys.senior.totalSupply(), sys.junior.totalSupply(), sys.insurance.totalSupply()];
    }

    function _compareShares(Shares memory b) internal {
        uint256[3] memory nothing;
        _compareShares(b, nothing);
    }

    /// @param may By how much the value of each may have fallen, incidents not counted.
    function _compareShares(Shares memory b, uint256[3] memory may) internal {
        if (!b.isWatched) return;
        Shares memory a = _seeShares();
        if (a.incidents != b.incidents) {
            Incident memory i = sys.waterfall.incident(a.incidents);
            // Nobody's loss is the pool's until somebody pays it.
            may[SENIOR] += uint256(i.forgone) + i.senior + i.residual;
            may[JUNIOR] += uint256(i.forgone) + i.junior;
            may[INSURANCE] += i.insurance;
        }
        ++sharesCompared;
        _expect(9, _holds(b, a, may, SENIOR), "a share of senior fell for no reason");
        _expect(9, _holds(b, a, may, JUNIOR), "a share of junior fell for no reason");
        _expect(9, _holds(b, a, may, INSURANCE), "a share of insurance fell for no reason");
    }

    /// @dev Cross-multiplied: no rounding but the protocol's own.
    function _holds(Shares memory b, Shares memory a, uint256[3] memory may, uint256 i) private pure returns (bool) {
        if (b.supply[i] == 0) return true;
        return (a.value[i] + may[i] + uint256(DUST)) * b.supply[i] >= b.value[i] * a.supply[i];
    }
}
