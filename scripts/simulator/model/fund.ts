/** The insurance fund: its draws and its epochs. PROTOCOL §9 and §10; IInsuranceFund. */
import { BPS, DAY, divDown, max, min, pos } from "./math.ts";
import { epochToRecord, requireSettleable, settleShares } from "./shares.ts";
import type { State } from "./state.ts";
import { type Fund, ModelError } from "./types.ts";

const NAME = "InsuranceFund";

/** What the fund can pay now towards `matched`; remembers it as drawn. Drawing nothing does not start a day. */
export function cover(fund: Fund, assets: bigint, matched: bigint, now: bigint): bigint {
  const day = now / DAY;
  const isFirst = fund.day !== day;
  const limit = divDown((isFirst ? assets : fund.dayStart) * fund.maxDrawPerDayBps, BPS);
  let paid = min(divDown(assets * (BPS - 1n), BPS), matched);
  if (fund.maxDrawPerDayBps < BPS) paid = min(paid, pos(limit - (isFirst ? 0n : fund.drawn)));
  if (paid === 0n) return 0n;
  if (isFirst) {
    fund.day = day;
    fund.dayStart = assets;
    fund.drawn = 0n;
  }
  fund.drawn += paid;
  return paid;
}

export function recordFund(state: State): void {
  const fund = state.edit(state.fund);
  fund.recordedEpochs = epochToRecord(state, state.insuranceEpochs, fund.recordedEpochs, NAME);
  fund.recordedAt = state.now;
  fund.recordedAssets = state.ledgers.insurance;
}

/** Deposits at the higher, redemptions at the lower of the recorded and the present assets; no other limit. */
export function settleFund(state: State): void {
  const fund = state.edit(state.fund);
  const recorded = fund.recordedAssets;
  if (recorded === undefined) throw new ModelError("InsuranceFund_NothingRecorded");
  requireSettleable(state, state.insuranceEpochs, fund.recordedAt, NAME);
  const present = state.ledgers.insurance;
  settleShares(state, state.insuranceShares, "insurance", {
    epoch: fund.recordedEpochs - 1n,
    navIn: max(recorded, present),
    navOut: min(recorded, present),
    limit: present,
    isOpen: true,
  });
  fund.recordedAssets = undefined;
}
