// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IFeedSuccession} from "../interfaces/IFeedSuccession.sol";
import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {AgreementLib} from "./AgreementLib.sol";

/// @title FeedSuccession
/// @notice What one feed may be replaced by another in a source: the router's rule for sources, one level down, because a
/// change of feed would otherwise pass by it.
abstract contract FeedSuccession is IFeedSuccession, AccessManaged {
    constructor(address authority_) AccessManaged(authority_) {}

    /// @dev Asks for the old price through the own front door, so that whatever makes the old feed fail fails the call and
    /// not this one. Call it before the new feed is stored.
    /// @param openableFrom When the old feed may be used to add risk. Agreeing with one in its reduce-only day does not end
    /// the day.
    /// @return When the new one may. Unix seconds, 0: at once.
    function _succeed(MarketId market, uint256 newPrice, uint40 openableFrom) internal view returns (uint40) {
        if (gasleft() < AgreementLib.GAS_NEEDED) revert PriceSource_NotEnoughGas(gasleft(), AgreementLib.GAS_NEEDED);
        try this.priceFor{gas: AgreementLib.PROBE_GAS}(market, PriceUse.Value) returns (uint256 oldPrice, uint256) {
            if (!AgreementLib.agree(oldPrice, newPrice)) {
                revert PriceSource_FeedsDisagree(market, oldPrice, newPrice, AgreementLib.MAX_DEVIATION_BPS);
            }
            return openableFrom;
        } catch {
            return uint40(block.timestamp + AgreementLib.REDUCE_ONLY_TIME);
        }
    }
}
