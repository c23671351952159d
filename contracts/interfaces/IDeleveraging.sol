// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../types/AccountId.sol";
import {Position} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {DeleveragingRound} from "../types/State.sol";

/// @title IDeleveraging
/// @notice The clearinghouse's last layer: traders in profit are charged pro rata, by buckets and never one by one, and are
/// owed back what was taken.
/// @dev Units: USD WAD, prices USD per base unit WAD, sizes base units WAD.
interface IDeleveraging {
    // ------------------------------------------------------------------------------------------------------- errors

    error Clearinghouse_TooManyEvents(AccountId account, MarketId market, uint256 max);
    error Clearinghouse_NothingToReplay(AccountId account, MarketId market);
    error Clearinghouse_ContributedAlready(MarketId market, MarketId waiting);
    error Clearinghouse_NotDeleveragable(
        MarketId market,
        int256 equity,
        uint256 floor,
        uint256 skewNotional,
        uint256 skewCap
    );

    // ------------------------------------------------------------------------------------------------------- events

    /// @notice Traders in profit were charged, or part of their positions closed. `haircut` and `closeFraction` WAD:
    /// `collected` is profit withheld, `paid` what moved from cash to `Ledger.PendingPnl` for what was closed.
    event Deleveraged(
        MarketId indexed market,
        uint256 price,
        uint256 closePrice,
        uint256 closeFraction,
        uint256 haircut,
        uint256 collected,
        uint256 paid,
        uint256 buckets,
        uint256 positions
    );

    /// @notice Who called for deleveraging was paid from cash.
    event DeleveragingRewarded(address indexed keeper, uint256 amount);

    /// @notice A position took in deleveraging events it had missed: `credit` became margin, `cut` was withheld.
    event DeleveragingReplayed(
        AccountId indexed account,
        MarketId indexed market,
        uint256 cursorBefore,
        uint256 cursorAfter,
        uint256 credit,
        uint256 cut,
        int256 sizeAfter,
        uint256 costAfter
    );

    /// @notice What the pool owed traders and nobody is left to pay became recovery claims.
    event DebtsWrittenOff(uint256 amount);

    /// @notice An account's recovery claim was paid to its owner.
    event ClaimPaid(AccountId indexed account, address indexed to, uint256 amount);

    /// @notice Somebody repaid recovery claims: those of traders first, then those of LPs.
    event Recovered(address indexed from, uint256 toTraders, uint256 toLps);

    // -------------------------------------------------------------------------------------------- permissionless calls

    /// @notice Charges or closes traders in profit where that is due: withholds the smallest part of their profit that
    /// restores the pool's protected floor; or, with the floor whole, closes the smallest part of the heavy side that
    /// brings the skew from above its cap to 95% of it, paid in full; to 80% while redemptions are overdue, which the cap
    /// is measured without.
    /// @dev Units: USD WAD. Rounding: see `SideBookLib`. Other markets' marks are brought up to date first. The caller earns
    /// a share of what is restored, capped per hour, from cash. A shortfall is shared over markets by what the pool owes
    /// their traders, and each contributes once before any does again; a market none of whose buckets is wholly in profit
    /// takes its turn without a charge. Gas: the populated buckets, whatever the number of positions. Where bringing marks
    /// up to date took much gas (markets nobody had marked, sources that burn what they are given) that is all the call
    /// does, and the next one goes on; a market that had no price is not asked again for `maxMarkAge`. Emits
    /// {Deleveraged}, {DeleveragingRewarded}, {MarketMarked}.
    ///
    /// Requirements: a price good for `PriceUse.Liquidate`; one of the two is due, else {Clearinghouse_NotDeleveragable};
    /// no other market's turn comes first, else {Clearinghouse_ContributedAlready}.
    /// Invariants: I7.
    /// @return collected Profit withheld; also zero if only marks were brought up to date.
    function deleverage(MarketId market) external returns (uint256 collected);

