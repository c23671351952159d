import { unrealised } from "../../scripts/simulator/model/health.ts";
import { ModelError } from "../../scripts/simulator/model/index.ts";
import type { Random } from "../shared/random.ts";
import type { Chain } from "./chain.ts";
import type { Pair } from "./pair.ts";
import type { Regime } from "./regimes.ts";

const WAD = 10n ** 18n;

/** One transaction of the chain and what the model does for it. */
export interface Action {
  name: string;
  wait: bigint;
  accounts: bigint[];
  from: string;
  to: Parameters<Chain["send"]>[1];
  call: string;
  args: unknown[];
  onModel: () => unknown;
  /** Shares may have been minted: the chain hands them over. */
  mints?: boolean;
}

/** Who acts: the accounts, the LPs and the keeper, and whom they would pick. */
export abstract class Crowd {
  protected readonly pair: Pair;
  protected readonly regime: Regime;
  protected readonly random: Random;
  protected readonly prices: bigint[];

  constructor(pair: Pair, regime: Regime, random: Random) {
    this.pair = pair;
    this.regime = regime;
    this.random = random;
    this.prices = regime.markets.map(({ price }) => price);
  }

  // -------------------------------------------------------------------------------------------------------- choices

  protected pick(): bigint {
    return this.pair.accounts[this.random(this.pair.accounts.length)] as bigint;
  }

  protected market(): number {
    return this.random(this.regime.markets.length);
  }

  /** Somebody with a position who can act. */
  protected holder(): bigint {
    const held = [...this.pair.exchange.state.accounts.values()].filter(
      ({ id, positions }) => id >> 96n > 0n && positions.size > 0,
    );
    return held[this.random(held.length)]?.id ?? this.pick();
  }

  /** The pool has lost so much that hardly anything can be opened. */
  protected isPoor(): boolean {
    const { exchange } = this.pair;
    const start = BigInt(this.regime.senior + this.regime.junior) * WAD;
    return !exchange.isOpenable() || exchange.equity() * 3n < start;
  }

  protected isStale(): boolean {
    const { markets, now, risk } = this.pair.exchange.state;
    return markets.some(({ touchedAt }) => now > touchedAt + risk.maxMarkAge);
  }

  protected victim(): bigint {
    const found = this.unhealthy();
    if (found.length > 0 && this.random(10) > 0) return found[this.random(found.length)] as bigint;
    return this.random(3) > 0 ? this.holder() : BigInt(1 + this.random(4));
  }

  /** What a keeper would look for: accounts below maintenance, and ownerless ones. */
  protected unhealthy(): bigint[] {
    const { exchange } = this.pair;
    const { state } = exchange;
    const found: bigint[] = [];
    for (const [id, account] of state.accounts) {
      if (account.positions.size === 0) continue;
      let worth = account.margin + exchange.debtsTo(id).outstanding;
      let isLive = false;
      for (const [market, position] of account.positions) {
        const price = state.prices[market];
        if (price !== null) isLive = true;
        worth += unrealised(position, price ?? exchange.market(market).lastPrice, exchange.market(market).fundingIndex);
      }
      if (isLive && (worth < 0n || id >> 96n === 0n || this.isBelow(id))) found.push(id);
    }
    return found;
  }

  private isBelow(account: bigint): boolean {
    try {
      const { equity, maintenanceMargin } = this.pair.exchange.health(account);
      return equity < maintenanceMargin;
    } catch (error) {
      if (error instanceof ModelError) return false;
      throw error;
    }
  }

  /** Markets a keeper would call to deleverage: the floor is short, or the skew above its cap. */
  protected deleveragable(): number[] {
    const { exchange } = this.pair;
    const equity = exchange.equity();
    const isShort = equity < exchange.floor();
    return exchange.state.markets
      .filter(({ id, params, long, short, lastPrice }) => {
        if (exchange.state.prices[id] === null) return false;
        if (isShort) return long.size + short.size > 0n;
        const skew = long.size > short.size ? long.size - short.size : short.size - long.size;
        return skew * lastPrice * params.riskWeightBps > equity * params.poolShareBps * WAD;
      })
      .map(({ id }) => id);
  }

  /** A position that has events to replay, if there is one. */
  protected misser(): [bigint, number] {
    const { accounts, markets } = this.pair.exchange.state;
    const found: [bigint, number][] = [];
    for (const { id, positions } of accounts.values()) {
      for (const [market, position] of positions) {
        const book = markets[market] as (typeof markets)[number];
        const side = position.size > 0n ? book.long : book.short;
        const events = side.buckets.get(position.bucket)?.events ?? [];
        if (events.some((event) => event > position.eventCursor)) found.push([id, market]);
      }
    }
    return found[this.random(found.length)] ?? [this.holder(), this.market()];
  }

  /** Somebody who can be paid something of a recovery claim, if there is anybody. */
  protected claimant(): bigint {
    const { scale } = this.pair.exchange.state;
    const found = this.pair.accounts.filter((id) => this.pair.exchange.claimsOf(id).claimable >= scale);
    return found[this.random(found.length)] ?? this.pick();
  }

  protected free(account: bigint): bigint {
    try {
      return this.pair.exchange.health(account).withdrawable;
    } catch (error) {
      if (error instanceof ModelError) return 10n ** 21n;
      throw error;
    }
  }

  protected ownerOf(account: bigint): string {
    const index = this.pair.accounts.indexOf(account);
    return this.pair.owners[index >> 1] ?? this.pair.keeper;
  }

  // --------------------------------------------------------------------------------------------------------- shapes

  protected byOwner(
    name: string,
    wait: bigint,
    account: bigint,
    call: string,
    args: unknown[],
    accounts: bigint[],
    onModel: () => unknown,
  ): Action {
    return this.action(name, wait, this.ownerOf(account), "clearinghouse", call, args, accounts, onModel);
  }

  protected byKeeper(
    name: string,
    wait: bigint,
    to: Action["to"],
    call: string,
    args: unknown[],
    accounts: bigint[],
    onModel: () => unknown,
  ): Action {
    return this.action(name, wait, this.pair.keeper, to, call, args, accounts, onModel);
  }

  protected action(
    name: string,
    wait: bigint,
    from: string,
    to: Action["to"],
    call: string,
    args: unknown[],
    accounts: bigint[],
    onModel: () => unknown,
  ): Action {
    return { name, wait, accounts, from, to, call, args, onModel };
  }
}
