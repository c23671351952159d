import type { Seat, TraderBook } from "./book.ts";
import type { Plan } from "./plan.ts";
import type { Random } from "./random.ts";

export type Action = { index: number; delta: bigint };

/** Arbitrageurs who trade in one bar, and the skew (share of long interest at the start) they leave alone. */
const ARBITRAGEURS_A_BAR = 5;
const TOLERATED_SKEW = 0.01;
/** Margin an arbitrageur puts behind one dollar of position: no leverage, with room for fees. */
const BACKING = 1.1;
const MIN_NOTIONAL = 1_100;
const WAD = 1e18;

/**
 * What traders do of their own accord in one bar: take profit, halve a loser, add to a winner; arbitrageurs lean against
 * the skew. It keeps cash moving between accounts and the pool as in a real market. Every trade is decided from the seed.
 */
export class Behaviour {
  private readonly plan: Plan;
  private readonly random: Random;
  private readonly done = new Set<number>();
  private readonly arbitrageurs: number[];
  private turn = 0;

  constructor(plan: Plan, random: Random) {
    this.plan = plan;
    this.random = random;
    this.arbitrageurs = plan.traders.flatMap((trader, i) => (trader.kind === "arbitrageur" ? [i] : []));
  }

  actions(book: TraderBook, price: bigint, busy: Set<number>): Action[] {
    const limit = 10 + Math.floor(this.plan.traders.length / 20);
    const actions: Action[] = [];
    for (const seat of book.seats) {
      if (seat.size === 0n || busy.has(seat.index) || actions.length >= limit) continue;
      const delta = this.decide(seat, Number(price) / WAD);
      if (delta !== 0n) actions.push({ index: seat.index, delta });
    }
    return [...actions, ...this.lean(book, Number(price) / WAD, busy)];
  }

  private decide(seat: Seat, price: number): bigint {
    const trader = this.plan.traders[seat.index]!;
    if (trader.kind === "arbitrageur") return 0n;
    const entry = Number(seat.cost) / Math.abs(Number(seat.size));
    const move = (price / entry - 1) * (seat.size > 0n ? 1 : -1);
    const notional = (Math.abs(Number(seat.size)) / WAD) * price;
    const canHalve = notional > 2 * MIN_NOTIONAL;

    if (move > trader.takeProfit && this.random.chance(0.5)) {
      if (trader.habit === "halves" && canHalve && this.once(seat.index)) return -seat.size / 2n;
      return -seat.size;
    }
    if (trader.habit === "adds" && move > trader.takeProfit / 2 && this.once(seat.index)) return seat.size / 4n;
    const isCut = trader.habit === "cuts" && canHalve && move < -0.5 / trader.leverage;
    if (isCut && this.random.chance(0.3) && this.once(seat.index)) return -seat.size / 2n;
    return 0n;
  }

  private once(index: number): boolean {
    if (this.done.has(index)) return false;
    this.done.add(index);
    return true;
  }

  private lean(book: TraderBook, price: number, busy: Set<number>): Action[] {
    let skew = Number(book.skew) / WAD;
    const actions: Action[] = [];
    for (let i = 0; i < Math.min(ARBITRAGEURS_A_BAR, this.arbitrageurs.length); i++) {
      if (Math.abs(skew) * price < TOLERATED_SKEW * this.plan.longInterest) break;
      const index = this.arbitrageurs[this.turn++ % this.arbitrageurs.length]!;
      if (busy.has(index)) continue;
      const seat = book.seats[index]!;
      const size = Number(seat.size) / WAD;
      const cost = (Number(seat.cost) / WAD) * Math.sign(size);
      const equity = Number(seat.margin + seat.owed + seat.settled) / WAD + size * price - cost;
      const reach = Math.max(0, equity) / BACKING / price;
      const target = Math.min(reach, Math.max(-reach, size - skew / 2));
      const delta = target - size;
      // Small steps are not worth their fee; a position that is left must not be dust.
      if (Math.abs(delta) * price < MIN_NOTIONAL || Math.abs(target) * price < MIN_NOTIONAL) continue;
      if (Math.sign(delta) === Math.sign(skew)) continue;
      skew += delta;
      actions.push({ index, delta: BigInt(Math.round(delta * 1e9)) * 10n ** 9n });
    }
    return actions;
  }
}
