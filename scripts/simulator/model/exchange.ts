/**
 * A model of Breakwater written from PROTOCOL.md and contracts/README.md alone, so that it can disagree with the chain.
 * Prices and time are inputs. Every operation returns, or throws a {@link ModelError} named like the error the contract
 * would revert with and leaves everything as it was.
 */
import { deleverage } from "./deleveraging.ts";
import { payDebts } from "./flows.ts";
import { recordFund, settleFund } from "./fund.ts";
import { healthOf } from "./health.ts";
import { type Liquidation, liquidate } from "./liquidation.ts";
import { checkRecordable, checkSettleable, recordEpoch, reset, settleEpoch } from "./lp.ts";
import { newMarket, pricePnl } from "./market.ts";
import { min, pos } from "./math.ts";
import { Operation } from "./operation.ts";
import { payClaim, recover, replayMissed } from "./recovery.ts";
import { closeSettled, delistMarket, requireNotSettled, settleDeadMarket } from "./settlement.ts";
import { payOut, requestDeposit, requestRedeem } from "./shares.ts";
import { trade } from "./trade.ts";
import {
  MAX_MARKETS,
  type Market,
  type MarketParams,
  type MarketState,
  ModelError,
  type RiskParams,
  type TrancheName,
} from "./types.ts";
import { Views } from "./views.ts";

/** Owner address (160 bits) followed by a sub-account number (96 bits). */
export const accountId = (owner: bigint, sub = 0n): bigint => (owner << 96n) | sub;
const ownerOf = (id: bigint): bigint => id >> 96n;

export class Exchange extends Views {
  // --------------------------------------------------------------------------------------------------------- inputs

  advance(seconds: bigint): void {
    this.state.clock.now += seconds;
  }

  /** `null`: the source of this market has no valid price. */
  setPrice(market: number, price: bigint | null): void {
    this.state.market(market);
    this.state.prices[market] = price;
  }

  listMarket(params: MarketParams, state: MarketState = "Open"): number {
    const { markets, prices, now } = this.state;
    const id = markets.length;
    if (id >= MAX_MARKETS) throw new ModelError("Clearinghouse_TooManyMarkets", id, MAX_MARKETS);
    markets.push(newMarket(id, params, state, now));
    prices.push(null);
    return id;
  }

  setMarketState(market: number, state: MarketState): void {
    requireNotSettled(this.state.market(market));
    this.state.market(market).state = state;
  }

