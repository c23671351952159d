/**
 * One operation on one account: touches markets and positions, nets what it moves, settles money once at the end.
 * contracts/README.md, "Sequences".
 */
import { joinWriteOff, repayLps, repayTraders } from "./claims.ts";
import { addDebt, CLASSES, collect, SETTLED_RETURN, setOff, UNPAID_PROFIT } from "./debts.ts";
import { debtsTo } from "./health.ts";
import * as markets from "./market.ts";
import { abs, CENT, clamp, divDown, divUp, max, min, pos, valueDown, valueUp } from "./math.ts";
import { MAX_EVENTS, replay } from "./replay.ts";
import { TREASURY } from "./state.ts";
import { Touch } from "./touch.ts";
import type { Position } from "./types.ts";
import { ModelError } from "./types.ts";

export class Operation extends Touch {
  /** Fees and new bonds less returned bonds, taken from margin. */
  charges = 0n;
  /** Part of the charges that goes to cash. */
  #chargesToCash = 0n;
  /** Moved to the recovery ledger for LPs. */
  #toLps = 0n;

  /** Closes `part` of a position; returns what the sell brought or the buy cost and the bond of a full close, USD. */
  close(id: number, part: bigint, fillPrice = this.price(id)): { value: bigint; bond: bigint } {
    const market = this.state.market(id);
    const position = this.held(id);
    const size = abs(position.size);
    const isLong = position.size > 0n;
    const isFull = part === size;
    const delta = isLong ? -part : part;
    const value = markets.tradeValue(market.params, this.skewOf(id), delta, fillPrice);
    this.skews.set(id, this.skewOf(id) + delta);
    const costRound = isLong ? divUp : divDown;
    const cost = isFull ? position.cost : costRound(position.cost * part, size);
    const settled = isFull ? position.settled : divDown(position.settled * part, size);
    this.book(market, (isLong ? value - cost : cost - value) + settled);
    this.settledReturned += settled;
    const rest: Position = {
      ...position,
      size: position.size + delta,
      cost: position.cost - cost,
      settled: position.settled - settled,
    };
    this.change(id, isFull ? undefined : rest);
    return { value, bond: isFull ? position.bondCents * CENT : 0n };
  }

  /** Opens or increases by a signed size; returns what it cost or brought. The bond is the caller's business. */
  open(id: number, delta: bigint, bondCents: bigint, fillPrice = this.price(id)): bigint {
    const market = this.state.market(id);
    const position = this.position(id);
    const value = markets.tradeValue(market.params, this.skewOf(id), delta, fillPrice);
    const mmBps = markets.openingMaintenanceBps(market, this.state.now);
    if (position === undefined) {
      const fresh = { settled: 0n, bondCents, bucket: 0, eventCursor: 0 };
      this.change(id, { size: delta, cost: value, mmBps, fundingEntry: market.fundingIndex, ...fresh });
      return value;
    }
    this.change(id, {
      ...position,
      size: position.size + delta,
      cost: position.cost + value,
      mmBps: max(position.mmBps, mmBps),
    });
    return value;
  }

  /** Turns what a position shows into what it has moved; prices are those of this operation. */
  crystallise(id: number): void {
    const market = this.state.market(id);
    const position = this.held(id);
    const price = this.price(id);
    const pnl = markets.pricePnl(position, price);
    if (pnl < 0n) {
      this.resettle(id, -pnl);
      return;
    }
    this.book(market, pnl + position.settled);
    this.settledReturned += position.settled;
    const cost = position.size > 0n ? valueDown(position.size, price) : valueUp(-position.size, price);
    this.change(id, { ...position, cost, settled: 0n });
  }

  /** Brings what a position has paid in to `settled`. */
  resettle(id: number, settled: bigint): void {
    const market = this.state.market(id);
    const position = this.held(id);
    this.book(market, position.settled - settled);
    this.settledReturned += pos(position.settled - settled);
    this.change(id, { ...position, settled });
  }

  /** Takes a charge from margin when money is settled; its parts are booked at once. */
  charge(parts: {
    toCash?: bigint;
    toInsurance?: bigint;
    toRecovery?: bigint;
    toTreasury?: bigint;
    bond?: bigint;
  }): void {
    const { toCash = 0n, toInsurance = 0n, toRecovery = 0n, toTreasury = 0n, bond = 0n } = parts;
    this.charges += toCash + toInsurance + toRecovery + toTreasury + bond;
    this.#chargesToCash += toCash;
    this.income += toCash;
    this.state.move("insurance", toInsurance);
    this.state.earn(TREASURY, toTreasury);
    this.state.move("recovery", toRecovery);
    this.#toLps += toRecovery - repayTraders(this.state, toRecovery);
    this.state.move("orders", bond);
  }

