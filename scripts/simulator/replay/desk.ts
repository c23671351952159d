import { wad } from "../../shared/world.ts";
import { type AdlCharge, measureWave } from "./adl.ts";
import { auditWave } from "./audit.ts";
import type { TraderBook } from "./book.ts";
import { RunRecord } from "./record.ts";

/** Deleveraging events an operation takes in by itself: who missed more is replayed first. */
export const EVENTS_AT_ONCE = 64;
/** USD that have to be missing, or above the cap, before a keeper bothers: roundings always leave a few wei. */
const WORTH_A_CALL = wad(1);
/** From the record of an LP epoch to its settlement, seconds. */
const SETTLE_DELAY = 1_800;

/**
 * Queues what traders and the keeper decide, block by block, and keeps the record of what came of it. What a block does is
 * up to who extends it: the contracts on a chain, or the model. Everything decided here is decided the same for both.
 */
export abstract class Desk<Charge extends AdlCharge = AdlCharge> {
  abstract readonly book: TraderBook;
  readonly record = new RunRecord<Charge>();
  /** The bar that is on, counted from 1. */
  step = 0;
  private epoch = { recorded: 0, settleAt: 0 };
  private readonly epochs: { genesis: number; length: number };

  constructor(epochs: { genesis: number; length: number }) {
    this.epochs = epochs;
  }

  // ---------------------------------------------------------------------------------- one operation, in the next block

  /** A new price, and the market marked at it. */
  abstract quote(price: bigint): Promise<void>;
  /** Margin; `usd` with two digits. */
  abstract deposit(owner: "trader" | "idle", index: number, usd: string): Promise<void>;
  protected abstract sendTrade(index: number, delta: bigint): Promise<void>;
  protected abstract sendLiquidation(index: number): Promise<void>;
  protected abstract sendReplay(index: number, most: number): Promise<void>;
  protected abstract sendDeleveraging(): Promise<void>;
  protected abstract sendEpoch(what: "record" | "settle"): Promise<void>;

  /** Runs what was queued, at `time` (unix seconds), and writes it down; returns the traders that were touched. */
  protected abstract execute(time: number): Promise<Set<number>>;
  /** USD that deleveraging would restore now; zero if there is nobody it could be taken from. */
  protected abstract toRestore(): Promise<bigint>;
  /** After a block that left a residual. */
  protected abstract checkResidual(): Promise<void>;

  // ------------------------------------------------------------------------------------------------ what is decided

  async trade(index: number, delta: bigint): Promise<void> {
    await this.catchUp(index, EVENTS_AT_ONCE);
    await this.sendTrade(index, delta);
  }

  async liquidate(index: number): Promise<void> {
    await this.catchUp(index, EVENTS_AT_ONCE);
    await this.sendLiquidation(index);
  }

  /** Replays a position that has missed more than `spare` deleveraging events. */
  protected async catchUp(index: number, spare: number): Promise<void> {
    const { missed } = this.book.seats[index]!;
    if (missed <= spare) return;
    for (let done = 0; done < missed; done += EVENTS_AT_ONCE) await this.sendReplay(index, EVENTS_AT_ONCE);
  }

  /** Charges traders in profit, or closes what is above the cap, where due; twice a pass, as one may make the other due. */
  async deleverage(time: number): Promise<void> {
    for (let call = 0; call < 2; call++) {
      if ((await this.toRestore()) < WORTH_A_CALL) return;
      await this.sendDeleveraging();
      await this.mine(time);
    }
  }

  /** Records an LP epoch when it has ended and settles it half an hour later, as any keeper may. */
  async keepEpochs(time: number): Promise<void> {
    const running = Math.floor((time - this.epochs.genesis) / this.epochs.length);
    const isPending = this.epoch.settleAt !== 0;
    if (isPending && time >= this.epoch.settleAt) {
      this.epoch.settleAt = 0;
      await this.sendEpoch("settle");
    } else if (!isPending && running > this.epoch.recorded) {
      this.epoch = { recorded: running, settleAt: time + SETTLE_DELAY };
      await this.sendEpoch("record");
    }
  }

  async mine(time: number): Promise<void> {
    const { record } = this;
    const [incidents, events] = [record.incidents.length, record.adl.length];
    const touched = await this.execute(time);
    if (record.adl.length > events) {
      const wave = await measureWave(this.book, record.adl.slice(events), touched);
      record.waves.push(wave);
      record.problems.push(...auditWave(wave));
    }
    if (record.incidents.slice(incidents).some((incident) => incident.residual > 0n)) await this.checkResidual();
    await this.book.refresh(touched);
  }
}
