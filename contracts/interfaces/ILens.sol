// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../types/AccountId.sol";
import {Incident} from "../types/Loss.sol";
import {Market} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Order} from "../types/Order.sol";
import {IClearinghouse} from "./IClearinghouse.sol";
import {IDeleveraging} from "./IDeleveraging.sol";
import {IInsuranceFund} from "./IInsuranceFund.sol";
import {ILiquidityPool} from "./ILiquidityPool.sol";
import {ILossWaterfall} from "./ILossWaterfall.sol";
import {IOracleRouter} from "./IOracleRouter.sol";
import {IOrders} from "./IOrders.sol";
import {ITranche} from "./ITranche.sol";
import {IVault} from "./IVault.sol";

/// @title ILens
/// @notice Everything a wallet, a keeper or a page shows, many at a time. Holds nothing and may do nothing.
/// @dev Units: USD, prices, sizes and ratios WAD; times unix seconds; rates in basis points where they say so. Positions are
/// shown as deleveraging has left them, whether or not they were touched since.
///
/// Security: no element stops a page. What has no price, does not exist or cannot be read says so in its flags. Only too
/// little gas reverts, as a live feed would look dead.
interface ILens {
    /// @notice With so little gas left a feed that is live would look dead.
    error Lens_NotEnoughGas(uint256 has, uint256 needs);

    /// @dev The system it reads; fixed when deployed.
    struct Addresses {
        IClearinghouse clearinghouse;
        ILiquidityPool pool;
        IInsuranceFund insurance;
        ILossWaterfall waterfall;
        IOrders orders;
        IOracleRouter oracle;
        IVault vault;
        ITranche senior;
        ITranche junior;
    }

    // ----------------------------------------------------------------------------------------------------- accounts

    /// @dev A position at the present price. Without one, at the last mark's.
    struct PositionView {
        MarketId market;
        bool isPriced;
        bool isRead; // false: it has missed so many events that it needs {IDeleveraging-replay}; what follows is zero
        int256 size; // base units, signed; 0: deleveraging has closed it, and its next touch brings `credit`
        uint256 cost; // USD at entry
        uint256 entryPrice; // cost a base unit, rounded down
        uint256 price;
        int256 pricePnl; // against the cost, rounded down
        int256 fundingOwed; // up to now
        uint256 settled; // variation margin already paid in
        int256 unrealised; // pricePnl + settled - fundingOwed
        uint256 notional;
        uint256 maintenance;
        uint256 mmBps; // maintenance rate fixed at opening
        uint256 bond; // back at close
        uint256 missedEvents; // events of its side since its last touch: at least one concerns it, or there are none
        uint256 credit; // of what they closed: margin at the next touch
        uint256 cut; // what they withheld: a recovery claim at the next touch
    }

    /// @dev An account at present prices. `equity`, `maintenanceMargin` and `notional` leave out the requirement of markets
    /// without a price, and count a loss there at the last mark but no profit, as {IClearinghouse-liquidate} does.
    struct AccountView {
        AccountId id;
        uint256 margin;
        uint32 openMarkets; // bit m set: a position in market m
        uint32 liquidations; // ever
        bool isPriced; // each of its markets has a price: else `initialMargin` and `withdrawable` are 0
        bool isReadable; // each of its positions could be read
        bool isLiquidatable; // {IClearinghouse-liquidate} would go through now
        int256 equity;
        uint256 initialMargin;
        uint256 maintenanceMargin;
        uint256 notional;
        uint256 withdrawable;
        PositionView[] positions; // by market, ascending
    }

    /// @dev What a keeper needs to know of an account; `index` into the list that was asked for.
    struct HealthView {
        uint32 index;
        bool isLiquidatable;
        bool isPriced;
        int256 equity;
        uint256 maintenance;
    }

    /// @notice Accounts with their positions. Those that never were are shown empty.
    /// @dev Each market's price and initial rate are asked for once. Equal to {IClearinghouse-health} where all is priced.
    /// Gas: below 15,000,000 for fifty accounts with eight positions each, but for deleveraging events they have missed.
    function accounts(AccountId[] calldata ids) external view returns (AccountView[] memory);

    /// @notice Equity against maintenance of many accounts: what a keeper scans.
    /// @dev Each market's price is asked for once. Gas: below 15,000,000 for 500 accounts with one position. Equal to
    /// {IClearinghouse-health}. `isLiquidatable` is what {IClearinghouse-liquidate} would decide: at prices good for
    /// liquidating, dead markets left out; but an account with a position that has missed more than 48 events
    /// (`missedEvents`) has to be replayed first.
    function healths(AccountId[] calldata ids) external view returns (HealthView[] memory);

    // ------------------------------------------------------------------------------------------------------ markets

    /// @dev A market, all that is stored and what follows from it at the present price; without one, at the last mark's.
    struct MarketView {
        MarketId id;
        Market market; // as {IClearinghouse-market}
        bool isPriced;
        bool canLiquidate; // liquidations are not held up by its price: it has one good enough, or is dead
        uint256 price;
        uint256 publishedAt; // 0: no price, or that of a settled market
        uint256 age; // of the price
        uint256 openableFrom; // its source may be used to add risk from then on; 0: at once
        uint256 longNotional; // open interest of longs
        uint256 shortNotional;
        uint256 openInterestCap; // of each side, before a guardian's restriction
        int256 skew; // base units; + longs are heavier
        uint256 skewNotional;
        uint256 skewCap; // deleveraging starts here, opening stops at 80% of it
        int256 fundingPerHour; // share of the notional, WAD; + longs pay
        int256 fundingIndex; // now
        int256 markNow; // what the pool owes its traders at `price`, impact reserve included
        uint256 longBuckets; // populated ones: what an event costs
        uint256 shortBuckets;
        bool isDeleverageDue; // {IDeleveraging-deleverage} would act, at the last marks
        IDeleveraging.DeleveragePreview deleverage; // what it would do
    }

