// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../contracts/interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../../contracts/interfaces/IDeleveraging.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {Ledger} from "../../contracts/types/Ledger.sol";
import {Incident} from "../../contracts/types/Loss.sol";
import {Account, Market, Position} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {PriceUse} from "../../contracts/types/PriceUse.sol";
import {System} from "../shared/SystemFixture.sol";
import {TestBase} from "../shared/TestBase.sol";

/// @title ExchangeChecks
/// @notice What a handler looks at right before and after a call, where an invariant could only see the end.
/// @dev A revert in a handler is no failure to the runner, so whatever is found wrong is written down in `broken`.
abstract contract ExchangeChecks is TestBase {
    uint256 internal constant MARKETS = 3;

    /// @dev What rounding and forgiven debts (each below 1e9 wei) may add up to in one call: a hundred-millionth of a dollar.
    int256 internal constant DUST = 1e10;

    System internal sys;
    AccountId[] internal traders;
    AccountId[] internal idlers;

    /// @notice First thing found wrong about an invariant, by its number; empty: nothing.
    mapping(uint256 invariantId => string what) public broken;

    /// @notice Margin an account had after the last call that acted on it.
    mapping(AccountId => uint256 margin) public lastMargin;

    uint256 public calls;
    uint256 public successes;

    /// @notice How often each layer paid: forgone, insurance, junior, senior, traders in profit, residual.
    uint256[6] public layerHits;
    uint256 public incidentsSeen;
    uint256 public liquidations;

    /// @dev What a liquidation may change, as it was before.
    struct Before {
        int256 equity; // of the pool
        uint256 insurance; // ledger
        uint256 available; // what insurance may pay now
        uint256 incidents;
        bool isMarked; // marks are those of the present prices
        uint32 openMarkets; // of the account
        uint8 onlyMarket; // the account's market if it has one only
        int256 base; // of that market
    }

    uint8 internal constant SEVERAL = type(uint8).max;

    function _expect(uint256 id, bool isTrue, string memory what) internal {
        if (!isTrue && bytes(broken[id]).length == 0) broken[id] = what;
    }

    function _count(bool isSuccess) internal {
        ++calls;
        if (isSuccess) ++successes;
    }

    function _remember(AccountId id) internal {
        lastMargin[id] = sys.clearinghouse.account(id).margin;
    }

    // --------------------------------------------------------------------------------------------- I14: not liquidatable

    /// @dev Right after risk grew or margin left, the same price liquidates nobody.
    function _checkHealthy(AccountId id, string memory what) internal {
        IClearinghouse.Health memory h = sys.clearinghouse.health(id);
        _expect(14, h.equity >= int256(h.maintenanceMargin), what);
    }

    // ---------------------------------------------------------------------------------------- I4, I5, I8: liquidations

    function _beforeLiquidation(AccountId id, bool isMarked) internal view returns (Before memory b) {
        b.equity = sys.pool.equity();
        b.insurance = sys.vault.balanceOf(Ledger.Insurance);
        b.available = sys.insurance.available();
        b.incidents = sys.waterfall.incidentCount();
        b.isMarked = isMarked;
        uint32 open = sys.clearinghouse.account(id).openMarkets;
        b.openMarkets = open;
        b.onlyMarket =
            open == 1
                ? 0
                : open == 2
                    ? 1
                    : open == 4
                        ? 2
                        : SEVERAL;
        if (b.onlyMarket != SEVERAL) b.base = sys.clearinghouse.market(MarketId.wrap(b.onlyMarket)).base;
    }

    /// @param withheld What deleveraging took from traders on the way.
    function _afterLiquidation(AccountId id, Before memory b, uint256 withheld) internal {
        ++liquidations;
        Account memory account = sys.clearinghouse.account(id);
        if (account.openMarkets != 0) {
            IClearinghouse.Health memory h = sys.clearinghouse.health(id);
            _expect(8, h.equity >= 0, "equity below zero after a liquidation");
            _expect(8, h.equity >= int256(h.maintenanceMargin), "liquidatable again at the same price");
        }
        uint256 count = sys.waterfall.incidentCount();
        if (count == b.incidents) {
            _expect(5, withheld == 0, "traders paid without an incident");
            _expect(4, sys.vault.balanceOf(Ledger.Insurance) >= b.insurance, "insurance paid without an incident");
            if (b.isMarked) _expect(4, sys.pool.equity() + DUST >= b.equity, "LPs lost without an incident");
            return;
        }
        _expect(4, count == b.incidents + 1, "two incidents for one account");
        _expect(5, account.margin == 0 && account.openMarkets == 0, "layers paid before the account's own margin");
        incidentsSeen = count;
        _checkIncident(sys.waterfall.incident(count), b, int256(withheld));
    }

    function _checkIncident(Incident memory i, Before memory b, int256 withheld) private {
        _countLayers(i);
        int256 overTaken = withheld - int256(uint256(i.adl));
        _expect(4, overTaken >= 0 && overTaken <= DUST, "the part of traders is not what was withheld from them");
        // As the tranches left it, before traders in profit were charged.
        int256 equity = sys.pool.equity() - withheld;
        uint256 borne = uint256(i.junior) + i.senior + i.adl + i.residual;
        uint256 deficit = borne + i.forgone + i.insurance;

        // I4: the record is what the money says. Insurance paid its part, the pool's equity fell by the rest.
        _expect(4, deficit != 0, "an incident about nothing");
        _expect(4, b.insurance - sys.vault.balanceOf(Ledger.Insurance) == i.insurance, "insurance paid something else");
        if (b.isMarked) {
            int256 gap = b.equity - equity - int256(borne + i.forgone);
            _expect(4, gap <= DUST && gap >= -DUST, "the parts are not what the pool lost");
        }

        // I5: each layer in turn is at its limit before the next one pays.
        if (borne != 0) _expect(5, i.insurance == b.available, "LPs pay while insurance could");
        _expect(5, i.insurance <= b.available, "insurance paid more than it may");
        int256 juniorNav = equity + int256(borne) - int256(sys.pool.principal());
        if (i.senior != 0) _expect(5, int256(uint256(i.junior)) + DUST >= juniorNav, "senior pays while junior could");
        if (i.junior != 0) _expect(5, int256(uint256(i.junior)) <= juniorNav + DUST, "junior paid more than it had");
        int256 floor = int256(sys.pool.floor());
        if (i.residual + i.adl != 0) {
            int256 spared = equity + int256(uint256(i.residual) + i.adl) - floor;
            _expect(5, spared <= DUST, "traders charged while LPs are above their floor");
            _expect(5, equity + withheld <= floor + DUST, "traders charged beyond the floor");
        }
        if (i.residual != 0) _checkResidual(b);
        if (i.junior + i.senior != 0 && i.residual + i.adl == 0) {
            _expect(5, equity + DUST >= floor, "LPs paid below their floor");
        }
        if (b.onlyMarket != SEVERAL) _checkForgone(i, b, deficit - i.forgone, withheld);
    }

    /// @dev Nobody carries a part only when nobody is left to charge. Of several markets, what the last ones could not pay
    /// does not come back to the first: one of them is exhausted.
    function _checkResidual(Before memory b) private {
        bool isExhausted;
        for (uint8 m = 0; m < MARKETS; ++m) {
            if ((b.openMarkets >> m) & 1 == 1 && _eligibleProfit(m) == 0) isExhausted = true;
        }
        _expect(5, isExhausted, "residual while traders of the market are in profit");
    }

    /// @dev What a haircut at the present price could take.
    function _eligibleProfit(uint8 m) internal view returns (uint256 profit) {
        (uint256 price, ) = sys.prices.priceFor(MarketId.wrap(m), PriceUse.Value);
        for (uint256 side = 0; side < 2; ++side) {
            IDeleveraging.BucketView[] memory all = sys.clearinghouse.buckets(MarketId.wrap(m), side == 0, price);
            for (uint256 i = 0; i < all.length; ++i) profit += all[i].profit;
        }
    }

    /// @dev Of one market: matched as far as its contribution fell below the insured level, the rest forgone.
    function _checkForgone(Incident memory i, Before memory b, uint256 matched, int256 withheld) private {
        uint256 deficit = matched + i.forgone;
        Market memory market = sys.clearinghouse.market(MarketId.wrap(b.onlyMarket));
        // What insurance and traders added since is not part of it.
        int256 contribution = int256(market.realised) - int256(uint256(i.insurance)) - (market.mark + withheld);
        int256 short = b.base - contribution;
        uint256 real =
            short <= 0
                ? 0
                : uint256(short) < deficit
                    ? uint256(short)
                    : deficit;
        _expect(4, matched == real, "forgone is not what the pool was merely shown");
    }

    function _countLayers(Incident memory i) private {
        if (i.forgone != 0) ++layerHits[0];
        if (i.insurance != 0) ++layerHits[1];
        if (i.junior != 0) ++layerHits[2];
        if (i.senior != 0) ++layerHits[3];
        if (i.adl != 0) ++layerHits[4];
        if (i.residual != 0) ++layerHits[5];
    }

    // ---------------------------------------------------------------------------------------------- for the invariants

    function accounts() public view returns (AccountId[] memory all) {
        all = new AccountId[](traders.length + idlers.length);
        for (uint256 i = 0; i < traders.length; ++i) all[i] = traders[i];
        for (uint256 i = 0; i < idlers.length; ++i) all[traders.length + i] = idlers[i];
    }

    /// @dev As deleveraging has left it.
    function _position(AccountId id, uint8 market) internal view returns (Position memory) {
        return sys.clearinghouse.replayed(id, MarketId.wrap(market)).position;
    }

    function _account(address owner) internal pure returns (AccountId) {
        return toAccountId(owner, 0);
    }
}
