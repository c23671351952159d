/** What an account is worth and what it must hold, at current prices, without touching anything. */
import { CLASSES, collectable, owed } from "./debts.ts";
import { accrued, fundingOwed, initialRequirement, maintenanceRequirement, notionalOf, pricePnl } from "./market.ts";
import { max, min } from "./math.ts";
import type { State } from "./state.ts";
import type { Account, Health, Position } from "./types.ts";

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

export function healthOf(state: State, account: Account): Health {
  const { collectable: waiting, outstanding } = debtsTo(state, account);
  const margin = account.margin + waiting;
  let open = 0n;
  let initialMargin = 0n;
  let maintenanceMargin = 0n;
  let notional = 0n;
  for (const [id, position] of account.positions) {
    const market = state.market(id);
    const price = state.priceOf(id);
    open += unrealised(position, price, accrued(market, price, state.now).index);
    initialMargin += initialRequirement(market, position, price, state.now);
    maintenanceMargin += maintenanceRequirement(market, position.size, position.mmBps, price);
    notional += notionalOf(position.size, price);
  }
  const withdrawable = max(0n, min(margin, margin + min(0n, open) - initialMargin));
  return { equity: margin + outstanding + open, initialMargin, maintenanceMargin, notional, withdrawable };
}
