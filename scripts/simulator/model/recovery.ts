/** What deleveraging left to be collected: by a position, by a claim; and money that repays claims. */
import { claimsOutstanding, repayLps, repayTraders, takeClaim } from "./claims.ts";
import { payDebts } from "./flows.ts";
import { divUp, min } from "./math.ts";
import { Operation } from "./operation.ts";
import type { State } from "./state.ts";
import { ModelError } from "./types.ts";

/** Applies to a position at most `max` of the events it has missed; false: some are left. */
export function replayMissed(state: State, id: bigint, market: number, max: number): boolean {
  const account = state.account(id);
  if (!account.positions.has(market)) throw new ModelError("Clearinghouse_NothingToReplay", id, market);
  const operation = new Operation(state, account);
  operation.collect();
  const isComplete = operation.advance(market, max);
  operation.settleMoney();
  operation.post();
  operation.record();
  payDebts(state);
  return isComplete;
}

/** Pays out what was repaid of an account's claim; what was written off of its debts joins first. */
export function payClaim(state: State, id: bigint): bigint {
  const account = state.account(id);
  new Operation(state, account).collect();
  const paid = takeClaim(state, account);
  if (paid === 0n) throw new ModelError("Clearinghouse_NothingToClaim", id);
  state.move("recovery", -paid);
  return paid;
}

/** Takes at most what is owed back, in whole token units: traders, senior, junior. */
export function recover(state: State, amount: bigint): bigint {
  const taken = min(amount, divUp(claimsOutstanding(state), state.scale) * state.scale);
  if (taken === 0n) throw new ModelError("Clearinghouse_ZeroAmount");
  state.move("recovery", taken);
  repayLps(state, taken - repayTraders(state, taken));
  return taken;
}
