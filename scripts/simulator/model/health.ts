/** What an account is worth and what it must hold, at current prices, without touching anything. */
import { CLASSES, collectable, owed } from "./debts.ts";
import {
  accrued,
  fundingOwed,
  initialRequirement,
  maintenanceRequirement,
  notionalOf,
  pricePnl,
  sideOf,
} from "./market.ts";
import { max, min } from "./math.ts";
import { replay } from "./replay.ts";
import type { State } from "./state.ts";
import type { Account, Health, Market, Position } from "./types.ts";

export function debtsTo(state: State, account: Account): { collectable: bigint; outstanding: bigint } {
  let waiting = 0n;
  let outstanding = 0n;
  for (const id of CLASSES) {
    waiting += collectable(state.debts[id], account.stakes[id]);
    outstanding += owed(state.debts[id], account.stakes[id]);
  }
  return { collectable: waiting, outstanding };
}

/** Price PnL + settled - funding owed to date. */
export function unrealised(position: Position, price: bigint, index: bigint): bigint {
  return pricePnl(position, price) + position.settled - fundingOwed(position, index);
}

/** A position as deleveraging has left it, and what its next touch brings. */
export function replayed(market: Market, held: Position): { position: Position; gain: bigint } {
  const { position, credit, returned, fundingOwed: owes } = replay(sideOf(market, held.size), held);
  return { position, gain: credit + returned - owes };
}

export function healthOf(state: State, account: Account): Health {
  const { collectable: waiting, outstanding } = debtsTo(state, account);
  const margin = account.margin + waiting;
  let open = 0n;
  let initialMargin = 0n;
  let maintenanceMargin = 0n;
  let notional = 0n;
  for (const [id, held] of account.positions) {
    const market = state.market(id);
    const price = state.priceOf(id);
    const { position, gain } = replayed(market, held);
    open += gain;
    if (position.size === 0n) continue;
    open += unrealised(position, price, accrued(market, price, state.now).index);
    initialMargin += initialRequirement(market, position, price, state.now);
    maintenanceMargin += maintenanceRequirement(market, position.size, position.mmBps, price);
    notional += notionalOf(position.size, price);
  }
  const withdrawable = max(0n, min(margin, margin + min(0n, open) - initialMargin));
  return { equity: margin + outstanding + open, initialMargin, maintenanceMargin, notional, withdrawable };
}
