import { wad } from "../../shared/world.ts";
import { Behaviour } from "./behaviour.ts";
import type { Desk } from "./desk.ts";
import type { Plan } from "./plan.ts";
import { Random } from "./random.ts";
import type { ReplayOptions } from "./result.ts";
import { type Calendar, imrBpsOf } from "./setting.ts";

/** Of the LP pool, seconds: `deploy/parameters/local.json5`. */
const EPOCH = 86_400;

/** A crash from the first deposit to the last bar, on whatever the desk deals with. */
export class Walk {
  private readonly options: ReplayOptions;
  private readonly plan: Plan;
  private readonly calendar: Calendar;
  private readonly desk: Desk;
  private readonly behaviour: Behaviour;

  constructor(options: ReplayOptions, plan: Plan, calendar: Calendar, desk: Desk) {
    this.options = options;
    this.plan = plan;
    this.calendar = calendar;
    this.desk = desk;
    this.behaviour = new Behaviour(plan, new Random(options.seed ^ 0x5eed));
  }

  /** Deposits, then eight rounds of entries, then an epoch's end that puts the insured level in force. */
  async openBook(): Promise<void> {
    const { opensAt, roundSeconds, genesis, startsAt } = this.calendar;
    const first = Number(this.options.series.bars[0]!.price);
    await this.deposit(opensAt, first);
    for (const [round, factor] of this.plan.rounds.entries()) {
      this.options.onProgress?.(0.05 + (0.1 * round) / this.plan.rounds.length, "opening positions");
      await this.desk.quote(wad((first * factor).toFixed(9)));
      for (const [index, trader] of this.plan.traders.entries()) {
        if (trader.round !== round || trader.kind === "arbitrageur") continue;
        const size = wad((trader.notional / first).toFixed(9));
        await this.desk.trade(index, trader.kind === "long" ? size : -size);
      }
      await this.desk.mine(opensAt + (round + 1) * roundSeconds);
    }
    const ended = opensAt + this.plan.rounds.length * roundSeconds;
    const boundary = Math.ceil((ended - genesis) / EPOCH) * EPOCH + genesis;
    await this.desk.keepEpochs(boundary + 1);
    await this.desk.mine(boundary + 1);
    await this.desk.keepEpochs(boundary + 1_900);
    await this.desk.mine(boundary + 1_900);

    await this.desk.quote(wad(this.options.series.bars[0]!.price));
    await this.desk.mine(startsAt);
  }

  /** Bar by bar, at one time: the price and the keeper's liquidations, then its deleveraging, then the traders. */
  async walk(): Promise<void> {
    const { bars } = this.options.series;
    for (let i = 1; i < bars.length; i++) {
      this.desk.step = i;
      if (i % 5 === 0) this.options.onProgress?.(0.15 + (0.85 * i) / bars.length, `bar ${i} of ${bars.length - 1}`);
      const time = bars[i]!.time + this.calendar.shift;
      const price = wad(bars[i]!.price);
      await this.desk.quote(price);
      let due: number[] = [];
      if (i % this.options.speed === 0) {
        due = this.desk.book.due(price, time);
        for (const index of due) await this.desk.liquidate(index);
        await this.desk.mine(time);
        await this.desk.deleverage(time);
      }
      // Who would be liquidated is not asked what else it would like to do.
      const busy = new Set(due);
      for (const { index, delta } of this.behaviour.actions(this.desk.book, price, busy))
        await this.desk.trade(index, delta);
      await this.desk.keepEpochs(time);
      await this.desk.mine(time);
    }
  }

  private async deposit(time: number, firstPrice: number): Promise<void> {
    for (const [index, trader] of this.plan.traders.entries()) {
      await this.desk.deposit("trader", index, this.marginOf(trader, firstPrice).toFixed(2));
    }
    for (const [index, usd] of this.plan.idle.entries()) await this.desk.deposit("idle", index, usd.toFixed(2));
    await this.desk.mine(time);
  }

  /** Equity is meant at the first price, so what entry at another price wins or loses comes off or on top. */
  private marginOf(trader: Plan["traders"][number], firstPrice: number): number {
    if (trader.kind === "arbitrageur") return trader.equity;
    const entry = firstPrice * this.plan.rounds[trader.round]!;
    const size = trader.notional / firstPrice;
    const pnl = (firstPrice - entry) * size * (trader.kind === "long" ? 1 : -1);
    const costs = trader.notional * 0.001 + 3;
    return Math.max(trader.equity - pnl, ((11 * imrBpsOf(this.plan.maxLeverage)) / 100_000) * size * entry) + costs;
  }
}