    /// @notice Applies to a position the deleveraging events it has missed, at most `maxEvents`. Every operation does so by
    /// itself, up to 64; this is for one that missed more, and for who wants the money of what was closed.
    /// @dev Needs no price. Emits {DeleveragingReplayed}.
    ///
    /// Requirements: a position, else {Clearinghouse_NothingToReplay}.
    /// @return isComplete False if events are left: call again.
    function replay(AccountId account, MarketId market, uint256 maxEvents) external returns (bool isComplete);

    /// @notice Pays an account's owner what has been repaid of its recovery claim. Anyone may call.
    /// @dev Units: USD WAD; whole token units are paid, the fraction stays. Emits {ClaimPaid}.
    ///
    /// Requirements: an owner, else {Clearinghouse_ZeroOwner}; something to pay, else {Clearinghouse_NothingToClaim}.
    /// Invariants: I11.
    function claim(AccountId account) external returns (uint256 paid);

    /// @notice Repays recovery claims, at most what is outstanding: traders, then senior, then junior LPs.
    /// @dev `taken` USD WAD. Emits {Recovered}.
    ///
    /// Requirements: something is outstanding and offered, else {Clearinghouse_ZeroAmount}; the caller approved the vault.
    /// Invariants: I11.
    function recover(uint256 amountNative) external returns (uint256 taken);

    // -------------------------------------------------------------------------------------------------------- views

    /// @dev A position as deleveraging has left it, and what its next touch brings.
    struct Replayed {
        Position position;
        uint256 credit; // profit of what was closed, waiting in `Ledger.PendingPnl`
        uint256 cut; // profit withheld
        uint256 returned; // variation margin that comes back
        int256 fundingOwed; // of what was closed
        uint256 missedEvents; // of its side since its last touch; 0: none of them concerns it
    }

    /// @dev Positions of like entry price on one side, as an event at a price would find them.
    struct BucketView {
        uint32 tick; // 64 to an octave of entry price
        uint32 positions;
        uint112 sizeBase;
        uint112 cost;
        uint104 edge; // worst entry in it
        bool isReached; // wholly in profit at the price
        uint256 profit; // at the price; 0 if it is not reached
    }

    /// @dev What one account would be charged.
    struct HaircutPreview {
        uint256 eligibleProfit; // of all that would be charged
        uint256 haircut; // h, WAD
        uint256 profit; // of the account, if its bucket is reached
        uint256 charge; // of the account
        uint256 share; // of the account in all that is charged, WAD
    }

    /// @dev What a call would do.
    struct DeleveragePreview {
        uint256 need; // this market's share of what the floor lacks, or the skew notional above the cap; 0: nothing is due
        uint256 haircut; // h, WAD; 0: nothing is withheld
        uint256 closeFraction; // f, WAD; 0: nothing is closed
        uint256 closePrice;
        uint256 eligibleProfit;
        uint256 buckets; // that would be charged: what the call costs
        uint256 positions; // in them
        uint256 reward; // of the caller
    }

    /// @notice A position with the events it has missed applied, in memory only.
    function replayed(AccountId account, MarketId market) external view returns (Replayed memory);

    /// @notice The populated buckets of a side, and which of them an event at `price` would charge.
    function buckets(MarketId market, bool isLong, uint256 price) external view returns (BucketView[] memory);

    /// @notice What an account would be charged if at `price` this market had to raise `need`.
    function previewHaircut(
        AccountId account,
        MarketId market,
        uint256 price,
        uint256 need
    ) external view returns (HaircutPreview memory);

    /// @notice What {deleverage} would do at the last marks: call {mark} before for fresh ones.
    /// @dev Requirements: as {deleverage}, without a price; all zero where nothing is due.
    function previewDeleverage(MarketId market) external view returns (DeleveragePreview memory);

    /// @notice An account's recovery claim: `claimable` can be paid now, `outstanding` is not repaid yet. USD WAD. What the
    /// account has not replayed is not in it.
    function claimsOf(AccountId id) external view returns (uint256 claimable, uint256 outstanding);

    /// @notice Recovery claims of all traders, USD WAD; `lost` and `repaid` since the beginning.
    function traderClaims() external view returns (uint256 outstanding, uint256 lost, uint256 repaid);

    /// @notice Whose turn it is to restore the pool's floor.
    function round() external view returns (DeleveragingRound memory);
}
