// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILens} from "../interfaces/ILens.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IOracleRouter} from "../interfaces/IOracleRouter.sol";
import {IOrders} from "../interfaces/IOrders.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IVault} from "../interfaces/IVault.sol";
import {CENT, MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Account, Market, MarketState, Position} from "../types/Market.sol";
import {MarketId, MAX_MARKETS} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {LensMath} from "./LensMath.sol";

/// @title LensBase
/// @notice What every reading of accounts needs: each market and its price asked for once, each position as its next touch
/// would find it, and an account's equity as a liquidation counts it.
abstract contract LensBase is ILens {
    using LensMath for Market;
    using LensMath for Position;

    /// @dev A healthy source takes a tenth of it; one that burns what it is given must not take the page with it.
    uint256 private constant PRICE_GAS = 400_000;

    /// @dev The router asks a dead source three times.
    uint256 private constant LIVENESS_GAS = 1_300_000;

    /// @dev Enough for a position that has missed a hundred events.
    uint256 private constant REPLAY_GAS = 1_000_000;

    IClearinghouse internal immutable CLEARINGHOUSE;
    ILiquidityPool internal immutable POOL;
    IInsuranceFund internal immutable INSURANCE;
    ILossWaterfall internal immutable WATERFALL;
    IOrders internal immutable ORDERS;
    IOracleRouter internal immutable ORACLE;
    IVault internal immutable VAULT;
    ITranche internal immutable SENIOR;
    ITranche internal immutable JUNIOR;

    /// @dev A market and its price, as one page sees them.
    struct Quote {
        bool isLoaded;
        bool isRefused; // `liquidate` would revert for its price
        uint256 price; // for `PriceUse.Value`; zero: none now
        uint256 publishedAt; // zero for a settled market: its price has no date
        int256 fundingIndex; // as a touch at `price` would leave it
        Market market;
    }

    /// @dev One position, replayed, at the page's price.
    struct Leg {
        MarketId market;
        bool isRead; // false: it has missed more events than one reading can replay
        IDeleveraging.Replayed seen;
        int256 pricePnl;
        int256 fundingOwed;
        uint256 notional;
        uint256 maintenance;
    }

    /// @dev One account.
    struct Weighed {
        Account account;
        Leg[] legs;
        int256 equity;
        int256 lostInDead; // part of `equity`: losses in markets without a price, which a liquidation does not realise
        uint256 bonds; // of positions that deleveraging has closed: margin again once touched
        uint256 notional;
        uint256 maintenance;
        bool isPriced;
        bool isReadable;
        bool isLiquidatable;
    }

    constructor(Addresses memory system) {
        CLEARINGHOUSE = IClearinghouse(system.clearinghouse);
        POOL = ILiquidityPool(system.pool);
        INSURANCE = IInsuranceFund(system.insurance);
        WATERFALL = ILossWaterfall(system.waterfall);
        ORDERS = IOrders(system.orders);
        ORACLE = IOracleRouter(system.oracle);
        VAULT = IVault(system.vault);
        SENIOR = ITranche(system.senior);
        JUNIOR = ITranche(system.junior);
    }

    // --------------------------------------------------------------------------------------------------------- prices

    function _newQuotes() internal pure returns (Quote[] memory) {
        return new Quote[](MAX_MARKETS);
    }

    /// @dev Asks for a market and its price the first time it comes up. Never reverts for what a feed does.
    function _quote(Quote[] memory quotes, MarketId id) internal view returns (Quote memory quote) {
        quote = quotes[MarketId.unwrap(id)];
        if (quote.isLoaded) return quote;
        quote.isLoaded = true;
        quote.market = CLEARINGHOUSE.market(id);
        if (quote.market.state == MarketState.Settled) {
            quote.price = quote.market.lastPrice;
        } else if (quote.market.isListed) {
            _needGas(PRICE_GAS);
            try ORACLE.priceFor{gas: PRICE_GAS}(id, PriceUse.Value) returns (uint256 price, uint256 publishedAt) {
                (quote.price, quote.publishedAt) = (price, publishedAt);
            } catch {}
            _needGas(LIVENESS_GAS);
            try ORACLE.livePrice{gas: LIVENESS_GAS}(id, PriceUse.Liquidate) returns (uint256) {} catch {
                quote.isRefused = true;
            }
        }
        if (quote.price != 0) quote.fundingIndex = quote.market.fundingIndexAt(quote.price);
    }

    /// @dev With less than that a call would fail for want of gas, and a live feed would look dead.
    function _needGas(uint256 gasFor) internal view {
        uint256 needed = gasFor + gasFor / 32 + 10_000;
        if (gasleft() < needed) revert Lens_NotEnoughGas(gasleft(), needed);
    }

    // ------------------------------------------------------------------------------------------------------- accounts

    /// @dev Equity and requirement of an account at the page's prices, and whether `liquidate` would go through.
    function _weigh(AccountId id, Quote[] memory quotes) internal view returns (Weighed memory w) {
        w.account = CLEARINGHOUSE.account(id);
        w.equity = int256(uint256(w.account.margin));
        if (w.account.debts != 0) {
            (uint256 collectable, uint256 outstanding) = CLEARINGHOUSE.debtsTo(id);
            w.equity += int256(collectable + outstanding);
        }
        (w.isPriced, w.isReadable) = (true, true);
        uint256 live;
        bool isRefused;
        w.legs = new Leg[](_countBits(w.account.openMarkets));
        uint256 n;
        for (uint8 m = 0; n < w.legs.length; ++m) {
            if (w.account.openMarkets & (1 << m) == 0) continue;
            Leg memory leg = w.legs[n++];
            leg.market = MarketId.wrap(m);
            Quote memory quote = _quote(quotes, leg.market);
            if (quote.price != 0) ++live;
            if (quote.isRefused) isRefused = true;
            _weighLeg(id, quote, leg, w);
        }
        // What nobody owns may be closed by anybody, whatever it is worth.
        bool isOrphan = id.owner() == address(0);
        w.isLiquidatable =
            live != 0 &&
            !isRefused &&
            w.isReadable &&
            (isOrphan || w.equity + int256(w.bonds) < int256(w.maintenance));
    }

    function _weighLeg(AccountId id, Quote memory quote, Leg memory leg, Weighed memory w) private view {
        _needGas(REPLAY_GAS);
        try CLEARINGHOUSE.replayed{gas: REPLAY_GAS}(id, leg.market) returns (IDeleveraging.Replayed memory seen) {
            (leg.isRead, leg.seen) = (true, seen);
        } catch {
            // Nothing can be said about it, so nothing is said about the account either.
            (w.isReadable, w.isPriced) = (false, false);
            return;
        }
        Position memory position = leg.seen.position;
        w.equity += int256(leg.seen.credit + leg.seen.returned) - leg.seen.fundingOwed;
        if (position.size == 0) {
            w.bonds += uint256(position.bondCents) * CENT;
            return;
        }
        bool isPriced = quote.price != 0;
        uint256 price = isPriced ? quote.price : quote.market.lastPrice;
        leg.pricePnl = position.pricePnl(price);
        leg.fundingOwed = position.fundingOwed(isPriced ? quote.fundingIndex : int256(quote.market.fundingIndex));
        int256 unrealised = leg.pricePnl + int256(uint256(position.settled)) - leg.fundingOwed;
        if (!isPriced) {
            // A loss at the last mark counts, a profit does not, and nobody asks for margin that cannot be topped up.
            w.isPriced = false;
            int256 counted = MathLib.min(int256(0), unrealised);
            w.equity += counted;
            w.lostInDead += counted;
            return;
        }
        w.equity += unrealised;
        leg.notional = position.notional(price);
        leg.maintenance = LensMath.maintenance(
            leg.notional,
            position.mmBps,
            quote.market.params.slopeBpsPerMillion
        );
        w.notional += leg.notional;
        w.maintenance += leg.maintenance;
    }

    function _countBits(uint256 bits) private pure returns (uint256 n) {
        for (; bits != 0; bits &= bits - 1) ++n;
    }

    /// @dev How many of `count` elements from `from` on there are, of `total`.
    function _pageLength(uint256 from, uint256 count, uint256 total) internal pure returns (uint256) {
        return MathLib.min(count, MathLib.zeroFloorSub(total, from));
    }
}
