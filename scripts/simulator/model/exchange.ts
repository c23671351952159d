/**
 * A model of Breakwater written from PROTOCOL.md and contracts/README.md alone, so that it can disagree with the chain.
 * Prices and time are inputs. Every operation returns, or throws a {@link ModelError} named like the error the contract
 * would revert with and leaves everything as it was.
 */
import { isOpenable } from "./checks.ts";
import { payDebts } from "./flows.ts";
import { recordFund, settleFund } from "./fund.ts";
import { debtsTo, healthOf } from "./health.ts";
import { type Liquidation, liquidate } from "./liquidation.ts";
import { checkRecordable, checkSettleable, freeCapital, recordEpoch, reset, settleEpoch } from "./lp.ts";
import { newMarket, pricePnl } from "./market.ts";
import { min, pos } from "./math.ts";
import { Operation } from "./operation.ts";
import { payOut, requestDeposit, requestRedeem } from "./shares.ts";
import { type Options, State } from "./state.ts";
import { trade } from "./trade.ts";
import {
  type Health,
  type Incident,
  type Ledgers,
  MAX_MARKETS,
  type Market,
  type MarketParams,
  type MarketState,
  ModelError,
  type Position,
  type RiskParams,
  type TrancheName,
} from "./types.ts";

/** Owner address (160 bits) followed by a sub-account number (96 bits). */
export const accountId = (owner: bigint, sub = 0n): bigint => (owner << 96n) | sub;
const ownerOf = (id: bigint): bigint => id >> 96n;

export class Exchange {
  readonly state: State;

  constructor(options: Options) {
    this.state = new State(options);
  }

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
    this.state.market(market).state = state;
  }

  setMarketParams(market: number, params: MarketParams): void {
    this.#touching(market, (record) => {
      // Windows of another length are numbered otherwise and mean nothing any more.
      if (params.keeperWindow !== record.params.keeperWindow) record.windows = record.windows.map(() => undefined);
      record.params = params;
    });
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

  /** Returns the fee. `acceptable` is the worst fill price the trader takes; undefined: any. */
  trade(account: bigint, id: number, sizeDelta: bigint, acceptable?: bigint): bigint {
    return this.state.atomically(() => trade(this.state, account, id, sizeDelta, acceptable));
  }

  settle(account: bigint): void {
    this.state.atomically(() => {
      const { state } = this;
      // What an ownerless position has paid in belongs to nobody.
      if (ownerOf(account) === 0n) throw new ModelError("Clearinghouse_ZeroOwner", account);
      const operation = this.#operation(account);
      const live = [...operation.account.positions.keys()].filter((id) => state.prices[id] !== null);
      for (const id of live) operation.touchPosition(id);
      operation.collect();
      for (const id of live) {
        const position = operation.position(id) as Position;
        const loss = pos(-pricePnl(position, operation.price(id)));
        const margin = pos(operation.account.margin + operation.net);
        operation.resettle(id, min(loss, position.settled + margin));
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

  payDebts(): void {
    this.state.atomically(() => payDebts(this.state));
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

  // ----------------------------------------------------------------------------------------------------------- views

  ledgers = (): Ledgers => ({ ...this.state.ledgers });
  equity = (): bigint => this.state.equity;
  exitValue = (): bigint => this.state.exitValue;
  navs = (): { senior: bigint; junior: bigint } => this.state.navs;
  principal = (): bigint => this.state.pool.principal;
  floor = (): bigint => this.state.floor;
  freeCapital = (): bigint => freeCapital(this.state);
  isOpenable = (): boolean => isOpenable(this.state);
  incidents = (): readonly Incident[] => this.state.incidents;
  market = (id: number): Readonly<Market> => this.state.market(id);
  margin = (account: bigint): bigint => this.state.accounts.get(account)?.margin ?? 0n;
  position = (account: bigint, id: number): Position | undefined => this.state.accounts.get(account)?.positions.get(id);
  health = (account: bigint): Health => healthOf(this.state, this.state.account(account));
  debtsTo = (account: bigint): { collectable: bigint; outstanding: bigint } =>
    debtsTo(this.state, this.state.account(account));
  feesOf = (beneficiary: string): bigint => this.state.feesDue[beneficiary] ?? 0n;

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