    /// @notice Markets `from` and on, at most `count`.
    /// @dev Gas: 600,000 and more for each: a bucket costs 5,000. Sixteen fit a page.
    function markets(uint256 from, uint256 count) external view returns (MarketView[] memory);

    // --------------------------------------------------------------------------------------------- pool and insurance

    /// @dev A tranche or the fund: its shares.
    struct ShareView {
        uint256 nav;
        uint256 supply; // 24 decimals
        uint256 price; // USD of a whole share at `nav`, rounded down
        uint256 claimsOutstanding; // what holders are owed back; the fund's holders nothing
    }

    /// @dev When the next steps of an epoch are possible.
    struct EpochView {
        uint256 current; // the epoch running now
        uint256 endsAt;
        uint256 recordableFrom; // earliest time of the next record; in the past: now
        bool isRecorded; // a record waits to be settled
        uint256 recordedEpoch; // of that record, or of the last one
        uint256 settleableFrom; // earliest time to settle it; 0: there is none
    }

    /// @dev The liquidity pool at the last marks.
    struct PoolView {
        int256 equity; // E
        uint256 cash; // C
        uint256 unpaid; // debts to traders
        int256 markTotal;
        int256 backing; // what caps rest on
        uint256 floor; // protected
        uint256 principal; // T
        int256 exitValue; // what leaving LPs are priced at
        uint256 freeCapital; // what redemptions can be paid
        uint256 openNotional;
        bool isOpenable; // both tranches hold the minimum
        ShareView senior;
        ShareView junior;
        EpochView epoch;
        int256 recordedEquity; // of the last record
        int256 recordedExitValue;
        uint256 resetDueAt; // {ILiquidityPool-reset} is possible from then on; 0: not due, E >= T
        IClearinghouse.Exposure exposure; // what exits are held against
        uint256 traderClaims; // outstanding recovery claims of traders
        uint256 settledReturn; // debts by class, parts of `unpaid`
        uint256 unpaidProfit;
        uint256 residual; // what nobody has carried yet
    }

    /// @dev The insurance fund.
    struct InsuranceView {
        uint256 assets;
        uint256 available; // what it would pay now
        uint256 maxDrawPerDayBps;
        ShareView shares;
        EpochView epoch;
        uint256 recordedAssets; // of a record that waits
    }

    /// @notice The pool and its tranches.
    function pool() external view returns (PoolView memory);

    /// @notice The insurance fund.
    function insurance() external view returns (InsuranceView memory);

    // --------------------------------------------------------------------------------------------------- what is owed

    /// @dev One deficit and what became of it; see {ILossWaterfall}.
    struct IncidentView {
        uint256 id;
        uint256 deficit; // sum of the parts
        Incident parts;
    }

    /// @dev What one trader's account is owed beyond its margin.
    struct TraderClaimView {
        AccountId id;
        uint256 claimable; // recovery claim, payable now; without what the account has not replayed
        uint256 outstanding; // of it, not repaid yet
        uint256 debtCollectable; // realised profit that is paid already and becomes margin when touched
        uint256 debtOutstanding; // realised profit the pool still owes; part of the equity
    }

    /// @dev What one address is owed as a holder of shares and as a keeper.
    struct HolderClaimView {
        address holder;
        bool isRead; // false: a tranche could not tell, see {ITranche-claimRecovery}
        uint256 seniorClaimable;
        uint256 seniorOutstanding;
        uint256 juniorClaimable;
        uint256 juniorOutstanding;
        uint256 fees; // {IClearinghouse-claimFees}
        uint256 orderFees; // {IOrders-claimFees}
    }

    /// @notice Incidents, newest first: `from` and older, at most `count`. Ids count from 1; `from` 0 is the newest.
    function incidents(uint256 from, uint256 count) external view returns (IncidentView[] memory);

    /// @notice What traders are owed back.
    function traderClaims(AccountId[] calldata ids) external view returns (TraderClaimView[] memory);

    /// @notice What holders and keepers are owed.
    function holderClaims(address[] calldata holders) external view returns (HolderClaimView[] memory);

    // ------------------------------------------------------------------------------------------------------- orders

    /// @dev A stored order, and whether time stands in its way.
    struct OrderView {
        uint256 id;
        bool isWaiting; // false: no such order, or it is gone; what follows is zero
        Order order;
        uint256 executableFrom; // of a market order: its first price may be published then; of a trigger order: placedAt
        bool isTimely; // not before that, nor after the deadline: {IOrders-execute} may go through
        bool isExpired; // anybody may cancel it
        bool isVoid; // reduce-only, and its account was liquidated since
    }

    /// @notice Orders by id.
    function orders(uint256[] calldata ids) external view returns (OrderView[] memory);

    /// @notice Those of the orders `from` to `from + count - 1` that wait. Ids count from 1.
    function openOrders(uint256 from, uint256 count) external view returns (OrderView[] memory);

    /// @notice The deployment it reads.
    function addresses() external view returns (Addresses memory);
}
