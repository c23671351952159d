// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SideBook} from "./SideBook.sol";

/// @dev Open: everything. ReduceOnly: a governor's choice before delisting. Halted: opening stopped, by the governor; a
/// guardian's restriction to nothing looks the same while it runs. Settled: delisted, or dead for a week; every position
/// closes at one price. Closing and liquidating work in every state.
enum MarketState {
    Open,
    ReduceOnly,
    Halted,
    Settled
}

/// @dev What governance sets per market; bounds in `RiskConfig`.
struct MarketParams {
    // slot 0: 128 + 128
    uint128 skewScaleBase; // base units: a trade d fills at P * (1 + (2 * skew + d) / (2 * scale)); NO_IMPACT: off
    uint128 maxPositionBase; // base units (WAD) one account may hold
    // slot 1: 16 + 32 + 16 * 4 + 32 * 3 + 48 = 256
    uint16 imrBps; // initial margin rate; the maintenance rate is half of it
    uint32 volFactorBps; // 10_000 = one times the largest recent move
    uint16 slopeBpsPerMillion; // added to the initial rate per 1,000,000 USD of notional
    uint16 feeBps; // of the notional traded
    uint16 maxFundingBps; // per day, at skew = skewScale
    uint16 keeperWindow; // seconds of one volatility window
    uint32 reserveFactorBps; // open interest per side <= reserveFactor * E
    uint32 poolShareBps; // skewCap = poolShare * E / riskWeight
    uint32 riskWeightBps;
    uint48 minNotionalCents; // USD cents, smallest position
}

/// @dev One side of a market, summed over its positions.
struct Side {
    uint128 sizeBase; // S: sum of |size|
    uint128 cost; // N: sum of cost, USD
}

/// @dev A market as outsiders see it: the sums of its two books side by side, and its initial rate now. What is stored
/// is {MarketBook}.
struct Market {
    MarketParams params;
    Side long;
    Side short;
    // Z, sum of size * fundingEntry per side, USD, signed
    int128 fundingWeightLong;
    int128 fundingWeightShort;
    // W, what losers have already paid in, USD
    uint128 settledLong;
    uint128 settledShort;
    int128 fundingIndex; // F: USD per base unit, signed, cumulative
    uint40 touchedAt; // when funding accrued and the mark was stored
    MarketState state;
    bool isListed;
    uint32 restrictedUntil; // a guardian's restriction of opening ends here, unix seconds
    uint24 restrictedFor; // how long it runs, or ran, in all, seconds
    uint16 openingShareBps; // what it leaves of the caps
    int128 mark; // U_m + R_imp at lastPrice, USD
    uint128 lastPrice; // USD per base unit
    int128 realised; // G_m: cash the pool realised here, USD
    int128 base; // insured level of G_m - mark, USD
    int128 baseCandidate; // G_m - mark at the last epoch record, USD
    uint40 deadSince; // when it was found without a price; means nothing once touched later
    uint256[3] windows;
    uint32 longEvents; // deleveraging events of the side, ever
    uint32 shortEvents;
    uint16 initialRateBps; // now, before the slope: follows volatility
}

/// @dev State of one market. Everything the pool owes its traders follows from these sums and the price: O(1).
struct MarketBook {
    MarketParams params; // slots 0, 1
    // slot 2: 128 + 40 + 8 + 8 + 32 + 24 + 16 = 256; an opening reads it anyway
    int128 fundingIndex; // F: USD per base unit, signed, cumulative
    uint40 touchedAt; // when funding accrued and the mark was stored
    MarketState state;
    bool isListed;
    uint32 restrictedUntil; // a guardian's restriction of opening ends here, unix seconds (until 2106)
    uint24 restrictedFor; // how long it runs, or ran, in all, seconds
    uint16 openingShareBps; // what it leaves of the caps
    // slot 3
    int128 mark; // U_m + R_imp at lastPrice, USD
    uint128 lastPrice; // USD per base unit
    // slot 4
    int128 realised; // G_m: cash the pool realised here, USD
    int128 base; // insured level of G_m - mark, USD
    // slot 5: 128 + 40 + 40
    int128 baseCandidate; // G_m - mark at the last epoch record, USD
    uint40 deadSince; // when the market was found without a price; means nothing once it was touched later
    uint40 seenDeadAt; // when deleveraging elsewhere last asked for a price and got none, unix seconds
    // slots 6..8: twelve volatility windows, four to a word (VolatilityLib)
    uint256[3] windows;
    SideBook long;
    SideBook short;
}

/// @dev One account's position in one market; size 0 means none.
struct Position {
    // slot 0: 104 + 104 + 32 + 16
    int104 size; // base units, signed: long > 0
    uint104 cost; // USD at entry, > 0
    uint32 eventCursor; // ADL events of the bucket already applied
    uint16 mmBps; // maintenance rate fixed at opening, raised by later increases only
    // slot 1: 96 + 104 + 32 + 24
    int96 fundingEntry; // funding index at the last settlement, USD per base unit
    uint104 settled; // loss already paid in (variation margin), USD
    uint32 bucket; // entry-price bucket
    uint24 bondCents; // keeper bond in `Ledger.Orders`, USD cents
}

/// @dev One trader's margin.
struct Account {
    // slot 0: 128 + 32 + 8 + 32
    uint128 margin; // USD
    uint32 openMarkets; // bit m set: a position in market m
    uint8 debts; // bit c set: a claim in debt class c
    uint32 liquidations; // ever; a reduce-only order counts only until the next one
}

/// @dev What governance sets for all markets; bounds in `RiskConfig`. One slot: 16*10 + 24*4 = 256.
struct RiskParams {
    uint16 penaltyBps; // l: of the notional a liquidation closes
    uint16 targetHealthBps; // tau: margin after a partial liquidation, in maintenance margins
    uint16 keeperShareBps; // of the penalty
    uint16 insuranceShareBps; // of the penalty; the rest is LP income
    uint24 keeperFloorCents; // bond of a new position
    uint24 keeperFloorCapCents; // the floor can follow gas up to here
    uint24 maxMarkAge; // seconds a mark of another market may be old when risk is opened
    uint16 insuranceFeeMinBps; // of fees, fund at target
    uint16 insuranceFeeMaxBps; // of fees, fund empty
    uint16 treasuryFeeBps; // of fees
    uint16 insuranceTargetBps; // target size of the fund, of open notional
    uint16 recoveryFeeBps; // rho: of fees, while recovery claims are outstanding
    uint16 deleverageRewardBps; // of what deleveraging restores, to who calls it
    uint24 deleverageRewardCapUsd; // USD an hour, all markets together
}

/// @dev A market whose skewScale is this has no price impact and no funding.
uint128 constant NO_IMPACT = type(uint128).max;
