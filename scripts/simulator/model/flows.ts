/** Money that follows a rule of the whole exchange, not of one account. */
import { CLASSES, pay } from "./debts.ts";
import { BPS, divDown, min } from "./math.ts";
import type { State } from "./state.ts";

/** Debts are paid from cash, the first class first, before the transaction ends. */
export function payDebts(state: State): void {
  for (const id of CLASSES) {
    if (state.debts[id].outstanding === 0n) continue;
    const paid = pay(state.edit(state.debts[id]), state.ledgers.cash);
    state.move("cash", -paid);
    state.move("recovery", paid);
  }
}

/** Divides a fee; insurance assets and open notional are those before the trade. */
export function splitFee(
  state: State,
  fee: bigint,
  before: { insurance: bigint; openNotional: bigint },
): { toCash: bigint; toInsurance: bigint; toTreasury: bigint } {
  const { insuranceFeeMinBps, insuranceFeeMaxBps, insuranceTargetBps, treasuryFeeBps } = state.risk;
  const target = divDown(before.openNotional * insuranceTargetBps, BPS);
  const assets = min(before.insurance, target);
  const share =
    target === 0n
      ? insuranceFeeMinBps
      : insuranceFeeMaxBps - divDown((insuranceFeeMaxBps - insuranceFeeMinBps) * assets, target);
  const toInsurance = divDown(fee * share, BPS);
  const toTreasury = divDown(fee * treasuryFeeBps, BPS);
  return { toCash: fee - toInsurance - toTreasury, toInsurance, toTreasury };
}
