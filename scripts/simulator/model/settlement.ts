/** A market that is delisted, or has had no price for a week: every position closes at one price. PROTOCOL §5. */
import { payDebts } from "./flows.ts";
import { abs, WEEK } from "./math.ts";
import { Operation } from "./operation.ts";
import type { State } from "./state.ts";
import { type Market, ModelError, NO_IMPACT } from "./types.ts";
import { meanPrice } from "./volatility.ts";

/** The first call notes that there is no price; one a week later, without a touch in between, settles. */
export function settleDeadMarket(state: State, id: number): void {
  const market = state.market(id);
  if (!state.isDead(id)) throw new ModelError("Clearinghouse_MarketHasPrice", id, state.priceOf(id));
  if (market.deadSince <= market.touchedAt) {
    state.edit(market).deadSince = state.now;
    return;
  }
  const settleableAt = market.deadSince + WEEK;
  if (state.now < settleableAt) throw new ModelError("Clearinghouse_TooEarlyToSettle", id, settleableAt, state.now);
  fix(state, market);
  payDebts(state);
}

/** At the governor's word, with a price or without one. */
export function delistMarket(state: State, id: number): void {
  const market = state.market(id);
  requireNotSettled(market);
  if (state.isDead(id)) {
    fix(state, market);
    return;
  }
  const operation = new Operation(state, state.account(0n));
  operation.touchMarket(id);
  fix(state, market);
  operation.record();
  payDebts(state);
}

function fix(state: State, market: Market): void {
  const price = meanPrice(market, market.touchedAt) ?? market.lastPrice;
  const record = state.edit(market);
  record.state = "Settled";
  record.params = { ...market.params, skewScaleBase: NO_IMPACT, feeBps: 0n };
  record.touchedAt = state.now;
  state.storeMark(record, price);
  state.watch();
}

export function requireNotSettled(market: Market): void {
  if (market.state === "Settled") throw new ModelError("Clearinghouse_StateNotSettable", market.id, market.state);
}

export function closeSettled(state: State, account: bigint, id: number): void {
  const market = state.market(id);
  if (account >> 96n === 0n) throw new ModelError("Clearinghouse_ZeroOwner", account);
  if (market.state !== "Settled") throw new ModelError("Clearinghouse_MarketNotSettled", id, market.state);
  const operation = new Operation(state, state.account(account));
  if (!operation.account.positions.has(id)) throw new ModelError("Clearinghouse_NoPosition", account, id);
  operation.collect();
  operation.touchPosition(id);
  const position = operation.position(id);
  if (position !== undefined) {
    const { bond } = operation.close(id, abs(position.size));
    operation.charge({ bond: -bond });
  }
  operation.putBack(id);
  operation.settleMoney();
  operation.post();
  operation.record();
  payDebts(state);
}
