// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {ILens} from "../interfaces/ILens.sol";
import {CENT, MathLib} from "../math/MathLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Account, Market, MarketState, Position} from "../types/Market.sol";
import {MarketId, MAX_MARKETS} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {LensMath} from "./LensMath.sol";

/// @title LensReader
/// @notice What every reading of accounts needs: each market and its price asked for once, each position as its next touch
/// would find it, and an account's equity as a liquidation counts it.
library LensReader {
    using LensMath for Market;
    using LensMath for Position;

    /// @dev A healthy source takes a tenth of it; one that burns what it is given must not take the page with it.
    uint256 private constant PRICE_GAS = 400_000;

    /// @dev The router asks a dead source three times.
    uint256 private constant LIVENESS_GAS = 1_300_000;

    /// @dev Enough for a position that has missed a hundred events.
    uint256 private constant REPLAY_GAS = 1_000_000;

    /// @dev What one page has asked for so far.
    struct Page {
        ILens.Addresses system;
        Quote[] quotes; // by market
        uint256 loaded; // quotes asked for
    }

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
        uint256 margin; // what is stored, and what is collectable: it can be withdrawn
        uint256 outstanding; // part of `equity`: debts that nobody can pay yet
        int256 equity;
        int256 lostInDead; // part of `equity`: losses in markets without a price, which a liquidation does not realise
        uint256 bonds; // of positions that deleveraging has closed: margin again once touched
        uint256 notional;
        uint256 maintenance;
        bool isPriced;
        bool isReadable;
        bool isLiquidatable;
    }

    // --------------------------------------------------------------------------------------------------------- prices

    /// @notice The deployment a page is about.
    /// @dev Across a library's border as bytes: an interface is no type of an ABI that others read.
    function unpack(bytes calldata deployment) internal pure returns (ILens.Addresses memory) {
        return abi.decode(deployment, (ILens.Addresses));
    }

    /// @notice A page that has asked for nothing yet.
    function newPage(ILens.Addresses memory system) internal pure returns (Page memory page) {
        page.system = system;
        page.quotes = new Quote[](MAX_MARKETS);
    }

    /// @notice Asks for a market and its price the first time it comes up.
    /// @dev Never reverts for what a feed does.
    function quoteOf(Page memory page, MarketId id) internal view returns (Quote memory quote) {
        quote = page.quotes[MarketId.unwrap(id)];
        if (quote.isLoaded) return quote;
        quote.isLoaded = true;
        ++page.loaded;
        quote.market = page.system.clearinghouse.market(id);
        if (quote.market.state == MarketState.Settled) {
            quote.price = quote.market.lastPrice;
        } else if (quote.market.isListed) {
            _needGas(PRICE_GAS);
            try page.system.oracle.priceFor{gas: PRICE_GAS}(id, PriceUse.Value) returns (
                uint256 price,
                uint256 publishedAt
            ) {
                (quote.price, quote.publishedAt) = (price, publishedAt);
            } catch {}
            _needGas(LIVENESS_GAS);
            try page.system.oracle.livePrice{gas: LIVENESS_GAS}(id, PriceUse.Liquidate) returns (uint256) {} catch {
                quote.isRefused = true;
            }
        }
        if (quote.price != 0) quote.fundingIndex = quote.market.fundingIndexAt(quote.price);
    }

    /// @dev With less than that a call would fail for want of gas, and a live feed would look dead.
    function _needGas(uint256 gasFor) private view {
        uint256 needed = gasFor + gasFor / 32 + 10_000;
        if (gasleft() < needed) revert ILens.Lens_NotEnoughGas(gasleft(), needed);
    }

    // ------------------------------------------------------------------------------------------------------- accounts

    /// @notice Equity and requirement of an account at the page's prices, and whether `liquidate` would go through.
    function weigh(Page memory page, AccountId id) internal view returns (Weighed memory w) {
        w.account = page.system.clearinghouse.account(id);
        w.margin = w.account.margin;
        if (w.account.debts != 0) {
            uint256 collectable;
            (collectable, w.outstanding) = page.system.clearinghouse.debtsTo(id);
            w.margin += collectable;
        }
        w.equity = int256(w.margin + w.outstanding);
        (w.isPriced, w.isReadable) = (true, true);
        uint256 live;
        bool isRefused;
        w.legs = new Leg[](countBits(w.account.openMarkets));
        uint256 n;
        for (uint8 m = 0; n < w.legs.length; ++m) {
            if (w.account.openMarkets & (1 << m) == 0) continue;
            Leg memory leg = w.legs[n++];
            leg.market = MarketId.wrap(m);
            Quote memory quote = quoteOf(page, leg.market);
            if (quote.price != 0) ++live;
            if (quote.isRefused) isRefused = true;
            _weighLeg(page, id, quote, leg, w);
        }
        // What nobody owns may be closed by anybody, whatever it is worth.
        bool isOrphan = id.owner() == address(0);
        w.isLiquidatable =
            live != 0 &&
            !isRefused &&
            w.isReadable &&
            (isOrphan || w.equity + int256(w.bonds) < int256(w.maintenance));
    }

    function _weighLeg(
        Page memory page,
        AccountId id,
        Quote memory quote,
        Leg memory leg,
        Weighed memory w
    ) private view {
        _needGas(REPLAY_GAS);
        try page.system.clearinghouse.replayed{gas: REPLAY_GAS}(id, leg.market) returns (
            IDeleveraging.Replayed memory seen
        ) {
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
        leg.maintenance = LensMath.maintenance(leg.notional, position.mmBps, quote.market.params.slopeBpsPerMillion);
        w.notional += leg.notional;
        w.maintenance += leg.maintenance;
    }

    /// @notice How many bits are set.
    function countBits(uint256 bits) internal pure returns (uint256 n) {
        for (; bits != 0; bits &= bits - 1) ++n;
    }

    /// @notice Where memory that is needed no longer begins: half of a long page would be spent on memory that grows.
    function scratch() internal pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := mload(0x40)
        }
    }

    /// @notice Gives back what was allocated since `start`.
    /// @dev Nothing that is still used may be there: results are written into
    /// memory from before, and a quote asked for meanwhile (`loadedBefore`) keeps all of it.
    function release(uint256 start, Page memory page, uint256 loadedBefore) internal pure {
        if (page.loaded != loadedBefore) return;
        assembly ("memory-safe") {
            mstore(0x40, start)
        }
    }

    /// @notice How many of `count` elements from `from` on there are, of `total`.
    function pageLength(uint256 from, uint256 count, uint256 total) internal pure returns (uint256) {
        return MathLib.min(count, MathLib.zeroFloorSub(total, from));
    }
}
