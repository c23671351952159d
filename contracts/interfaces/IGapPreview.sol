// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../types/AccountId.sol";
import {MarketId} from "../types/MarketId.sol";

/// @title IGapPreview
/// @notice What would happen if the price of one market went to `p` at once, everything else stayed, and the accounts
/// listed were liquidated in their order.
/// @dev Units: USD and prices WAD.
///
/// WHAT IT FOLLOWS
/// Equity and maintenance at `p` (rates are fixed at opening, so a gap does not raise them), funding up to now at `p`; the
/// closing impact of accounts that go bankrupt, one after the other; the split of each deficit over markets, what of it is
/// matched and what forgone; insurance with its daily limit; junior, senior down to the floor; traders in profit, by
/// buckets; residual. The pool's equity starts at its marks in all markets in which one of the accounts holds something.
///
/// WHAT IT LEAVES OUT
/// Accounts not listed: they gain or lose with the sums of their side, but are not liquidated. Accounts that are
/// liquidatable and solvent: what is closed of them, and their penalties (which go to keepers, insurance and the pool), are
/// not carried on to the next one. Marks of other markets are the last ones. The senior coupon on funding accrued until
/// now. A daily insurance limit that does not bind the first draw may bind a later one sooner. The bound of 192 buckets on
/// an incident over several markets. With a gap over several markets at once the parts depend on the order, as they do
/// in reality.
///
/// Rounding: an account's figures as the clearinghouse rounds them; layers to a wei for each position, those of traders
/// to 1e-18 of their profit as well.
interface IGapPreview {
    /// @notice No feed can report such a price.
    error Lens_PriceOutOfRange(uint256 price, uint256 max);

    /// @dev One account at `p`.
    struct GapAccount {
        AccountId id;
        bool isLiquidatable;
        bool isBankrupt; // a deficit is left after everything it has is gone
        bool isPriced; // each of its markets has a price
        int256 equity;
        uint256 maintenance;
        uint256 deficit; // closing impact included; 0 for an account that is listed a second time
    }

    /// @dev What the gap costs each layer: `deficit = forgone + insurance + junior + senior + adl + residual`.
    struct GapTotals {
        bool isPossible; // false: no such market, or it is settled and its price moves no more; all else is zero
        uint256 liquidatable; // accounts
        uint256 bankrupt;
        int256 longPnl; // price profit of all longs at `p`, listed or not
        int256 shortPnl;
        int256 markAtGap; // what the pool would owe the market's traders, impact reserve included
        int256 equityAtGap; // of the pool, before anybody is liquidated
        int256 equityAfter;
        uint256 seniorAfter; // net asset values
        uint256 juniorAfter;
        uint256 deficit;
        uint256 forgone;
        uint256 insurance;
        uint256 junior;
        uint256 senior;
        uint256 adl;
        uint256 residual;
        uint256 eligibleProfit; // of traders in this market whom deleveraging could charge at `p`
        uint256 haircut; // share of it withheld, rounded up
    }

    /// @notice Who of `ids` is liquidatable or bankrupt at `price`, and what each layer pays.
    /// @dev List them as keepers would take them; all in one call, as each deficit finds what the ones before have left.
    /// Gas: as {ILens-healths}, twice.
    ///
    /// Requirements: a price that a feed could report, `0 < price < 2^112`, else {Lens_PriceOutOfRange}.
    function gapPreview(
        MarketId market,
        uint256 price,
        AccountId[] calldata ids
    ) external view returns (GapTotals memory totals, GapAccount[] memory accounts);
}
