import { divUp, valueUp, WAD } from "../model/math.ts";
import { winningSide } from "./book.ts";
import type { Policy } from "./policy.ts";

/**
 * One charge per base unit on the whole side that is winning, kept as an index that positions settle when touched: cheap,
 * exact in the sum, and blind to entries.
 *
 * MODELLED: everybody on the side owes `size × index`, whatever it has; that a loser may not have it is not counted.
 * Rounding: up, against the positions.
 */
export const perUnitIndex: Policy = (book, { price, need }) => {
  const side = winningSide(book, price);
  const size = side.reduce((sum, position) => sum + position.size, 0n);
  const index = divUp(need * WAD, size);
  const charges = new Map(side.map((position) => [position.id, valueUp(position.size, index)]));
  return { taken: [...charges.values()].reduce((sum, charge) => sum + charge, 0n), charges, steps: 1 };
};
