// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../types/AccountId.sol";
import {Account, Market, MarketParams, MarketState, Position, RiskParams} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {IDeleveraging} from "./IDeleveraging.sol";

/// @title IClearinghouse
/// @notice Margin accounts, positions and markets in one ledger: the only writer of all three.
/// @dev Units: USD WAD, prices USD per base unit WAD, sizes base units WAD; `amountNative` in token decimals.
interface IClearinghouse is IDeleveraging {
    // ------------------------------------------------------------------------------------------------------- errors

    error Clearinghouse_NotAuthorized(AccountId account, address caller);
    error Clearinghouse_NotExecutor(address caller);
    error Clearinghouse_NotPool(address caller);
    error Clearinghouse_ZeroAmount();
    error Clearinghouse_ZeroOwner(AccountId account);
    error Clearinghouse_DifferentOwners(AccountId from, AccountId to);
    error Clearinghouse_AboveWithdrawable(AccountId account, uint256 has, uint256 needs);
    error Clearinghouse_MarketNotListed(MarketId market);
    error Clearinghouse_TooManyMarkets(uint256 has, uint256 max);
    error Clearinghouse_TooManyPositions(AccountId account, uint256 max);
    error Clearinghouse_MarketNotOpen(MarketId market, MarketState state);
    error Clearinghouse_StateNotSettable(MarketId market, MarketState state);
    error Clearinghouse_MarketHasPrice(MarketId market, uint256 price);
    error Clearinghouse_TooEarlyToSettle(MarketId market, uint256 settleableAt, uint256 nowAt);
    error Clearinghouse_MarketNotSettled(MarketId market, MarketState state);
    error Clearinghouse_NoPosition(AccountId account, MarketId market);
    error Clearinghouse_GuardianMustRest(MarketId market, uint256 nowAt, uint256 until);
    error Clearinghouse_TranchesBelowMinimum();
    error Clearinghouse_StaleMark(MarketId market, uint256 age, uint256 maxAge);
    error Clearinghouse_PriceNotAcceptable(MarketId market, uint256 fill, uint256 acceptable);
    error Clearinghouse_BelowMinNotional(MarketId market, uint256 has, uint256 needs);
    error Clearinghouse_AboveMaxPosition(MarketId market, uint256 has, uint256 max);
    error Clearinghouse_ImpactTooLarge(MarketId market, uint256 hasBps, uint256 maxBps);
    error Clearinghouse_OpenInterestCap(MarketId market, uint256 has, uint256 max);
    error Clearinghouse_SkewCap(MarketId market, uint256 has, uint256 max);
    error Clearinghouse_BelowInitialMargin(AccountId account, int256 has, uint256 needs);
    error Clearinghouse_MarginBelowZero(AccountId account, int256 has);
    error Clearinghouse_NotLiquidatable(AccountId account, int256 equity, uint256 maintenance);
    error Clearinghouse_NothingToLiquidate(AccountId account);
    error Clearinghouse_NothingToClaim(address caller);

    // ------------------------------------------------------------------------------------------------------- events

    event Deposited(AccountId indexed account, address indexed from, uint256 amount, uint256 marginAfter);
    event Withdrawn(AccountId indexed account, address indexed to, uint256 amount, uint256 marginAfter);
    event MarginTransferred(AccountId indexed from, AccountId indexed to, uint256 amount);
    event OperatorSet(address indexed owner, address indexed operator, bool approved);
    event FeesClaimed(address indexed beneficiary, uint256 amount);

    /// @notice A position changed by a trade at `price` plus impact. `realised` is profit (+) or loss (-) incl. funding,
    /// before the fee.
    event PositionChanged(
        AccountId indexed account,
        MarketId indexed market,
        int256 sizeDelta,
        int256 sizeAfter,
        uint256 costAfter,
        uint256 price,
        int256 impact,
        int256 realised,
        uint256 fee
    );

    /// @notice What an operation netted for an account: `net` > 0 is owed by the pool. `owed` is the part that became a
    /// debt (+) or was set off against one (-); the rest moved between cash and margin.
    event MarginSettled(AccountId indexed account, int256 net, int256 owed, uint256 marginAfter);

    /// @notice A fee was divided.
    event FeeRouted(uint256 fee, uint256 toPool, uint256 toInsurance, uint256 toRecovery, uint256 toTreasury);

    /// @notice Funding accrued and the mark was stored.
    event MarketMarked(MarketId indexed market, uint256 price, int256 mark, int256 fundingIndex);

