// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PriceImpactLib} from "../../contracts/market/PriceImpactLib.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {Market} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {QuietFixture} from "../shared/QuietFixture.sol";
import {System} from "../shared/SystemFixture.sol";
import {QuietHandler} from "./QuietHandler.sol";

/// @dev Concrete here: the runner knows the contracts of this file only.
contract FundingActions is QuietHandler {
    constructor(System memory system, AccountId[] memory group_) QuietHandler(system, group_) {}

    /// @dev Time passes; the heavy side pays for it.
    function wait(uint256 time) external {
        int256[MARKETS] memory before;
        for (uint8 m = 0; m < MARKETS; ++m) before[m] = sys.clearinghouse.market(MarketId.wrap(m)).fundingIndex;
        vm.warp(vm.getBlockTimestamp() + bound(time, 1, 1 hours));
        sys.clearinghouse.markAll();
        for (uint8 m = 0; m < MARKETS; ++m) {
            int256 growth = sys.clearinghouse.market(MarketId.wrap(m)).fundingIndex - before[m];
            if (growth * _skew(m) < 0) broken[10] = "the light side paid";
        }
        _count(true);
    }

    /// @dev Time has passed, so a profit here is somebody's funding.
    function goFlat() external override {
        closeAll();
        ++flats;
        _count(true);
    }
}

/// @notice I10: funding received <= paid + pool leg. Prices stand still and nothing costs a fee, so the only money that
/// moves is funding, and impact into and out of its reserve.
contract FundingInvariants is QuietFixture {
    /// @dev Each touch rounds against traders, for the pool.
    int256 private constant ROUNDING = 1e6;

    FundingActions internal handler;
    int256 internal startEquity;
    int256 internal startTotal;

    function setUp() public {
        AccountId[] memory group = _deployGroup();
        handler = new FundingActions(sys, group);
        startEquity = sys.pool.equity();
        startTotal = _total();
        targetContract(address(handler));
        targetSelectors(address(handler), _selectors());
    }

    function _selectors() private pure returns (bytes4[] memory list) {
        list = new bytes4[](10);
        for (uint256 i = 0; i < 3; ++i) list[i] = QuietHandler.trade.selector;
        for (uint256 i = 3; i < 6; ++i) list[i] = FundingActions.wait.selector;
        list[6] = QuietHandler.reduce.selector;
        list[7] = QuietHandler.settle.selector;
        list[8] = QuietHandler.poke.selector;
        list[9] = QuietHandler.goFlat.selector;
    }

    function afterInvariant() public view {
        assertGe(2 * handler.successes(), handler.calls(), "less than half of the calls succeeded");
    }

    /// I10: the pool never pays funding, and what all traders together lost is what the pool has won.
    /// @custom:checklist 30
    function invariant_I10_fundingReceivedIsPaidByTheOtherSideOrThePoolsGain() public view {
        assertEq(bytes(handler.broken(10)).length, 0, handler.broken(10));
        assertGe(sys.pool.equity(), startEquity - ROUNDING, "I10: the pool paid funding");
        int256 total = _total();
        assertLe(total, startTotal + ROUNDING, "I10: funding was received that nobody paid");
        assertGe(total, startTotal - ROUNDING, "I10: funding was paid that nobody received");
    }

    /// @dev Everybody's wealth, the pool's equity and the impact reserve: only names on it change.
    function _total() private view returns (int256 total) {
        total = sys.pool.equity() + sys.clearinghouse.health(outsider).equity;
        for (uint256 i = 0; i < handler.groupSize(); ++i) {
            AccountId id = handler.member(i);
            total += sys.clearinghouse.health(id).equity;
            if (id.sub() == 0) total += int256(sys.token.balanceOf(id.owner()) * 1e12);
        }
        for (uint8 m = 0; m < 3; ++m) {
            Market memory market = sys.clearinghouse.market(MarketId.wrap(m));
            int256 skew = int256(uint256(market.long.sizeBase)) - int256(uint256(market.short.sizeBase));
            total += int256(PriceImpactLib.reserve(skew, market.lastPrice, market.params.skewScaleBase));
        }
    }
}
