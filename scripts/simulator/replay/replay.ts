import { id as keccak } from "ethers";
import hre from "hardhat";
import { wad } from "../../shared/world.ts";
import { barSeconds } from "../scenarios/series.ts";
import { Behaviour } from "./behaviour.ts";
import { TraderBook } from "./book.ts";
import { Chain, type Receipt } from "./chain.ts";
import { chainOptions, idleId, marketParams, type Stage, setStage, traderId } from "./exchange.ts";
import { type Plan, planReplay } from "./plan.ts";
import { Random } from "./random.ts";
import { LAYERS, type ReplayOptions, type ReplayResult, type StepIncident } from "./result.ts";
import { type Conservation, conservationOf, type Groups, groupsOf } from "./value.ts";

type Tag = { kind: "price" | "deposit" | "trade" | "liquidate" | "epoch"; index: number };

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
  private readonly problems: string[] = [];
  private readonly incidents: StepIncident[] = [];
  private trades = 0;
  private refused = 0;
  private liquidations = 0;
  private partial = 0;
  private closedNotional = 0n;
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

  /** Bar by bar: the price, then the keeper, then the traders, in one block. */
  async walk(): Promise<void> {
    const { bars } = this.options.series;
    for (let i = 1; i < bars.length; i++) {
      this.step = i;
      if (i % 5 === 0) this.options.onProgress?.(0.15 + (0.85 * i) / bars.length, `bar ${i} of ${bars.length - 1}`);
      const time = bars[i]!.time + this.shift;
      const price = wad(bars[i]!.price);
      await this.quote(price);
      const due = i % this.options.speed === 0 ? this.book.due(price, time) : [];
      for (const index of due) await this.liquidate(index);
      // Who would be liquidated is not asked what else it would like to do.
      const busy = new Set(due);
      for (const { index, delta } of this.behaviour.actions(this.book, price, busy)) await this.trade(index, delta);
      await this.keepEpochs(time);
      await this.mine(time);
    }
  }

  async finish(started: number): Promise<ReplayResult> {
    const after = await groupsOf(this.stage);
    const conservation = await conservationOf(this.stage);
    const idle = { before: this.idleBefore, after: await this.idleMargins() };
    const totals = { deficit: 0n, forgone: 0n, insurance: 0n, junior: 0n, senior: 0n, adl: 0n, residual: 0n };
    for (const incident of this.incidents) {
      for (const key of ["deficit", ...LAYERS] as const) totals[key] += incident[key];
    }
    this.audit(after, conservation, idle);
    return {
      series: this.options.series,
      options: this.options,
      plan: this.plan,
      steps: this.step,
      trades: this.trades,
      refused: this.refused,
      liquidations: this.liquidations,
      partial: this.partial,
      closedNotional: this.closedNotional,
      incidents: this.incidents,
      totals,
      before: this.before!,
      after,
      conservation,
      idle,
      problems: this.problems,
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
    const { clearinghouse } = this.stage.world.system;
    const data = clearinghouse.interface.encodeFunctionData("liquidate", [traderId(this.stage, index)]);
    await this.send(this.stage.cast.keeper.address, clearinghouse.target, data, { kind: "liquidate", index });
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
    const touched: number[] = [];
    for (const { tag, receipt } of await this.chain.mine(time)) {
      if (tag.kind === "trade" || tag.kind === "liquidate") touched.push(tag.index);
      if (tag.kind === "trade") {
        if (receipt.status) this.trades++;
        else this.refused++;
      } else if (!receipt.status) {
        const trader = tag.kind === "liquidate" ? ` of trader ${tag.index}` : "";
        this.problems.push(`step ${this.step}: ${tag.kind}${trader} reverted (${receipt.gasUsed} gas)`);
      } else if (tag.kind === "liquidate") {
        this.readLiquidation(receipt);
      }
    }
    await this.book.refresh(touched);
  }

  private readLiquidation(receipt: Receipt): void {
    const { clearinghouse, waterfall } = this.stage.world.system;
    this.liquidations++;
    for (const log of receipt.logs) {
      if (log.topics[0] === DEFICIT_ABSORBED) {
        const { args } = waterfall.interface.parseLog(log)!;
        const layers = Object.fromEntries(LAYERS.map((layer) => [layer, args[layer] as bigint]));
        const incident = { step: this.step, deficit: args.deficit, ...layers } as StepIncident;
        const sum = LAYERS.reduce((total, layer) => total + incident[layer], 0n);
        if (sum !== incident.deficit) {
          this.problems.push(`step ${this.step}: layers of an incident add up to ${sum}, not ${incident.deficit}`);
        }
        this.incidents.push(incident);
      } else if (log.topics[0] === POSITION_LIQUIDATED) {
        if (clearinghouse.interface.parseLog(log)!.args.sizeAfter !== 0n) this.partial++;
      } else if (log.topics[0] === ACCOUNT_LIQUIDATED) {
        this.closedNotional += clearinghouse.interface.parseLog(log)!.args.closedNotional as bigint;
      }
    }
  }

  private async idleMargins(): Promise<bigint[]> {
    const { clearinghouse } = this.stage.world.system;
    const margins: bigint[] = [];
    for (const index of this.plan.idle.keys()) {
      margins.push((await clearinghouse.account(idleId(this.stage, index))).margin);
    }
    return margins;
  }

  private audit(after: Groups, conservation: Conservation, idle: ReplayResult["idle"]): void {
    if (conservation.difference !== 0n) {
      this.problems.push(`tokens held and ledgers differ by ${conservation.difference} wei`);
    }
    const owned = Object.values(after).reduce((total, value) => total + value, 0n);
    if (owned !== conservation.held) this.problems.push(`groups own ${owned} wei of ${conservation.held} held`);
    for (const [i, margin] of idle.before.entries()) {
      if (idle.after[i] !== margin) this.problems.push(`idle account ${i}: ${margin} became ${idle.after[i]}`);
    }
  }
}

const DEFICIT_ABSORBED = keccak(
  "DeficitAbsorbed(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)",
);
const POSITION_LIQUIDATED = keccak("PositionLiquidated(uint256,uint8,int256,int256,uint256)");
const ACCOUNT_LIQUIDATED = keccak("AccountLiquidated(uint256,address,int256,uint256,uint256,uint256,uint256,uint256)");