    event AccountLiquidated(
        AccountId indexed account,
        address indexed keeper,
        int256 equityBefore,
        uint256 maintenance,
        uint256 closedNotional,
        uint256 penalty,
        uint256 bonds,
        uint256 deficit
    );
    event PositionLiquidated(
        AccountId indexed account,
        MarketId indexed market,
        int256 closedSize,
        int256 sizeAfter,
        uint256 price
    );

    /// @notice A position whose market has no price left its bankrupt account for an ownerless one.
    event PositionOrphaned(AccountId indexed account, MarketId indexed market, AccountId indexed orphan);

    /// @notice Cash repaid debts to traders, pro rata inside a class.
    event DebtsPaid(uint256 settledReturn, uint256 unpaidProfit);

    event MarketListed(MarketId indexed market, MarketParams params);
    event MarketParamsSet(MarketId indexed market, MarketParams params);
    event MarketStateSet(MarketId indexed market, MarketState state);

    /// @notice A market has no price; unless it has one again, it can be settled at `settleableAt`.
    event MarketFoundDead(MarketId indexed market, uint256 settleableAt);

    /// @notice From now on every position of the market closes at `price`.
    event MarketSettled(MarketId indexed market, uint256 price);

    /// @notice A position of a settled market was closed; `realised` went to its account (negative: came from it).
    event PositionSettled(
        AccountId indexed account,
        MarketId indexed market,
        int256 sizeBase,
        uint256 price,
        int256 realised
    );
    event RiskParamsSet(RiskParams params);

    /// @notice Openings have a share of the caps from `since` to `until`, unix seconds. `since` stays when it is changed.
    event OpeningRestricted(MarketId indexed market, uint256 shareBps, uint256 since, uint256 until);

    // ------------------------------------------------------------------------------------------------- money in, out

    /// @notice Adds margin to any account. Anyone may pay for anyone.
    /// @dev Emits {Deposited}.
    ///
    /// Requirements: `amountNative > 0`, else {Clearinghouse_ZeroAmount}; the account has an owner, else
    /// {Clearinghouse_ZeroOwner}; the caller approved the vault.
    /// Security: credits the measured receipt.
    function deposit(AccountId account, uint256 amountNative) external;

