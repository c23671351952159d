import hre from "hardhat";
import { wad } from "../../shared/world.ts";
import { barSeconds } from "../scenarios/series.ts";
import { measureWave } from "./adl.ts";
import { audit, auditResidual, auditWave } from "./audit.ts";
import { Behaviour } from "./behaviour.ts";
import { TraderBook } from "./book.ts";
import { Chain, MAX_GAS } from "./chain.ts";
import { auditClaims, type Claims, readClaimants } from "./claims.ts";
import { chainOptions, idleId, marketParams, type Stage, setStage, traderId } from "./exchange.ts";
import { type Plan, planReplay } from "./plan.ts";
import { Random } from "./random.ts";
import { RunRecord, type Tag } from "./record.ts";
import { LAYERS, type ReplayOptions, type ReplayResult } from "./result.ts";
import { conservationOf, type Groups, groupsOf } from "./value.ts";

/** Deleveraging events an operation takes in by itself: who missed more is replayed first. */
const EVENTS_AT_ONCE = 64;
/** USD that have to be missing, or above the cap, before a keeper bothers: roundings always leave a few wei. */
const WORTH_A_CALL = wad(1);

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
  private readonly chain: Chain<Tag>;
  private readonly book: TraderBook;
  private readonly behaviour: Behaviour;
  private readonly record: RunRecord;
  private before: Groups | undefined;
  private idleBefore: bigint[] = [];
  /** Seconds between the clock of the prices and the chain's. */
  private shift = 0;
  private epoch = { recorded: 0, settleAt: 0 };
  private step = 0;

  private constructor(options: ReplayOptions, plan: Plan, stage: Stage) {
    this.options = options;
    this.plan = plan;
    this.stage = stage;
    this.chain = new Chain<Tag>(stage.connection);
    this.record = new RunRecord(stage);
    this.book = new TraderBook(stage, this.chain as Chain<never>, plan.traders.length);
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
      await this.quote(wad((first * factor).toFixed(9)));
      for (const [index, trader] of this.plan.traders.entries()) {
        if (trader.round !== round || trader.kind === "arbitrageur") continue;
        const size = wad((trader.notional / first).toFixed(9));
        await this.trade(index, trader.kind === "long" ? size : -size);
      }
      await this.mine(opensAt + (round + 1) * roundSeconds);
    }
    const ended = opensAt + this.plan.rounds.length * roundSeconds;
    const boundary = Math.ceil((ended - epoch.genesis) / epoch.length) * epoch.length + epoch.genesis;
    await this.keepEpochs(boundary + 1);
    await this.mine(boundary + 1);
    await this.keepEpochs(boundary + 1_900);
    await this.mine(boundary + 1_900);

    const start = this.options.series.bars[0]!.time + this.shift;
    await this.quote(wad(this.options.series.bars[0]!.price));
    await this.mine(start);
    this.before = await groupsOf(this.stage);
    this.idleBefore = await this.idleMargins();
  }

  /** Bar by bar, at one time: the price and the keeper's liquidations, then its deleveraging, then the traders. */
  async walk(): Promise<void> {
    const { bars } = this.options.series;
    for (let i = 1; i < bars.length; i++) {
      this.step = i;
      if (i % 5 === 0) this.options.onProgress?.(0.15 + (0.85 * i) / bars.length, `bar ${i} of ${bars.length - 1}`);
      const time = bars[i]!.time + this.shift;
      const price = wad(bars[i]!.price);
      await this.quote(price);
      let due: number[] = [];
      if (i % this.options.speed === 0) {
        due = this.book.due(price, time);
        for (const index of due) await this.liquidate(index);
        await this.mine(time);
        await this.deleverage(time);
      }
      // Who would be liquidated is not asked what else it would like to do.
      const busy = new Set(due);
      for (const { index, delta } of this.behaviour.actions(this.book, price, busy)) await this.trade(index, delta);
      await this.keepEpochs(time);
      await this.mine(time);
    }
  }

  async finish(started: number): Promise<ReplayResult> {
    const { series } = this.options;
    const last = series.bars.at(-1)!;
    const { record } = this;
    const after = await groupsOf(this.stage);
    const conservation = await conservationOf(this.stage);
    const idle = { before: this.idleBefore, after: await this.idleMargins() };
    const claims = await this.collectClaims(last.time + this.shift);
    const totals = { deficit: 0n, forgone: 0n, insurance: 0n, junior: 0n, senior: 0n, adl: 0n, residual: 0n };
    for (const incident of record.incidents) {
      for (const key of ["deficit", ...LAYERS] as const) totals[key] += incident[key];
    }
    record.problems.push(...audit({ after, conservation, idle }));
    return {
      series,
      options: this.options,
      plan: this.plan,
      steps: this.step,
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

  // ------------------------------------------------------------------------------------------------ what is sent

  private async quote(price: bigint): Promise<void> {
    const { prices, clearinghouse } = this.stage.world.system;
    const { market, cast } = this.stage;
    const set = prices.interface.encodeFunctionData("setPrice", [market, price]);
    await this.send(cast.governor.address, prices.target, set, { kind: "price", index: 0 });
    const mark = clearinghouse.interface.encodeFunctionData("mark", [market]);
    await this.send(cast.governor.address, clearinghouse.target, mark, { kind: "price", index: 1 });
  }

  private async deposit(time: number, firstPrice: number): Promise<void> {
    const { clearinghouse } = this.stage.world.system;
    const { cast, world } = this.stage;
    const one = async (owner: string, id: bigint, usd: number) => {
      const data = clearinghouse.interface.encodeFunctionData("deposit", [id, world.native(wad(usd.toFixed(2)))]);
      await this.send(owner, clearinghouse.target, data, { kind: "deposit", index: 0 });
    };
    for (const [index, trader] of this.plan.traders.entries()) {
      await one(cast.traders.address, traderId(this.stage, index), this.marginOf(trader, firstPrice));
    }
    for (const [index, usd] of this.plan.idle.entries()) await one(cast.idle.address, idleId(this.stage, index), usd);
    await this.mine(time);
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

  private async trade(index: number, delta: bigint): Promise<void> {
    await this.catchUp(index, EVENTS_AT_ONCE);
    const { executor } = this.stage.world.system;
    const limit = delta > 0n ? 2n ** 200n : 0n;
    const data = executor.interface.encodeFunctionData("trade", [
      traderId(this.stage, index),
      this.stage.market,
      delta,
      limit,
    ]);
    await this.send(this.stage.cast.traders.address, executor.target, data, { kind: "trade", index });
  }

  private async liquidate(index: number): Promise<void> {
    await this.catchUp(index, EVENTS_AT_ONCE);
    await this.ask("liquidate", [traderId(this.stage, index)], { kind: "liquidate", index });
  }

  /** Replays a position that has missed more than `spare` deleveraging events. */
  private async catchUp(index: number, spare: number): Promise<void> {
    const { missed } = this.book.seats[index]!;
    if (missed <= spare) return;
    for (let done = 0; done < missed; done += EVENTS_AT_ONCE) {
      const args = [traderId(this.stage, index), this.stage.market, EVENTS_AT_ONCE];
      await this.ask("replay", args, { kind: "replay", index });
    }
  }

  /** Charges traders in profit, or closes what is above the cap, if either is due: at most one of each a pass. */
  private async deleverage(time: number): Promise<void> {
    const { clearinghouse } = this.stage.world.system;
    const { market } = this.stage;
    for (let call = 0; call < 2; call++) {
      const { need, haircut, closeFraction } = await clearinghouse.previewDeleverage(market);
      if (need < WORTH_A_CALL || haircut + closeFraction === 0n) return;
      await this.ask("deleverage", [market], { kind: "deleverage", index: 0 });
      await this.mine(time);
    }
  }

  /** At the end everybody takes in what it missed and is paid what has been repaid of its claim. */
  private async collectClaims(time: number): Promise<Claims> {
    const { clearinghouse } = this.stage.world.system;
    const { world } = this.stage;
    for (const { index } of this.book.seats) await this.catchUp(index, 0);
    await this.mine(time);
    const before = await world.ledgers();
    const claimants = await readClaimants(this.book);
    for (const [index, claimable] of claimants.claimable.entries()) {
      if (claimable >= world.scale) await this.ask("claim", [this.book.seats[index]!.id], { kind: "claim", index });
    }
    await this.mine(time);
    const [outstanding, lost, repaid] = await clearinghouse.traderClaims();
    const result = { traders: { lost, repaid, outstanding, paid: this.record.claimed } };
    const collected = this.record.adl.reduce((total, event) => total + event.collected, 0n);
    this.record.problems.push(
      ...auditClaims(result, claimants, {
        taken: collected + this.record.writtenOff,
        recovery: before.recovery,
        left: before.held - (await world.ledgers()).held,
        unit: world.scale,
      }),
    );
    return result;
  }

  /** A call of the keeper to the clearinghouse. */
  private async ask(name: "liquidate" | "deleverage" | "replay" | "claim", args: unknown[], tag: Tag): Promise<void> {
    const { clearinghouse } = this.stage.world.system;
    const data = clearinghouse.interface.encodeFunctionData(name as "replay", args as never);
    await this.chain.send(this.stage.cast.keeper.address, String(clearinghouse.target), data, tag, MAX_GAS);
  }

  /** Records an LP epoch when it has ended and settles it half an hour later, as any keeper may. */
  private async keepEpochs(time: number): Promise<void> {
    const { pool } = this.stage.world.system;
    const { epoch, cast } = this.stage;
    const running = Math.floor((time - epoch.genesis) / epoch.length);
    const isPending = this.epoch.settleAt !== 0;
    if (isPending && time >= this.epoch.settleAt) {
      this.epoch.settleAt = 0;
      const data = pool.interface.encodeFunctionData("settleEpoch");
      await this.send(cast.keeper.address, pool.target, data, { kind: "epoch", index: 1 });
    } else if (!isPending && running > this.epoch.recorded) {
      this.epoch = { recorded: running, settleAt: time + 1_800 };
      const data = pool.interface.encodeFunctionData("recordEpoch");
      await this.send(cast.keeper.address, pool.target, data, { kind: "epoch", index: 0 });
    }
  }

  private async send(from: string, to: unknown, data: string, tag: Tag): Promise<void> {
    await this.chain.send(from, String(to), data, tag);
  }

  // ------------------------------------------------------------------------------------------------ what came back

  private async mine(time: number): Promise<void> {
    const { record } = this;
    const [incidents, events] = [record.incidents.length, record.adl.length];
    const touched = new Set<number>();
    for (const { tag, receipt } of await this.chain.mine(time)) {
      if (receipt.status && ["trade", "liquidate", "replay"].includes(tag.kind)) touched.add(tag.index);
      record.read(this.step, tag, receipt);
    }
    if (record.adl.length > events) {
      const wave = await measureWave(this.book, record.adl.slice(events), touched);
      record.waves.push(wave);
      record.problems.push(...auditWave(wave));
    }
    if (record.incidents.slice(incidents).some((incident) => incident.residual > 0n)) {
      record.problems.push(...(await auditResidual(this.stage, this.step)));
    }
    await this.book.refresh(touched);
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
