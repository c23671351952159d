import { type Winner, winners, winningSide } from "./book.ts";
import type { Policy } from "./policy.ts";

/**
 * The queue of most exchanges. Winners of the side opposite to the bankrupt are ranked by `PnL% × effective leverage`,
 * `profit / cost × notional / (margin + profit)`, and closed whole from the top until the need is covered.
 *
 * MODELLED: whose turn it is gives up all its profit at the shock's price, the last one too, needed or not: that is the
 * overshoot. Real venues close at the bankruptcy price of the account they unwind, which is more or less than that, and
 * some split the last position; then the overshoot differs, the lottery does not.
 */
export const queue: Policy = (book, { price, need }) => {
  const ranked = winners(winningSide(book, price), price)
    .map((winner) => ({ ...winner, score: score(winner, price) }))
    .sort((a, b) => (a.score === b.score ? a.position.id - b.position.id : a.score > b.score ? -1 : 1));
  const charges = new Map<number, bigint>();
  let taken = 0n;
  for (const { position, profit } of ranked) {
    if (taken >= need) break;
    charges.set(position.id, profit);
    taken += profit;
  }
  return { taken, charges, steps: ranked.length + charges.size };
};

/** WAD. Only the order matters, so the rounding does not. */
function score({ position: { size, cost, margin }, profit }: Winner, price: bigint): bigint {
  return (profit * size * price) / (cost * (margin + profit));
}
