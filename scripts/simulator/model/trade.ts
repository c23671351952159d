/** contracts/README.md, "execute". */
import { checkOpening, checkSize } from "./checks.ts";
import { payDebts, splitFee } from "./flows.ts";
import { abs, BPS, CENT, divDown, divUp, max, min, pos, valueUp, WAD } from "./math.ts";
import { Operation } from "./operation.ts";
import type { State } from "./state.ts";
import { MAX_POSITIONS, ModelError } from "./types.ts";

/** Changes a position by `delta`; returns the fee. */
export function trade(
  state: State,
  id: bigint,
  market: number,
  delta: bigint,
  acceptable: bigint | undefined,
  first: bigint | undefined,
): bigint {
  if (delta === 0n) throw new ModelError("Clearinghouse_ZeroAmount");
  const before = { insurance: state.ledgers.insurance, openNotional: state.pool.openNotional };
  const operation = new Operation(state, state.account(id));
  const record = state.market(market);
  const price = operation.touchMarket(market);
  const fillPrice = first === undefined ? price : delta > 0n ? max(first, price) : min(first, price);
  operation.collect();
  operation.touchPosition(market);
  const skewBefore = operation.skewOf(market);

  const held = operation.position(market);
  const size = held?.size ?? 0n;
  const closing = size !== 0n && size > 0n !== delta > 0n ? min(abs(size), abs(delta)) : 0n;
  const opening = delta > 0n ? delta - closing : delta + closing;
  // A flip closes and opens at once: the position stays open and keeps its bond.
  const bondCents = held?.bondCents ?? state.risk.keeperFloorCents;
  let value = closing > 0n ? operation.close(market, closing, fillPrice).value : 0n;
  if (opening !== 0n) value += operation.open(market, opening, bondCents, fillPrice);
  checkFill(market, delta, value, acceptable);
  const after = operation.position(market);
  if (after !== undefined) checkSize(record, after.size, price, opening !== 0n);
  const others = [...operation.account.positions.keys()].filter((other) => other !== market).length;
  if (held === undefined && after !== undefined && others >= MAX_POSITIONS) {
    throw new ModelError("Clearinghouse_TooManyPositions", id, MAX_POSITIONS);
  }

  if (held === undefined) operation.charge({ bond: bondCents * CENT });
  else if (after === undefined) operation.charge({ bond: -bondCents * CENT });
  let fee = divUp(record.params.feeBps * valueUp(abs(delta), fillPrice), BPS);
  if (opening === 0n) fee = min(fee, pos(operation.marginAfter()));
  operation.charge(splitFee(state, fee, before));
  operation.putBack(market);
  operation.settleMoney();
  operation.post();
  operation.record();
  payDebts(state);
  if (opening !== 0n) checkOpening(state, operation.account, record, price, skewBefore);
  return fee;
}

/** Fill of the whole trade, rounded against the trader. */
function checkFill(market: number, delta: bigint, value: bigint, acceptable: bigint | undefined): void {
  if (acceptable === undefined) return;
  const fill = delta > 0n ? divUp(value * WAD, delta) : divDown(value * WAD, -delta);
  if (delta > 0n ? fill > acceptable : fill < acceptable) {
    throw new ModelError("Clearinghouse_PriceNotAcceptable", market, fill, acceptable);
  }
}
