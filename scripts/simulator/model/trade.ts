/** contracts/README.md, "execute". */
import { checkOpening, checkRemainder } from "./checks.ts";
import { payDebts, splitFee } from "./flows.ts";
import { skew, tradeValue } from "./market.ts";
import { abs, BPS, divDown, divUp, min, valueUp, WAD } from "./math.ts";
import { Operation } from "./operation.ts";
import type { State } from "./state.ts";
import { MAX_POSITIONS, type Market, ModelError } from "./types.ts";

/** Changes a position by `delta`; returns the fee. */
export function trade(state: State, id: bigint, market: number, delta: bigint, acceptable: bigint | undefined): bigint {
  if (delta === 0n) throw new ModelError("Clearinghouse_ZeroAmount");
  const operation = new Operation(state, state.account(id));
  const record = state.market(market);
  const price = operation.touchMarket(market);
  operation.touchPosition(market);
  const skewBefore = skew(record);
  checkFill(record, delta, price, acceptable);

  const size = operation.position(market)?.size ?? 0n;
  const closing = size !== 0n && size > 0n !== delta > 0n ? min(abs(size), abs(delta)) : 0n;
  const opening = delta > 0n ? delta - closing : delta + closing;
  const fee = divUp(record.params.feeBps * valueUp(abs(delta), price), BPS);
  const split = splitFee(state, fee);
  if (closing > 0n) operation.charge({ bond: -operation.close(market, closing) });
  if (opening !== 0n) operation.open(market, opening);
  if (operation.account.positions.size > MAX_POSITIONS) {
    throw new ModelError("Clearinghouse_TooManyPositions", id, MAX_POSITIONS);
  }
  operation.charge(split);
  operation.settleMoney({ traded: market });
  operation.post();
  operation.record();
  payDebts(state);

  const after = operation.position(market);
  if (opening !== 0n) checkOpening(state, operation.account, record, price, skewBefore);
  else if (after !== undefined) checkRemainder(record, after.size, price);
  return fee;
}

/** Fill of the whole trade, as if it were one: rounded against the trader. */
function checkFill(market: Market, delta: bigint, price: bigint, acceptable: bigint | undefined): void {
  if (acceptable === undefined) return;
  const value = tradeValue(market.params, skew(market), delta, price);
  const fill = delta > 0n ? divUp(value * WAD, delta) : divDown(value * WAD, -delta);
  if (delta > 0n ? fill > acceptable : fill < acceptable) {
    throw new ModelError("Clearinghouse_PriceNotAcceptable", market.id, fill, acceptable);
  }
}
