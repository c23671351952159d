import { wad } from "../../shared/world.ts";
import { measureWave } from "./adl.ts";
import { auditClaims, auditLpClaims, auditResidual, auditWave } from "./audit.ts";
import { TraderBook } from "./book.ts";
import { Chain, MAX_GAS } from "./chain.ts";
import { type Claims, type ClaimTotals, claimableBy, holdersOf, readClaimants, type TrancheName } from "./claims.ts";
import { type Stage, traderId } from "./exchange.ts";
import { RunRecord, type Tag } from "./record.ts";

/** Deleveraging events an operation takes in by itself: who missed more is replayed first. */
const EVENTS_AT_ONCE = 64;
/** USD that have to be missing, or above the cap, before a keeper bothers: roundings always leave a few wei. */
const WORTH_A_CALL = wad(1);
/** Events replayed at the end so that everybody can claim; in a run of thousands of traders the last ones do not. */
const REPLAYS_AT_THE_END = 100_000;

/** Sends what traders and the keeper decide, block by block, and keeps the record of what came of it. */
export class Desk {
  readonly book: TraderBook;
  readonly record: RunRecord;
  /** The bar that is on, counted from 1. */
  step = 0;
  private readonly stage: Stage;
  private readonly chain: Chain<Tag>;
  private epoch = { recorded: 0, settleAt: 0 };

  constructor(stage: Stage, traders: number) {
    this.stage = stage;
    this.chain = new Chain<Tag>(stage.connection);
    this.record = new RunRecord(stage);
    this.book = new TraderBook(stage, this.chain as Chain<never>, traders);
  }

  // ------------------------------------------------------------------------------------------------ what is sent

  async quote(price: bigint): Promise<void> {
    const { prices, clearinghouse } = this.stage.world.system;
    const { market, cast } = this.stage;
    const set = prices.interface.encodeFunctionData("setPrice", [market, price]);
    await this.send(cast.governor.address, prices.target, set, { kind: "price", index: 0 });
    const mark = clearinghouse.interface.encodeFunctionData("mark", [market]);
    await this.send(cast.governor.address, clearinghouse.target, mark, { kind: "price", index: 1 });
  }

  async trade(index: number, delta: bigint): Promise<void> {
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

  async liquidate(index: number): Promise<void> {
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

  /** Charges traders in profit, or closes what is above the cap, where due; twice a pass, as one may make the other due. */
  async deleverage(time: number): Promise<void> {
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
  async collectClaims(time: number): Promise<Claims> {
    const { clearinghouse } = this.stage.world.system;
    const { world } = this.stage;
    let replays = 0;
    for (const { index, missed } of this.book.seats) {
      replays += missed;
      if (replays <= REPLAYS_AT_THE_END) await this.catchUp(index, 0);
    }
    await this.mine(time);
    const before = await world.ledgers();
    const lpClaims = (await claimableBy(this.stage, "senior")) + (await claimableBy(this.stage, "junior"));
    const claimants = await readClaimants(this.book);
    for (const [index, claimable] of claimants.claimable.entries()) {
      if (claimable >= world.scale) await this.ask("claim", [this.book.seats[index]!.id], { kind: "claim", index });
    }
    await this.mine(time);
    const [outstanding, lost, repaid] = await clearinghouse.traderClaims();
    const traders = { lost, repaid, outstanding, paid: this.record.claimed };
    const collected = this.record.adl.reduce((total, event) => total + event.collected, 0n);
    this.record.problems.push(
      ...auditClaims({ traders }, claimants, {
        taken: collected + this.record.writtenOff,
        recovery: before.recovery - lpClaims,
        left: before.held - (await world.ledgers()).held,
        unit: world.scale,
        isEverybody: replays <= REPLAYS_AT_THE_END,
      }),
    );
    return { traders, senior: await this.payLps("senior", time), junior: await this.payLps("junior", time) };
  }

  /** Everybody with shares of a tranche is paid what has been repaid of its claim. */
  private async payLps(name: TrancheName, time: number): Promise<ClaimTotals> {
    const { world, cast } = this.stage;
    const tranche = world.system[name];
    const before = await world.ledgers();
    for (const [index, holder] of holdersOf(this.stage, name).entries()) {
      const data = tranche.interface.encodeFunctionData("claimRecovery", [holder.address]);
      await this.chain.send(cast.keeper.address, String(tranche.target), data, { kind: "claim", index }, MAX_GAS);
    }
    await this.mine(time);
    const [outstanding, lost, repaid] = await tranche.totalClaims();
    const totals = { lost, repaid, outstanding, paid: before.held - (await world.ledgers()).held };
    this.record.problems.push(...auditLpClaims(name, totals, world.scale));
    return totals;
  }

  /** A call of the keeper to the clearinghouse. */
  private async ask(name: "liquidate" | "deleverage" | "replay" | "claim", args: unknown[], tag: Tag): Promise<void> {
    const { clearinghouse } = this.stage.world.system;
    const data = clearinghouse.interface.encodeFunctionData(name as "replay", args as never);
    await this.chain.send(this.stage.cast.keeper.address, String(clearinghouse.target), data, tag, MAX_GAS);
  }

  /** Records an LP epoch when it has ended and settles it half an hour later, as any keeper may. */
  async keepEpochs(time: number): Promise<void> {
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

  async send(from: string, to: unknown, data: string, tag: Tag): Promise<void> {
    await this.chain.send(from, String(to), data, tag);
  }

  // ------------------------------------------------------------------------------------------------ what came back

  async mine(time: number): Promise<void> {
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
}
