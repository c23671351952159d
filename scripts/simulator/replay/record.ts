import { id as keccak } from "ethers";
import type { AdlEvent, AdlWave } from "./adl.ts";
import type { Receipt } from "./chain.ts";
import type { Stage } from "./exchange.ts";
import { LAYERS, type StepIncident } from "./result.ts";

export type Tag = {
  kind: "price" | "deposit" | "trade" | "liquidate" | "deleverage" | "replay" | "claim" | "epoch";
  index: number;
};

/** What receipts told, in the order it happened. */
export class RunRecord {
  readonly problems: string[] = [];
  readonly incidents: StepIncident[] = [];
  readonly adl: AdlEvent[] = [];
  readonly waves: AdlWave[] = [];
  trades = 0;
  refused = 0;
  liquidations = 0;
  /** Of these, how many left a part of the position open. */
  partial = 0;
  closedNotional = 0n;
  /** Residual of earlier incidents that traders in profit have carried since. */
  residualCovered = 0n;
  /** Unpaid profit that became claims. */
  writtenOff = 0n;
  /** Recovery claims paid out. */
  claimed = 0n;
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  read(step: number, tag: Tag, receipt: Receipt): void {
    if (tag.kind === "trade") {
      if (receipt.status) this.trades++;
      else this.refused++;
      return;
    }
    if (!receipt.status) {
      const trader = "liquidate replay claim".includes(tag.kind) ? ` of trader ${tag.index}` : "";
      this.problems.push(`step ${step}: ${tag.kind}${trader} reverted (${receipt.gasUsed} gas)`);
      return;
    }
    if (tag.kind === "liquidate") this.liquidations++;
    const { clearinghouse, waterfall } = this.stage.world.system;
    for (const log of receipt.logs) {
      const read = READERS[log.topics[0]!];
      if (read === undefined) continue;
      const { args } = (clearinghouse.interface.parseLog(log) ?? waterfall.interface.parseLog(log))!;
      read(this, args as unknown as Args, { step, tag, receipt });
    }
  }
}

type Args = Record<string, bigint>;
type Context = { step: number; tag: Tag; receipt: Receipt };

const READERS: Record<string, (record: RunRecord, args: Args, context: Context) => void> = {
  [keccak("DeficitAbsorbed(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)")]: readIncident,
  [keccak("Deleveraged(uint8,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)")]: readDeleveraging,
  [keccak("PositionLiquidated(uint256,uint8,int256,int256,uint256)")]: (record, args) => {
    if (args.sizeAfter !== 0n) record.partial++;
  },
  [keccak("AccountLiquidated(uint256,address,int256,uint256,uint256,uint256,uint256,uint256)")]: (record, args) => {
    record.closedNotional += args.closedNotional!;
  },
  [keccak("ResidualCovered(uint256,uint256)")]: (record, args) => {
    record.residualCovered += args.moved!;
  },
  [keccak("DebtsWrittenOff(uint256)")]: (record, args) => {
    record.writtenOff += args.amount!;
  },
  [keccak("ClaimPaid(uint256,address,uint256)")]: (record, args) => {
    record.claimed += args.amount!;
  },
};

function readIncident(record: RunRecord, args: Args, { step }: Context): void {
  const layers = Object.fromEntries(LAYERS.map((layer) => [layer, args[layer]!]));
  const incident = { step, deficit: args.deficit, ...layers } as StepIncident;
  const sum = LAYERS.reduce((total, layer) => total + incident[layer], 0n);
  if (sum !== incident.deficit) {
    record.problems.push(`step ${step}: layers of an incident add up to ${sum}, not ${incident.deficit}`);
  }
  record.incidents.push(incident);
}

function readDeleveraging(record: RunRecord, args: Args, { step, tag, receipt }: Context): void {
  record.adl.push({
    step,
    market: Number(args.market),
    price: args.price!,
    closeFraction: args.closeFraction!,
    haircut: args.haircut!,
    charged: Number(args.positions),
    buckets: Number(args.buckets),
    gas: receipt.gasUsed,
    collected: args.collected!,
    paid: args.paid!,
    isIncident: tag.kind === "liquidate",
  });
}
