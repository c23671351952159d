/** One account's positions taken out of their markets, changed and put back. contracts/README.md, "Sequences". */
import { chargeFunding, insert, remove } from "./buckets.ts";
import { joinLoss } from "./claims.ts";
import * as markets from "./market.ts";
import { CENT } from "./math.ts";
import { MAX_EVENTS, type Replay, replay } from "./replay.ts";
import type { State } from "./state.ts";
import { type Account, type Market, ModelError, type Position, type Side } from "./types.ts";
import { recordPrice } from "./volatility.ts";

export class Touch {
  /** What the pool owes the account; negative: the account owes the pool. */
  net = 0n;
  /** Part of `net` that returns variation margin. */
  settledReturned = 0n;
  /** LP income of this operation. */
  income = 0n;
  readonly account: Account;
  protected readonly state: State;
  readonly #touched = new Map<number, bigint>();
  readonly #atLastPrice = new Set<number>();
  /** Positions that are out of their markets now. */
  readonly #inHand = new Map<number, Position | undefined>();
  /** Skew of a market, the position in hand included. */
  protected readonly skews = new Map<number, bigint>();

  constructor(state: State, account: Account) {
    this.state = state;
    this.account = account;
  }

  position(id: number): Position | undefined {
    return this.#inHand.has(id) ? this.#inHand.get(id) : this.account.positions.get(id);
  }

  price(id: number): bigint {
    return this.#touched.get(id) ?? this.touchMarket(id);
  }

  /** Before anything of the position was closed or opened. */
  skewOf(id: number): bigint {
    return this.skews.get(id) ?? markets.skew(this.state.market(id));
  }

  /** Accrues funding and records the price. */
  touchMarket(id: number): bigint {
    const known = this.#touched.get(id);
    if (known !== undefined) return known;
    const { now } = this.state;
    const market = this.state.market(id);
    const price = this.state.priceOf(id);
    const { index, income } = markets.accrued(market, price, now);
    this.state.edit(market);
    market.fundingIndex = index;
    market.touchedAt = now;
    if (market.state !== "Settled") market.windows = recordPrice(market, price, now);
    this.income += income;
    this.#touched.set(id, price);
    return price;
  }

  /** Takes a position out of its market, if there is one: what it missed, then funding, go into `net`. */
  touchPosition(id: number): void {
    this.touchMarket(id);
    if (this.#inHand.has(id)) return;
    const market = this.state.market(id);
    const held = this.account.positions.get(id);
    this.skews.set(id, markets.skew(market));
    this.#inHand.set(id, held);
    if (held === undefined) return;
    const { position, isComplete } = this.#catchUp(market, held, MAX_EVENTS);
    if (!isComplete) throw new ModelError("Clearinghouse_TooManyEvents", this.account.id, id, MAX_EVENTS);
    const rest = this.#drop(markets.sideOf(market, held.size), position);
    if (rest !== undefined) this.book(market, -markets.fundingOwed(rest, market.fundingIndex));
    this.#inHand.set(id, rest && { ...rest, fundingEntry: market.fundingIndex });
  }

  /** Puts a position back where its entry is now. */
  putBack(id: number): void {
    const position = this.position(id);
    this.#inHand.delete(id);
    const market = this.state.market(id);
    const placed = position && insert(this.state, markets.sideOf(market, position.size), position);
    this.state.setPosition(this.account, id, placed);
  }

  /** Applies at most `max` missed events to a position that stays where it is; needs no price. False: some are left. */
  advance(id: number, max: number): boolean {
    const market = this.state.market(id);
    const held = this.account.positions.get(id) as Position;
    const { position, applied, isComplete } = this.#catchUp(market, held, max);
    const rest = position.size === 0n ? this.#drop(markets.sideOf(market, held.size), position) : position;
    if (applied > 0) this.#atLastPrice.add(id);
    this.state.setPosition(this.account, id, rest);
    return isComplete;
  }

  credit(amount: bigint): void {
    this.state.edit(this.account).margin += amount;
    this.state.move("margin", amount);
  }

  /** Stores the marks of what was touched. */
  post(): void {
    const { state } = this;
    for (const id of this.#atLastPrice) state.storeMark(state.market(id), state.market(id).lastPrice);
    for (const [id, price] of this.#touched) state.storeMark(state.market(id), price);
  }

  protected book(market: Market, toAccount: bigint): void {
    this.net += toAccount;
    this.state.edit(market).realised -= toAccount;
  }

  protected change(id: number, position: Position | undefined): void {
    this.#inHand.set(id, position);
  }

  protected held(id: number): Position {
    const position = this.position(id);
    if (position === undefined) throw new Error(`no position in market ${id}`);
    return position;
  }

  #catchUp(market: Market, held: Position, max: number): Replay {
    const { state } = this;
    const side = markets.sideOf(market, held.size);
    const seen = replay(side, held, max);
    if (seen.applied === 0) return seen;
    state.move("pendingPnl", -seen.credit);
    this.credit(seen.credit);
    chargeFunding(state, side, held.bucket, seen.fundingOwed);
    state.edit(side).settled -= seen.returned;
    this.book(market, seen.returned - seen.fundingOwed);
    this.settledReturned += seen.returned;
    for (const { lossId, amount } of seen.losses) joinLoss(state, this.account, lossId, amount);
    return seen;
  }

  /** Out of its side. Of one that deleveraging closed only the bond is left: it comes back. */
  #drop(side: Side, position: Position): Position | undefined {
    remove(this.state, side, position);
    if (position.size !== 0n) return position;
    const bond = position.bondCents * CENT;
    this.state.move("orders", -bond);
    this.credit(bond);
    return undefined;
  }
}
