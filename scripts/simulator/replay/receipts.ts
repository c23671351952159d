import { id as keccak } from "ethers";
import type { AdlEvent } from "./adl.ts";
import type { Receipt } from "./chain.ts";
import type { Stage } from "./exchange.ts";
import { kindOf, type RunRecord } from "./record.ts";
import { LAYERS, type StepIncident } from "./result.ts";

export type Tag = {
  kind: "price" | "deposit" | "trade" | "liquidate" | "deleverage" | "replay" | "claim" | "epoch";
  index: number;
};

/** Writes down what a receipt tells. */
export function readReceipt(record: RunRecord<AdlEvent>, stage: Stage, step: number, tag: Tag, receipt: Receipt): void {
  if (tag.kind === "trade") {
    if (receipt.status) record.trades++;
    else record.refused++;
    return;
  }
  if (!receipt.status) {
    const trader = "liquidate replay claim".includes(tag.kind) ? ` of trader ${tag.index}` : "";
    record.problems.push(`step ${step}: ${tag.kind}${trader} reverted (${receipt.gasUsed} gas)`);
    return;
  }
  const { clearinghouse, waterfall } = stage.world.system;
  const seen: Liquidated = { isPartial: false };
  for (const log of receipt.logs) {
    const read = READERS[log.topics[0]!];
    if (read === undefined) continue;
    const { args } = (clearinghouse.interface.parseLog(log) ?? waterfall.interface.parseLog(log))!;
    read(record, args as unknown as Args, { step, tag, receipt, seen });
  }
  if (seen.account === undefined) return;
  const { notional, deficit } = seen.account;
  record.liquidated.push({ step, notional, kind: kindOf(deficit, seen.isPartial) });
}

type Args = Record<string, bigint>;
/** One liquidation is several logs. */
type Liquidated = { isPartial: boolean; account?: { notional: bigint; deficit: bigint } };
type Context = { step: number; tag: Tag; receipt: Receipt; seen: Liquidated };

const READERS: Record<string, (record: RunRecord<AdlEvent>, args: Args, context: Context) => void> = {
  [keccak("DeficitAbsorbed(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)")]: readIncident,
  [keccak("Deleveraged(uint8,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)")]: readDeleveraging,
  [keccak("PositionLiquidated(uint256,uint8,int256,int256,uint256)")]: (_, args, { seen }) => {
    if (args.sizeAfter !== 0n) seen.isPartial = true;
  },
  [keccak("AccountLiquidated(uint256,address,int256,uint256,uint256,uint256,uint256,uint256)")]: (
    _,
    args,
    { seen },
  ) => {
    seen.account = { notional: args.closedNotional!, deficit: args.deficit! };
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

function readIncident(record: RunRecord<AdlEvent>, args: Args, { step }: Context): void {
  const layers = Object.fromEntries(LAYERS.map((layer) => [layer, args[layer]!]));
  record.addIncident({ step, deficit: args.deficit, ...layers } as StepIncident);
}

function readDeleveraging(record: RunRecord<AdlEvent>, args: Args, { step, tag, receipt }: Context): void {
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
