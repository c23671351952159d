import { wad } from "../../shared/world.ts";
import type { AdlEvent } from "./adl.ts";
import { auditClaims, auditLpClaims, auditResidual } from "./audit.ts";
import { Chain, MAX_GAS } from "./chain.ts";
import { ChainBook } from "./chainBook.ts";
import { type Claims, type ClaimTotals, claimableBy, holdersOf, readClaimants, type TrancheName } from "./claims.ts";
import { Desk } from "./desk.ts";
import { idleId, type Stage, traderId } from "./exchange.ts";
import { readReceipt, type Tag } from "./receipts.ts";
import type { Calendar } from "./setting.ts";

/** Events replayed at the end so that everybody can claim; in a run of thousands of traders the last ones do not. */
const REPLAYS_AT_THE_END = 100_000;

/** Sends everything to the contracts, as transactions. */
export class ChainDesk extends Desk<AdlEvent> {
  override readonly book: ChainBook;
  private readonly stage: Stage;
  private readonly chain: Chain<Tag>;

  constructor(stage: Stage, { genesis }: Calendar, traders: number) {
    super({ genesis, length: stage.epochLength });
    this.stage = stage;
    this.chain = new Chain<Tag>(stage.connection);
    this.book = new ChainBook(stage, this.chain as Chain<never>, traders);
  }

  // ------------------------------------------------------------------------------------------------ what is sent

  override async quote(price: bigint): Promise<void> {
    const { prices, clearinghouse } = this.stage.world.system;
    const { market, cast } = this.stage;
    const set = prices.interface.encodeFunctionData("setPrice", [market, price]);
    await this.send(cast.governor.address, prices.target, set, { kind: "price", index: 0 });
    const mark = clearinghouse.interface.encodeFunctionData("mark", [market]);
    await this.send(cast.governor.address, clearinghouse.target, mark, { kind: "price", index: 1 });
  }

  override async deposit(owner: "trader" | "idle", index: number, usd: string): Promise<void> {
    const { clearinghouse } = this.stage.world.system;
    const { cast, world } = this.stage;
    const [from, id] = owner === "trader" ? [cast.traders, traderId] : [cast.idle, idleId];
    const data = clearinghouse.interface.encodeFunctionData("deposit", [id(this.stage, index), world.native(wad(usd))]);
    await this.send(from.address, clearinghouse.target, data, { kind: "deposit", index });
  }

  protected override async sendTrade(index: number, delta: bigint): Promise<void> {
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

  protected override async sendLiquidation(index: number): Promise<void> {
    await this.ask("liquidate", [traderId(this.stage, index)], { kind: "liquidate", index });
  }

  protected override async sendReplay(index: number, most: number): Promise<void> {
    await this.ask("replay", [traderId(this.stage, index), this.stage.market, most], { kind: "replay", index });
  }

  protected override async sendDeleveraging(): Promise<void> {
    await this.ask("deleverage", [this.stage.market], { kind: "deleverage", index: 0 });
  }

  protected override async sendEpoch(what: "record" | "settle"): Promise<void> {
    const { pool } = this.stage.world.system;
    const data = pool.interface.encodeFunctionData(
      what === "record" ? "recordEpoch" : ("settleEpoch" as "recordEpoch"),
    );
    await this.send(this.stage.cast.keeper.address, pool.target, data, {
      kind: "epoch",
      index: what === "record" ? 0 : 1,
    });
  }

  /** A call of the keeper to the clearinghouse. */
  private async ask(name: "liquidate" | "deleverage" | "replay" | "claim", args: unknown[], tag: Tag): Promise<void> {
    const { clearinghouse } = this.stage.world.system;
    const data = clearinghouse.interface.encodeFunctionData(name as "replay", args as never);
    await this.chain.send(this.stage.cast.keeper.address, String(clearinghouse.target), data, tag, MAX_GAS);
  }

  private async send(from: string, to: unknown, data: string, tag: Tag): Promise<void> {
    await this.chain.send(from, String(to), data, tag);
  }

  // ------------------------------------------------------------------------------------------------ what came back

  protected override async execute(time: number): Promise<Set<number>> {
    const touched = new Set<number>();
    for (const { tag, receipt } of await this.chain.mine(time)) {
      if (receipt.status && ["trade", "liquidate", "replay"].includes(tag.kind)) touched.add(tag.index);
      readReceipt(this.record, this.stage, this.step, tag, receipt);
    }
    return touched;
  }

  protected override async toRestore(): Promise<bigint> {
    const { clearinghouse } = this.stage.world.system;
    const { need, haircut, closeFraction } = await clearinghouse.previewDeleverage(this.stage.market);
    return haircut + closeFraction === 0n ? 0n : need;
  }

  protected override async checkResidual(): Promise<void> {
    this.record.problems.push(...(await auditResidual(this.stage, this.step)));
  }

  // ------------------------------------------------------------------------------------------------ the end

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
}
