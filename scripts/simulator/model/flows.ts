/** Money that follows a rule of the whole exchange, not of one account. */
import { claimsOutstanding, writeOffDebts } from "./claims.ts";
import { CLASSES, pay } from "./debts.ts";
import { BPS, divDown, min } from "./math.ts";
import type { State } from "./state.ts";

/**
 * Debts are paid from cash, the first class first, before the transaction ends. Once nobody has a position no loser is
 * left who could pay the rest: where that is asked for, it becomes recovery claims.
 */
export function payDebts(state: State, { mayWriteOff = false }: { mayWriteOff?: boolean } = {}): void {
  for (const id of CLASSES) {
    if (state.debts[id].outstanding === 0n) continue;
    const paid = pay(state.edit(state.debts[id]), state.ledgers.cash);
    state.move("cash", -paid);
    state.move("recovery", paid);
  }
  if (!mayWriteOff || state.unpaid === 0n || state.pool.openNotional > 0n) return;
  coverResidual(state, writeOffDebts(state));
  state.watch();
}

/** Counts what traders carried against what nobody had; returns how much of it was that. */
export function coverResidual(state: State, carried: bigint): bigint {
  const waterfall = state.edit(state.waterfall);
  const moved = min(carried, waterfall.residual);
  waterfall.residual -= moved;
  return moved;
}

/** Divides a fee; insurance assets, open notional and what LPs are owed back are those before the trade. */
export function splitFee(
  state: State,
  fee: bigint,
  before: { insurance: bigint; openNotional: bigint },
): { toCash: bigint; toInsurance: bigint; toRecovery: bigint; toTreasury: bigint } {
  const { insuranceFeeMinBps, insuranceFeeMaxBps, insuranceTargetBps, recoveryFeeBps, treasuryFeeBps } = state.risk;
  const target = divDown(before.openNotional * insuranceTargetBps, BPS);
  const assets = min(before.insurance, target);
  const share =
    target === 0n
      ? insuranceFeeMinBps
      : insuranceFeeMaxBps - divDown((insuranceFeeMaxBps - insuranceFeeMinBps) * assets, target);
  const toInsurance = divDown(fee * share, BPS);
  let left = fee - toInsurance;
  const toRecovery = min(min(divDown(fee * recoveryFeeBps, BPS), left), claimsOutstanding(state));
  left -= toRecovery;
  const toTreasury = min(divDown(fee * treasuryFeeBps, BPS), left);
  return { toCash: left - toTreasury, toInsurance, toRecovery, toTreasury };
}

/** Divides an amount by weights, rounded down; the last with a weight takes the remainder. */
export function shareOut(amount: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const last = weights.findLastIndex((weight) => weight > 0n);
  let left = amount;
  return weights.map((weight, index) => {
    const part = index === last ? left : total === 0n ? 0n : divDown(amount * weight, total);
    left -= part;
    return part;
  });
}