    /// @notice {deposit} with an EIP-2612 permit; a failed permit is ignored if the allowance suffices anyway.
    function depositWithPermit(
        AccountId account,
        uint256 amountNative,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Pays margin out to the account's owner.
    /// @dev At most `min(margin, margin + min(0, unrealised) - initial requirement)`: unrealised profit backs positions,
    /// never withdrawals. Emits {Withdrawn}.
    ///
    /// Requirements: owner or operator, else {Clearinghouse_NotAuthorized}; within the limit, else
    /// {Clearinghouse_AboveWithdrawable}; a price for each open position. Without positions no price is needed.
    /// Invariants: I6, I14.
    function withdraw(AccountId account, uint256 amountNative) external;

    /// @notice Moves margin between two accounts of one owner, under the rule of {withdraw}.
    /// @dev `amount` USD WAD. Emits {MarginTransferred}.
    ///
    /// Requirements: as {withdraw}; one owner, else {Clearinghouse_DifferentOwners}.
    function transferMargin(AccountId from, AccountId to, uint256 amount) external;

    /// @notice Lets `operator` trade for all of the caller's accounts, and withdraw to the caller only.
    /// @dev Emits {OperatorSet}.
    function setOperator(address operator, bool approved) external;

    /// @notice Pays the caller what keeping or the treasury has earned.
    /// @dev Emits {FeesClaimed}.
    ///
    /// Requirements: something is due, else {Clearinghouse_NothingToClaim}.
    function claimFees() external returns (uint256 paid);

    // ------------------------------------------------------------------------------------------------------ trading

    /// @notice Changes a position by `sizeDelta` at the oracle price, or at `firstPrice` where that is worse for the trader,
    /// plus impact.
    /// @dev `firstPrice` USD per base unit WAD, zero if none: the first price an order has seen. Marks, limits and
    /// requirements go by the oracle's, so the account bears the difference at once. A delta past zero closes and opens the
    /// other side. Fee rounded up, long cost up, proceeds down. Emits {PositionChanged}, {FeeRouted}, {MarginSettled},
    /// {MarketMarked}.
    ///
    /// Requirements: the executor calls, else {Clearinghouse_NotExecutor}; the fill is no worse than `acceptablePrice`,
    /// else {Clearinghouse_PriceNotAcceptable}. If risk grows: an open market, both tranches at their minimum, fresh
    /// marks, minimum notional, maximum position, impact bound, caps and initial margin, each with its error, and a price
    /// good for `PriceUse.Open`. Reducing needs none of these, only a price for `Value` and margin >= 0 afterwards.
    /// Invariants: I3, I14.
    function execute(
        AccountId account,
        MarketId market,
        int256 sizeDelta,
        uint256 acceptablePrice,
        uint256 firstPrice
    ) external returns (uint256 fee);

    /// @notice Whether `caller` may act for the account: its owner or an operator of its owner.
    function isAuthorized(AccountId account, address caller) external view returns (bool);

    // ------------------------------------------------------------------------------------------- permissionless calls

    /// @notice Collects the unrealised losses of an account into pool cash, at most its margin; returns what no longer is
    /// lost. Equity is unchanged.
    /// @dev Emits {MarginSettled}. Positions without a price are passed over.
    function settle(AccountId account) external;

    /// @notice Accrues funding and stores the mark of one market at the current price.
    /// @dev Emits {MarketMarked}.
    function mark(MarketId market) external;

    /// @notice {mark} for every listed market; reverts if one has no price.
    function markAll() external;

    /// @notice Notes that a market has no price; a week later, if it had none in between, settles it as {delistMarket} does.
    /// @dev Anybody, twice. A touch of the market in between had a price and starts the week anew. Emits {MarketFoundDead},
    /// then {MarketSettled}.
    ///
    /// Requirements: no price, else {Clearinghouse_MarketHasPrice}; a week since it was noted, else
    /// {Clearinghouse_TooEarlyToSettle}; not settled, else {Clearinghouse_StateNotSettable}; what
    /// {IOracleRouter-livePrice} requires: an outage of the sequencer is no dead market.
    function settleDeadMarket(MarketId market) external;

    /// @notice Closes a position in a settled market at its price, for anybody's account, without fee and without an order.
    /// @dev Rounding: against the position. The bond goes back to the account. Emits {PositionSettled}, {MarginSettled}.
    ///
    /// Requirements: the market is settled, else {Clearinghouse_MarketNotSettled}; a position, else
    /// {Clearinghouse_NoPosition}; an owner, else {Clearinghouse_ZeroOwner}; margin and other profit cover its loss, else
    /// {Clearinghouse_MarginBelowZero}: then {liquidate} closes it.
    /// Invariants: I1, I4.
    function closeSettled(AccountId account, MarketId market) external;

    /// @notice Closes as much of an account as restores its health; books a deficit at once.
    /// @dev Emits {AccountLiquidated}, {PositionLiquidated}, {MarginSettled}. The caller earns part of the penalty and the
    /// bonds of the positions closed, collected by {claimFees}.
    ///
    /// Requirements: equity below maintenance, else {Clearinghouse_NotLiquidatable}; a position to close, else
    /// {Clearinghouse_NothingToLiquidate}; what {IOracleRouter-livePrice} requires of each market for
    /// `PriceUse.Liquidate`.
    /// Invariants: I4, I5, I8. No owner, recipient, empty layer, or dead feed of another market can stop it.
    function liquidate(AccountId account) external;

    /// @notice Repays debts to traders from pool cash. Every operation does so by itself; this is for cash that came from
    /// elsewhere. Once there are no positions, what the pool still owes becomes recovery claims of the same traders.
    /// @dev Emits {DebtsPaid}, {DebtsWrittenOff}.
    function payDebts() external;

    // -------------------------------------------------------------------------------------------------- for the pool

    /// @notice Remembers `G_m - mark_m` of every market at an epoch's record.
    /// @dev Requirements: the pool calls, else {Clearinghouse_NotPool}.
    function recordBases() external;

    /// @notice Puts the smaller of the recorded and the present `G_m - mark_m` in force as the insured level.
    /// @dev Requirements: the pool calls, else {Clearinghouse_NotPool}.
    function applyBases() external;

    // --------------------------------------------------------------------------------------------------- governance

    /// @notice Lists a market; its id is the next number. It starts reduce-only until {setMarketState} opens it.
    /// @dev Emits {MarketListed}. Requirements: governor; bounds of `RiskConfig`.
    function listMarket(MarketParams calldata params) external returns (MarketId market);

    /// @notice Changes a market's parameters, after accruing at the current price. Terms of open positions stay.
    /// @dev Emits {MarketParamsSet}. Requirements: governor, or `RiskSteward`; bounds of `RiskConfig`; a price.
    function setMarketParams(MarketId market, MarketParams calldata params) external;

    /// @notice Settles a market for good, with or without a price: every position closes at the mean price of its last half
    /// hour. Closing at that price needs no order, see {closeSettled}; openings end.
    /// @dev Impact, funding and fee end with it; what was held for whoever unwinds the skew is the pool's. The mean is over
    /// the volatility windows of the last 30 minutes with a price, at most twelve, rounded down. Emits {MarketSettled}.
    ///
    /// Requirements: governor, whose delay is the notice; not settled, else {Clearinghouse_StateNotSettable}.
    function delistMarket(MarketId market) external;

    /// @notice Opens a market or stops opening in it. Closing and liquidating never stop.
    /// @dev Ends a guardian's restriction of the market and its rest. Emits {MarketStateSet}.
    ///
    /// Requirements: governor; neither to nor from `Settled`, which no switch can undo, else
    /// {Clearinghouse_StateNotSettable}.
    function setMarketState(MarketId market, MarketState state) external;

    /// @notice Leaves openings only a share of the market's caps for a time; 0 stops them. Ends by itself.
    /// @dev `shareBps` of what the governor's `reserveFactorBps` and `poolShareBps` allow, `duration` seconds from now.
    /// While a restriction runs it can be changed, `duration` 0 ends it; what it ran in all counts from its beginning.
    /// Emits {OpeningRestricted}.
    ///
    /// Requirements: guardian; the market is open, else {Clearinghouse_MarketNotOpen}; less than all of the caps and at
    /// most `RiskConfig.MAX_RESTRICTION` from the beginning, else {RiskConfig.RiskConfig_OutOfBounds}; the last one has
    /// been over for as long as it ran and an hour at least, else {Clearinghouse_GuardianMustRest}.
    /// Security: a guardian who does nothing else restricts a market at most half of the time. Nothing but openings reads
    /// it: closing, liquidating, deleveraging and withdrawing go on as if it were not there.
    function restrictOpening(MarketId market, uint256 shareBps, uint256 duration) external;

    /// @notice Changes the parameters of all markets.
    /// @dev Emits {RiskParamsSet}. Requirements: governor, or `RiskSteward`; bounds of `RiskConfig`.
    function setRiskParams(RiskParams calldata params) external;

    // -------------------------------------------------------------------------------------------------------- views

    /// @dev `equity` counts debts owed to the account; requirements are rounded up.
    struct Health {
        int256 equity;
        uint256 initialMargin;
        uint256 maintenanceMargin;
        uint256 notional;
        uint256 withdrawable;
    }

    /// @dev What the pool's exits are measured against, summed over markets at their last marks. USD WAD.
    struct Exposure {
        uint256 positiveMarks; // sum of max(0, mark): what exits must not be paid from
        uint256 unrealisedProfit; // sum of max(0, mark - W): what a reset must not write down
        uint256 sideProfits; // sum over sides of max(0, price profit + W): what winners could ask for
        uint256 skewCapital; // largest skew * riskWeight / (80% of poolShare): what redemptions must leave
    }

    /// @notice The pool's exposure to its traders.
    function exposure() external view returns (Exposure memory);

    /// @notice Health of an account at current prices; reverts if one of its markets has none.
    function health(AccountId account) external view returns (Health memory);

    /// @notice An account's margin, open markets, and how often it was liquidated.
    function account(AccountId id) external view returns (Account memory);
    /// @notice An account's position in a market; size 0 means none.
    function position(AccountId id, MarketId market) external view returns (Position memory);
    /// @notice All that is stored of a market, and the initial rate {health} counts at this moment.
    function market(MarketId id) external view returns (Market memory);
    /// @notice The parameters of all markets.
    function riskParams() external view returns (RiskParams memory);
    /// @notice Number of markets; ids are 0 to one less.
    function marketCount() external view returns (uint256);

    /// @notice What the pool owes an account: `collectable` is in `Ledger.Recovery` already, `outstanding` is not paid yet.
    function debtsTo(AccountId id) external view returns (uint256 collectable, uint256 outstanding);

    /// @notice Debts of the pool to all traders, by class.
    function debts() external view returns (uint256 settledReturn, uint256 unpaidProfit);

    /// @notice Treasury or keeper fees due to an address, USD WAD.
    function feesOf(address beneficiary) external view returns (uint256);
}