  setMarketParams(market: number, params: MarketParams): void {
    requireNotSettled(this.state.market(market));
    this.#touching(market, (record) => {
      // Windows of another length are numbered otherwise and mean nothing any more.
      if (params.keeperWindow !== record.params.keeperWindow) record.windows = record.windows.map(() => undefined);
      record.params = params;
    });
  }

  settleDeadMarket(market: number): void {
    this.state.atomically(() => settleDeadMarket(this.state, market));
  }

  delistMarket(market: number): void {
    this.state.atomically(() => delistMarket(this.state, market));
  }

  closeSettled(account: bigint, market: number): void {
    this.state.atomically(() => closeSettled(this.state, account, market));
  }

  setRiskParams(risk: RiskParams): void {
    Object.assign(this.state.risk, risk);
  }

  // ---------------------------------------------------------------------------------------------------------- margin

  deposit(account: bigint, amountNative: bigint): void {
    this.state.atomically(() => {
      if (amountNative === 0n) throw new ModelError("Clearinghouse_ZeroAmount");
      if (ownerOf(account) === 0n) throw new ModelError("Clearinghouse_ZeroOwner", account);
      this.#operation(account).credit(amountNative * this.state.scale);
    });
  }

  withdraw(account: bigint, amountNative: bigint): void {
    this.state.atomically(() => this.#takeOut(account, amountNative * this.state.scale));
  }

  transferMargin(from: bigint, to: bigint, amount: bigint): void {
    this.state.atomically(() => {
      if (ownerOf(from) !== ownerOf(to)) throw new ModelError("Clearinghouse_DifferentOwners", from, to);
      this.#takeOut(from, amount);
      this.#operation(to).credit(amount);
    });
  }

  // --------------------------------------------------------------------------------------------------------- trading

  /**
   * Returns the fee. `acceptable` is the worst fill price the trader takes; undefined: any. `first` is the first price the
   * order has seen: it fills at the worse of that and the present one.
   */
  trade(account: bigint, id: number, sizeDelta: bigint, acceptable?: bigint, first?: bigint): bigint {
    return this.state.atomically(() => trade(this.state, account, id, sizeDelta, acceptable, first));
  }

  settle(account: bigint): void {
    this.state.atomically(() => {
      const { state } = this;
      // What an ownerless position has paid in belongs to nobody.
      if (ownerOf(account) === 0n) throw new ModelError("Clearinghouse_ZeroOwner", account);
      const operation = this.#operation(account);
      const live = [...operation.account.positions.keys()].filter((id) => !state.isDead(id));
      for (const id of live) operation.touchPosition(id);
      operation.collect();
      for (const id of live) {
        const position = operation.position(id);
        if (position === undefined) {
          operation.putBack(id);
          continue;
        }
        const loss = pos(-pricePnl(position, operation.price(id)));
        const margin = pos(operation.account.margin + operation.net);
        operation.resettle(id, min(loss, position.settled + margin));
        operation.putBack(id);
      }
      operation.settleMoney();
      operation.post();
      operation.record();
      payDebts(state);
    });
  }

  mark(market: number): void {
    this.#touching(market, () => {});
  }

  /** {@link mark} for every listed market. */
  markAll(): void {
    this.state.atomically(() => this.#markAll());
  }

  liquidate(account: bigint, keeper = "keeper"): Liquidation {
    return this.state.atomically(() => liquidate(this.state, this.state.account(account), keeper));
  }

  /** Once nobody has a position, what the pool still owes becomes recovery claims. */
  payDebts(): void {
    this.state.atomically(() => payDebts(this.state, { mayWriteOff: true }));
  }

  /** Charges or closes traders in profit where that is due; returns what was withheld. */
  deleverage(market: number, caller = "keeper"): bigint {
    return this.state.atomically(() => deleverage(this.state, market, caller));
  }

  /** Applies to a position at most `max` of the events it has missed; false: some are left. */
  replay(account: bigint, market: number, max: number): boolean {
    return this.state.atomically(() => replayMissed(this.state, account, market, max));
  }

  /** Pays to its owner what was repaid of an account's recovery claim; returns USD. */
  claim(account: bigint): bigint {
    return this.state.atomically(() => {
      if (ownerOf(account) === 0n) throw new ModelError("Clearinghouse_ZeroOwner", account);
      return payClaim(this.state, account);
    });
  }

  /** Repays recovery claims: traders, senior, junior; returns what was taken, USD. */
  recover(amountNative: bigint): bigint {
    return this.state.atomically(() => recover(this.state, amountNative * this.state.scale));
  }

  /** Pays out what is due to a keeper or to the treasury, in whole token units. */
  claimFees(beneficiary: string): bigint {
    return this.state.atomically(() => {
      const { state } = this;
      const paid = this.#wholeUnits(state.feesDue[beneficiary] ?? 0n);
      if (paid === 0n) throw new ModelError("Clearinghouse_NothingToClaim", beneficiary);
      state.earn(beneficiary, -paid);
      return paid;
    });
  }

  // --------------------------------------------------------------------------------------------- capital that carries

  insuranceDeposit(amountNative: bigint): void {
    this.state.atomically(() => this.state.move("insurance", amountNative * this.state.scale));
  }

  lpRequestDeposit(tranche: TrancheName, amountNative: bigint): void {
    const { state } = this;
    state.atomically(() => requestDeposit(state, state.tranches[tranche], state.lpEpochs, amountNative * state.scale));
  }

  lpRequestRedeem(tranche: TrancheName, shares: bigint): void {
    const { state } = this;
    state.atomically(() => requestRedeem(state, state.tranches[tranche], state.lpEpochs, shares));
  }

  /** Takes settled redemptions out, in whole token units; returns USD. */
  lpClaim(tranche: TrancheName): bigint {
    return this.state.atomically(() => payOut(this.state, this.state.tranches[tranche]));
  }

  /** Ends an epoch: fresh marks, then the record. */
  lpRecord(): void {
    this.state.atomically(() => {
      checkRecordable(this.state);
      this.#markAll();
      recordEpoch(this.state);
    });
  }

  /** Settles what was asked for; {@link lpRecord} came before. */
  lpSettle(): void {
    this.state.atomically(() => {
      checkSettleable(this.state);
      this.#markAll();
      settleEpoch(this.state);
    });
  }

  fundRequestDeposit(amountNative: bigint): void {
    const { state } = this;
    state.atomically(() =>
      requestDeposit(state, state.insuranceShares, state.insuranceEpochs, amountNative * state.scale),
    );
  }

  fundRequestRedeem(shares: bigint): void {
    const { state } = this;
    state.atomically(() => requestRedeem(state, state.insuranceShares, state.insuranceEpochs, shares));
  }

  fundClaim(): bigint {
    return this.state.atomically(() => payOut(this.state, this.state.insuranceShares));
  }

  fundRecord(): void {
    this.state.atomically(() => recordFund(this.state));
  }

  fundSettle(): void {
    this.state.atomically(() => settleFund(this.state));
  }

  /** Both tranches from nothing, in one epoch. */
  seed(seniorNative: bigint, juniorNative: bigint): void {
    this.lpRequestDeposit("senior", seniorNative);
    this.lpRequestDeposit("junior", juniorNative);
    this.state.atomically(() => {
      recordEpoch(this.state);
      settleEpoch(this.state);
    });
  }

  reset(): void {
    this.state.atomically(() => {
      if (this.state.pool.openNotional > 0n) this.#markAll();
      reset(this.state);
    });
  }

  // --------------------------------------------------------------------------------------------------------- private

  #takeOut(id: bigint, amount: bigint): void {
    const { state } = this;
    if (amount === 0n) throw new ModelError("Clearinghouse_ZeroAmount");
    const { withdrawable } = healthOf(state, state.account(id));
    if (amount > withdrawable) {
      throw new ModelError("Clearinghouse_AboveWithdrawable", id, withdrawable, amount);
    }
    const operation = this.#operation(id);
    operation.collect();
    operation.credit(-amount);
  }

  #touching(market: number, change: (record: Market) => void): void {
    this.state.atomically(() => {
      const operation = this.#operation(0n);
      operation.touchMarket(market);
      change(this.state.market(market));
      operation.post();
      operation.record();
      payDebts(this.state);
    });
  }

  #markAll(): void {
    const operation = this.#operation(0n);
    for (const market of this.state.markets) operation.touchMarket(market.id);
    operation.post();
    operation.record();
    payDebts(this.state);
  }

  #operation(account: bigint): Operation {
    return new Operation(this.state, this.state.account(account));
  }

  #wholeUnits = (amount: bigint): bigint => amount - (amount % this.state.scale);
}
