import { wad } from "../../shared/world.ts";
import { eligible } from "../model/buckets.ts";
import { type AdlEvent, accountId, type Exchange, type MarketParams, ModelError } from "../model/index.ts";
import { abs, pos, valueUp } from "../model/math.ts";
import { Desk } from "../replay/desk.ts";
import { kindOf } from "../replay/record.ts";
import type { Calendar } from "../replay/setting.ts";
import { ModelBook } from "./modelBook.ts";

/** The only market there is. */
const MARKET = 0;
const [TRADERS, IDLE] = [1n, 2n];
const idOf = (owner: bigint, index: number): bigint => accountId(owner, BigInt(index + 1));

/** Does everything in the model: no chain, no contracts, the same sums. */
export class ModelDesk extends Desk {
  override readonly book: ModelBook;
  private readonly exchange: Exchange;
  private block: { touches?: number; run: () => void }[] = [];

  constructor(exchange: Exchange, { genesis }: Calendar, epochLength: number, params: MarketParams, traders: number) {
    super({ genesis, length: epochLength });
    this.exchange = exchange;
    const ids = Array.from({ length: traders }, (_, index) => idOf(TRADERS, index));
    this.book = new ModelBook(exchange, MARKET, params, ids);
  }

  // -------------------------------------------------------------------------------------------------- what is queued

  override async quote(price: bigint): Promise<void> {
    this.queue(() => {
      this.exchange.setPrice(MARKET, price);
      this.exchange.mark(MARKET);
    });
  }

  override async deposit(owner: "trader" | "idle", index: number, usd: string): Promise<void> {
    const { scale } = this.exchange.state;
    const id = idOf(owner === "trader" ? TRADERS : IDLE, index);
    this.queue(() => this.exchange.deposit(id, wad(usd) / scale));
  }

  protected override async sendTrade(index: number, delta: bigint): Promise<void> {
    const run = () => {
      try {
        this.exchange.trade(idOf(TRADERS, index), MARKET, delta);
        this.record.trades++;
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        this.record.refused++;
      }
    };
    this.queue(run, index);
  }

  protected override async sendLiquidation(index: number): Promise<void> {
    const { exchange, record } = this;
    const id = idOf(TRADERS, index);
    this.queue(() => {
      const incidents = exchange.incidents().length;
      const { closedNotional, deficit } = this.charging(true, () => exchange.liquidate(id));
      const isPartial = exchange.position(id, MARKET) !== undefined;
      record.liquidated.push({ step: this.step, notional: closedNotional, kind: kindOf(deficit, isPartial) });
      for (const { account: _, ...incident } of exchange.incidents().slice(incidents)) {
        record.addIncident({ step: this.step, ...incident });
      }
    }, index);
  }

  protected override async sendReplay(index: number, most: number): Promise<void> {
    this.queue(() => this.exchange.replay(idOf(TRADERS, index), MARKET, most), index);
  }

  protected override async sendDeleveraging(): Promise<void> {
    this.queue(() => this.charging(false, () => this.exchange.deleverage(MARKET)));
  }

  protected override async sendEpoch(what: "record" | "settle"): Promise<void> {
    this.queue(() => (what === "record" ? this.exchange.lpRecord() : this.exchange.lpSettle()));
  }

  private queue(run: () => void, touches?: number): void {
    this.block.push({ run, touches });
  }

  // -------------------------------------------------------------------------------------------------- what came back

  protected override async execute(time: number): Promise<Set<number>> {
    const { exchange, block } = this;
    this.block = [];
    exchange.advance(BigInt(time) - exchange.state.now);
    const touched = new Set<number>();
    for (const { run, touches } of block) {
      try {
        run();
        if (touches !== undefined) touched.add(touches);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        this.record.problems.push(`step ${this.step}: ${error.message}`);
      }
    }
    return touched;
  }

  protected override async toRestore(): Promise<bigint> {
    const { state } = this.exchange;
    const market = state.market(MARKET);
    const { lastPrice, params, long, short } = market;
    if (state.equity < state.floor) {
      const { profit } = [long, short].map((side) => eligible(side, lastPrice)).reduce(larger);
      return profit === 0n ? 0n : state.floor - state.equity;
    }
    const skew = long.size - short.size;
    const cap = (pos(state.backing) * params.poolShareBps) / params.riskWeightBps;
    const heavy = eligible(skew > 0n ? long : short, lastPrice);
    return heavy.size === 0n ? 0n : pos(valueUp(abs(skew), lastPrice) - cap);
  }

  /** The model books a residual only when `deleveraging.ts` has found nobody in profit; its own tests see to that. */
  protected override async checkResidual(): Promise<void> {}

  /** Runs an operation and writes down whom it charged: at most one event, on one side or on both. */
  private charging<T>(isIncident: boolean, operation: () => T): T {
    const { state } = this.exchange;
    const { long, short } = state.market(MARKET);
    const before = { long: long.events.length, short: short.events.length, lost: state.losses.lost };
    const pending = state.ledgers.pendingPnl;
    const result = operation();
    const event: AdlEvent | undefined = long.events[before.long] ?? short.events[before.short];
    if (event !== undefined) {
      this.record.adl.push({
        step: this.step,
        market: MARKET,
        price: event.price,
        closeFraction: event.closeFraction,
        haircut: event.haircut,
        collected: state.losses.lost - before.lost,
        paid: event.closeFraction > 0n ? state.ledgers.pendingPnl - pending : 0n,
        isIncident,
      });
    }
    return result;
  }
}

const larger = <T extends { profit: bigint }>(a: T, b: T): T => (a.profit > b.profit ? a : b);