  /** Profit an ownerless account cannot take stays with the pool. */
  forfeit(id: number): void {
    if (this.net <= 0n) return;
    this.state.edit(this.state.market(id)).realised += this.net;
    this.net = 0n;
    this.settledReturned = 0n;
  }

  /** Moves what the recovery ledger holds for the account into its margin; what was written off becomes a claim. */
  collect(): void {
    const state = this.state;
    for (const id of CLASSES) {
      const stake = this.account.stakes[id];
      if (stake.points === 0n) continue;
      joinWriteOff(state, this.account, id);
      const amount = collect(state.debts[id], state.edit(this.account), id);
      state.move("recovery", -amount);
      this.credit(amount);
    }
  }

  /** Settles money; returns the deficit, which only a liquidation may have. */
  settleMoney({ isLiquidation = false }: { isLiquidation?: boolean } = {}): bigint {
    this.collect();
    if (!isLiquidation && this.marginAfter() < 0n) this.#crystalliseWorth();
    const shortage = pos(-this.marginAfter());
    if (shortage > 0n && !isLiquidation) {
      throw new ModelError("Clearinghouse_MarginBelowZero", this.account.id, -shortage);
    }
    const flow = this.net >= 0n ? this.#receive() : -this.#payLoss(shortage);
    this.credit(flow - this.charges);
    this.state.move("cash", this.#chargesToCash - flow);
    return shortage;
  }

  /** The pool takes note: coupon, and what LPs are owed back. */
  record(): void {
    this.state.accrueCoupon(this.income);
    repayLps(this.state, this.#toLps);
    this.state.watch();
  }

  /** What of `net` cash can pay now. With debts outstanding nobody is paid out of turn. */
  #payable(): bigint {
    if (this.state.unpaid > 0n) return 0n;
    return clamp(this.net, 0n, this.state.ledgers.cash + this.#chargesToCash);
  }

  /** Margin after settling money and setting off what can be. */
  marginAfter(): bigint {
    const before = this.account.margin - this.charges;
    if (this.net >= 0n) return before + this.#payable();
    const bare = before + this.net;
    return bare >= 0n ? bare : bare + min(-bare, min(-this.net, debtsTo(this.state, this.account).outstanding));
  }

  /**
   * What deleveraging has closed is taken in, which needs no price; positions that are worth something, by profit or by
   * what they have paid in beyond their loss, are turned into money. The others are not touched.
   */
  #crystalliseWorth(): void {
    for (const [id, position] of this.account.positions) {
      const price = this.state.isDead(id) ? null : this.state.priceOf(id);
      // Worth is decided on what deleveraging has left.
      const seen = replay(markets.sideOf(this.state.market(id), position.size), position, MAX_EVENTS);
      if (price === null || markets.pricePnl(seen.position, price) + seen.position.settled <= 0n) {
        if (seen.credit + seen.returned > seen.fundingOwed) this.advance(id, MAX_EVENTS);
        continue;
      }
      this.touchPosition(id);
      this.crystallise(id);
      this.putBack(id);
    }
  }

  /** Cash out to the account; the rest of `net` becomes debt. */
  #receive(): bigint {
    const state = this.state;
    const paid = this.#payable();
    const debt = this.net - paid;
    if (debt === 0n) return paid;
    // Cash returns variation margin first.
    const returned = clamp(this.settledReturned - paid, 0n, debt);
    addDebt(state.edit(state.debts[SETTLED_RETURN]), state.edit(this.account), SETTLED_RETURN, returned);
    addDebt(state.edit(state.debts[UNPAID_PROFIT]), state.edit(this.account), UNPAID_PROFIT, debt - returned);
    return paid;
  }

  /** Cash in from the account, after setting off what it lacks against what it is owed. */
  #payLoss(deficit: bigint): bigint {
    const state = this.state;
    let need = min(-this.net, pos(-(this.account.margin - this.charges + this.net)));
    let paid = -this.net - deficit;
    for (const id of [UNPAID_PROFIT, SETTLED_RETURN] as const) {
      const part = setOff(state.edit(state.debts[id]), state.edit(this.account), id, need);
      need -= part;
      paid -= part;
    }
    return paid;
  }
}
