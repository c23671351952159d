import hre from "hardhat";
import { wad } from "../../shared/world.ts";
import { barSeconds } from "../scenarios/series.ts";
import { audit } from "./audit.ts";
import { Behaviour } from "./behaviour.ts";
import { Desk } from "./desk.ts";
import { chainOptions, idleId, marketParams, type Stage, setStage, traderId } from "./exchange.ts";
import { type Plan, planReplay } from "./plan.ts";
import { Random } from "./random.ts";
import { LAYERS, type ReplayOptions, type ReplayResult } from "./result.ts";
import { conservationOf, type Groups, groupsOf, tradersOneByOne } from "./value.ts";

/** Boots a chain, deploys, seeds, opens the book and walks along the series. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const started = performance.now();
  const run = await Run.start(options);
  try {
    await run.openBook();
    await run.walk();
    return await run.finish(started);
  } finally {
    await run.close();
  }
}

class Run {
  private readonly options: ReplayOptions;
  private readonly plan: Plan;
  private readonly stage: Stage;
  private readonly desk: Desk;
  private readonly behaviour: Behaviour;
  private before: Groups | undefined;
  private idleBefore: bigint[] = [];
  /** Seconds between the clock of the prices and the chain's. */
  private shift = 0;

  private constructor(options: ReplayOptions, plan: Plan, stage: Stage) {
    this.options = options;
    this.plan = plan;
    this.stage = stage;
    this.desk = new Desk(stage, plan.traders.length);
    this.behaviour = new Behaviour(plan, new Random(options.seed ^ 0x5eed));
  }

  static async start(options: ReplayOptions): Promise<Run> {
    const { series } = options;
    options.onProgress?.(0, "deploying");
    const plan = planReplay(options);
    const window = Math.min(3_600, Math.max(10, barSeconds(series)));
    // Prices from before blockchains: the chain starts in 2001 and keeps the distances.
    const start = Math.max(series.bars[0]!.time, 1_000_000_000);
    const connection = await hre.network.create({
      override: chainOptions(start, window, plan.rounds.length) as never,
    });
    const params = marketParams(plan, series.bars[0]!.price, window, options.oiToCapital);
    const stage = await setStage(connection, plan, params, wad(series.bars[0]!.price));
    await connection.provider.request({ method: "evm_setAutomine", params: [false] });
    const run = new Run(options, plan, stage);
    run.shift = start - series.bars[0]!.time;
    return run;
  }

  async close(): Promise<void> {
    await this.stage.connection.close();
  }

  /** Deposits, then eight rounds of entries, then an epoch's end that puts the insured level in force. */
  async openBook(): Promise<void> {
    const { opensAt, roundSeconds, epoch } = this.stage;
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
    const boundary = Math.ceil((ended - epoch.genesis) / epoch.length) * epoch.length + epoch.genesis;
    await this.desk.keepEpochs(boundary + 1);
    await this.desk.mine(boundary + 1);
    await this.desk.keepEpochs(boundary + 1_900);
    await this.desk.mine(boundary + 1_900);

    const start = this.options.series.bars[0]!.time + this.shift;
    await this.desk.quote(wad(this.options.series.bars[0]!.price));
    await this.desk.mine(start);
    this.before = await groupsOf(this.stage);
    this.idleBefore = await this.idleMargins();
  }

  /** Bar by bar, at one time: the price and the keeper's liquidations, then its deleveraging, then the traders. */
  async walk(): Promise<void> {
    const { bars } = this.options.series;
    for (let i = 1; i < bars.length; i++) {
      this.desk.step = i;
      if (i % 5 === 0) this.options.onProgress?.(0.15 + (0.85 * i) / bars.length, `bar ${i} of ${bars.length - 1}`);
      const time = bars[i]!.time + this.shift;
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

  async finish(started: number): Promise<ReplayResult> {
    const { series } = this.options;
    const last = series.bars.at(-1)!;
    const { record } = this.desk;
    const after = await groupsOf(this.stage);
    const conservation = await conservationOf(this.stage);
    const idle = { before: this.idleBefore, after: await this.idleMargins() };
    const time = last.time + this.shift;
    const oneByOne = await tradersOneByOne(this.stage, this.desk.book, idle.after, time);
    const claims = await this.desk.collectClaims(time);
    const totals = { deficit: 0n, forgone: 0n, insurance: 0n, junior: 0n, senior: 0n, adl: 0n, residual: 0n };
    for (const incident of record.incidents) {
      for (const key of ["deficit", ...LAYERS] as const) totals[key] += incident[key];
    }
    record.problems.push(...audit({ after, oneByOne, conservation, idle }));
    return {
      series,
      options: this.options,
      plan: this.plan,
      steps: this.desk.step,
      trades: record.trades,
      refused: record.refused,
      liquidations: record.liquidations,
      partial: record.partial,
      closedNotional: record.closedNotional,
      incidents: record.incidents,
      totals,
      residualCovered: record.residualCovered,
      adl: record.adl,
      waves: record.waves,
      claims,
      before: this.before!,
      after,
      conservation,
      idle,
      problems: record.problems,
      seconds: (performance.now() - started) / 1_000,
    };
  }

  private async deposit(time: number, firstPrice: number): Promise<void> {
    const { clearinghouse } = this.stage.world.system;
    const { cast, world } = this.stage;
    const one = async (owner: string, id: bigint, usd: number) => {
      const data = clearinghouse.interface.encodeFunctionData("deposit", [id, world.native(wad(usd.toFixed(2)))]);
      await this.desk.send(owner, clearinghouse.target, data, { kind: "deposit", index: 0 });
    };
    for (const [index, trader] of this.plan.traders.entries()) {
      await one(cast.traders.address, traderId(this.stage, index), this.marginOf(trader, firstPrice));
    }
    for (const [index, usd] of this.plan.idle.entries()) await one(cast.idle.address, idleId(this.stage, index), usd);
    await this.desk.mine(time);
  }

  /** Equity is meant at the first price, so what entry at another price wins or loses comes off or on top. */
  private marginOf(trader: Plan["traders"][number], firstPrice: number): number {
    if (trader.kind === "arbitrageur") return trader.equity;
    const entry = firstPrice * this.plan.rounds[trader.round]!;
    const size = trader.notional / firstPrice;
    const pnl = (firstPrice - entry) * size * (trader.kind === "long" ? 1 : -1);
    const costs = trader.notional * 0.001 + 3;
    return Math.max(trader.equity - pnl, 0.022 * size * entry) + costs;
  }

  private async idleMargins(): Promise<bigint[]> {
    const { clearinghouse } = this.stage.world.system;
    const margins: bigint[] = [];
    for (const index of this.plan.idle.keys()) {
      margins.push((await clearinghouse.account(idleId(this.stage, index))).margin);
    }
    return margins;
  }
}
